"""Two classes of eight drawn images, and a run on them."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tlstudio.data.table import ImageRow
from tlstudio.model.settings import ModelSettings
from tlstudio.train.fit import fit
from tlstudio.train.settings import TrainSettings

CLASSES = ("dark", "light")


@dataclass(frozen=True)
class SmallSet:
    """A folder of images with its table, and where a run of it goes."""

    root: Path
    rows: tuple[ImageRow, ...]
    folder: Path

    @property
    def run_folder(self):
        return self.folder / "runs" / "0001"

    @property
    def cache_folder(self):
        return self.folder / "cache"

    def fit(
        self,
        model="test_resnet",
        freeze=0,
        weights="random",
        *,
        resume=False,
        rows=None,
        cache_bytes=10**9,
        first_start=None,
        **settings,
    ):
        defaults = {"epochs": 2, "batch_size": 4, "device": "cpu", "early_stop_epochs": None}
        return fit(
            ModelSettings(model, freeze, str(weights)),
            TrainSettings(**{**defaults, **settings}),
            rows or self.rows,
            CLASSES,
            self.root,
            self.run_folder,
            self.cache_folder,
            data_fingerprint="0f",
            run=1,
            resume=resume,
            cache_bytes=cache_bytes,
            first_start=first_start,
        )

    def elsewhere(self, name):
        """The same images, another project."""
        return replace(self, folder=self.folder / name)


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def small_set(tmp_path):
    rows = []
    for label, name in enumerate(CLASSES):
        (tmp_path / "images" / name).mkdir(parents=True)
        for index in range(8):
            draw = np.random.default_rng((label, index))
            pixels = draw.integers(0, 128, (32, 36, 3)) + 120 * label
            path = tmp_path / "images" / name / f"{index}.png"
            Image.fromarray(pixels.astype(np.uint8)).save(path)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            split = ("train", "train", "train", "train", "train", "validation", "validation", "test")[index]
            rows.append(ImageRow(f"{name}/{index}.png", name, f"{name}/{index}.png", split, digest, 36, 32))
    return SmallSet(tmp_path / "images", tuple(rows), tmp_path / "project")
