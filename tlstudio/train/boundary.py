"""Where the frozen part of a network ends: cut there, and what it gives kept where that pays."""

import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from tlstudio.events import Event, Noted
from tlstudio.model.backbone import Backbone
from tlstudio.model.cut import Cut, cut
from tlstudio.model.errors import CannotCut
from tlstudio.model.fold import QuickPrefix
from tlstudio.train.batches import Labelled, centred
from tlstudio.train.device import wait_for
from tlstudio.train.feature_keys import store_keys
from tlstudio.train.feature_room import FOLDER_NAME, forget_features, make_room
from tlstudio.train.feature_rows import layout_of
from tlstudio.train.feature_store import FeatureStore, Layout, RowName, mark_used
from tlstudio.train.features import CENTRE, Frozen, row_names
from tlstudio.train.keeping import affordable_views, gain_of_keeping, views_at_most, views_to_keep
from tlstudio.train.precision import DTYPES, Precision, judging_precision
from tlstudio.train.probing import PROBED_IMAGES
from tlstudio.train.remembered import remember, remembered
from tlstudio.train.settings import TrainSettings
from tlstudio.train.shallower import find_shallower

MEMORY_NAME = "boundaries.json"


@dataclass(frozen=True)
class Boundary:
    """The frozen part of a run's network.

    Attributes:
        cut: of the network; None if nothing is frozen or it can't be cut, and images are fed.
        train: what the training images become; None without a cut.
        validation: likewise, in the precision that the network is validated in.
        views: how many augmented views of each image the run sees; at most one for each epoch.
    """

    cut: Cut | None
    train: Frozen | None
    validation: Frozen | None
    views: int

    def close(self) -> None:
        """Let other runs fill the stores."""
        for frozen in (self.train, self.validation):
            if frozen is not None:
                frozen.close()

    @property
    def problem(self) -> str:
        """Why not everything is kept, a part of a sentence; empty if it is."""
        stores = [each.store for each in (self.train, self.validation) if each is not None]
        return next((store.problem for store in stores if store is not None and store.problem), "")


def prepare(
    network: nn.Module,
    backbone: Backbone,
    depth: int,
    settings: TrainSettings,
    precision: Precision,
    device: torch.device,
    source: Labelled,
    validation_images: int,
    cache_folder: Path,
    limit_bytes: int,
    views: int | None,
) -> Generator[Event, None, Boundary]:
    """Cut the network after its frozen groups, open the stores; the generator's value is a Boundary.

    Args:
        network: on its device, frozen.
        backbone: its row of the table.
        depth: how many groups are frozen.
        settings: of the run.
        precision: that it is trained in.
        device: of the network.
        source: the training images.
        validation_images: how many there are.
        cache_folder: of the project.
        limit_bytes: that all stores of the project may take; 0 keeps nothing.
        views: of a run that is resumed; None for a new one.

    Yields:
        Noted: if the network can't be cut, or not everything can be kept.
    """
    without = Boundary(None, None, None, views or views_at_most(settings))
    if depth == 0:
        return without
    try:
        parts = cut(network, depth, backbone.preprocessing.input_px)
    except CannotCut as error:
        yield Noted(
            f"{error.message} It is trained all the same; every epoch computes its frozen layers anew."
        )
        return without
    if parts.depth == 0:
        return without
    frozen = _frozen(parts, precision, device, source, backbone)
    judged_in = judging_precision(precision)
    judging = frozen if judged_in == precision else _frozen(parts, judged_in, device, source, backbone)
    wanted = views_to_keep(settings, views)
    folder = cache_folder / FOLDER_NAME
    if limit_bytes <= 0 or not _is_worth_keeping(frozen, parts, source, backbone, cache_folder):
        if limit_bytes <= 0:
            forget_features(cache_folder)
            yield Noted(
                "The space for kept features is 0 GB, so every epoch computes the frozen layers anew."
            )
        return replace(without, cut=parts, train=frozen, validation=judging)
    bytes_of_view = len(source.labels) * frozen.layout.row_bytes
    needed = wanted * bytes_of_view + validation_images * judging.layout.row_bytes
    stores = {
        each: _stores(folder, backbone, network, parts, each) for each in {precision, judging.precision}
    }
    kept = {each: by_depth.pop(parts.depth) for each, by_depth in stores.items()}
    for store in (store for by_depth in stores.values() for store in by_depth.values()):
        mark_used(store)  # what can be gone on from goes last
    room = make_room(folder, limit_bytes, needed, set(kept.values()))
    if room < needed:
        bytes_of_validation = validation_images * judging.layout.row_bytes
        if views is None:
            wanted = affordable_views(wanted, room, bytes_of_view, bytes_of_validation)
        outcome = (
            f"{'1 view' if wanted == 1 else f'{wanted} views'} of each image can be kept."
            if wanted * bytes_of_view + bytes_of_validation <= room
            else "what finds no room is computed in every epoch."
        )
        yield Noted(
            f"What the frozen layers make of all views takes {_megabytes(needed)}, and the space for kept "
            f"features has {_megabytes(room)} left: {outcome}"
        )
    is_same = judging.precision == precision
    for_training = room if is_same else max(0, room - validation_images * judging.layout.row_bytes)
    learned = FeatureStore(kept[precision], frozen.layout, for_training)
    frozen = replace(frozen, store=learned)
    if is_same:
        judging = frozen
    else:
        judging = replace(judging, store=FeatureStore(kept[judging.precision], judging.layout, room))
    missing = sum(name not in learned for name in _row_names(source, settings, wanted))
    if missing:
        if not learned.has_room_for(missing):
            _drop_others(learned, _row_names(source, settings, wanted))
        images = centred(source, np.arange(min(PROBED_IMAGES, len(source.labels))), backbone.preprocessing)
        frozen = _with_shallower(frozen, network, stores[precision], images)
        judging = frozen if is_same else _with_shallower(judging, network, stores[judged_in], images)
    return Boundary(parts, frozen, judging, wanted)


