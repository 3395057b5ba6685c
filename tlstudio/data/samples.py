"""Sample image sets, drawn on the spot: something to try the program with, with no photograph in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from tlstudio import atomic
from tlstudio.data.sample_pictures import Rng, draw_cell, draw_leaf, draw_metal
from tlstudio.events import Event, Progress


@dataclass(frozen=True)
class Sample:
    """One set to draw.

    Attributes:
        title: for people.
        classes: names, each with a folder of its own.
        images_per_class: how many.
        group: what the images are grouped by, the first part of their file names: "slide".
        groups: how many of them.
        draw: gives one image of the class of that index; the second generator is the group's own, so
            that images of one group share their stain or light.
    """

    title: str
    classes: tuple[str, ...]
    images_per_class: int
    group: str
    groups: int
    draw: Callable[[int, Rng, Rng], Image.Image]

    @property
    def group_pattern(self) -> str:
        """What finds the group in a file name."""
        return rf"({self.group}\d+)_"


SAMPLES: dict[str, Sample] = {
    "blood-cells": Sample(
        "Blood cells",
        ("Neutrophil", "Lymphocyte", "Monocyte", "Eosinophil", "Blast cell"),
        images_per_class=80,
        group="slide",
        groups=80,
        draw=draw_cell,
    ),
    "leaf-disease": Sample(
        "Leaf disease",
        ("Healthy", "Rust", "Mildew", "Leaf burn"),
        images_per_class=80,
        group="plant",
        groups=80,
        draw=draw_leaf,
    ),
    "metal-defects": Sample(
        "Metal surface defects",
        ("Sound", "Scratch", "Pits", "Dent", "Stain", "Crack"),
        images_per_class=80,
        group="lot",
        groups=80,
        draw=draw_metal,
    ),
}


def draw_sample(key: str, folder: Path, seed: int = 0) -> Iterator[Event]:
    """Draw the set `SAMPLES[key]`; see `draw`."""
    yield from draw(SAMPLES[key], folder, seed)


def draw(sample: Sample, folder: Path, seed: int = 0) -> Iterator[Event]:
    """Draw a set as class folders of PNG files; the same seed gives the same pixels.

    Yields:
        Progress.

    Raises:
        OSError: if the folder can't be written.
    """
    total = len(sample.classes) * sample.images_per_class
    done = 0
    for label, name in enumerate(sample.classes):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for index in range(sample.images_per_class):
            group = index % sample.groups
            image = sample.draw(
                label, np.random.default_rng((seed, label, index)), np.random.default_rng((seed, group))
            )
            path = folder / name / f"{sample.group}{group + 1:02d}_{index + 1:03d}.png"
            with atomic.replacing(path) as temporary:
                image.save(temporary, format="PNG")
            done += 1
            if done % 10 == 0 or done == total:
                yield Progress(f"Drawing {sample.title.lower()}", done, total)


def draw_preview(key: str, label: int) -> Image.Image:
    """One image of the set, for a picture of it."""
    return SAMPLES[key].draw(label, np.random.default_rng((1, label)), np.random.default_rng((1, 0)))
