"""A clock for how long work takes; it stands still while a step is paused."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class WorkClock:
    """Seconds that run on, but for pauses.

    Who pauses a step knows nothing of what it measures, and a paused generator knows nothing of the pause; so
    both share `CLOCK`, which is the process's own.
    """

    def __init__(self) -> None:
        self._paused_seconds = 0.0

    def seconds(self) -> float:
        """Of work since some moment; only differences mean anything."""
        return time.monotonic() - self._paused_seconds

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What passes within does not count."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._paused_seconds += time.monotonic() - began


CLOCK = WorkClock()