def _stores(
    folder: Path, backbone: Backbone, network: nn.Module, parts: Cut, precision: Precision
) -> dict[int, Path]:
    """By depth, where the features of this boundary and of shallower ones are kept, if they are."""
    device = next(network.parameters()).device
    keys = store_keys(backbone, network, parts.depth, precision, device)
    return {depth: folder / key for depth, key in keys.items()}


def _row_names(source: Labelled, settings: TrainSettings, views: int) -> Iterator[RowName]:
    """Of every view of every training image."""
    everything = np.arange(len(source.labels))
    for view in range(views):
        yield from row_names(source, everything, settings.augmentation, view)


def _drop_others(store: FeatureStore, wanted: Iterator[RowName]) -> None:
    """Forget the views of other augmentations and of images that are gone; the validation images' stay."""
    store.keep_only({*wanted, *(name for name in store.names() if name.view == CENTRE)})


def _with_shallower(frozen: Frozen, network: nn.Module, stores: Mapping[int, Path], images: Tensor) -> Frozen:
    found = find_shallower(
        network, frozen.cut, stores, frozen.precision, frozen.device, images, frozen.layout
    )
    return replace(frozen, shallower=found)


def _frozen(
    parts: Cut, precision: Precision, device: torch.device, source: Labelled, backbone: Backbone
) -> Frozen:
    """The frozen part in that precision; the layout of its rows is read off a few images."""
    images = centred(source, np.arange(min(PROBED_IMAGES, len(source.labels))), backbone.preprocessing)
    frozen = Frozen(parts, parts.prefix, Layout((), "float32"), precision, device)
    layout = layout_of(frozen.compute(images), precision)
    return replace(frozen, layout=layout, prefix=QuickPrefix(parts, DTYPES[precision]))


def _is_worth_keeping(frozen: Frozen, parts: Cut, source: Labelled, backbone: Backbone, memory: Path) -> bool:
    """Whether reading a row is faster than computing it; measured once, so that a seed means something."""
    key = f"{backbone.name} {parts.depth} {frozen.precision} {frozen.device.type} {torch.get_num_threads()}"
    known = remembered(memory / MEMORY_NAME)
    if key not in known:
        images = centred(source, np.arange(min(PROBED_IMAGES, len(source.labels))), backbone.preprocessing)
        seconds = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            tensors = frozen.compute(images)
            wait_for(frozen.device)
            seconds = min(seconds, (time.perf_counter() - start) / len(images))
            del tensors
        known[key] = round(gain_of_keeping(seconds, frozen.layout.row_bytes), 3)
        if not remember(memory / MEMORY_NAME, known):
            return parts.depth == backbone.head_depth  # what can't be remembered must not be left to chance
    return known[key] > 1


def _megabytes(count: float) -> str:
    if count < 1e7:
        return f"{count / 1e6:.1f} MB"
    return f"{count / 1e6:,.0f} MB" if count < 1e9 else f"{count / 1e9:,.1f} GB"
