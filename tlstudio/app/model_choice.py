"""What a project's choice of a network comes to on this computer."""

from collections.abc import Mapping
from dataclasses import replace

from tlstudio.model.backbones import BACKBONES, Backbone, find_backbone
from tlstudio.model.errors import UnknownBackbone
from tlstudio.model.recommend import recommend, recommended_freeze
from tlstudio.model.settings import PRETRAINED, RANDOM, ModelSettings
from tlstudio.model.speeds import Speed
from tlstudio.model.weight_store import weights_state
from tlstudio.project.project import Project


def known_backbone(settings: ModelSettings) -> Backbone:
    """The network of these settings; the first of the table where another computer knew more."""
    try:
        return find_backbone(settings.backbone)
    except UnknownBackbone:
        return next(iter(BACKBONES.values()))


def is_known(name: str) -> bool:
    """Whether that network is in the table or was found to work before."""
    try:
        find_backbone(name)
    except UnknownBackbone:
        return False
    return True


def title_of(name: str) -> str:
    """What people call the network of that name; the name itself where nobody knows it."""
    try:
        return find_backbone(name).title
    except UnknownBackbone:
        return name


def usable(settings: ModelSettings) -> ModelSettings:
    """The settings; from random weights where there are no others to be had any more.

    Where the network itself is not known here, another one takes its place, whole: weights and freeze depth
    were chosen for the one that is missing.
    """
    backbone = known_backbone(settings)
    if backbone.name != settings.backbone:
        return ModelSettings(backbone.name)
    if settings.weights == PRETRAINED and weights_state(backbone).kind == "none":
        return replace(settings, weights=RANDOM, freeze=0)
    if settings.freeze != "head" and not 0 <= settings.freeze <= backbone.head_depth:
        return replace(settings, freeze="head")
    return settings


def suggestion(project: Project, speeds: Mapping[str, Speed]) -> tuple[str, str]:
    """The network that may suit these images and this computer best, and why; empty if none is here."""
    states = {name: weights_state(backbone) for name, backbone in BACKBONES.items()}
    images = project.images
    found = recommend(
        images.split["train"] if images else None, len(images.classes) if images else 0, states, speeds
    )
    return (found.name, found.reason) if states[found.name].is_here else ("", "")


def with_recommended_depth(settings: ModelSettings, project: Project) -> ModelSettings:
    """The settings, frozen as far as is recommended for the project's images."""
    backbone = known_backbone(settings)
    images = project.images.split["train"] if project.images else 0
    return replace(settings, freeze=recommended_freeze(backbone, settings.weights, images))
