"""Steps that run beside the project's own one, such as a download, each in a child of its own."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal, Slot

from tlstudio.app.runner import CLOSE_SECONDS, Begin, Runner
from tlstudio.app.step_thread import StepThread
from tlstudio.run.process import StepProcess


class Errand(QObject):
    """One step that changes no project; it neither waits for another step nor holds one up.

    Attributes:
        step: a name in the table `STEPS`.
        options: of the step.
        is_running: until its last event was reported.

    Signals:
        reported: each Event of it, in order.
        ended: after the last one.
    """

    reported = Signal(object)
    ended = Signal()

    def __init__(self, step: str, options: dict[str, Any], runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self.step, self.options = step, options
        self.is_running = True
        self._runner = runner
        self._thread = StepThread(runner, self)
        self._thread.reported.connect(self._report)
        self._thread.finished.connect(self._finished)

    def begin(self) -> None:
        """Let its events come."""
        self._thread.start()

    def stop(self, grace_seconds: float = 10.0) -> None:
        """Ask it to end; what it has finished is kept."""
        if self.is_running:
            self._runner.stop(grace_seconds)

    def wait(self) -> None:
        """Wait until it has ended, which was asked for; then enforce it."""
        if not self.is_running:
            return
        if not self._thread.wait(round(CLOSE_SECONDS * 1000) + 1000):
            self._runner.kill()
            self._thread.wait(2000)
        # What the thread has sent is waiting in this thread's queue.
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
        self._finished()

    @Slot(object)
    def _report(self, event: object) -> None:
        self.reported.emit(event)

    @Slot()
    def _finished(self) -> None:
        if self.is_running:
            self._thread.wait()
            self.is_running = False
            self.ended.emit()


class Errands(QObject):
    """All that run now.

    Signals:
        started: the name of a step.
        ended: the name of a step, after its last event.
    """

    started = Signal(str)
    ended = Signal(str)

    def __init__(self, parent: QObject | None = None, begin: Begin = StepProcess) -> None:
        super().__init__(parent)
        self._begin = begin
        self._running: list[Errand] = []

    def start(self, step: str, project: Path | None = None, **options: Any) -> Errand:
        """Run a step that changes no project; connect to it before the event loop goes on.

        Args:
            step: a name in the table `STEPS`.
            project: folder of the project that it reads, if it needs one.
            options: of the step.
        """
        errand = Errand(step, options, self._begin(step, project, options), self)
        errand.ended.connect(self._errand_ended)
        self._running.append(errand)
        self.started.emit(step)
        errand.begin()
        return errand

    def running(self, step: str) -> list[Errand]:
        """Those of that name that run now."""
        return [errand for errand in self._running if errand.step == step]

    def end(self) -> None:
        """Ask all to end at once, then wait for each."""
        for errand in self._running:
            errand.stop(CLOSE_SECONDS)
        for errand in tuple(self._running):
            errand.wait()

    @Slot()
    def _errand_ended(self) -> None:
        errand = self.sender()
        if isinstance(errand, Errand) and errand in self._running:
            self._running.remove(errand)
            self.ended.emit(errand.step)
            errand.deleteLater()
