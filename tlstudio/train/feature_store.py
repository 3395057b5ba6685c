"""What the frozen part of a network makes of images, kept on the disk: one row for an image and a view.

A store is a folder: `store.json` says what a row is made of, `rows.bin` holds rows of equal length one after
another, `rows.txt` names them in the same order. Both grow only at their ends, a row's name after the row, so
whatever breaks off leaves a shorter store and never a wrong one. Rows are read, not mapped: a file that is
truncated meanwhile ends a read early, where a mapped one would end the process.
"""

import json
import os
import zlib
from collections.abc import Iterable, Sequence, Set
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from tlstudio import atomic

FORMAT = 1
FACTS_NAME, ROWS_NAME, NAMES_NAME, LOCK_NAME = "store.json", "rows.bin", "rows.txt", "lock"


@dataclass(frozen=True)
class RowName:
    """Which image, seen how.

    Attributes:
        sha256: of the image's file.
        view: "centre", or the augmentation and the number of the view, such as "light-3".
    """

    sha256: str
    view: str


@dataclass(frozen=True)
class Layout:
    """What a row is made of.

    Attributes:
        shapes: of each tensor, for one image.
        dtype: of all of them: "float16", "bfloat16" or "float32".
    """

    shapes: tuple[tuple[int, ...], ...]
    dtype: str

    @property
    def row_bytes(self) -> int:
        """Length of a row."""
        values = 0
        for shape in self.shapes:
            count = 1
            for side in shape:
                count *= side
            values += count
        return values * (4 if self.dtype == "float32" else 2)


