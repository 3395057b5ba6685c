"""Answers that take a while, worked out beside the window and remembered."""

from collections.abc import Callable, Hashable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, Signal

from tlstudio.app.widgets.thumbnails import workers

MOST = 32


class SlowAnswers(QObject):
    """Questions by key; each is answered once, by a thread.

    Signals:
        arrived: an answer is there.
    """

    arrived = Signal()
    _worked_out = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._answers: dict[Hashable, Any] = {}
        self._asked: set[Hashable] = set()
        self._ready: SimpleQueue[tuple[Hashable, Any]] = SimpleQueue()
        # Queued to a method of this QObject: if it is gone when a thread ends, Qt drops the call.
        self._worked_out.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def ask(self, key: Hashable, question: Callable[[], Any]) -> Any:
        """The answer, or None while it is worked out; the question must touch nothing of the window."""
        if key in self._answers:
            return self._answers[key]
        if key not in self._asked:
            self._asked.add(key)
            workers().start(_Work(self, self._ready, key, question))
        return None

    def _take(self) -> None:
        while not self._ready.empty():
            key, answer = self._ready.get()
            self._asked.discard(key)
            if isinstance(answer, Exception):
                raise answer
            while len(self._answers) >= MOST:
                self._answers.pop(next(iter(self._answers)))
            self._answers[key] = answer
        self.arrived.emit()


class _Work(QRunnable):
    def __init__(
        self, answers: SlowAnswers, ready: SimpleQueue[Any], key: Hashable, question: Callable[[], Any]
    ) -> None:
        super().__init__()
        self._answers, self._ready, self._key, self._question = answers, ready, key, question

    def run(self) -> None:
        try:
            answer = self._question()
        except Exception as error:
            answer = error
        self._ready.put((self._key, answer))
        with suppress(RuntimeError):  # the window closed meanwhile
            self._answers._worked_out.emit()  # noqa: SLF001 (one module, one idea)
