"""Preprocessing: the fixed steps from an image file's pixels to a network's input, as it was pretrained.

One description drives training, evaluation, the preview, the exported graph and the model's metadata.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

# The window describes backbones by their preprocessing long before it shows a pixel, and
# Pillow with numpy would take a tenth of a second of its start.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image


@dataclass(frozen=True)
class Preprocessing:
    """Resize the shorter side (antialiased), crop the centre, scale to 0…1, subtract mean, divide by std.

    Attributes:
        input_px: height and width of the network's input.
        resize_px: length of the shorter side after resizing, before the crop; ≥ input_px.
        interpolation: of the resize, as Pillow names it.
        mean: of each channel, red, green, blue, on the scale 0…1.
        std: likewise.
    """

    input_px: int
    resize_px: int
    interpolation: Literal["bilinear", "bicubic"]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


LONGEST_RATIO = 64
"""A longer strip is cut to its middle first: a line of 1 × 100,000 pixels would grow to gigabytes."""


def resize(image: "Image.Image", p: Preprocessing) -> "Image.Image":
    """The image with its shorter side at `resize_px`, the ratio kept.

    Source: torchvision's Resize, which cuts the longer side down to a whole number.
    """
    from PIL import Image  # noqa: PLC0415

    image = _middle_of_strip(image)
    width, height = image.size
    short, long = min(width, height), max(width, height)
    longer = int(p.resize_px * long / short)
    size = (p.resize_px, longer) if width <= height else (longer, p.resize_px)
    return image if image.size == size else image.resize(size, Image.Resampling[p.interpolation.upper()])


def crop(image: "Image.Image", p: Preprocessing) -> "Image.Image":
    """The centre of a resized image, `input_px` square.

    Source: torchvision's CenterCrop, which rounds half to even.
    """
    width, height = image.size
    left = round((width - p.input_px) / 2.0)
    top = round((height - p.input_px) / 2.0)
    return image.crop((left, top, left + p.input_px, top + p.input_px))


def prepare(image: "Image.Image", p: Preprocessing) -> "NDArray[np.uint8]":
    """The network's input before normalisation: (input_px, input_px, 3), red, green, blue."""
    import numpy as np  # noqa: PLC0415

    return np.asarray(crop(resize(image, p), p))


def normalise(batch: "NDArray[np.uint8]", p: Preprocessing) -> "NDArray[np.float32]":
    """The network's input.

    Args:
        batch: (…, H, W, 3), red, green, blue.
        p: whose mean and standard deviation count.

    Returns:
        (…, 3, H, W), in units of the standard deviation; the channels of a pixel lie next to each other in
        memory, as convolutions are fastest.
    """
    import numpy as np  # noqa: PLC0415

    width = batch.shape[-2]
    # Whole lines of pixels at once: numpy is three times slower along the three channels of one.
    lines = batch.reshape(*batch.shape[:-2], width * 3).astype(np.float32)
    lines /= np.float32(255)
    lines -= np.tile(np.asarray(p.mean, np.float32), width)
    lines /= np.tile(np.asarray(p.std, np.float32), width)
    return np.moveaxis(lines.reshape(batch.shape), -1, -3)


def _middle_of_strip(image: "Image.Image") -> "Image.Image":
    width, height = image.size
    longest = LONGEST_RATIO * min(width, height)
    if max(width, height) <= longest:
        return image
    left = (width - longest) // 2 if width > longest else 0
    top = (height - longest) // 2 if height > longest else 0
    return image.crop((left, top, left + min(width, longest), top + min(height, longest)))
