"""Small pictures and folders for the tests of step 1."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image


def picture(seed: int, width: int = 24, height: int = 16) -> Image.Image:
    """A smooth picture of its own for every seed."""
    corners = np.random.default_rng(seed).integers(0, 256, (3, 3, 3), np.uint8)
    return Image.fromarray(corners).resize((width, height), Image.Resampling.BILINEAR)


@pytest.fixture
def draw():
    """A function that gives a picture of that seed."""
    return picture


@pytest.fixture
def make_images():
    """A function that saves a different picture under each path: make_images(root, "cats/a.png", …)."""
    made = 0

    def make(root: Path, *paths: str) -> Path:
        nonlocal made
        for path in paths:
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            made += 1
            picture(made).save(file)
        return root

    return make
