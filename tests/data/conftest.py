"""Small pictures and folders for the tests of step 1."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class PlainUser:
    folder: Path
    become: Callable[[], None]


@pytest.fixture
def plain_user():
    """A folder open to all, and a function that takes this process's privileges until the test ends."""
    if os.name == "nt":
        pytest.skip("needs POSIX users")
    was = os.geteuid()
    folder = Path(tempfile.mkdtemp(prefix="plain-user-"))
    folder.chmod(0o777)
    yield PlainUser(folder, lambda: os.seteuid(65534) if was == 0 else None)
    os.seteuid(was)
    for path in folder.rglob("*"):
        path.chmod(0o700)
    shutil.rmtree(folder)
