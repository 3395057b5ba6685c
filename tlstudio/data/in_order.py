"""Work on many files by a few threads, with results in the files' order."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from tlstudio.events import Progress

SECONDS_BETWEEN_REPORTS = 0.1

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Item], Result], items: Sequence[Item], what: str
) -> Iterator[tuple[Item, Future[Result]] | Progress]:
    """Each item with its finished work, in order, by a few threads; at most ten Progress a second."""
    # Pillow decodes without Python's lock; more threads only take memory, a large image each.
    threads = min(4, os.cpu_count() or 1)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="reading")
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    reported = 0.0
    try:
        rest = iter(items)
        for done in range(1, len(items) + 1):
            while len(waiting) < 4 * threads and (item := next(rest, None)) is not None:
                waiting.append((item, pool.submit(work, item)))
            item, future = waiting.popleft()
            future.exception()  # waits
            yield item, future
            if time.monotonic() - reported >= SECONDS_BETWEEN_REPORTS or done == len(items):
                reported = time.monotonic()
                yield Progress(what, done, len(items))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
