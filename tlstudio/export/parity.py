"""Whether a file answers as the app does, from the original image files on."""

import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tlstudio.data.errors import UnreadableImage
from tlstudio.data.images import image_and_facts
from tlstudio.data.in_order import IMAGES_AHEAD, in_order
from tlstudio.data.table import ImageRow
from tlstudio.evaluate.answers import Answers
from tlstudio.events import Event, Noted, Progress
from tlstudio.export.onnx_model import OnnxModel

LARGEST_DIFFERENCE = 0.02
"""Of a probability; a file that is further off for any image is not the app's network any more.

Arithmetic in another order makes about 1e-5 of it, resizing within the file, where less than a hundredth of
the values is off by one grey level, some 1e-3.
"""

TIE = 1e-3
"""Classes whose probabilities are closer than this count as equal: the difference above may swap them."""


@dataclass(frozen=True)
class Parity:
    """How far a file's answers and the app's agree.

    Attributes:
        compared: images.
        same_class: of them, for how many both name the same class.
        largest_difference: of any probability of any image.
        milliseconds_per_image: the median, reading the image file not counted.
    """

    compared: int
    same_class: int
    largest_difference: float
    milliseconds_per_image: float


def compare(model: OnnxModel, answers: Answers, data_root: Path) -> Generator[Event, None, Parity]:
    """Ask the model about the images of the app's answers.

    Yields:
        Progress; Noted if some of the files can't be read any more.
    """

    def read(row: ImageRow) -> Image.Image:
        image, facts = image_and_facts(data_root / row.path)
        if facts.sha256 != row.sha256:
            raise UnreadableImage(row.path, "It changed since it was added")
        return image

    expected = iter(answers.probabilities)
    same, differences, seconds = 0, [], []
    for step in in_order(read, answers.rows, "Comparing answers", IMAGES_AHEAD):
        if isinstance(step, Progress):
            yield step
            continue
        app = next(expected)
        try:
            image = step[1].result()
        except UnreadableImage:
            continue
        started = time.perf_counter()
        file = model.probabilities(image)
        seconds.append(time.perf_counter() - started)
        differences.append(float(np.abs(file - app).max()))
        same += is_same_class(app, file)
    if len(seconds) < len(answers.rows):
        yield Noted(
            f"{len(answers.rows) - len(seconds):,} of {len(answers.rows):,} images could not be compared, "
            "because the file vanished, changed or can't be read any more."
        )
    typical = 1000 * median(seconds) if seconds else 0.0
    return Parity(len(seconds), same, max(differences, default=0.0), typical)


def is_same_class(app: NDArray[np.float32], file: NDArray[np.float32]) -> bool:
    """Whether the file's most probable class is the app's, or tied with it there."""
    return bool(app[np.argmax(file)] >= app.max() - TIE)
