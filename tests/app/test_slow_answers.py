"""Answers that are worked out beside the window."""

import threading

import pytest
from shiboken6 import delete

from tlstudio.app.widgets.slow_answers import MOST, SlowAnswers


@pytest.fixture
def answers(qapp):
    return SlowAnswers()


def test_that_an_answer_arrives_later_and_is_kept(answers, qtbot):
    asked = []

    def question():
        asked.append(threading.current_thread())
        return 42

    assert answers.ask("key", question) is None
    qtbot.waitUntil(lambda: answers.ask("key", question) == 42)

    assert len(asked) == 1
    assert asked[0] is not threading.current_thread()


def test_that_a_question_is_not_asked_twice_while_it_is_worked_out(answers, qtbot):
    may_go, asked = threading.Event(), []

    def question():
        asked.append(1)
        return may_go.wait(10)

    for _ in range(3):
        answers.ask("key", question)
    may_go.set()

    qtbot.waitUntil(lambda: answers.ask("key", question) is True)
    assert len(asked) == 1


def test_that_only_the_newest_answers_are_kept(answers, qtbot):
    for number in range(MOST + 1):
        answers.ask(number, lambda number=number: number)
    qtbot.waitUntil(lambda: not answers._asked)

    assert len(answers._answers) == MOST


def test_that_what_goes_wrong_in_a_thread_is_told_in_the_window(answers, qtbot):
    def question():
        raise ZeroDivisionError

    with qtbot.captureExceptions() as caught:
        answers.ask("key", question)
        qtbot.waitUntil(lambda: bool(caught))

    assert caught[0][0] is ZeroDivisionError


def test_that_an_answer_for_a_window_that_closed_is_dropped(answers, qtbot):
    may_go, done = threading.Event(), threading.Event()

    def question():
        may_go.wait(10)
        done.set()

    answers.ask("key", question)
    delete(answers)
    may_go.set()

    assert done.wait(10)
