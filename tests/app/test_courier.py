import ast
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QObject, QRunnable, QThread, QThreadPool
from shiboken6 import delete

import tlstudio.app
from tlstudio.app.courier import sender_to


class Receiver(QObject):
    def __init__(self):
        super().__init__()
        self.found = []

    def take(self, *found):
        self.found.append((*found, QThread.currentThread()))


class Work(QRunnable):
    def __init__(self, send, times=1):
        super().__init__()
        self.send, self.times = send, times
        self.has_sent = Event()

    def run(self):
        for number in range(self.times):
            self.send(number, "found")
            self.has_sent.set()


def test_that_a_thread_reaches_a_method_in_the_window_s_thread(qapp, qtbot):
    receiver = Receiver()
    pool = QThreadPool()
    pool.start(Work(sender_to(receiver.take), times=3))

    qtbot.waitUntil(lambda: len(receiver.found) == 3)
    assert receiver.found == [(number, "found", qapp.thread()) for number in range(3)]


def test_that_nothing_comes_before_the_window_s_thread_looks(qapp):
    receiver = Receiver()
    sender_to(receiver.take)("at once")

    assert receiver.found == []
    qapp.processEvents()
    assert [found[0] for found in receiver.found] == ["at once"]


def test_that_what_comes_for_a_destroyed_object_is_dropped(qapp):
    receiver = Receiver()
    send = sender_to(receiver.take)
    send("too late")
    delete(receiver)
    send("much too late")
    qapp.processEvents()

    assert receiver.found == []


@pytest.mark.slow
def test_that_objects_may_be_destroyed_while_threads_send_to_them(qapp):
    pool = QThreadPool()
    pool.setMaxThreadCount(2)
    found = []
    for _ in range(5000):  # a receiver whose own signal is emitted crashes within a few hundred
        receiver = Receiver()
        works = [Work(sender_to(receiver.take), times=20) for _ in range(2)]
        has_sent = works[0].has_sent
        for work in works:
            pool.start(work)
        has_sent.wait()
        qapp.processEvents()
        delete(receiver)
        found.append(receiver.found)
    pool.waitForDone()

    assert all(found)
    assert {thread for of_one in found for *_, thread in of_one} == {qapp.thread()}


def test_that_no_work_of_a_thread_emits_a_signal_itself():
    app = Path(tlstudio.app.__file__).parent
    works = {
        f"{file.relative_to(app)}: {kind.name}": ast.unparse(kind)
        for file in app.rglob("*.py")
        for kind in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(kind, ast.ClassDef) and "QRunnable" in map(ast.unparse, kind.bases)
    }

    assert len(works) >= 4
    assert [name for name, text in works.items() if ".emit(" in text] == []
