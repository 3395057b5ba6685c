"""Work on many files by a few threads, with results in the files' order."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from tlstudio.events import Progress

SECONDS_BETWEEN_REPORTS = 0.1

IMAGES_AHEAD = 2
"""Where whole decoded images are the results: each may take 400 MB."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Item], Result], items: Sequence[Item], what: str, ahead: int | None = None
) -> Iterator[tuple[Item, Future[Result]] | Progress]:
    """Each item with its finished work, in order, by a few threads; at most ten Progress a second.

    Args:
        work: what is done to each.
        items: all of them.
        what: the work's name, for Progress.
        ahead: how many are begun or done before they are asked for, 1 or more; None for four a thread.
    """
    # Pillow decodes without Python's lock; more threads only take memory, a large image each.
    threads = min(4, os.cpu_count() or 1)
    ahead = 4 * threads if ahead is None else ahead
    pool = ThreadPoolExecutor(threads, thread_name_prefix="reading")
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    reported = 0.0
    try:
        rest = iter(items)
        for done in range(1, len(items) + 1):
            while len(waiting) < ahead and (item := next(rest, None)) is not None:
                waiting.append((item, pool.submit(work, item)))
            item, future = waiting.popleft()
            future.exception()  # waits
            yield item, future
            if time.monotonic() - reported >= SECONDS_BETWEEN_REPORTS or done == len(items):
                reported = time.monotonic()
                yield Progress(what, done, len(items))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
