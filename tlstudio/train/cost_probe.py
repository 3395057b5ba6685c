"""What training costs, found out in a few seconds: every part of a run is done in small and timed."""

import gc
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import torch
from torch import nn

from tlstudio import this_computer
from tlstudio.data.dataset import ResizedImages
from tlstudio.data.preprocess import Preprocessing
from tlstudio.data.table import ImageRow
from tlstudio.errors import ModelError
from tlstudio.events import Event, Noted, Progress
from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import find_backbone
from tlstudio.model.network import create
from tlstudio.model.pretrained import load_chosen
from tlstudio.model.settings import ModelSettings
from tlstudio.model.speeds import torch_version
from tlstudio.train.augment import AUGMENTATIONS
from tlstudio.train.batches import Labelled, augmented, centred, labelled
from tlstudio.train.cost import ImageCost, NetworkCost
from tlstudio.train.cost_memory import remember_cost
from tlstudio.train.device import choose_device
from tlstudio.train.errors import MemoryTooSmall, NothingToTrainOn
from tlstudio.train.events import CostMeasured
from tlstudio.train.memory import is_out_of_memory
from tlstudio.train.network_cost import network_cost
from tlstudio.train.settings import Augmentation, TrainSettings
from tlstudio.train.tensor_file import write_tensors

WHAT = "Measuring this computer"

WARMING_IMAGES, TIMED_IMAGES = 2, 10
"""Of the user's own, to be decoded."""

VIEWED_IMAGES = 3

MOST_SAVED = 40_000_000
"""Bytes that are written to see how fast the disk is."""


def measure_cost(
    model: ModelSettings,
    train: TrainSettings,
    rows: Sequence[ImageRow],
    classes: Sequence[str],
    data_root: Path,
    cache_folder: Path,
    data_fingerprint: str,
) -> Iterator[Event]:
    """Time what training of a backbone is made of, on the device that would train; nothing is trained.

    Yields:
        Noted, Progress; last CostMeasured, which is remembered in the cache folder.

    Raises:
        TLStudioError: if this computer can't train it, or its images can't be read.
    """
    process_bytes = psutil.Process().memory_info().rss
    began = time.perf_counter()
    backbone = find_backbone(model.backbone)
    yield Progress(WHAT, 0, 3)
    chosen = choose_device(train.device)
    if chosen.note:
        yield Noted(chosen.note)
    network = create(backbone, max(2, len(classes)), train.seed)
    with suppress(ModelError):  # without its weights it takes as long
        load_chosen(network, backbone, model.weights, cache_folder)
    if chosen.device.type != "mps":
        network = network.to(memory_format=torch.channels_last)
    network = network.to(chosen.device)
    start_seconds = time.perf_counter() - began
    yield Progress(WHAT, 1, 3)
    with suppress(OSError):
        cache_folder.mkdir(parents=True, exist_ok=True)
    with _scratch_folder(cache_folder) as folder:
        images = yield from _images(rows, classes, data_root, Path(folder), backbone.preprocessing)
        save_seconds = _save_seconds(network, Path(folder))
    yield Progress(WHAT, 2, 3)
    found = _network_cost(network, backbone, train, chosen.device)
    cost = CostMeasured(
        backbone=backbone.name,
        input_px=backbone.preprocessing.input_px,
        wanted_device=train.device,
        device=chosen.title,
        processor=this_computer.processor(),
        torch=torch_version(),
        data_fingerprint=data_fingerprint,
        start_seconds=start_seconds,
        save_seconds=save_seconds,
        process_bytes=0 if chosen.device.type == "cuda" else process_bytes,
        network=found,
        images=images,
    )
    with suppress(OSError):  # then it is measured again the next time
        remember_cost(cache_folder, cost)
    yield Progress(WHAT, 3, 3)
    yield cost


def _network_cost(
    network: nn.Module, backbone: Backbone, train: TrainSettings, device: torch.device
) -> NetworkCost:
    """With fewer images at a time where the memory does not suffice."""
    most = train.batch_size
    while True:
        found = _try_network_cost(network, backbone, train, device, most)
        # Outside the except block: the exception would keep the failed attempt's tensors (pytorch#18853).
        gc.collect()
        if found is not None:
            return found
        if most == 1:
            raise MemoryTooSmall(backbone.preprocessing.input_px)
        most = max(1, most // 4)


def _try_network_cost(
    network: nn.Module, backbone: Backbone, train: TrainSettings, device: torch.device, most: int
) -> NetworkCost | None:
    try:
        return network_cost(network, backbone, train, device, most)
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            return None
        raise


def _scratch_folder(cache_folder: Path) -> "tempfile.TemporaryDirectory[str]":
    """In the cache, whose disk a run will use; elsewhere if the project can only be read."""
    try:
        return tempfile.TemporaryDirectory(dir=cache_folder, prefix=".probe-")
    except OSError:
        return tempfile.TemporaryDirectory()


def _images(
    rows: Sequence[ImageRow],
    classes: Sequence[str],
    data_root: Path,
    folder: Path,
    preprocessing: Preprocessing,
) -> Generator[Event, None, ImageCost]:
    """What a few of the training images cost; the generator's value is an ImageCost."""
    learned = [row for row in rows if row.split == "train" and row.class_name in classes]
    wanted = WARMING_IMAGES + TIMED_IMAGES
    chosen = learned[:: max(1, len(learned) // wanted)][:wanted]
    source = labelled(ResizedImages(), classes)
    seconds, timed = 0.0, max(1, len(chosen) - WARMING_IMAGES)
    for part in (chosen[-WARMING_IMAGES:], chosen[:timed]):
        images = ResizedImages()
        began = time.perf_counter()
        yield from images.fill(part, data_root, folder, preprocessing)
        seconds = time.perf_counter() - began
        source = labelled(images, classes)
    if not len(source.images):
        raise NothingToTrainOn("training")
    decoded = sum(source.images[place].nbytes for place in range(len(source.images)))
    views: dict[str, float] = {name: _view_seconds(source, name, preprocessing) for name in AUGMENTATIONS}
    return ImageCost(seconds / timed, decoded / len(source.images), views)


def _view_seconds(source: Labelled, augmentation: Augmentation, preprocessing: Preprocessing) -> float:
    """To draw a view of an image, the faster of two turns."""
    places = np.arange(min(VIEWED_IMAGES, len(source.images)))
    augment = AUGMENTATIONS[augmentation](preprocessing)
    fastest = float("inf")
    for turn in range(2):
        began = time.perf_counter()
        if augmentation == "none":
            centred(source, places, preprocessing)
        else:
            augmented(source, places, augment, preprocessing, 0, turn)
        fastest = min(fastest, time.perf_counter() - began)
    return fastest / len(places)


def _save_seconds(network: nn.Module, folder: Path) -> float:
    """To write all values of the network, told from some of them."""
    values = {name: each for name, each in network.state_dict().items() if each.ndim}
    some, size = {}, 0
    for name, each in values.items():
        if size and size + each.nbytes > MOST_SAVED:
            break
        some[name], size = each, size + each.nbytes
    began = time.perf_counter()
    write_tensors(folder / "probe.safetensors", some, {})
    seconds = time.perf_counter() - began
    whole = float(sum(each.nbytes for each in values.values()))
    return seconds * max(1.0, whole / max(1, size))
