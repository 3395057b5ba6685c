"""The bytes of a file on their way into a part of it, in a thread, so that nobody waits for the network."""

import errno
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from tlstudio.errors import ModelError, reason_of
from tlstudio.events import Event
from tlstudio.model.download_errors import DiskTooFull, ModelsFolderNotWritable
from tlstudio.model.hub import HubFile, Offer, Silence

LOOK_SECONDS = 0.1
REPEAT_LOOKS = 5
"""So many looks without anything new, and the last event is repeated: whoever wants to stop is heard."""

CONNECT_SECONDS = 1.2
"""Without a network the answer must come within two seconds, however patient the libraries are."""

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

T = TypeVar("T")


class Transfer:
    """The bytes of an offered file on their way into a part of it."""

    def __init__(self, file: HubFile, offer: Offer, part: Path) -> None:
        self._file = file
        self._offer = offer
        self._part = part
        self.done_bytes = size_of(part)

    def run(self) -> None:
        """Fetch what is missing; every byte is on disk as soon as it has come.

        Raises:
            Silence: if the connection is lost.
            ModelError: if the server refuses, or the disk does.
        """
        if self.done_bytes == self._offer.size_bytes:
            return
        with self._file.opened(self._offer, self.done_bytes) as (begin, chunks):
            try:
                self._write(begin, chunks)
            except OSError as error:
                raise self._not_written(error) from error
        if self.done_bytes < self._offer.size_bytes:
            raise Silence(is_timeout=False)

    def _write(self, begin: int, chunks: Iterator[bytes]) -> None:
        with self._part.open("ab", buffering=0) as file:
            if begin != self.done_bytes:
                file.truncate(begin)
            self.done_bytes = begin
            for chunk in chunks:
                room = self._offer.size_bytes - self.done_bytes
                file.write(chunk[:room])
                self.done_bytes += min(len(chunk), room)
                if len(chunk) > room:  # more than was announced; the checksum tells if that was all
                    return

    def _not_written(self, error: OSError) -> ModelError:
        if error.errno not in DISK_FULL:
            return ModelsFolderNotWritable(reason_of(error))
        # A disk left full would cost the projects on it their next save.
        with suppress(OSError):
            self._part.unlink()
        return DiskTooFull(self.done_bytes)


class Work(Generic[T]):
    """A function that runs in a thread of its own, so that nobody has to wait for the network."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="download", daemon=True)
        self._thread.start()

    def is_done(self, seconds: float) -> bool:
        """Whether it has come to its end, at the latest after this time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def result(self) -> T:
        """What it returned; raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._function())
        except BaseException as error:
            self._error = error


def watched(work: Work[T], file: HubFile, report: Callable[[], Event]) -> Generator[Event, None, T]:
    """The work's result; its progress is told while it goes on.

    Raises:
        NoConnection: if nobody listens at the other end within CONNECT_SECONDS.
    """
    last, looks, waited = report(), 0, time.monotonic()
    try:
        yield last
        while not work.is_done(LOOK_SECONDS):
            if file.is_connected.is_set():
                waited = time.monotonic()
            elif time.monotonic() - waited > CONNECT_SECONDS:
                raise file.no_connection()
            looks += 1
            if report() != last or looks >= REPEAT_LOOKS:
                last, looks = report(), 0
                yield last
    finally:
        if not work.is_done(0):
            file.hang_up()
            if file.is_connected.is_set():  # else nobody can say when it ends, and it writes nothing any more
                work.is_done(1)
    return work.result()


def size_of(path: Path) -> int:
    """Of the file, 0 if there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
