"""The table of images: one row for each file that was found, saved as images.csv."""

import csv
import hashlib
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Literal, cast

from tlstudio import atomic
from tlstudio.data.errors import TableNotWritable, TableUnreadable
from tlstudio.errors import reason_of

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")

BITS_USED, OWN_RANGE = "of 16 bits used", "scaled by its own range"
"""Flags of images whose brightness is not what another program shows."""


@dataclass(frozen=True)
class ImageRow:
    """One file that was found under the data root.

    Attributes:
        path: relative to the data root, with forward slashes, never with `..`.
        class_name: the class whose folder it lies in.
        group: images of one group never stand in two splits; the path itself where there are no groups.
        split: which split it belongs to; empty for a file that is set aside.
        sha256: of the file's bytes, in hexadecimal; empty if it could not be read.
        width: in pixels after EXIF orientation; 0 if it could not be read.
        height: likewise.
        flags: short facts such as "16-bit"; for a file that is set aside, the reason, for people.
    """

    path: str
    class_name: str
    group: str
    split: Split | Literal[""]
    sha256: str
    width: int
    height: int
    flags: str = ""

    @property
    def is_set_aside(self) -> bool:
        """Whether the file takes no part in training, evaluation and export."""
        return self.split == ""


COLUMNS = tuple(field.name for field in fields(ImageRow))

_DRIVE = re.compile(r"[A-Za-z]:(?:[\\/]|$)")


def read_table(path: Path) -> tuple[ImageRow, ...]:
    """The rows of images.csv.

    Raises:
        TableUnreadable: if it is missing, no such table, or a path in it leaves the data root.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except FileNotFoundError as error:
        raise TableUnreadable("it is missing") from error
    except OSError as error:
        raise TableUnreadable(reason_of(error)) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise TableUnreadable("it is damaged") from error
    if not lines or tuple(lines[0]) != COLUMNS:
        raise TableUnreadable("its first line doesn't name the columns that belong there")
    rows = tuple(_row(line, number) for number, line in enumerate(lines[1:], 2))
    if len({row.path for row in rows}) != len(rows):
        raise TableUnreadable("it lists the same image twice")
    return rows


def write_table(path: Path, rows: Iterable[ImageRow]) -> None:
    """Put the rows into images.csv, whole or not at all.

    Raises:
        TableNotWritable: if the disk is full or the folder may not be written to.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(astuple(row) for row in rows)
    try:
        atomic.write_text(path, text.getvalue())
    except OSError as error:
        raise TableNotWritable(reason_of(error)) from error


def is_inside(path: str) -> bool:
    """Whether a path from a table can only lead to somewhere under the data root, by its letters."""
    if not path or path[0] in "/\\" or _DRIVE.match(path) or "\0" in path:
        return False
    return ".." not in re.split(r"[\\/]", path)


def are_grouped(rows: Sequence[ImageRow]) -> bool:
    """Whether images were grouped, such as by patient; exact copies share the path of one of them."""
    paths = {row.path for row in rows}
    return any(row.group not in paths for row in rows)


def torn_groups(rows: Iterable[ImageRow]) -> set[str]:
    """Groups that stand in several splits, which only given folders can make them."""
    splits: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if not row.is_set_aside:
            splits[row.group].add(row.split)
    return {group for group, those in splits.items() if len(those) > 1}


def fingerprint(rows: Sequence[ImageRow]) -> str:
    """SHA-256 over path, class, group, split and content of every usable image, in hexadecimal."""
    digest = hashlib.sha256()
    for row in sorted((row for row in rows if not row.is_set_aside), key=lambda row: row.path):
        facts = [row.path, row.class_name, row.group, row.split, row.sha256]
        digest.update(json.dumps(facts, ensure_ascii=True).encode())
    return digest.hexdigest()


def _row(line: list[str], number: int) -> ImageRow:
    if len(line) != len(COLUMNS):
        raise TableUnreadable(f"line {number} has {len(line)} fields instead of {len(COLUMNS)}")
    path, class_name, group, split, sha256, width, height, flags = line
    if not is_inside(path):
        raise TableUnreadable(f"line {number} points outside the folder of the images")
    if split not in (*SPLITS, ""):
        raise TableUnreadable(f"line {number} names the unknown split “{split[:40]}”")
    if not (width.isdecimal() and height.isdecimal() and len(width + height) < 20):
        raise TableUnreadable(f"line {number} gives no size in pixels")
    known = cast("Split | Literal['']", split)
    return ImageRow(path, class_name, group, known, sha256, int(width), int(height), flags)
