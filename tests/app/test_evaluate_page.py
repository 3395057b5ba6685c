from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from shiboken6 import delete

from tlstudio.app.pages.evaluate import EvaluatePage
from tlstudio.app.session import Session
from tlstudio.app.widgets.result_headline import range_words
from tlstudio.data.events import ImagesScanned
from tlstudio.data.settings import DataSettings
from tlstudio.evaluate.events import ClassResult, EvaluateDone
from tlstudio.evaluate.predictions import Prediction, write_predictions
from tlstudio.events import Failed, Progress
from tlstudio.project.file import create_project
from tlstudio.train.events import EpochDone, RunStarted, TrainDone

CLASSES = ["Neutrophil", "Blast cell"]
SPLIT = {"train": 28, "validation": 6, "test": 6}
IMAGES = ImagesScanned(40, CLASSES, 0, 40, SPLIT, {"Neutrophil": 20, "Blast cell": 20}, "f", None)
ANSWERS = [
    ("n1.png", "Neutrophil", "Neutrophil", 0.9),
    ("n2.png", "Neutrophil", "Neutrophil", 0.8),
    ("n3.png", "Neutrophil", "Blast cell", 0.71),
    ("b1.png", "Blast cell", "Blast cell", 0.99),
    ("b2.png", "Blast cell", "Blast cell", 0.6),
    ("b3.png", "Blast cell", "Neutrophil", 0.88),
]


def judged(run=1, times_seen=1):
    one = ClassResult("Neutrophil", 3, 2, 1, 2 / 3, 0.21, 0.94, 2 / 3, 0.21, 0.94)
    other = replace(one, name="Blast cell")
    classes, matrix = [one, other], [[2, 1], [1, 2]]
    return EvaluateDone(run, "test", 6, 4, 4 / 6, 0.3, 0.903, 4 / 6, classes, matrix, times_seen)


class Quiet:
    """A step that reports nothing; the tests hand over its events."""

    def __init__(self, step, folder, options, settings=None):
        self.options = options

    def __iter__(self):
        return iter(())

    def stop(self, grace_seconds=10.0):
        """Nothing runs."""

    pause = go_on = kill = stop


@pytest.fixture
def session(qapp, tmp_path):
    for name, *_ in ANSWERS:
        Image.new("RGB", (24, 24), "red").save(tmp_path / name)
    session = Session(begin=Quiet)
    project = create_project(tmp_path / "project")
    project = project.with_settings(data=DataSettings(root=str(tmp_path)))
    session.project = replace(project, images=IMAGES)
    return session


@pytest.fixture
def page(qtbot, session):
    page = EvaluatePage(session)
    qtbot.addWidget(page)
    page.resize(1056, 800)
    page.show()
    yield page
    delete(page)


def train(session, run=1, accuracy=0.9):
    start = RunStarted(run, "2026-01-01", 5, 0, "CPU", "float32", 32, 0, 9, 9, 28, 6, "random", "f")
    epoch = EpochDone(run, 1, 5, 0.5, 0.8, 0.6, accuracy, 3.0, True, 1e-3, {}, [])
    for event in (start, epoch, TrainDone(run, 1, accuracy, 3.0, 1.0, 9, False)):
        session.take(event)


def judge(session, run=1, times_seen=1, given=ANSWERS, **facts):
    folder = session.project.run_folder(run)
    folder.mkdir(parents=True, exist_ok=True)
    answers = []
    for path, label, predicted, sure in given:
        shares = (sure, 1 - sure) if predicted == "Neutrophil" else (1 - sure, sure)
        answers.append(Prediction(path, path, label, predicted, shares))
    write_predictions(folder, CLASSES, answers)
    session.running_step = "evaluate"
    session.step_started.emit("evaluate")
    session.take(replace(judged(run, times_seen), **facts))
    session.running_step = None
    session.step_ended.emit("evaluate")


def captions(page):
    return [page.result.images.tile(number).caption for number in range(page.result.images.count)]


def test_that_without_a_run_the_page_leads_to_train(page, qtbot):
    assert page.nothing.isVisible()
    with qtbot.waitSignal(page.went) as went:
        page.nothing.button.click()

    assert went.args == ["train"]


