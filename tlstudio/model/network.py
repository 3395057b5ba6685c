"""A backbone of the table with a new head for the project's classes."""

from typing import Any

import timm
import torch
from torch import nn

from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import find_backbone
from tlstudio.model.settings import ModelSettings
from tlstudio.model.weights import load_weights

RANDOM = "random"


def build(settings: ModelSettings, classes: int, seed: int = 0) -> nn.Module:
    """The network that the settings describe: random, or with the weights of a local file; in train mode.

    Raises:
        UnknownBackbone: if the table has no such row.
        ModelError: if the weights can't be read or don't fit.
    """
    network = create(find_backbone(settings.backbone), classes, seed)
    if settings.weights != RANDOM:
        load_weights(network, settings.weights)
    return network


def create(backbone: Backbone, classes: int, seed: int = 0) -> nn.Module:
    """A new network with random weights; the same seed gives the same ones and disturbs no other draw."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: nn.Module = timm.create_model(
            backbone.name, pretrained=False, num_classes=classes, **_size(backbone)
        )
    return network


def _size(backbone: Backbone) -> dict[str, Any]:
    """The input's size, for those networks whose positions are tied to it and that run at another one."""
    published = timm.get_pretrained_cfg(backbone.name)
    size_px = backbone.preprocessing.input_px
    if published is None or not published.fixed_input_size or published.input_size[-1] == size_px:
        return {}
    return {"img_size": size_px}
