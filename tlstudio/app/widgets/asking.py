"""One step in a child process of its own, beside the one that the window's session runs."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from tlstudio.app.runner import Begin, Runner
from tlstudio.app.step_thread import StepThread
from tlstudio.events import Event
from tlstudio.run.process import StepProcess

WAIT_MS = 5_000


class Asking(QObject):
    """Runs one step at a time, so that the model can be asked while another one trains.

    Signals:
        told: an event of the step.
        ended: the step is over; another may start.
    """

    told = Signal(object)
    ended = Signal()

    def __init__(self, parent: QObject | None = None, begin: Begin = StepProcess) -> None:
        super().__init__(parent)
        self._begin = begin
        self._runner: Runner | None = None
        self._thread: StepThread | None = None
        self.step = ""

    @property
    def is_busy(self) -> bool:
        """Whether a step runs now."""
        return self._thread is not None

    def start(self, step: str, project: Path | None, options: dict[str, Any]) -> None:
        """Start a step; the one before must have ended."""
        assert self._thread is None  # noqa: S101 - the dock waits for `ended`
        self.step = step
        self._runner = self._begin(step, project, options)
        self._thread = StepThread(self._runner, self)
        self._thread.reported.connect(self._take)
        self._thread.finished.connect(self._finish)
        self._thread.start()

    def stop(self) -> None:
        """End the step at once; nothing more is told of it."""
        runner, thread = self._runner, self._thread
        self._runner, self._thread = None, None
        if runner is not None and thread is not None:
            runner.kill()
            thread.wait(WAIT_MS)

    @Slot(object)
    def _take(self, event: object) -> None:
        if self.sender() is self._thread and isinstance(event, Event):
            self.told.emit(event)

    @Slot()
    def _finish(self) -> None:
        thread = self.sender()
        if thread is self._thread:
            self._thread, self._runner = None, None
            self.ended.emit()
        if isinstance(thread, StepThread):
            thread.wait()
            thread.deleteLater()