class FeatureStore:
    """Rows of one boundary; several processes may read, the first that opens it writes.

    Attributes:
        layout: what a row is made of.
        problem: why no more rows are kept, a part of a sentence; empty while they are.
    """

    def __init__(self, folder: Path, layout: Layout, most_bytes: int, *, is_reader: bool = False) -> None:
        """Open the store, or begin it.

        Args:
            folder: its own; made if it is missing.
            layout: of the rows; a store of another layout is begun anew.
            most_bytes: it grows to at most so many.
            is_reader: others may fill it meanwhile; nothing is ever written.
        """
        self.folder, self.layout, self.problem = folder, layout, ""
        self._most_bytes = most_bytes
        self._places: dict[RowName, tuple[int, int]] = {}  # number of the row, checksum
        self._reader = -1
        self._lock: FileLock | None = None
        try:
            if not is_reader:
                folder.mkdir(parents=True, exist_ok=True)
                self._take_lock()
            self._begin()
        except OSError as error:
            self._give_up((error.strerror or "the disk gave no reason").lower())

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, name: RowName) -> bool:
        return name in self._places

    def names(self) -> Set[RowName]:
        """Of all rows that are there."""
        return self._places.keys()

    @property
    def size_bytes(self) -> int:
        """Of its rows."""
        return len(self._places) * self.layout.row_bytes

    def read(self, name: RowName) -> bytes | None:
        """The row, or None if it isn't there or is damaged; then it is forgotten, to be made again."""
        place = self._places.get(name)
        if place is None:
            return None
        number, checksum = place
        try:
            row = self._read_at(number * self.layout.row_bytes)
        except OSError:
            row = b""
        if len(row) == self.layout.row_bytes and zlib.crc32(row) == checksum:
            return row
        del self._places[name]
        return None

    def has_room_for(self, rows: int) -> bool:
        """Whether so many more rows fit beside those that are there."""
        return self._end + rows * self.layout.row_bytes <= self._most_bytes

    def keep_only(self, wanted: Set[RowName]) -> None:
        """Forget the rows of other names, to make room; where that is not possible all of them stay."""
        if self.problem or self._lock is None or self._places.keys() <= wanted:
            return
        with suppress(OSError):  # then there is less room
            self._write_anew(wanted)

    def _write_anew(self, wanted: Set[RowName]) -> None:
        names = []
        try:
            with atomic.replacing(self.folder / ROWS_NAME) as temporary:
                with temporary.open("wb") as file:
                    for name in sorted(wanted & self._places.keys(), key=self._places.__getitem__):
                        row = self.read(name)
                        if row is not None:
                            file.write(row)
                            names.append((name, zlib.crc32(row)))
                os.close(self._reader)
                self._reader = -1
                # Until the new names are written no row counts, whatever breaks off.
                (self.folder / NAMES_NAME).unlink(missing_ok=True)
            atomic.write_text(self.folder / NAMES_NAME, "".join(_line(*each) for each in names))
        finally:
            if self._reader >= 0:
                os.close(self._reader)
            self._begin()

    def add(self, rows: Iterable[tuple[RowName, bytes]]) -> None:
        """Keep the rows that there is room for; a full disk ends the keeping and nothing else."""
        if self.problem or self._lock is None:
            return
        fresh = [(name, row) for name, row in dict(rows).items() if name not in self._places]
        room = (self._most_bytes - self._end) // self.layout.row_bytes
        if len(fresh) > room:
            fresh = fresh[: max(0, room)]
            self.problem = "the space for kept features is used up"
        try:
            self._append(fresh)
        except OSError as error:
            self._give_up((error.strerror or "the disk gave no reason").lower())

    def close(self) -> None:
        """Let others write."""
        if self._reader >= 0:
            os.close(self._reader)
            self._reader = -1
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    # The files

    @property
    def _end(self) -> int:
        return self._rows_written * self.layout.row_bytes

    def _take_lock(self) -> None:
        lock = FileLock(self.folder / LOCK_NAME)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            self._lock = None  # another run fills it; this one reads what is there
        else:
            self._lock = lock

    def _begin(self) -> None:
        self._rows_written = 0
        facts = {"format": FORMAT, **asdict(self.layout)}
        if not self._is_as(facts):
            if self._lock is None:
                self.problem = "another run is filling it"
                return
            for name in (ROWS_NAME, NAMES_NAME):
                (self.folder / name).unlink(missing_ok=True)
            atomic.write_text(self.folder / FACTS_NAME, json.dumps(facts))
        mark_used(self.folder)
        rows_there = self._size(ROWS_NAME) // self.layout.row_bytes
        names = self._names()[:rows_there]
        self._places = {name: (number, checksum) for number, (name, checksum) in enumerate(names)}
        self._rows_written = len(names)
        if self._lock is not None:
            self._cut_to(names)
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | (os.O_CREAT if self._lock is not None else 0)
        self._reader = os.open(self.folder / ROWS_NAME, flags, 0o666)

    def _is_as(self, facts: dict[str, object]) -> bool:
        try:
            stored = json.loads((self.folder / FACTS_NAME).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return False
        return bool(stored == json.loads(json.dumps(facts)))

    def _size(self, name: str) -> int:
        try:
            return (self.folder / name).stat().st_size
        except OSError:
            return 0

    def _names(self) -> list[tuple[RowName, int]]:
        """What `rows.txt` names, up to the first line that is damaged."""
        try:
            lines = (self.folder / NAMES_NAME).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        names = []
        for line in lines:
            match line.split(" "):
                case [sha256, view, checksum, "."] if (
                    len(sha256) == 64 and checksum.isascii() and checksum.isdigit() and len(checksum) <= 10
                ):
                    names.append((RowName(sha256, view), int(checksum)))
                case _:
                    break
        return names

    def _cut_to(self, names: Sequence[tuple[RowName, int]]) -> None:
        """Drop what has no name, and names that have no row: where the last writer was broken off.

        A name may stand twice, where its first row was damaged; each line keeps its row.
        """
        kept = "".join(_line(name, checksum) for name, checksum in names)
        if self._size(NAMES_NAME) != len(kept.encode()):
            atomic.write_text(self.folder / NAMES_NAME, kept)
        if self._size(ROWS_NAME) > len(names) * self.layout.row_bytes:
            os.truncate(self.folder / ROWS_NAME, len(names) * self.layout.row_bytes)

    def _append(self, rows: Sequence[tuple[RowName, bytes]]) -> None:
        if not rows:
            return
        if self._size(ROWS_NAME) != self._end:
            self._give_up("another program changed it")
            return
        with (self.folder / ROWS_NAME).open("ab") as file:
            file.write(b"".join(row for _, row in rows))
        checksums = [zlib.crc32(row) for _, row in rows]
        with (self.folder / NAMES_NAME).open("a", encoding="utf-8", newline="") as file:
            file.write("".join(_line(name, crc) for (name, _), crc in zip(rows, checksums, strict=True)))
        for (name, _), checksum in zip(rows, checksums, strict=True):
            self._places[name] = (self._rows_written, checksum)
            self._rows_written += 1

    def _read_at(self, offset: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._reader, self.layout.row_bytes, offset)
        os.lseek(self._reader, offset, os.SEEK_SET)  # Windows; only one thread reads
        return os.read(self._reader, self.layout.row_bytes)

    def _give_up(self, reason: str) -> None:
        self.problem = reason


def mark_used(folder: Path) -> None:
    """The least recently used store goes first when room is needed."""
    with suppress(OSError):
        os.utime(folder / FACTS_NAME)


def stored_layout(folder: Path) -> Layout | None:
    """What the rows of a store are made of; None if there is none."""
    try:
        facts = json.loads((folder / FACTS_NAME).read_text(encoding="utf-8"))
        shapes = tuple(tuple(int(side) for side in shape) for shape in facts["shapes"])
        is_known = facts["format"] == FORMAT and facts["dtype"] in ("float16", "bfloat16", "float32")
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return Layout(shapes, facts["dtype"]) if is_known else None


def _line(name: RowName, checksum: int) -> str:
    # The full stop shows that the line was written to its end.
    return f"{name.sha256} {name.view} {checksum} .\n"
