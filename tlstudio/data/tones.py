"""Pixels of any depth and colour space become 8-bit red, green, blue."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tlstudio.data.table import BITS_USED, OWN_RANGE

TONES_16_BIT = 65535

FEW_BITS = 12
"""What many cameras have: written into 16 bits as it is, it comes out nearly black."""

BLOCK = 1 << 20
"""Values that are scaled at a time: 100 megapixels at once would need gigabytes in between."""


def to_rgb(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """A decoded Pillow image as 8-bit RGB, and what was special about it.

    Transparent parts lie on white, as a page or a microscope's background would show them.
    """
    if image.mode.startswith(("I", "F")):
        tags = getattr(image, "tag_v2", None) or {}
        flag = {"F": "float", "I": "32-bit"}.get(image.mode, "16-bit")
        if image.mode == "I" and tags.get(258, (32,))[0] == 16:
            flag = "16-bit"
        values, limits = np.asarray(image), limits_from_tags(tags)
        pixels = eight_bit(values, limits, is_signed_16=flag == "16-bit")
        is_inverted = tags.get(262) == 0  # PhotometricInterpretation: white is zero
        return Image.fromarray(255 - pixels if is_inverted else pixels).convert("RGB"), (
            flag,
            *range_flags(values, limits, is_signed_16=flag == "16-bit"),
        )
    flags = {"CMYK": ("CMYK",), "P": ("palette",), "PA": ("palette",), "1": ("1-bit",)}.get(image.mode, ())
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        return _on_white(image.convert("RGBA")), (*flags, "transparent")
    return image.convert("RGB"), flags


def eight_bit(
    pixels: NDArray[Any], limits: tuple[float, float] | None = None, *, is_signed_16: bool = False
) -> NDArray[np.uint8]:
    """Values of any depth scaled to 0 … 255, none of them clipped away by the change of depth.

    Args:
        pixels: of any shape; whole numbers or floats.
        limits: the lowest and highest value that the file declares, or None.
        is_signed_16: 32-bit values came from signed 16-bit ones.

    Returns:
        The same shape. Unsigned 8 and 16 bit by their full range, floats within 0 … 1 times 255, other
        floats and 32-bit values from their lowest to their highest; what is no number becomes 0.
    """
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype == np.bool_:
        return pixels.astype(np.uint8) * np.uint8(255)
    low, high = limits or _own_limits(pixels, is_signed_16=is_signed_16)
    flat = np.ascontiguousarray(pixels).reshape(-1)
    scaled = np.zeros(flat.shape, np.uint8)
    if high > low:
        for start in range(0, flat.size, BLOCK):
            block = flat[start : start + BLOCK].astype(np.float64)
            tones = np.clip((block - low) * (255.0 / (high - low)), 0, 255)
            scaled[start : start + BLOCK] = np.rint(np.nan_to_num(tones, nan=0.0))
    return scaled.reshape(pixels.shape)


def range_flags(
    pixels: NDArray[Any], limits: tuple[float, float] | None, *, is_signed_16: bool = False
) -> tuple[str, ...]:
    """What a person should know of how `eight_bit` scales these values; nothing if a range is declared."""
    if limits or not pixels.size or pixels.dtype.kind not in "uif":
        return ()
    if pixels.dtype.kind == "u" and pixels.dtype.itemsize == 2:
        bits = int(pixels.max()).bit_length()
        return (f"{bits} {BITS_USED}",) if 0 < bits <= FEW_BITS else ()
    is_scaled_by_its_type = pixels.dtype.kind != "f" and pixels.dtype.itemsize <= 2
    if is_scaled_by_its_type or is_signed_16:
        return ()
    return (OWN_RANGE,) if _own_limits(pixels, is_signed_16=False) != (0.0, 1.0) else ()


def limits_from_tags(tags: Any) -> tuple[float, float] | None:
    """The range that a TIFF's tags declare, lowest and highest, or None if they declare none.

    MaxSampleValue up to 255 is left aside: writers of 16-bit files leave there what suits 8 bits.
    """
    high = _first(tags.get(341)) if tags.get(341) is not None else _first(tags.get(281))
    low = _first(tags.get(340)) if tags.get(340) is not None else _first(tags.get(280))
    if high is None or (tags.get(341) is None and high <= 255):
        return None
    low = 0.0 if low is None or tags.get(341) is None else low
    return (low, high) if high > low else None


def _own_limits(pixels: NDArray[Any], *, is_signed_16: bool) -> tuple[float, float]:
    kind, size = pixels.dtype.kind, pixels.dtype.itemsize
    if kind == "u" and size == 2:
        return 0.0, float(TONES_16_BIT)
    if is_signed_16 or (kind == "i" and size <= 2):
        info = np.iinfo(np.int8 if size == 1 else np.int16)
        return float(info.min), float(info.max)
    if kind == "f":
        is_number = np.isfinite(pixels)
        low = float(np.min(pixels, where=is_number, initial=np.inf))
        high = float(np.max(pixels, where=is_number, initial=-np.inf))
        return (0.0, 1.0) if low >= 0.0 and high <= 1.0 else (low, high)
    return float(pixels.min()), float(pixels.max())


def _on_white(image: Image.Image) -> Image.Image:
    page = Image.new("RGB", image.size, "white")
    page.paste(image, mask=image.getchannel("A"))
    return page


def _first(value: Any) -> float | None:
    """A tag's value, of the first channel if it has one for each."""
    try:
        return float(value[0] if isinstance(value, tuple | list) else value)
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
