"""What every test of the window starts from: its own look, no leftover threads, no Qt warning."""

import gc

import pytest
from PySide6.QtCore import QObject, QThread, QtMsgType, Slot, qInstallMessageHandler

from tlstudio.app import theme

HARMLESS = (
    "propagateSizeHints",
    "does not support raise",
    "Populating font family aliases",
    "XDG_RUNTIME_DIR",
)
"""What the offscreen screen says of itself."""


class Recorder(QObject):
    """Keeps what signals send; a QObject, as a plain receiver may be gone when a queued call arrives."""

    def __init__(self, *signals):
        super().__init__()
        self.events = []
        for signal in signals:
            signal.connect(self.keep)

    @Slot(object)
    def keep(self, event=None):
        self.events.append(event)


@pytest.fixture
def record():
    """record(session.reported) gives an object with the list `.events`."""
    return Recorder


@pytest.fixture(autouse=True)
def look(qapp):
    """Every test starts light, with letters of 100 %."""
    theme.apply(qapp, "light", 100)


@pytest.fixture(autouse=True)
def no_qt_warnings():
    """A warning that Qt prints fails the test."""
    said = []

    def keep(kind, context, message):
        if kind != QtMsgType.QtDebugMsg and not any(part in message for part in HARMLESS):
            said.append(message)

    before = qInstallMessageHandler(keep)
    yield
    qInstallMessageHandler(before)
    assert said == []


@pytest.fixture(autouse=True)
def no_thread_left():
    """A QThread that still runs after the test fails it."""
    yield
    running = [thread for thread in gc.get_objects() if _is_running(thread)]
    for thread in running:
        thread.requestInterruption()
        thread.wait(2000)
    assert running == []


def _is_running(thing):
    try:
        return isinstance(thing, QThread) and thing.isRunning() and thing is not QThread.currentThread()
    except (RuntimeError, ReferenceError):
        return False