def test_that_a_trained_run_can_be_judged_on_so_many_images(page, session, qtbot):
    train(session)
    assert page.ready.isVisible()
    assert page.primary.text() == "Evaluate on 6 test images"

    page.primary.click()
    qtbot.waitUntil(lambda: session.running_step is None)


def test_that_a_run_without_test_images_says_so(page, session):
    session.project = replace(session.project, images=replace(IMAGES, split={"train": 34, "validation": 6}))
    train(session)

    assert page.no_test.isVisible()


def test_that_judging_shows_how_far_it_is(page, session):
    train(session)
    session.running_step = "evaluate"
    session.step_started.emit("evaluate")
    session.take(Progress("Judging test images", 3, 6))

    assert page.judging.isVisible()
    assert page.judging.words.text() == "3 of 6"
    assert page.judging.bar.fraction() == 0.5


def test_that_the_result_says_counts_first_and_the_likely_range(page, session):
    train(session)
    judge(session)

    assert page.result.isVisible()
    assert page.result.headline.right.text() == "4 of 6 right"
    assert page.result.headline.range.text() == "67%, very likely between 30 and 90%"
    assert page.primary.text() == "Continue to Export"


def test_that_the_range_is_written_as_published_figures_are():
    result = replace(judged(), images=512, correct=482, accuracy=482 / 512)
    result = replace(result, accuracy_low=0.918, accuracy_high=0.959)

    assert range_words(result) == "94.1%, very likely between 91.8 and 95.9%"


def test_that_wrong_answers_are_shown_first_the_surest_at_the_front(page, session):
    train(session)
    judge(session)

    assert page.result.images.title.text() == "2 wrong answers"
    assert captions(page) == ["Neutrophil 88%", "Blast cell 71%"]


def test_that_a_cell_shows_its_images_and_how_sure_it_was(page, session):
    train(session)
    judge(session)
    page.result.matrix.setFocus()
    page.result.matrix.choose(0, 0)
    assert captions(page) == ["90% sure", "80% sure"]

    QTest.keyClick(page.result.matrix, Qt.Key.Key_Right)
    assert page.result.images.title.text() == "1 image of Neutrophil that it called Blast cell"
    assert captions(page) == ["71% sure"]


def test_that_lost_answers_are_told_and_the_figures_stay(page, session):
    train(session)
    judge(session)
    (session.project.run_folder(1) / "predictions.csv").unlink()
    page._shown = None
    page.refresh()

    assert page.result.headline.right.text() == "4 of 6 right"
    assert "Evaluate again" in page.result.images.nothing.text()


def test_that_looking_more_than_once_is_counted_quietly(page, session):
    train(session)
    judge(session)
    assert page._help.text() == ""

    judge(session, times_seen=3)
    assert page._help.text().startswith("Test images seen 3 times")


def test_that_a_result_of_other_images_is_marked(page, session):
    train(session)
    judge(session)
    session.take(replace(IMAGES, fingerprint="other"))

    assert page.message.title == "The images have changed since this run."
    assert page.message.tone == "warn"
    assert page.result.isVisible()


def test_that_groups_torn_by_the_folders_are_told_beside_the_result(page, session):
    train(session)
    judge(session, groups=4, shared_groups=2)

    assert page.message.tone == "warn"
    assert page.message.title == "Some test groups are not new to it."
    assert "by 4 groups" in page.result.headline.range.text()


def test_that_test_images_that_were_left_out_are_told_beside_the_result(page, session):
    train(session)
    judge(session, left_out=2)

    assert page.message.tone == "warn"
    assert page.message.title == "Some test images are missing."
    assert page.message._text.text().startswith("2 of 8 test images were left out")


def test_that_whole_groups_are_nothing_to_warn_of(page, session):
    train(session)
    judge(session, groups=4)

    assert not page.message.isVisible()


def test_that_another_run_can_be_chosen(page, session):
    train(session, 1, 0.9)
    train(session, 2, 0.8)
    assert page.run_button.text() == "Run 1"

    actions = page.run_menu.actions()
    assert [action.text() for action in actions] == ["Run 2, Validation 80%", "Run 1, Validation 90%"]
    actions[0].trigger()
    assert session.project.chosen_run == 2
    assert page.run_button.text() == "Run 2"


