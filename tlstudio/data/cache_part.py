"""One part of the image cache: a file of raw pixels with a small JSON index beside it."""

import json
import os
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tlstudio import atomic

FORMAT = 1
STALE_SECONDS = 6 * 3600
"""A half-written file that nobody has touched for so long belongs to a process that is gone."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Part:
    """Images in one memory-mapped file.

    Attributes:
        pixels: all bytes of the file.
        places: sha256 of the image's file → where its pixels start, height, width.
    """

    pixels: np.memmap[Any, np.dtype[np.uint8]]
    places: dict[str, tuple[int, int, int]]

    def image(self, sha256: str) -> Pixels:
        """The pixels, (h, w, 3), read only."""
        start, height, width = self.places[sha256]
        return np.asarray(self.pixels[start : start + height * width * 3]).reshape(height, width, 3)


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
            for file in (index, index.with_suffix(".pixels")):
                with suppress(OSError):
                    file.unlink()
        except OSError:
            continue  # the drive may deliver it another time


def sweep(folder: Path) -> None:
    """Remove what killed processes left half written."""
    with suppress(OSError):
        for path in folder.iterdir():
            is_half = path.suffix == ".tmp" or (
                path.suffix == ".pixels" and not path.with_suffix(".json").exists()
            )
            if is_half and time.time() - path.stat().st_mtime > STALE_SECONDS:
                os.unlink(path)


def _read_part(index: Path, key: str) -> Part:
    facts = json.loads(index.read_text(encoding="utf-8"))
    if facts["format"] != FORMAT or facts["key"] != key:
        raise ValueError("another format")
    file = index.with_suffix(".pixels")
    if file.stat().st_size != facts["bytes"] or facts["bytes"] == 0:
        raise ValueError("another length")
    pixels = np.memmap(file, np.uint8, mode="r")
    places: dict[str, tuple[int, int, int]] = {}
    for sha256, (start, height, width, checksum) in facts["images"].items():
        end = start + height * width * 3
        if not (0 <= start < end <= len(pixels) and height > 0 < width):
            raise ValueError("a place outside the file")
        # Reading all once costs what the first epoch saves: the file is in memory then.
        if zlib.crc32(pixels[start:end].data) == checksum:
            places[str(sha256)] = (start, height, width)
    return Part(pixels, places)
