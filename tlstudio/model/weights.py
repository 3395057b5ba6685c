"""A local weights file goes into a network whole, or not at all."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tlstudio.model.errors import WeightsDamaged, WeightsDoNotFit
from tlstudio.model.groups import is_of_classifier
from tlstudio.model.weight_files import read_tensors, sha256

TRANSLATORS = ("checkpoint_filter_fn", "_filter_fn", "_filter_torchvision_pretrained")
"""What timm's modules call the function that turns other projects' tensor names and sizes into theirs."""

NOT_NEEDED = ("AuxLogits.", "head_dist.", "mask_token", "fc_norm.")
"""Tensors of published files that serve their training only."""


@dataclass(frozen=True)
class LoadedWeights:
    """What a network was given.

    Attributes:
        file: the file's name without its folder.
        sha256: of the file, in hexadecimal.
        loaded: how many tensors.
        left_out: the classifier's tensors, which were made for other classes.
    """

    file: str
    sha256: str
    loaded: int
    left_out: tuple[str, ...]


def load_weights(network: nn.Module, file: str | Path, *, expected_sha256: str = "") -> LoadedWeights:
    """Put the file's tensors into the network; only the classifier keeps its own if its shape differs.

    Args:
        network: takes them in its own precision.
        file: .safetensors or .pt.
        expected_sha256: of the file, if it is known.

    Raises:
        WeightsDamaged: if the file is not the expected one.
        WeightsNotFound: if the file can't be opened.
        WeightsUnreadable: if it is empty, cut off, or something else.
        WeightsCarryCode: if it would run a program.
        WeightsDoNotFit: if any other tensor is missing, left over or of another shape.
    """
    path = Path(file)
    tensors = read_tensors(path)
    found_sha256 = sha256(path)
    if expected_sha256 not in ("", found_sha256):
        raise WeightsDamaged(type(network).__name__, path.name)
    own: dict[str, Tensor] = network.state_dict()
    given = _translated(network, tensors)
    fitting = {name: given[name] for name in own if name in given and given[name].shape == own[name].shape}
    left_out = tuple(name for name in own if name not in fitting and is_of_classifier(network, name))
    strange = _missing(network, own, fitting) + _left_over(network, own, given)
    if strange or not fitting:
        raise WeightsDoNotFit(path.name, type(network).__name__, len(fitting), len(own), (strange or [""])[0])
    with torch.no_grad():
        for name, tensor in fitting.items():
            own[name].copy_(tensor)
    return LoadedWeights(path.name, found_sha256, len(fitting), left_out)


def _missing(network: nn.Module, own: dict[str, Tensor], fitting: dict[str, Tensor]) -> list[str]:
    # Files from before 2018 do not count batches; nothing in the network depends on it.
    return [
        name
        for name in own
        if name not in fitting
        and not is_of_classifier(network, name)
        and not name.endswith("num_batches_tracked")
    ]


def _left_over(network: nn.Module, own: dict[str, Tensor], given: dict[str, Tensor]) -> list[str]:
    """Tensors that the network has no place for: without them a deeper sibling would seem to fit."""
    computed = {name for name, _ in network.named_buffers()}
    return [
        name
        for name in given
        if name not in own
        and name not in computed
        and not is_of_classifier(network, name)
        and not name.startswith(NOT_NEEDED)
    ]


def _translated(network: nn.Module, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under timm's names; as they are if timm's translator can't make sense of them."""
    module = sys.modules[type(network).__module__]
    translate: Callable[..., Any] | None = next(
        (getattr(module, name) for name in TRANSLATORS if hasattr(module, name)), None
    )
    if translate is None:
        return tensors
    try:
        takes_network = translate.__code__.co_argcount > 1
        translated = translate(dict(tensors), network) if takes_network else translate(dict(tensors))
    except (KeyError, IndexError, ValueError, RuntimeError, AttributeError, TypeError):
        return tensors
    return dict(translated)
