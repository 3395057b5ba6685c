"""An errand that the user waits for, told of in a message with a way to end it."""

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from tlstudio.app.errands import Errand, Errands
from tlstudio.app.widgets.message_bar import MessageBar
from tlstudio.events import Event, Failed, Noted, Progress, Stopped


class ErrandMessage(QObject):
    """One at a time: another that is asked for meanwhile ends it and comes next.

    Signals:
        finished: the errand's result; its message is gone.
        failed: the Failed event; the message says so and stays.
        stopped: the user ended it.
    """

    finished = Signal(object)
    failed = Signal(object)
    stopped = Signal()

    def __init__(self, errands: Errands, message: MessageBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._message = message
        self._errand: Errand | None = None
        self._last: Event | None = None
        self._next: tuple[str, str, str, dict[str, Any]] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the message is about something that goes on."""
        return self._errand is not None

    def start(self, step: str, title: str, text: str, **options: Any) -> None:
        """Run a step and tell of it by `title` and `text`."""
        if self._errand is not None:
            self._next = (step, title, text, options)
            self._errand.stop()
            return
        self._last = None
        self._errand = self._errands.start(step, **options)
        self._errand.reported.connect(self._take)
        self._errand.ended.connect(self._ended)
        self._message.say("accent", title, text, [("Cancel", self.cancel)])
        self._message.keep_up(text, None)

    def cancel(self) -> None:
        """End it; nothing of it is kept."""
        self._next = None
        if self._errand is not None:
            self._errand.stop()

    @Slot(object)
    def _take(self, event: object) -> None:
        match event:
            case Progress(what=what, done=done, total=total):
                self._message.keep_up(f"{what}…", done / total if total else None)
            case Noted():
                pass
            case Event():
                self._last = event

    @Slot()
    def _ended(self) -> None:
        last, self._last, self._errand = self._last, None, None
        if self._next is not None:
            (step, title, text, options), self._next = self._next, None
            self.start(step, title, text, **options)
            return
        match last:
            case Failed(title=title, message=message, what_to_try=what_to_try):
                text = " ".join(part for part in (message, what_to_try) if part)
                self._message.say("bad", f"{title.rstrip('.')}.", text)
                self.failed.emit(last)
            case None | Stopped():
                self._message.clear()
                self.stopped.emit()
            case _:
                self._message.clear()
                self.finished.emit(last)
