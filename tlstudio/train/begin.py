"""What must stand before the first epoch: decoded images, and a network with all that trains it."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from tlstudio.data.dataset import ResizedImages
from tlstudio.data.preprocess import Preprocessing
from tlstudio.data.table import ImageRow, Split
from tlstudio.events import Event, Noted
from tlstudio.model.backbone import Backbone
from tlstudio.model.freeze import freeze
from tlstudio.model.network import create
from tlstudio.model.pretrained import load_chosen
from tlstudio.model.settings import RANDOM, ModelSettings
from tlstudio.train import boundary
from tlstudio.train.batches import Labelled, class_weights, labelled
from tlstudio.train.boundary import Boundary
from tlstudio.train.checkpoint import Checkpoint, restore
from tlstudio.train.device import choose_device
from tlstudio.train.errors import CheckpointDoesNotFit, NothingToTrainOn
from tlstudio.train.optimize import make_average, make_optimizer, make_schedule, quicken_norms
from tlstudio.train.patch_drop import drop_patches
from tlstudio.train.precision import choose_precision
from tlstudio.train.settings import TrainSettings
from tlstudio.train.step import Trainee
from tlstudio.train.steps import steps_per_epoch
from tlstudio.work_clock import CLOCK


@dataclass(frozen=True)
class Sets:
    """The images that training needs, decoded."""

    train: Labelled
    validation: Labelled
    seconds: float  # that decoding took


@dataclass(frozen=True)
class Ready:
    """A trainee, and what it was made of."""

    trainee: Trainee
    device_title: str
    weights_file: str  # "random", the pretrained weights' name, or a file's without its folder
    weights_sha256: str  # empty if random
    boundary: Boundary


def decode(
    rows: Sequence[ImageRow],
    classes: Sequence[str],
    data_root: Path,
    cache_folder: Path,
    preprocessing: Preprocessing,
) -> Generator[Event, None, Sets]:
    """Every training and validation image in memory-mapped files; the generator's value is a Sets.

    Yields:
        Progress; Noted for images that are gone.

    Raises:
        DataError: if the images can't be read.
        NothingToTrainOn: if a split has none.
    """
    began = CLOCK.seconds()
    sets = {}
    splits: tuple[Split, ...] = ("train", "validation")
    for split in splits:
        chosen = [row for row in rows if row.split == split and row.class_name in classes]
        images = ResizedImages()
        yield from images.fill(chosen, data_root, cache_folder, preprocessing)
        if not images.rows:
            raise NothingToTrainOn("training" if split == "train" else split)
        sets[split] = labelled(images, classes)
    return Sets(sets["train"], sets["validation"], CLOCK.seconds() - began)


def get_ready(
    backbone: Backbone,
    model: ModelSettings,
    train: TrainSettings,
    sets: Sets,
    classes: int,
    cache_folder: Path,
    cache_bytes: int,
    checkpoint: Checkpoint | None,
    views: int | None,
) -> Generator[Event, None, Ready]:
    """A network that is ready to learn from the training images; the generator's value is a Ready.

    Yields:
        Noted: about the device and the weights.

    Raises:
        ModelError: if the weights can't be read or don't fit.
        DeviceNotUsable: if a certain device is wanted and does not work.
    """
    chosen = choose_device(train.device)
    if chosen.note:
        yield Noted(chosen.note)
    network = create(backbone, classes, train.seed)
    # A checkpoint holds all that a file gave.
    loaded = load_chosen(network, backbone, model.weights, cache_folder) if checkpoint is None else None
    if loaded is not None:
        yield Noted(f"Starts from {loaded.file}: {loaded.loaded} tensors fit; the head is new.")
    elif checkpoint is None:
        yield Noted(_about_random(backbone, model))
    depth = backbone.depth(model.freeze)
    frozen = freeze(network, depth)
    if chosen.device.type != "mps":
        network = network.to(memory_format=torch.channels_last)
    network = network.to(chosen.device)
    trainee = _trainee(network, frozen, model, train, sets.train, classes, backbone, chosen.device)
    _settle_precision(trainee, backbone, train, cache_folder, checkpoint)
    if checkpoint is not None:
        try:
            trainee.head = restore(checkpoint, network, trainee.optimizer, trainee.averaged)
        except (RuntimeError, ValueError, KeyError) as error:
            raise CheckpointDoesNotFit(backbone.title) from error
    # After the checkpoint: what is kept on the disk belongs to the weights that the frozen part really has.
    prepared = yield from boundary.prepare(
        network,
        backbone,
        depth,
        train,
        trainee.precision,
        chosen.device,
        sets.train,
        len(sets.validation.labels),
        cache_folder,
        cache_bytes,
        views,
    )
    trainee.cut = prepared.cut
    dropping = drop_patches(network, prepared.cut, train.patch_drop, backbone.title)
    if dropping.problem:
        yield Noted(dropping.problem)
    trainee.patch_drop = dropping.behind_cut
    if prepared.cut is not None and trainee.averaged is not None:
        trainee.cut_of_average = prepared.cut.on(trainee.averaged)
    weights_file, weights_sha256 = (loaded.file, loaded.sha256) if loaded else (RANDOM, "")
    return Ready(trainee, chosen.title, weights_file, weights_sha256, prepared)


def _trainee(
    network: nn.Module,
    frozen: tuple[nn.Module, ...],
    model: ModelSettings,
    train: TrainSettings,
    source: Labelled,
    classes: int,
    backbone: Backbone,
    device: torch.device,
) -> Trainee:
    steps = steps_per_epoch(len(source.labels), train.batch_size)
    quicken_norms(network, steps)
    optimizer = make_optimizer(network, train, is_pretrained=model.weights != RANDOM)
    weights = class_weights(source.labels, classes) if train.is_class_weighted else torch.ones(classes)
    return Trainee(
        network=network,
        frozen=frozen,
        optimizer=optimizer,
        schedule=make_schedule(optimizer, train, steps),
        average=make_average(network) if train.is_averaged else None,
        scaler=torch.amp.GradScaler(device.type, enabled=False),
        device=device,
        precision="float32",
        weights=weights,
        label_smoothing=train.label_smoothing,
        images_at_a_time=train.batch_size,
        steps_per_epoch=steps,
        input_px=backbone.preprocessing.input_px,
    )


def _settle_precision(
    trainee: Trainee,
    backbone: Backbone,
    train: TrainSettings,
    cache_folder: Path,
    checkpoint: Checkpoint | None,
) -> None:
    """The precision of the run: chosen at its start, and on the same kind of device kept when it goes on."""
    place = checkpoint.place if checkpoint else None
    if place is not None and place.device == trainee.device.type:
        trainee.precision = place.precision
        trainee.images_at_a_time = min(place.images_at_a_time or train.batch_size, train.batch_size)
    else:
        input_px = backbone.preprocessing.input_px
        trainee.precision = choose_precision(trainee.network, trainee.device, input_px, cache_folder)
    if trainee.precision == "float16":
        trainee.scaler = torch.amp.GradScaler(trainee.device.type)
        if place is not None and place.scaler:
            trainee.scaler.load_state_dict(dict(place.scaler))
    if place is not None:
        trainee.step = place.epoch * trainee.steps_per_epoch


def _about_random(backbone: Backbone, model: ModelSettings) -> str:
    start = f"{backbone.title} starts from random weights, so it learns from your images alone."
    if backbone.depth(model.freeze) == 0:
        return start
    return (
        f"{start} Its frozen layers are random too and stay so: they have learned nothing, and what is "
        "trained above them will see little. Choose a weights file, or freeze nothing."
    )
