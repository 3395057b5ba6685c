"""Silence for image libraries, which warn about harmless oddities of a file."""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

logging.getLogger("tifffile").addHandler(logging.NullHandler())

_lock = threading.Lock()
_inside = 0
_catching: "warnings.catch_warnings[None] | None" = None


@contextmanager
def quiet() -> Iterator[None]:
    """No warning leaves this block; for several threads at once.

    `warnings.catch_warnings` alone swaps the filters of the whole process, so that two threads that
    overlap leave the wrong ones behind; here the first one in swaps them and the last one out puts them back.
    """
    global _inside, _catching  # noqa: PLW0603 (the filters are the process's own state)
    with _lock:
        if _inside == 0:
            _catching = warnings.catch_warnings()
            _catching.__enter__()
            warnings.simplefilter("ignore")
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0 and _catching is not None:
                _catching.__exit__(None, None, None)
                _catching = None
