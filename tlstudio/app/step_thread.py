"""A thread that waits for a step's events, so that the window need not."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, QThread, Signal

from tlstudio.events import Event
from tlstudio.run.here import failure


class StepThread(QThread):
    """Iterates a step to its end.

    Signals:
        reported: each event of the step, in order. Connect methods of QObjects only: Qt delivers a queued
            call for a dead plain object to whatever lives at its address now.
    """

    # Not "event": that is a virtual method of QObject, and Qt would call the signal in its place.
    reported = Signal(object)

    def __init__(self, events: Iterable[Event], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._events = events

    def run(self) -> None:
        """Pass every event on until the end or until asked to end; an error becomes the last one."""
        try:
            for event in self._events:
                self.reported.emit(event)
                if self.isInterruptionRequested():
                    return
        except Exception as error:
            self.reported.emit(failure(error))
