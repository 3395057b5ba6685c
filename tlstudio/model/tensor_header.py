"""What a safetensors file says that it holds, checked against its size before a tensor is read."""

import json
import math
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlstudio.errors import reason_of
from tlstudio.model.errors import WeightsNotFound, WeightsUnreadable

LARGEST_HEADER_BYTES = 1_000_000
"""The largest networks need a tenth of it; larger headers only serve to exhaust the memory."""

LARGEST_SIDE = 2**40
MOST_SIDES = 8
BYTES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1,
    "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4,
    "I64": 8, "U64": 8, "F64": 8, "C64": 8,
}  # fmt: skip
"""Kind of number → bytes of one."""

STRANGERS = {
    b"<": "it is a web page, perhaps saved instead of the file behind a link",
    b"version https://git-lfs": "it is a pointer to a large file that was not downloaded",
}
"""How files begin that are often taken for weights."""

TORCH_STARTS = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


@dataclass(frozen=True)
class TensorEntry:
    """One tensor as the header describes it.

    Attributes:
        kind: of its numbers, such as "F32".
        shape: its sides.
        start: of its first byte, counted from the header's end.
        end: behind its last byte.
    """

    kind: str
    shape: tuple[int, ...]
    start: int
    end: int

    @property
    def values(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


def is_safetensors(path: Path) -> bool:
    """Whether the file's ending or its first bytes promise safetensors; it may still be something else.

    Raises:
        WeightsNotFound: if it can't be opened.
        WeightsUnreadable: if it is empty, or of a known kind that holds no weights.
    """
    start, size_bytes = _start(path)
    if size_bytes == 0:
        raise WeightsUnreadable(path.name, "it is empty")
    # Before it stands the header's length, whose bytes may look like anything.
    has_header = start[8:9] == b"{"
    for sign, reason in STRANGERS.items():
        if start.lstrip().startswith(sign) and not has_header:
            raise WeightsUnreadable(path.name, reason)
    return path.suffix.lower() == ".safetensors" or has_header


def read_header(path: Path) -> dict[str, TensorEntry]:
    """The file's tensors by name, none of them read; their bytes fill the file without gap or overlap.

    Raises:
        WeightsNotFound: if the file can't be opened.
        WeightsUnreadable: if it is cut off, no safetensors file, or lies about what it holds.
    """
    start, size_bytes = _start(path)
    header_bytes = int.from_bytes(start[:8], "little")
    if start.startswith(TORCH_STARTS):
        raise WeightsUnreadable(path.name, "it is a PyTorch file under the name of a safetensors file")
    if size_bytes < 8 or header_bytes > size_bytes - 8:
        raise WeightsUnreadable(path.name, "it is cut off, or no safetensors file")
    if header_bytes > LARGEST_HEADER_BYTES:
        raise WeightsUnreadable(path.name, "its list of tensors is larger than any network's")
    try:
        with path.open("rb") as file:
            file.seek(8)
            text = file.read(header_bytes)
        listed = json.loads(text, object_pairs_hook=_without_doubles)
        entries = {name: _entry(fields) for name, fields in listed.items() if name != "__metadata__"}
        _require_exact_fit(entries, size_bytes - 8 - header_bytes)
    except OSError as error:
        raise WeightsNotFound(path.name, reason_of(error)) from error
    # RecursionError: lists in lists in lists.
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsUnreadable(path.name, "it is cut off or damaged") from error
    return entries


def _start(path: Path) -> tuple[bytes, int]:
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):  # a pipe or a device would be read for ever
            raise WeightsNotFound(path.name, "it is no file")
        with path.open("rb") as file:
            return file.read(64), facts.st_size
    except OSError as error:
        raise WeightsNotFound(path.name, reason_of(error)) from error


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name stands there twice")
    return fields


def _entry(fields: dict[str, Any]) -> TensorEntry:
    match fields:
        case {"dtype": str(kind), "shape": list(shape), "data_offsets": [start, end]}:
            sides = (*shape, start, end)
            if (
                kind in BYTES
                and len(shape) <= MOST_SIDES
                and all(type(side) is int and 0 <= side <= LARGEST_SIDE for side in sides)
                and math.prod(shape) * BYTES[kind] == end - start
            ):
                return TensorEntry(kind, tuple(shape), start, end)
    raise ValueError("expected a kind, a shape and the place of as many bytes")


def _require_exact_fit(entries: dict[str, TensorEntry], data_bytes: int) -> None:
    place = 0
    for entry in sorted(entries.values(), key=lambda entry: (entry.start, entry.end)):
        if entry.start != place:
            raise ValueError("tensors overlap, or leave a gap")
        place = entry.end
    if place != data_bytes or not entries:
        raise ValueError(f"expected {place} bytes of tensors, received {data_bytes}")
