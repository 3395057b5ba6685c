"""A backbone of the table with a new head for the project's classes."""

from typing import Any

import timm
import torch
from torch import nn

from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import find_backbone
from tlstudio.model.errors import NetworkGone
from tlstudio.model.pretrained import load_chosen
from tlstudio.model.settings import ModelSettings


def build(settings: ModelSettings, classes: int, seed: int = 0) -> nn.Module:
    """The network that the settings describe, with a new head and the weights that they name; in train mode.

    Raises:
        UnknownBackbone: if there is no such backbone.
        WeightsNotHere: if its own weights are wanted and not on this computer.
        ModelError: if the weights can't be read or don't fit.
    """
    backbone = find_backbone(settings.backbone)
    network = create(backbone, classes, seed)
    load_chosen(network, backbone, settings.weights)
    return network


def create(backbone: Backbone, classes: int, seed: int = 0) -> nn.Module:
    """A new network with random weights; the same seed gives the same ones and disturbs no other draw.

    Raises:
        NetworkGone: if the installed timm no longer has it.
    """
    if not timm.is_model(backbone.architecture):
        raise NetworkGone(backbone.name)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: nn.Module = timm.create_model(
            timm_name(backbone), pretrained=False, num_classes=classes, **_size(backbone)
        )
    return network


def timm_name(backbone: Backbone) -> str:
    """What timm knows the backbone by: weights that others published have tags that it does not know."""
    try:
        timm.get_pretrained_cfg(backbone.name)
    except RuntimeError:
        return backbone.architecture
    return backbone.name


def _size(backbone: Backbone) -> dict[str, Any]:
    """The input's size, for those networks whose positions are tied to it and that run at another one."""
    published = timm.get_pretrained_cfg(timm_name(backbone))
    size_px = backbone.preprocessing.input_px
    if published is None or not published.fixed_input_size or published.input_size[-1] == size_px:
        return {}
    return {"img_size": size_px}
