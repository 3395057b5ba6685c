"""One part of the image cache: a file of raw pixels with a small JSON index beside it."""

import json
import os
import shutil
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tlstudio import atomic

FORMAT = 1
STALE_SECONDS = 6 * 3600
"""A half-written file that nobody has touched for so long belongs to a process that is gone."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Part:
    """Images in one file.

    They are read one by one: pages of a mapped file would count as the process's memory, all of them.

    Attributes:
        index: the file that says where they are; the pixels lie beside it.
        places: sha256 of the image's file → where its pixels start, height, width, their checksum.
    """

    index: Path
    places: dict[str, tuple[int, int, int, int]]

    def image(self, sha256: str) -> Pixels | None:
        """The pixels, (h, w, 3), read only; None if they are gone or damaged, to be decoded again."""
        start, height, width, checksum = self.places[sha256]
        length = height * width * 3
        try:
            with pixels_of(self.index).open("rb", buffering=0) as file:
                file.seek(start)
                content = file.read(length)
        except OSError:
            return None
        if len(content) != length or zlib.crc32(content) != checksum:
            with suppress(OSError):
                self.index.unlink()  # the next one who fills the cache makes the part again
            return None
        return np.frombuffer(content, np.uint8).reshape(height, width, 3)


def pixels_of(index: Path) -> Path:
    """The file of pixels that lies beside an index."""
    return index.with_suffix(".pixels")


@contextmanager
def new_part(folder: Path, key: str) -> Iterator[Callable[[str, Pixels], None]]:
    """A function that adds one image, sha256 and pixels (h, w, 3), to one more part.

    The part's index comes last, so that it is there in whole or not at all.

    Args:
        folder: where the parts lie.
        key: of the preprocessing, the start of the files' names.

    Raises:
        OSError: if the disk is full or may not be written to; nothing is left behind.
    """
    # Two processes that fill at once write a part each, and both parts hold the same pixels.
    name = f"{key}-{uuid.uuid4().hex[:12]}"
    places: dict[str, list[int]] = {}
    file_of_pixels = folder / f"{name}.pixels"
    with atomic.replacing(file_of_pixels) as temporary, temporary.open("wb") as file:

        def add(sha256: str, pixels: Pixels) -> None:
            content = np.ascontiguousarray(pixels)
            places[sha256] = [file.tell(), *content.shape[:2], zlib.crc32(content.data)]
            file.write(content.data)

        yield add
        size = file.tell()
        # Closed before it is moved: Windows moves no open file, and a full disk shows here at the latest.
        file.close()
    if not places:
        file_of_pixels.unlink(missing_ok=True)
        return
    index = {"format": FORMAT, "key": key, "bytes": size, "images": places}
    try:
        atomic.write_text(folder / f"{name}.json", json.dumps(index))
    except OSError:
        file_of_pixels.unlink(missing_ok=True)
        raise


def read_parts(folder: Path, key: str) -> Iterator[Part]:
    """Every whole part of that key; damaged and foreign ones are removed, to be made again."""
    for index in sorted(folder.glob(f"{key}-*.json")):
        try:
            yield _read_part(index, key)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, FileNotFoundError):
            for file in (index, pixels_of(index)):
                with suppress(OSError):
                    file.unlink()
        except OSError:
            continue  # the drive may deliver it another time


def make_room(folder: Path, key: str, wanted_bytes: int) -> None:
    """Delete the oldest parts of other keys, which can be made again, until so much would fit.

    They are of other input sizes, or of an older version of this program.
    """
    others = [index for index in folder.glob("images-*.json") if not index.name.startswith(f"{key}-")]
    for index in sorted(others, key=_changed_at):
        if shutil.disk_usage(folder).free >= wanted_bytes:
            return
        for file in (index, pixels_of(index)):  # without its index a part is none
            with suppress(OSError):
                file.unlink()


def sweep(folder: Path) -> None:
    """Remove what killed processes left half written."""
    with suppress(OSError):
        for path in folder.iterdir():
            is_half = path.suffix == ".tmp" or (
                path.suffix == ".pixels" and not path.with_suffix(".json").exists()
            )
            if is_half and time.time() - path.stat().st_mtime > STALE_SECONDS:
                os.unlink(path)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _read_part(index: Path, key: str) -> Part:
    facts = json.loads(index.read_text(encoding="utf-8"))
    if facts["format"] != FORMAT or facts["key"] != key:
        raise ValueError("another format")
    size = pixels_of(index).stat().st_size
    if size != facts["bytes"] or size == 0:
        raise ValueError("another length")
    places: dict[str, tuple[int, int, int, int]] = {}
    for sha256, (start, height, width, checksum) in facts["images"].items():
        if not (0 <= start < start + height * width * 3 <= size and height > 0 < width):
            raise ValueError("a place outside the file")
        places[str(sha256)] = (start, height, width, int(checksum))
    return Part(index, places)
