"""Brings what a worker thread has found into the window's thread, to an object that may be gone by then."""

from collections.abc import Callable
from functools import cache
from types import MethodType
from typing import Any, cast
from weakref import WeakMethod

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid


def sender_to(method: Callable[..., None]) -> Callable[..., None]:
    """A function for worker threads: it has `method` called with its arguments in the window's thread.

    A thread must not emit a signal of an object of the window itself: Python lets the window's thread go on
    meanwhile, and if that destroys the object, Qt is still reading it.

    Args:
        method: of a QObject of the window, which is kept alive by nothing here; once it is destroyed, what
            comes for it is dropped.

    Returns:
        The function; it comes back at once, before `method` is called. Get it in the window's thread.
    """
    courier = _courier()
    address = WeakMethod(method)

    def send(*found: Any) -> None:
        courier.sent.emit(address, found)

    return send


class _Courier(QObject):
    sent = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.sent.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @Slot(object, object)
    def _deliver(self, address: WeakMethod[Callable[..., None]], found: tuple[Any, ...]) -> None:
        method = address()
        if method is not None and isValid(cast(MethodType, method).__self__):
            method(*found)


@cache
def _courier() -> _Courier:
    # One for the whole process, as it must outlive every thread that may still send.
    return _Courier()