def test_that_a_failure_is_told_and_can_be_tried_again(page, session):
    train(session)
    session.running_step = "evaluate"
    session.step_started.emit("evaluate")
    session.take(Failed("The weights are damaged", "The run is kept.", "Train it again."))
    session.running_step = None
    session.step_ended.emit("evaluate")

    assert page.message.title == "The weights are damaged."
    assert page.ready.isVisible()


def fail(session):
    session.running_step = "evaluate"
    session.step_started.emit("evaluate")
    session.take(Failed("The weights are damaged", "The run is kept.", "Train it again."))
    session.running_step = None
    session.step_ended.emit("evaluate")


def test_that_a_failure_is_not_told_in_another_project(page, session, tmp_path):
    train(session)
    fail(session)
    one = session.project

    session.project = replace(one, folder=tmp_path / "another")
    page.refresh()
    assert not page.message.isVisible()

    session.project = one
    page.refresh()
    assert not page.message.isVisible()


def test_that_a_failure_is_not_told_of_another_run(page, session):
    train(session, 1, 0.9)
    train(session, 2, 0.8)
    fail(session)

    session.choose_run(2)

    assert not page.message.isVisible()


def test_that_no_other_run_is_chosen_while_one_is_judged(page, session):
    train(session)
    session.running_step = "evaluate"
    session.step_started.emit("evaluate")

    assert not page.run_button.isEnabled()


def test_that_a_message_the_user_closed_stays_closed(page, session):
    train(session)
    judge(session)
    session.take(replace(IMAGES, fingerprint="other"))
    page.message.clear()

    page.refresh()

    assert not page.message.isVisible()


def test_that_a_failure_keeps_its_button_while_the_page_follows_other_steps(page, session):
    train(session)
    fail(session)
    again = page.message.findChild(QPushButton)

    page.refresh()

    assert page.message.findChildren(QPushButton) == [again]


def test_that_a_message_closed_in_one_project_is_told_in_another(page, session, tmp_path):
    train(session)
    judge(session)
    session.take(replace(IMAGES, fingerprint="other"))
    page.message.clear()

    session.project = replace(session.project, folder=tmp_path / "another")
    page.refresh()

    assert page.message.title == "The images have changed since this run."


def test_that_the_same_failure_is_told_each_time_it_happens(page, session):
    train(session)
    fail(session)
    page.message.clear()

    fail(session)

    assert page.message.title == "The weights are damaged."


def test_that_a_failure_that_can_not_be_tried_again_now_says_why_and_is_told_again(page, session):
    train(session)
    fail(session)
    session.running_step = "scan"

    page.message.findChild(QPushButton).click()
    assert page.message.title == "Something is running already."
    session.running_step = None
    session.step_ended.emit("scan")

    assert page.message.title == "The weights are damaged."


def test_that_the_menu_of_runs_leaves_nothing_behind(page, session):
    train(session, 1, 0.9)
    train(session, 2, 0.8)

    for _ in range(3):
        page.refresh()

    groups = page.run_menu.findChildren(QActionGroup)
    assert [len(group.actions()) for group in groups] == [2]
    assert [action.isChecked() for action in page.run_menu.actions()] == [False, True]


def test_that_an_image_of_a_cell_opens_large(page, session):
    train(session)
    judge(session)
    page.result.images.grid.go_to(0)
    QTest.keyClick(page.result.images.grid, Qt.Key.Key_Space)

    assert page.result.large.isVisible()
    QTest.keyClick(page.result.large, Qt.Key.Key_Escape)
    assert not page.result.large.isVisible()


def test_that_the_large_image_is_put_away_when_another_run_is_shown(page, session):
    train(session, 1, 0.9)
    train(session, 2, 0.8)
    judge(session, 1)
    session.choose_run(2)
    judge(session, 2, given=ANSWERS[:3])
    session.choose_run(1)
    page.result.images.grid.opened.emit(1)
    assert page.result.large.isVisible()

    session.choose_run(2)
    page.grab()
    assert not page.result.large.isVisible()


def test_that_the_large_image_is_put_away_when_another_cell_is_shown(page, session):
    train(session)
    judge(session)
    page.result.images.grid.opened.emit(1)
    page.result.matrix.choose(0, 1)

    assert not page.result.large.isVisible()


def test_that_the_large_image_goes_when_the_page_is_left(page, session):
    train(session)
    judge(session)
    page.result.images.grid.opened.emit(1)
    page.hide()
    page.show()

    assert not page.result.large.isVisible()
