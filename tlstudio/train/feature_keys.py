"""What kept features depend on besides the image and its view, as the name of their store."""

import hashlib
from functools import cache
from importlib import metadata

import torch
from torch import nn

from tlstudio import __version__
from tlstudio.data.images import READER_VERSION
from tlstudio.model.backbone import Backbone
from tlstudio.model.groups import parameter_groups
from tlstudio.train.precision import Precision

VIEWS_VERSION = 1
"""Counted up with every change of what a view is drawn as or its features are computed as."""


def store_keys(
    backbone: Backbone, network: nn.Module, deepest: int, precision: Precision, device: torch.device
) -> dict[int, str]:
    """By depth, from 1 to the deepest, the name of the store of that boundary.

    Every frozen tensor is read once, however many boundaries there are.
    """
    depth_of = _depths(network)
    states = network.state_dict()
    frozen, keys = hashlib.sha256(), {}
    for depth in range(1, deepest + 1):
        for name in (name for name, own in depth_of.items() if own == depth):
            frozen.update(name.encode())
            frozen.update(states[name].detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
        digest = frozen.copy()
        facts = (backbone.name, depth, backbone.preprocessing, precision, device.type)
        versions = (*_libraries(), __version__, READER_VERSION, VIEWS_VERSION)
        digest.update(repr((*facts, *versions)).encode())
        keys[depth] = digest.hexdigest()[:24]
    return keys


@cache
def _libraries() -> tuple[str, ...]:
    """Versions of those that read, draw and compute the views."""
    return tuple(metadata.version(name) for name in ("torch", "torchvision", "timm", "Pillow"))


def _depths(network: nn.Module) -> dict[str, int]:
    """The depth from which on each tensor is frozen; a buffer goes with the first parameter beside it."""
    groups = enumerate(parameter_groups(network), 1)
    depth_of = {name: depth for depth, group in groups for name in group.parameters}
    owners: dict[str, int] = {}
    for name, depth in depth_of.items():
        owner = name.rpartition(".")[0]
        owners[owner] = min(depth, owners.get(owner, depth))
    found = {name: depth_of.get(name) or owners.get(name.rpartition(".")[0]) for name in network.state_dict()}
    return {
        name: depth
        for name, depth in found.items()
        if depth is not None and not name.endswith("num_batches_tracked")
    }
