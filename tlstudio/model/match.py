"""Which tensors of a file belong into a network, name by name and shape by shape."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from tlstudio.model.groups import is_of_classifier

TRANSLATORS = ("checkpoint_filter_fn", "_filter_fn", "_filter_torchvision_pretrained")
"""What timm's modules call the function that turns other projects' tensor names and sizes into theirs."""

NOT_NEEDED = ("AuxLogits.", "head_dist.", "mask_token", "fc_norm.")
"""Tensors of published files that serve their training only."""

COUNTER = "num_batches_tracked"
"""Files from before 2018 do not count batches; nothing in the network depends on it."""


@dataclass(frozen=True)
class Difference:
    """A tensor that both have, in two shapes."""

    name: str
    in_file: tuple[int, ...]
    in_network: tuple[int, ...]

    def sentence(self, title: str) -> str:
        """In words: "fc.weight is 10×512 in the file, 2×512 in ResNet-18"."""
        return f"{self.name} is {_sides(self.in_file)} in the file, {_sides(self.in_network)} in {title}"


@dataclass(frozen=True)
class Match:
    """A file's tensors held against a network; the classifier may differ, all else must be the same.

    Attributes:
        fitting: the file's tensors that can go in, under their names in the network.
        matched: how many of them are not the classifier's, counters of batches aside.
        expected: how many such the network has.
        left_out: the network's classifier tensors that are not in the file, or there for other classes.
        missing: what the network needs besides and the file does not have.
        different: what both have in two shapes.
        unexpected: what the network has no place for: a deeper sibling's, or another network's.
    """

    fitting: Mapping[str, Tensor]
    matched: int
    expected: int
    left_out: tuple[str, ...]
    missing: tuple[str, ...]
    different: tuple[Difference, ...]
    unexpected: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether the network would be the pretrained one with a new classifier."""
        return self.matched > 0 and not (self.missing or self.different or self.unexpected)

    def reason(self, title: str) -> str:
        """Why it does not fit, without a full stop; empty if it does."""
        if self.fits:
            return ""
        if self.different:
            return self.different[0].sentence(title)
        if self.missing:
            return f"{self.missing[0]}{_more(self.missing)} of {title} is not in the file"
        return f"{self.unexpected[0]}{_more(self.unexpected)} of the file has no place in {title}"


def match(network: nn.Module, tensors: Mapping[str, Tensor]) -> Match:
    """Hold the tensors of a file against the network, after timm's own translation of foreign names."""
    own: dict[str, Tensor] = network.state_dict()
    given = _translated(network, dict(tensors))
    body = {name for name in own if not is_of_classifier(network, name) and not name.endswith(COUNTER)}
    computed = {name for name, _ in network.named_buffers()}
    fitting = {name: given[name] for name in own if name in given and given[name].shape == own[name].shape}
    return Match(
        fitting=fitting,
        matched=len(body & fitting.keys()),
        expected=len(body),
        left_out=tuple(name for name in own if name not in fitting and is_of_classifier(network, name)),
        missing=tuple(name for name in own if name in body and name not in given),
        different=tuple(
            Difference(name, tuple(given[name].shape), tuple(own[name].shape))
            for name in own
            if name in body and name in given and name not in fitting
        ),
        unexpected=tuple(
            name
            for name in given
            if name not in own
            and name not in computed
            and not is_of_classifier(network, name)
            and not name.startswith(NOT_NEEDED)
        ),
    )


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
        if not all(isinstance(tensor, Tensor) for tensor in translated.values()):
            return tensors
    except (KeyError, IndexError, ValueError, RuntimeError, AttributeError, TypeError, AssertionError):
        return tensors
    return dict(translated)


def _sides(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a single number"


def _more(names: tuple[str, ...]) -> str:
    return f" (and {len(names) - 1} more)" if len(names) > 1 else ""
