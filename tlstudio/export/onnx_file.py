"""The texts that an ONNX file carries, read without loading its network.

An ONNX file is one Protocol Buffers message. Only its outermost fields are walked here, so that a file of
someone else is refused before a single node of it is looked at.
"""

import re
from collections.abc import Iterator

METADATA_FIELD = 14
"""ModelProto.metadata_props; source: onnx/onnx.proto."""

LIMIT_BYTES = 64 * 2**20
"""Of one text; a longer one is damaged or hostile."""

# What every tensor in another file must have: TensorProto.external_data with the key "location".
# Both numbers before the word may be padded, as Protocol Buffers allows.
_ELSEWHERE = re.compile(rb"(?:\x0a|\x8a\x80*\x00)(?:\x08|\x88\x80*\x00)location")


class NotOnnx(ValueError):
    """The bytes are no whole ONNX file; the text is a reason for people."""


def properties(content: bytes) -> dict[str, str]:
    """The metadata properties of an ONNX file.

    Raises:
        NotOnnx: if it is empty, of another kind, or cut off.
    """
    if not content:
        raise NotOnnx("the file is empty")
    # The first field of every ONNX file is ir_version, a number.
    if content[:1] != b"\x08":
        raise NotOnnx(_other_kind(content))
    texts: dict[str, str] = {}
    for number, start, end in _fields(content, 0, len(content)):
        if number == METADATA_FIELD:
            key, value = _pair(content, start, end)
            texts[key] = value
    return texts


def has_outside_data(content: bytes) -> bool:
    """Whether a tensor's values lie in another file, which could be any file of this computer."""
    return _ELSEWHERE.search(content) is not None


def _other_kind(content: bytes) -> str:
    start = content[:512].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        return "it is a web page, as a failed download leaves behind"
    if content[:4] == b"PK\x03\x04":
        return "it is a zip archive or a PyTorch file"
    return "it is not an ONNX file"


def _fields(content: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(number, start, end) of every field that has a length, at one level."""
    while at < end:
        tag, at = _number(content, at, end)
        match tag & 7:
            case 0:
                _, at = _number(content, at, end)
            case 1:
                at += 8
            case 5:
                at += 4
            case 2:
                length, at = _number(content, at, end)
                if at + length <= end:
                    yield tag >> 3, at, at + length
                at += length
            case _:
                raise NotOnnx("it is not an ONNX file, or damaged")
        if at > end:
            raise NotOnnx("the file is cut off")


def _number(content: bytes, at: int, end: int) -> tuple[int, int]:
    """A variable-length number and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            raise NotOnnx("the file is cut off")
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise NotOnnx("it is not an ONNX file, or damaged")


def _pair(content: bytes, start: int, end: int) -> tuple[str, str]:
    parts = {1: "", 2: ""}
    if end - start > LIMIT_BYTES:
        raise NotOnnx("its description is far too long")
    for number, begin, stop in _fields(content, start, end):
        parts[number] = content[begin:stop].decode("utf-8", errors="replace")
    return parts[1], parts[2]
