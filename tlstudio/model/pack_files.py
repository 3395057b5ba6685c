"""Weights copied between a stick and the disk: checked on the way, told as it goes."""

import hashlib
import shutil
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tlstudio.errors import reason_of
from tlstudio.events import Event, Progress
from tlstudio.model.errors import WeightsNotFound

CHUNK_BYTES = 1 << 22
SECONDS_BETWEEN_EVENTS = 0.1
SPARE_BYTES = 5_000_000


@dataclass
class Copying:
    """How far the copying of all files has come, as events that do not flood.

    Attributes:
        what: for people.
        total: bytes of all files.
        done: bytes so far.
    """

    what: str
    total: int
    done: int = 0
    _last: float = field(default=0.0, init=False)

    def moved(self, size_bytes: int) -> Iterator[Event]:
        """Count so many bytes more, and tell it if it is time."""
        self.done += size_bytes
        now = time.monotonic()
        if now - self._last >= SECONDS_BETWEEN_EVENTS or self.done >= self.total:
            self._last = now
            yield Progress(self.what, round(1000 * min(1.0, self.done / max(1, self.total))), 1000)


def copy(source: Path, target: Path, size_bytes: int, copying: Copying) -> Generator[Event, None, str]:
    """Copy at most one byte more than promised; the generator's value is the checksum of what was copied.

    Raises:
        WeightsNotFound: if the source can't be read.
        OSError: if the target can't be written.
    """
    digest, left = hashlib.sha256(), size_bytes + 1
    with target.open("wb") as temporary, _open(source) as old:
        while chunk := _chunk(old, source.name, min(CHUNK_BYTES, left)):
            temporary.write(chunk)
            digest.update(chunk)
            left -= len(chunk)
            yield from copying.moved(len(chunk))
    return digest.hexdigest()


def _open(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError as error:
        raise WeightsNotFound(source.name, reason_of(error)) from error


def _chunk(file: BinaryIO, name: str, size_bytes: int) -> bytes:
    try:
        return file.read(size_bytes)
    except OSError as error:  # a stick that was pulled out
        raise WeightsNotFound(name, reason_of(error)) from error


def require_room(folder: Path, size_bytes: int) -> None:
    """Refuse what would fill the disk before it is full.

    Raises:
        OSError: if there is not enough room.
    """
    free = shutil.disk_usage(folder).free
    if free < size_bytes + SPARE_BYTES:
        raise OSError(0, f"{size_bytes / 1e6:,.0f} MB are needed, and {free / 1e6:,.0f} MB are free")
