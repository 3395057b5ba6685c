"""The app's own answers: a run's best weights asked about images, as evaluation and the export check need."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tlstudio.data.dataset import ResizedImages
from tlstudio.data.preprocess import crop
from tlstudio.data.table import ImageRow
from tlstudio.events import Event, Progress
from tlstudio.model.predict import probabilities
from tlstudio.train.run_folder import TrainedRun

BATCH_SIZE = 16
"""Images between two reports; on a CPU larger batches gain nothing."""


@dataclass(frozen=True)
class Answers:
    """What the network said.

    Attributes:
        rows: the images that could be read.
        probabilities: (rows, classes), each row sums to 1.
    """

    rows: tuple[ImageRow, ...]
    probabilities: NDArray[np.float32]

    @property
    def predicted(self) -> NDArray[np.int64]:
        """(rows,) the index of the most probable class; among equals the first."""
        best: NDArray[np.int64] = np.argmax(self.probabilities, axis=1)
        return best


def ask(
    trained: TrainedRun, rows: Sequence[ImageRow], data_root: Path, cache_folder: Path, what: str
) -> Generator[Event, None, Answers]:
    """The network's answers for the rows: cached image, crop, normalise, network.

    Yields:
        Progress; Noted if some of the images can't be read any more.

    Raises:
        DataError: if none of them can be read.
    """
    p = trained.preprocessing
    images = ResizedImages()
    yield from images.fill(rows, data_root, cache_folder, p)
    found = []
    for start in range(0, len(images), BATCH_SIZE):
        batch = range(start, min(start + BATCH_SIZE, len(images)))
        crops = np.stack([np.asarray(crop(Image.fromarray(images[index]), p)) for index in batch])
        found.append(probabilities(trained.network, crops, p))
        yield Progress(what, batch.stop, len(images))
    return Answers(images.rows, np.concatenate(found))
