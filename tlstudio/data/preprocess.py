"""Preprocessing: the fixed steps from an image file's pixels to a network's input, as it was pretrained.

One description drives training, evaluation, the preview, the exported graph and the model's metadata.
"""

from dataclasses import dataclass
from typing import Literal


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
