"""Why a file can't be read as an image, in a person's words."""

import errno
import os
import struct
import zlib
from typing import BinaryIO

from tlstudio.errors import reason_of


def is_cut_off(error: Exception, handle: BinaryIO, name: str) -> bool:
    """Whether the file ends too early, by what the decoder says or by the length that the file declares."""
    words = ("truncated", "cut", "unexpected end", "not enough", "eof", "premature")
    if isinstance(error, EOFError | struct.error | zlib.error) or any(
        word in str(error).lower() for word in words
    ):
        return True
    try:
        length = handle.seek(0, os.SEEK_END)
        handle.seek(0)
        start = handle.read(16)
        handle.seek(max(0, length - 64))
        end = handle.read()
    except (OSError, ValueError):
        return False
    match name:
        case "JPEG":
            return b"\xff\xd9" not in end
        case "PNG":
            return b"IEND" not in end
        case "GIF":
            return not end.rstrip(b"\0").endswith(b";")
        case "WebP":
            return length < 8 + int.from_bytes(start[4:8], "little")
        case "BMP":
            return length < int.from_bytes(start[2:6], "little")
    return length < 64


def reason_of_system(error: OSError | MemoryError) -> str:
    """What kept the file from being read, as the start of a sentence."""
    match error:
        case MemoryError():
            return "It needs more memory than this computer has free"
        case FileNotFoundError() | NotADirectoryError():
            return "The file is gone"
        case PermissionError():
            return "The permission to read it is missing"
        case IsADirectoryError():
            return "It is not a file"
        case OSError(errno=errno.ENAMETOOLONG):
            return "Its name is too long for this system"
    return f"The drive did not deliver it ({reason_of(error)})"
