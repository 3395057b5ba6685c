"""What every test of the window starts from: its own look, no leftover threads, no Qt warning."""

import gc
import queue

import pytest
from PySide6.QtCore import QEvent, QObject, QThread, QtMsgType, Slot, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio import atomic
from tlstudio.app import cost_probe, speed_probe, theme
from tlstudio.app.session import Session
from tlstudio.data.events import ImagesScanned
from tlstudio.events import Stopped
from tlstudio.train.events import EpochDone, RunStarted, TrainDone

HARMLESS = (
    "propagateSizeHints",
    "does not support raise",
    "Populating font family aliases",
    "XDG_RUNTIME_DIR",
)
"""What the offscreen screen says of itself."""


LOOK = []
"""Light at 100 %, once it was put in force: dressing the application anew takes 50 ms."""


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
def garbage():
    """Widgets are destroyed here, between tests, and never by a worker thread that happens to collect."""
    gc.disable()
    yield
    # What deleteLater was called for waits for an event loop to return to, which a test need not have.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    gc.freeze()  # what has survived is not looked at again, so that this stays quick
    gc.enable()


@pytest.fixture(autouse=True)
def look(qapp):
    """Every test starts light, with letters of 100 %."""
    if [theme.is_dark(), theme.px(100)] != LOOK:
        theme.apply(qapp, "light", 100)
        LOOK[:] = [theme.is_dark(), theme.px(100)]


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
def no_flushing(monkeypatch):
    """Projects of these tests need not outlive a power cut, and a flush takes longer than all else."""
    monkeypatch.setattr(atomic, "_sync", lambda path: None)


@pytest.fixture(autouse=True)
def patient_waits(monkeypatch):
    """A busy machine may take longer than the usual five seconds; what comes in time costs nothing."""
    for wait in (QtBot.waitUntil, QtBot.waitSignal):
        monkeypatch.setitem(wait.__kwdefaults__, "timeout", 30_000)


@pytest.fixture(autouse=True)
def unhurried_probes(monkeypatch):
    """No page measures this computer by itself, however long the test takes; tests of probes hurry them."""
    for probe in (cost_probe, speed_probe):
        monkeypatch.setattr(probe, "QUIET_MILLISECONDS", 10**8)


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
        # The type, not isinstance: asking an odd object for its __class__ may warn.
        return issubclass(type(thing), QThread) and thing.isRunning() and thing is not QThread.currentThread()
    except (RuntimeError, ReferenceError):
        return False


class CrankedStep:
    """A step whose events the test releases one at a time; `None` ends it."""

    def __init__(self, step, folder, options, settings=None):
        self.step, self.folder, self.options, self.settings = step, folder, options, settings
        self.asked = []
        self._queue = queue.SimpleQueue()

    def release(self, *events):
        for event in events:
            self._queue.put(event)

    def __iter__(self):
        while (event := self._queue.get(timeout=20)) is not None:
            yield event

    def stop(self, grace_seconds=10.0):
        self.asked.append("stop")
        self.release(Stopped(self.step), None)

    def pause(self):
        self.asked.append("pause")

    def go_on(self):
        self.asked.append("go on")

    def kill(self):
        self.asked.append("kill")
        self.release(None)


class Bench:
    """Starts cranked steps, remembers them, and gives events to release."""

    scanned = ImagesScanned(
        images=40,
        classes=["ants", "bees"],
        rejected=1,
        groups=40,
        split={"train": 28, "validation": 6, "test": 6},
        class_counts={"ants": 20, "bees": 20},
        fingerprint="f",
        group_pattern=None,
    )

    def __init__(self):
        self.steps = []

    def __call__(self, step, folder, options, settings=None):
        self.steps.append(CrankedStep(step, folder, options, settings))
        return self.steps[-1]

    @staticmethod
    def started(run=1, epochs=5):
        at = "2026-11-20T10:00:00+00:00"
        return RunStarted(run, at, epochs, 0, "CPU", "float32", 8, 4, 10, 20, 28, 6, "random", "f")

    @staticmethod
    def epoch(number, run=1, epochs=5):
        return EpochDone(run, number, epochs, 0.5, 0.8, 0.4, 0.75, 1.0, True, 1e-3, {}, [])

    @staticmethod
    def finished(run=1):
        return TrainDone(run, 2, 0.75, 9.0, 1.0, 10, False)


@pytest.fixture
def bench():
    """Hand-cranked steps."""
    return Bench()


@pytest.fixture
def session(qapp, bench):
    """A session whose steps are cranked by hand."""
    made = Session(begin=bench)
    yield made
    made.end()
