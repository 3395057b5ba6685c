"""The one reader of image files: whatever the program shows, learns from or judges comes through here."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from tlstudio.data.errors import UnreadableImage
from tlstudio.data.quiet import quiet
from tlstudio.data.reasons import is_cut_off, reason_of_system
from tlstudio.data.tiff import read_with_tifffile, upright
from tlstudio.data.tones import to_rgb

LIMIT_MEGAPIXELS = 100
"""A small file can unpack to any size; larger images than this are set aside unread."""

ORIENTATION_TAG = 0x0112

READER_VERSION = 2
"""Counted up whenever any file is read as other pixels than before: what was kept of images is then old."""

Picture = tuple[Image.Image, tuple[str, ...]]
"""8-bit RGB, upright, and short facts about the file."""


@dataclass(frozen=True)
class Reader:
    """One image format.

    Attributes:
        name: for people.
        suffixes: of file names, in lower case.
        signature: what the first 16 bytes of such a file look like.
        formats: Pillow's names for it.
        read: gives the first image of an open file.
    """

    name: str
    suffixes: tuple[str, ...]
    signature: re.Pattern[bytes]
    formats: tuple[str, ...]
    read: "Callable[[BinaryIO, Reader], Picture]"


@dataclass(frozen=True)
class ImageFacts:
    """What an import notes about a readable image.

    Attributes:
        sha256: of the file's bytes, in hexadecimal.
        width: in pixels, upright.
        height: likewise.
        flags: short facts joined by "; ", such as "16-bit".
    """

    sha256: str
    width: int
    height: int
    flags: str


def read_image(path: Path) -> Image.Image:
    """The file's first image, decoded in full: 8-bit RGB, turned upright by its EXIF orientation.

    Raises:
        UnreadableImage: with the reason.
    """
    return image_and_facts(path)[0]


def image_and_facts(path: Path) -> tuple[Image.Image, ImageFacts]:
    """The image as `read_image` gives it, and its facts, of the same bytes.

    Raises:
        UnreadableImage: with the reason.
    """
    try:
        # A pipe named photo.png would be waited for without end.
        if path.exists() and not path.is_file():
            raise UnreadableImage(path.name, "It is not a file")
        with path.open("rb") as handle, quiet():
            sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
            image, flags = _decode(path, handle)
    except (OSError, MemoryError) as error:
        raise UnreadableImage(path.name, reason_of_system(error)) from error
    return image, ImageFacts(sha256, image.width, image.height, "; ".join(flags))


def _decode(path: Path, handle: BinaryIO) -> Picture:
    handle.seek(0)
    start = handle.read(16)
    if not start:
        raise UnreadableImage(path.name, "The file is empty")
    reader = next((row for row in READERS if row.signature.match(start)), None)
    if reader is None:
        if not start.strip(b"\0"):
            raise UnreadableImage(path.name, "The file is blank, it holds zeros only")
        raise UnreadableImage(path.name, "The file is not an image, or of a kind that can't be read")
    handle.seek(0)
    try:
        image, flags = reader.read(handle, reader)
    except Image.DecompressionBombError as error:
        pixels = re.search(r"\d{8,}", str(error))
        size = f"{int(pixels[0]) // 10**6} megapixels" if pixels else "Its pixels"
        raise _too_large(path, size) from error
    except OverflowError as error:
        if "×" not in str(error):
            raise UnreadableImage(path.name, "The file is damaged") from error
        raise _too_large(path, str(error)) from error
    except MemoryError:
        raise
    # Decoders raise nearly anything at a damaged file: struct.error, IndexError, KeyError, …
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        reason = "The file is cut off" if is_cut_off(error, handle, reader.name) else "The file is damaged"
        raise UnreadableImage(path.name, reason) from error
    if path.suffix.lower() not in reader.suffixes:
        flags = (*flags, f"really {reader.name}")
    return image, flags


def _read_with_pillow(handle: BinaryIO, reader: Reader) -> Picture:
    with Image.open(handle, formats=reader.formats) as image:
        _check_size(image)
        image.load()
        _check_size(image)  # a GIF's first frame may be larger than its header says
        rgb, flags = to_rgb(image)
        orientation = _orientation(image)
        if image.format != "MPO" and _has_second_page(image):
            flags = (*flags, "first of several pages")
    turned = upright(rgb, orientation)
    return turned, flags if turned is rgb else (*flags, "turned upright")


def _read_tiff(handle: BinaryIO, reader: Reader) -> Picture:
    try:
        with Image.open(handle, formats=reader.formats) as image:
            _check_size(image)
            depths = image.tag_v2.get(258, (1,))  # type: ignore[attr-defined]  # BitsPerSample
            is_planar = image.tag_v2.get(284, 1) == 2  # type: ignore[attr-defined]
    except (UnidentifiedImageError, SyntaxError, KeyError, TypeError, ValueError):
        depths, is_planar = (), False
    handle.seek(0)
    # Pillow keeps the low or high byte only where several channels are deep, and knows few layouts of those
    # and of channels that lie one behind the other.
    if depths and not (len(depths) > 1 and (max(depths) > 8 or is_planar)):
        return _read_with_pillow(handle, reader)
    try:
        return read_with_tifffile(handle, LIMIT_MEGAPIXELS * 10**6)
    except (EOFError, OverflowError, MemoryError):
        raise
    except Exception:
        if not depths:
            raise
        handle.seek(0)
        return _read_with_pillow(handle, reader)


def _pillow_row(name: str, suffixes: str, signature: bytes, *formats: str) -> Reader:
    return Reader(name, tuple(suffixes.split()), re.compile(signature, re.DOTALL), formats, _read_with_pillow)


READERS: tuple[Reader, ...] = (
    _pillow_row("JPEG", ".jpg .jpeg .jpe .jfif", rb"\xff\xd8\xff", "JPEG", "MPO"),
    _pillow_row("PNG", ".png .apng", rb"\x89PNG\r\n\x1a\n", "PNG"),
    Reader("TIFF", (".tif", ".tiff"), re.compile(rb"II[*+]\0|MM\0[*+]"), ("TIFF",), _read_tiff),
    _pillow_row("BMP", ".bmp .dib", rb"BM", "BMP"),
    _pillow_row("WebP", ".webp", rb"RIFF....WEBP", "WEBP"),
    _pillow_row("GIF", ".gif", rb"GIF8[79]a", "GIF"),
)
"""Every format that is read; content decides which, the suffix only whether a file is looked at."""

SUFFIXES: frozenset[str] = frozenset(suffix for reader in READERS for suffix in reader.suffixes)


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > LIMIT_MEGAPIXELS * 10**6:
        raise OverflowError(f"{image.width} × {image.height} pixels")


def _too_large(path: Path, size: str) -> UnreadableImage:
    return UnreadableImage(path.name, f"{size} are more than the limit of {LIMIT_MEGAPIXELS} megapixels")


def _orientation(image: Image.Image) -> object:
    try:
        return image.getexif().get(ORIENTATION_TAG)
    # Cameras and editors write broken EXIF of every kind; the picture itself is fine.
    except Exception:
        return None


def _has_second_page(image: Image.Image) -> bool:
    try:
        image.seek(1)
    except Exception:
        return False
    return True
