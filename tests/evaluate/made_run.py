"""A run's folder as training leaves it, made in a moment: odd images, a network that can tell them apart."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from tlstudio.data.images import image_and_facts
from tlstudio.data.preprocess import normalise, prepare
from tlstudio.data.table import ImageRow
from tlstudio.model.backbones import find_backbone
from tlstudio.model.network import create
from tlstudio.model.settings import ModelSettings
from tlstudio.train.events import RunStarted
from tlstudio.train.run_folder import BEST_NAME
from tlstudio.train.run_info import RunInfo, versions, write_info
from tlstudio.train.settings import TrainSettings
from tlstudio.train.tensor_file import write_tensors

CLASSES = ("Zelle", "Bläschen | <b>", "白血球")
SIZES = [(12, 30), (400, 37), (64, 64), (67, 67), (131, 90), (90, 131), (33, 200), (235, 199), (640, 480)]
"""Width and height: smaller and larger than any input, upright and lying, odd and even."""


@dataclass(frozen=True)
class MadeRun:
    """What `assess` and `export` are given."""

    run_folder: Path
    rows: tuple[ImageRow, ...]
    data_root: Path
    cache_folder: Path

    def arguments(self):
        return dict(vars(self))


def draw(size, seed):
    """Noise, smooth colour or stripes, as an 8-bit RGB image."""
    rng = np.random.default_rng(seed)
    width, height = size
    if seed % 3 == 0:
        return Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
    small = rng.integers(0, 256, (int(rng.integers(2, 9)), int(rng.integers(2, 9)), 3), dtype=np.uint8)
    return Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)


def make_images(root, splits=("test",), sizes=SIZES):
    """One image of each size in each split, the classes in turn; rows as a scan gives them."""
    rows = []
    for split in splits:
        for index, size in enumerate(sizes):
            name = CLASSES[index % len(CLASSES)]
            path = root / name.replace("|", "_").replace("<", "_").replace(">", "_") / f"{split} {index}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            draw(size, len(rows)).save(path)
            facts = image_and_facts(path)[1]
            group = f"slide{split}{index % 2}"
            relative = path.relative_to(root).as_posix()
            rows.append(ImageRow(relative, name, group, split, facts.sha256, facts.width, facts.height))
    return tuple(rows)


def spread(network, batch, deviation):
    """Give the network statistics and a head whose logits for these images spread by `deviation`."""
    torch.manual_seed(0)
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.momentum = None
            module.reset_running_stats()
            # Timm starts the last one of a residual branch at 0; a little more wakes the branch, much more
            # makes a random network chaotic: one grey level in one pixel then moves a probability by 0.002.
            module.weight.data.clamp_(min=0.2)
            nn.init.normal_(module.bias, std=0.1)
    with torch.no_grad():
        network.train()
        network(batch)
        network.eval()
        head = network.get_classifier()
        logits = network(batch)
        head.weight.mul_(deviation / logits.std(dim=0).clamp(min=1e-6).unsqueeze(1))
        head.bias.sub_(network(batch).mean(dim=0))
    return network


def make_run(folder, backbone, rows, data_root, deviation=0.5, seed=0):
    """A finished run whose network is random and answers differently for different images."""
    row = find_backbone(backbone)
    network = create(row, len(CLASSES), seed)
    p = row.preprocessing
    images = [image_and_facts(data_root / image.path)[0] for image in rows]
    batch = np.stack([prepare(image, p) for image in images])
    spread(network, torch.from_numpy(normalise(batch, p)), deviation)
    run_folder = folder / "runs" / "0001"
    run_folder.mkdir(parents=True)
    write_tensors(run_folder / BEST_NAME, network.state_dict(), {})
    started = RunStarted(
        run=1, started_at="2026-01-02T03:04:05+00:00", epochs=3, epochs_done=0, device="CPU",
        precision="float32", batch_size=8, frozen_groups=2, trainable_parameters=1, total_parameters=2,
        train_images=9, validation_images=9, weights="random", data_fingerprint="f" * 64, views=4,
        augmentation="light",
    )  # fmt: skip
    info = RunInfo(
        schema=1, run=1, state="done", started=started, model=ModelSettings(backbone, 2),
        train=TrainSettings(), classes=CLASSES, preprocessing=p, data_fingerprint="f" * 64, seed=0,
        weights_file="random", weights_sha256="", frozen_groups=("stem", "layer1"), versions=versions(),
        best_epoch=2, epochs_done=3,
    )  # fmt: skip
    write_info(run_folder, info)
    return MadeRun(run_folder, tuple(rows), data_root, folder / "cache")
