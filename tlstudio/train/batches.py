"""Batches of images: their order is a function of the seed and the epoch, each view one of the image."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from tlstudio.data.dataset import ResizedImages
from tlstudio.data.preprocess import Preprocessing, crop, normalise
from tlstudio.data.table import ImageRow
from tlstudio.train.augment import Augment
from tlstudio.train.steps import steps_per_epoch

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Labelled:
    """Images with the index of their class.

    Attributes:
        images: resized, not cropped.
        labels: (N,) indices into the classes.
    """

    images: ResizedImages
    labels: Indices

    @property
    def rows(self) -> Sequence[ImageRow]:
        """The images' rows of the table, in the same order."""
        return self.images.rows


def labelled(images: ResizedImages, classes: Sequence[str]) -> Labelled:
    """The images with their labels; a class is known by its place in `classes`."""
    place = {name: index for index, name in enumerate(classes)}
    return Labelled(images, np.array([place[row.class_name] for row in images.rows], np.int64))


def class_weights(labels: Indices, classes: int) -> Tensor:
    """How much an image of each class counts so that every class counts alike; 1 on average of images.

    Source: King & Zeng 2001, as scikit-learn's "balanced": N / (classes × images of the class).
    """
    counts = Counter(labels.tolist())
    present = len(counts)
    return torch.tensor([len(labels) / (present * counts[k]) if counts[k] else 0.0 for k in range(classes)])


def batches(count: int, batch_size: int, seed: int, epoch: int) -> list[Indices]:
    """All indices in the epoch's order, cut into `steps_per_epoch` batches of nearly equal size.

    Equal ones, as a last batch of one image would upset BatchNorm.
    """
    order = np.random.default_rng((seed, epoch)).permutation(count)
    return np.array_split(order, steps_per_epoch(count, batch_size))


def augmented(
    source: Labelled, indices: Indices, augment: Augment, preprocessing: Preprocessing, seed: int, view: int
) -> Tensor:
    """(N, 3, H, W) float32 inputs of a training step.

    A view is a function of the seed, its number and the image's file alone, so that it can be drawn again
    in another run, in another order and beside other images.
    """
    pixels = []
    for index in indices.tolist():
        _seed_everything(seed, view, int(source.rows[index].sha256[:8] or "0", 16))
        pixels.append(augment(Image.fromarray(source.images[index])))
    return torch.from_numpy(normalise(np.stack(pixels), preprocessing))


def centred(source: Labelled, indices: Indices, preprocessing: Preprocessing) -> Tensor:
    """(N, 3, H, W) float32 inputs as evaluation and the exported model see them."""
    pixels = [
        np.asarray(crop(Image.fromarray(source.images[index]), preprocessing)) for index in indices.tolist()
    ]
    return torch.from_numpy(normalise(np.stack(pixels), preprocessing))


def seed_step(seed: int, epoch: int, step: int) -> None:
    """Settle what dropout and the like will draw in this step."""
    number = _number(seed, epoch, step, 1)
    if torch.accelerator.is_available():
        torch.manual_seed(number)
    else:  # alike, without a note of the call for every kind of device that is not there
        torch.default_generator.manual_seed(number)


def _seed_everything(seed: int, view: int, image: int) -> None:
    # timm's augmentations draw from all three, on the processor
    number = _number(seed, view, image, 0)
    random.seed(number)
    np.random.seed(number)
    torch.default_generator.manual_seed(number)


def _number(*parts: int) -> int:
    return int(np.random.SeedSequence(parts).generate_state(1)[0])
