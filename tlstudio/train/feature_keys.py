"""What kept features depend on besides the image and its view, as the name of their store."""

import hashlib

import torch
from torch import nn

from tlstudio import __version__
from tlstudio.data.images import READER_VERSION
from tlstudio.model.backbone import Backbone
from tlstudio.model.groups import parameter_groups
from tlstudio.train.precision import Precision


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
        digest.update(repr((*facts, torch.__version__, __version__, READER_VERSION)).encode())
        keys[depth] = digest.hexdigest()[:24]
    return keys


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
