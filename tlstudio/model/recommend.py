"""Which backbone to start from, with the reason in a sentence, and how far it may well be frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import BACKBONES
from tlstudio.model.settings import PRETRAINED, RANDOM, FreezeDepth, ModelSettings
from tlstudio.model.speeds import Speed
from tlstudio.model.weight_store import WeightsState

Kind = Literal["", "tissue", "blood cells"]
"""What the images show, where a backbone was made for just that; empty: anything."""

MADE_FOR: dict[str, Kind] = {
    "resnet18.tiatoolbox-kather100k": "tissue",
    "resnet50.tiatoolbox-kather100k": "tissue",
    "vit_small_patch14_dinov2.dinobloom": "blood cells",
}

PATIENCE_SECONDS = 20 * 60
"""A first run should be done within this, on this machine."""

EPOCHS = 20
UNMEASURED_PARAMETERS = 12_000_000
"""Larger networks are not recommended before their speed was measured: on a CPU they may take hours."""

FEW_IMAGES = 1_000
"""Below so many training images, what was learned before counts more than what is learned now."""

UNRATED = {"DINOv3": 0.82, "DINOv2": 0.80}
"""About what families reach on ImageNet that were not made to name its classes; others count as 0."""

FROZEN_SHARES = {"photographs": ((300, 1.0), (5_000, 0.8), (20_000, 0.5)), "drawn scenes": ((70, 0.5),)}
"""By what the weights have seen: below so many training images, this share of the groups may well stay
frozen; above all of them, none. `make bench-depths` found the row of drawn scenes, with 10 to 60 images, and
the first limit of photographs, with 15 images; the other limits are rules of thumb."""

USUAL_IMAGES = 100


@dataclass(frozen=True)
class Recommendation:
    """A backbone by name, and one sentence that says why."""

    name: str
    reason: str


def recommend(
    images: int | None,
    classes: int,
    states: Mapping[str, WeightsState],
    speeds: Mapping[str, Speed] | None = None,
    kind: Kind = "",
) -> Recommendation:
    """The strongest backbone whose weights are here and that is quick enough on this machine.

    Args:
        images: for training; None if they are not known yet.
        classes: how many the images have.
        states: of the weights, by the backbone's name.
        speeds: as measured on this machine, by the backbone's name.
        kind: what the images show.
    """
    speeds = speeds or {}
    default = ModelSettings().backbone
    here = [row for name, row in BACKBONES.items() if name in states and states[name].is_here]
    made = [row for row in here if kind and MADE_FOR.get(row.name) == kind]
    usable = made or [row for row in here if row.name not in MADE_FOR]
    quick = [row for row in usable if _is_quick(row, images, speeds.get(row.name))]
    chosen = max(quick, key=_strength, default=BACKBONES[default])
    reason = _reason(chosen, images, classes, speeds.get(chosen.name), is_made=chosen in made)
    return Recommendation(chosen.name, reason)


def _is_quick(row: Backbone, images: int | None, speed: Speed | None) -> bool:
    if speed is None:
        return row.parameters <= UNMEASURED_PARAMETERS
    return EPOCHS * (images or FEW_IMAGES) / speed.training_images_per_second <= PATIENCE_SECONDS


def _strength(row: Backbone) -> float:
    return row.imagenet_accuracy or UNRATED.get(row.family, 0.0)


def _reason(row: Backbone, images: int | None, classes: int, speed: Speed | None, *, is_made: bool) -> str:
    if speed is None:
        pace = "small enough for this machine"
    else:
        images_per_second = f"{speed.training_images_per_second:,.0f} images a second in training"
        pace = f"quick enough on this machine ({images_per_second})"
    if is_made:
        return f"{_size(images, classes)}It was made for images of this kind, and is {pace}."
    if row.weights.bundled:
        return f"{_size(images, classes)}It needs no download, and is {pace}."
    return f"{_size(images, classes)}It knows most of those on this computer, and is {pace}."


def _size(images: int | None, classes: int) -> str:
    if not images:
        return ""
    counted = f"{images:,} training {'image' if images == 1 else 'images'} in {classes} classes"
    if images < FEW_IMAGES:
        return f"{counted} are few, so a pretrained start helps most. "
    return f"{counted} are enough to adapt it well. "


def recommended_depth(backbone: Backbone, weights: str, train_images: int) -> int:
    """How many groups may well stay frozen; none if the weights are random, as nothing is worth keeping.

    Args:
        backbone: that is trained.
        weights: that it starts from, as in ModelSettings; a file is taken for one that has seen photographs.
        train_images: how many there are; 0 before they are known, which counts as a usual small set.
    """
    if weights == RANDOM:
        return 0
    shares = FROZEN_SHARES["drawn scenes" if knows_drawn_scenes(backbone, weights) else "photographs"]
    images = train_images or USUAL_IMAGES
    share = next((share for limit, share in shares if images < limit), 0.0)
    return round(backbone.head_depth * share)


def recommended_freeze(backbone: Backbone, weights: str, train_images: int) -> FreezeDepth:
    """The setting of the recommended depth; see `recommended_depth`."""
    return as_freeze(recommended_depth(backbone, weights, train_images), backbone.head_depth)


def as_freeze(depth: int, head_depth: int) -> FreezeDepth:
    """The setting of that slider position; its end means the classifier alone on every backbone."""
    return "head" if depth >= head_depth else depth


def knows_drawn_scenes(backbone: Backbone, weights: str) -> bool:
    """Whether these weights, as in ModelSettings, have seen no photograph, only drawn scenes."""
    return weights == PRETRAINED and bool(backbone.weights.bundled)
