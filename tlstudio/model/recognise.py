"""A backbone as it is names what it sees in images, by the classes that it was pretrained with."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from timm.data import ImageNetInfo, infer_imagenet_subset  # type: ignore[attr-defined]
from torch import nn

from tlstudio.data.errors import NoImageReadable, NoImagesGiven, UnreadableImage
from tlstudio.data.images import read_image
from tlstudio.data.in_order import IMAGES_AHEAD, in_order
from tlstudio.data.preprocess import prepare
from tlstudio.data.walk import found_images
from tlstudio.events import Event, Progress
from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import BACKBONES, find_backbone
from tlstudio.model.errors import KnowsNoNames, NoNamesInWeights, NothingKnowsNames
from tlstudio.model.events import NotRecognised, Recognised, RecogniseDone
from tlstudio.model.network import create
from tlstudio.model.predict import probabilities
from tlstudio.model.pretrained import load_pretrained
from tlstudio.model.weight_files import read_tensors
from tlstudio.model.weight_store import weights_file
from tlstudio.model.weights import load_weights

MOST_NAMES = 5
USUAL_CLASSES = 1000


@dataclass(frozen=True)
class Namer:
    """A network with the classifier of its pretraining.

    Attributes:
        backbone: whose preprocessing it takes.
        network: in eval mode, on the CPU.
        names: of all its classes, for people: "golden retriever".
    """

    backbone: Backbone
    network: nn.Module
    names: tuple[str, ...]

    def look_at(self, path: Path, image: Image.Image) -> Recognised:
        """The most probable classes of an image."""
        crop = prepare(image, self.backbone.preprocessing)
        shares = probabilities(self.network, crop[np.newaxis], self.backbone.preprocessing)[0]
        first = np.argsort(-shares, kind="stable")[:MOST_NAMES]
        return Recognised(
            str(path), [self.names[index] for index in first], [float(shares[index]) for index in first]
        )


def recognise(images: Sequence[Path], backbone: str = "", weights: str = "") -> Iterator[Event]:
    """Ask a backbone about every image, those in folders included at any depth.

    Args:
        images: files, tried whatever their names, and folders, searched for names of images.
        backbone: its name; empty for the most accurate whose weights and names are on this computer.
        weights: path of a local file with a classifier; empty for the backbone's own.

    Yields:
        Progress, Recognised, NotRecognised; last RecogniseDone.

    Raises:
        DataError: if there is no image at all, or none that can be read.
        KnowsNoNames: if it was pretrained without classes, or with some that nobody has named.
        ModelError: if its weights are not here, can't be read or don't fit.
    """
    began = time.monotonic()
    paths = found_images(images)
    if not paths:
        raise NoImagesGiven(images)
    row = find_backbone(backbone) if backbone else _best_here()
    namer = _namer_of_file(row, Path(weights)) if weights else _namer(row)
    done = unreadable = 0
    for step in in_order(read_image, paths, "Looking", ahead=IMAGES_AHEAD):
        if isinstance(step, Progress):
            yield step
            continue
        path, reading = step
        try:
            image = reading.result()
        except UnreadableImage as error:
            unreadable += 1
            yield NotRecognised(str(path), error.reason)
            continue
        done += 1
        yield namer.look_at(path, image)
    if not done:
        raise NoImageReadable([path.name for path in paths])
    yield RecogniseDone(row.name, done, unreadable, time.monotonic() - began)


def _best_here() -> Backbone:
    here = [row for row in BACKBONES.values() if row.weights.classes and weights_file(row) is not None]
    if not here:
        raise NothingKnowsNames(_easiest().name)
    return max(here, key=lambda row: row.imagenet_accuracy or 0.0)


def _namer(backbone: Backbone) -> Namer:
    """The backbone with its own weights and classifier."""
    names = _names(backbone.weights.classes)
    if not names:
        published = backbone.weights
        raise KnowsNoNames(backbone.title, "" if published.bundled else published.trained_on, _easiest().name)
    network = create(backbone, len(names))
    loaded = load_pretrained(network, backbone, keeps_head=False)
    if loaded.left_out:
        raise NoNamesInWeights(loaded.file)
    return Namer(backbone, network.eval(), names)


def _namer_of_file(backbone: Backbone, file: Path) -> Namer:
    """The backbone with the weights and classifier of a local file."""
    classes = backbone.weights.classes or USUAL_CLASSES
    for count in (classes, 0):
        names = _names(count or _classes_in(file))
        if not names:
            break
        network = create(backbone, len(names))
        if not load_weights(network, file, title=backbone.title).left_out:
            return Namer(backbone, network.eval(), names)
    raise NoNamesInWeights(file.name)


def _classes_in(file: Path) -> int:
    """As many as one of the known lists of names has and a tensor of the file has rows; 0 if none has."""
    rows = {len(tensor) for tensor in read_tensors(file).values() if tensor.ndim}
    return next((count for count in sorted(rows, reverse=True) if _names(count)), 0)


def _names(classes: int) -> tuple[str, ...]:
    """What the classes of a classifier of that size are called; empty if nobody knows."""
    subset = infer_imagenet_subset({"num_classes": classes})
    return tuple(ImageNetInfo(subset).label_descriptions()) if subset else ()


def _easiest() -> Backbone:
    """The one that is downloaded quickest, of those that know names."""
    return min(
        (row for row in BACKBONES.values() if row.weights.classes), key=lambda row: row.weights.size_bytes
    )
