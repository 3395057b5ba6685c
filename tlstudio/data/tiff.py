"""TIFFs beyond what Pillow holds: several deep channels, rare layouts."""

from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from tlstudio.data.tones import eight_bit, limits_from_tags, range_flags

MOST_CHANNELS = 16

RGB = 2
SEPARATED = 5
"""PhotometricInterpretation of printing inks, taken for cyan, magenta, yellow and black."""

PREMULTIPLIED, ALPHA = 1, 2
"""ExtraSamples of a channel that says how opaque a pixel is, and whether its colours are already multiplied
by that; 0 leaves open what the channel says."""

WANTED_TAGS = (262, 274, 280, 281, 338, 340, 341)


def read_with_tifffile(handle: BinaryIO, limit_pixels: int) -> tuple[Image.Image, tuple[str, ...]]:
    """The first page as 8-bit RGB, turned upright, and what was special about it.

    Raises:
        EOFError: if the file ends before its pixels do.
        OverflowError: if it has more than `limit_pixels`.
        Exception: whatever else tifffile finds wrong.
    """
    import tifffile  # noqa: PLC0415 (a tenth of a second that few files need)

    with tifffile.TiffFile(handle) as file:
        page: Any = file.pages.first
        if page.imagewidth * page.imagelength > limit_pixels:
            raise OverflowError(f"{page.imagewidth} × {page.imagelength} pixels")
        if page.samplesperpixel > MOST_CHANNELS or page.imagedepth != 1:
            raise ValueError("not a flat picture of a few channels")
        size = file.filehandle.size
        if any(at + n > size for at, n in zip(page.dataoffsets, page.databytecounts, strict=False)):
            raise EOFError
        tags = {code: page.tags[code].value for code in WANTED_TAGS if code in page.tags}
        pixels = page.asarray()
        if page.samplesperpixel > 1 and page.planarconfig == 2:
            pixels = np.moveaxis(pixels, 0, -1)
        is_multi = len(file.pages) > 1
    depth = {1: "8-bit", 2: "16-bit"}.get(pixels.dtype.itemsize, "32-bit")
    flags: tuple[str, ...] = ("float" if pixels.dtype.kind == "f" else depth,) if depth != "8-bit" else ()
    limits = limits_from_tags(tags)
    flags += range_flags(pixels, limits)
    pixels = eight_bit(pixels, limits)
    if tags.get(262) == 0:
        pixels = 255 - pixels
    image = upright(_rgb(pixels, tags), tags.get(274, 1))
    return image, (*flags, *(("first of several pages",) if is_multi else ()))


ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF and TIFF orientation → what turns the image upright."""


def upright(image: Image.Image, orientation: object) -> Image.Image:
    """The image as the camera was held; unknown orientations change nothing."""
    turn = ORIENTATIONS.get(orientation) if isinstance(orientation, int) else None
    return image if turn is None else image.transpose(turn)


def _rgb(pixels: NDArray[np.uint8], tags: dict[int, Any]) -> Image.Image:
    """Grey, RGB or CMYK as the tags call the first channels; of those behind them only alpha counts."""
    channels = pixels.shape[-1] if pixels.ndim == 3 else 1
    photometric = tags.get(262)
    if photometric == SEPARATED and channels >= 4:
        return Image.merge("CMYK", [_image(pixels[..., ink]) for ink in range(4)]).convert("RGB")
    if channels == 1:
        return _image(pixels).convert("RGB")
    if channels != 3 and not (photometric == RGB and channels > 3):
        return _image(pixels[..., 0]).convert("RGB")
    rgb = _image(pixels[..., :3])
    extra = np.atleast_1d(tags.get(338, 0))[0] if channels > 3 else 0
    if extra not in (PREMULTIPLIED, ALPHA):
        return rgb
    page = Image.new("RGB", rgb.size, "white")
    mask = _image(pixels[..., 3])
    if extra == PREMULTIPLIED:  # what the white page adds is all that is missing
        return ImageChops.add(rgb, ImageChops.invert(mask.convert("RGB")))
    page.paste(rgb, mask=mask)
    return page


def _image(pixels: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pixels))
