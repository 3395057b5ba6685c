"""The threads that read files for the window."""

import atexit
from functools import cache
from threading import Event

from PySide6.QtCore import QThreadPool

WORKERS = 2
_closing = Event()


@cache
def workers(threads: int = WORKERS) -> QThreadPool:
    """The pool of so many threads, one for the whole process."""
    # A pool that dies with its widget would wait for its threads there.
    pool = QThreadPool()
    pool.setMaxThreadCount(threads)
    pool.setExpiryTimeout(200)
    atexit.register(_close, pool)
    return pool


def is_closing() -> bool:
    """Whether the program ends, so that nothing more need be read."""
    return _closing.is_set()


def _close(pool: QThreadPool) -> None:
    _closing.set()
    pool.clear()
    pool.waitForDone(3_000)
