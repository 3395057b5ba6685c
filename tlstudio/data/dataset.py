"""Decoded, resized images in a cache on the disk, so that later epochs don't decode again."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import PIL

from tlstudio.data.cache_part import Part, Pixels, make_room, new_part, read_parts, sweep
from tlstudio.data.errors import CacheNotWritable, FolderNotFound, NoImages, UnreadableImage, listed
from tlstudio.data.images import READER_VERSION, image_and_facts
from tlstudio.data.in_order import in_order
from tlstudio.data.preprocess import Preprocessing, resize
from tlstudio.data.table import ImageRow
from tlstudio.errors import reason_of
from tlstudio.events import Event, Noted, Progress

IMAGES_PER_PART = 1000
"""Stopping loses at most so many decoded images."""

PIXEL_FIELDS = ("resize_px", "interpolation")

LONGEST_SIDE = 4
"""The longer side is kept up to so many shorter sides around the centre; crops never reach further."""


class ResizedImages:
    """The images of some rows with their shorter side at `resize_px`, not yet cropped.

        images = ResizedImages()
        yield from images.fill(rows, root, cache_folder, preprocessing)
        images[0]  # (h, w, 3), uint8, of images.rows[0]

    Attributes:
        rows: those that are really there, in the order given; empty before `fill` is through.
    """

    def __init__(self) -> None:
        self.rows: tuple[ImageRow, ...] = ()
        self._part_of: dict[str, Part] = {}
        self._decode: Callable[[ImageRow], Pixels]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Pixels:
        """The pixels of `rows[index]`: (h, w, 3), uint8, red, green, blue; to be read only.

        Raises:
            UnreadableImage: if the cache was deleted or damaged since, and the file too.
        """
        row = self.rows[index]
        kept = self._part_of[row.sha256].image(row.sha256)
        return self._decode(row) if kept is None else kept

    def fill(
        self, rows: Sequence[ImageRow], root: Path, cache_folder: Path, p: Preprocessing
    ) -> Iterator[Event]:
        """Decode what the cache doesn't hold yet.

        Yields:
            Progress while there is something to decode; Noted if files vanished, changed or went bad.

        Raises:
            FolderNotFound: if the folder of the images is gone and the cache doesn't hold them all.
            NoImages: if none of them is left.
            CacheNotWritable: if the disk is full or may not be written to.
        """
        rows = tuple(row for row in rows if not row.is_set_aside)
        wanted = {row.sha256 for row in rows}
        key = cache_key(p)
        self._decode = partial(decoded, root, p)
        self._part_of = _find(cache_folder, key, wanted)
        # Copies of one picture are decoded once.
        missing = list({row.sha256: row for row in rows if row.sha256 not in self._part_of}.values())
        if missing:
            yield from _decode(missing, root, cache_folder, p)
            self._part_of = _find(cache_folder, key, wanted)
            if len(self._part_of) < len(wanted) and not os.path.isdir(root):
                raise FolderNotFound(root.name)
        self.rows = tuple(row for row in rows if row.sha256 in self._part_of)
        if rows and not self.rows:
            raise NoImages(root.name, is_empty=False, set_aside=len(rows))
        gone = [row.path for row in rows if row.sha256 not in self._part_of]
        if gone:
            have = "image is" if len(gone) == 1 else "images are"
            yield Noted(
                f"{len(gone):,} {have} left out, because the file vanished, changed or can't be read any "
                f"more: {listed(gone)}."
            )


def _find(folder: Path, key: str, wanted: set[str]) -> dict[str, Part]:
    """Which part holds which picture."""
    return {sha256: part for part in read_parts(folder, key) for sha256 in part.places if sha256 in wanted}


def _decode(missing: Sequence[ImageRow], root: Path, folder: Path, p: Preprocessing) -> Iterator[Event]:
    """Add the images to the cache, a part at a time; those that can't be read are passed over."""
    if not os.path.isdir(root):
        raise FolderNotFound(root.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        make_room(folder, cache_key(p), _bytes_of(len(missing), p))
        for start in range(0, len(missing), IMAGES_PER_PART):
            part = missing[start : start + IMAGES_PER_PART]
            with new_part(folder, cache_key(p)) as add:
                for step in in_order(partial(decoded, root, p), part, "Preparing images"):
                    if isinstance(step, Progress):
                        yield Progress(step.what, start + step.done, len(missing))
                        continue
                    row, pixels = step
                    with suppress(UnreadableImage):
                        add(row.sha256, pixels.result())
    except OSError as error:
        megabytes = _bytes_of(len(missing), p) // 10**6 + 1
        raise CacheNotWritable(reason_of(error), megabytes) from error


def _bytes_of(images: int, p: Preprocessing) -> int:
    """About how much they take: three bytes a pixel, a third more of them than a square has."""
    return images * p.resize_px**2 * 4


def decoded(root: Path, p: Preprocessing, row: ImageRow) -> Pixels:
    """The image's file as the cache keeps it: (h, w, 3), uint8.

    Raises:
        UnreadableImage: if the file is gone, bad, or another one than was added.
    """
    image, facts = image_and_facts(root / row.path)
    if facts.sha256 != row.sha256:
        raise UnreadableImage(row.path, "It changed since it was added")
    return bounded(np.asarray(resize(image, p)))


def cache_key(preprocessing: Preprocessing) -> str:
    """The start of the cache's file names: what the resized pixels depend on, besides the image."""
    facts = {name: value for name, value in asdict(preprocessing).items() if name in PIXEL_FIELDS}
    facts |= {"reader": READER_VERSION, "Pillow": PIL.__version__}
    return "images-" + hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def bounded(pixels: Pixels) -> Pixels:
    """The middle of a long strip, so that it takes no more room than a few images.

    As many pixels go at one end as at the other, and an even number, so that the centre crop, which rounds
    half to even, stays where it was.
    """
    height, width = pixels.shape[:2]
    longest = LONGEST_SIDE * min(height, width)
    top, left = (max(0, side - longest) // 4 * 2 for side in (height, width))
    return pixels[top : height - top, left : width - left]
