"""Answers that take a while, worked out beside the window and remembered."""

from collections.abc import Callable, Hashable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Signal

from tlstudio.app.courier import sender_to
from tlstudio.app.workers import workers

MOST = 32


class SlowAnswers(QObject):
    """Questions by key; each is answered once, by a thread.

    Signals:
        arrived: an answer is there.
    """

    arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._answers: dict[Hashable, Any] = {}
        self._asked: set[Hashable] = set()

    def ask(self, key: Hashable, question: Callable[[], Any]) -> Any:
        """The answer, or None while it is worked out; the question must touch nothing of the window."""
        if key in self._answers:
            return self._answers[key]
        if key not in self._asked:
            self._asked.add(key)
            workers().start(_Work(sender_to(self._take), key, question))
        return None

    def _take(self, key: Hashable, answer: Any) -> None:
        self._asked.discard(key)
        if isinstance(answer, Exception):
            raise answer
        while len(self._answers) >= MOST:
            self._answers.pop(next(iter(self._answers)))
        self._answers[key] = answer
        self.arrived.emit()


class _Work(QRunnable):
    def __init__(self, tell: Callable[..., None], key: Hashable, question: Callable[[], Any]) -> None:
        super().__init__()
        self._tell, self._key, self._question = tell, key, question

    def run(self) -> None:
        try:
            answer = self._question()
        except Exception as error:
            answer = error
        self._tell(self._key, answer)
