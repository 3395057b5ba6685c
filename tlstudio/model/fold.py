"""The frozen part made faster, as what never changes need not be worked out in every pass.

In eval mode BatchNorm multiplies and shifts every channel by fixed numbers, which the weights and the bias of
the convolution before it can do as well: a prefix of a ResNet-18 then takes a sixth less time, of a
MobileNetV3-Small a third. And autocast rounds in every pass the weights that once is enough for. The network
itself stays as it is.

Source: torch.nn.utils.fusion.
"""

import copy
from collections import Counter
from contextlib import ExitStack
from functools import cached_property
from typing import Any

import torch
from timm.layers.conv2d_same import Conv2dSame
from timm.layers.norm_act import BatchNormAct2d
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from tlstudio.model.cut import Cut, noise

CONVOLUTIONS = (nn.Conv2d, Conv2dSame)
NORMS = (nn.BatchNorm2d, BatchNormAct2d)
"""Of exactly these types: what is derived from them may compute something else."""

ALIKE = 1e-5
"""How much what crosses may change, as a share of its length; float32 rounds some 1e-7 at every step."""


class QuickPrefix:
    """The prefix of a cut, made faster when it is first used, as a run may find everything kept."""

    def __init__(self, parts: Cut, dtype: torch.dtype) -> None:
        """Make nothing yet.

        Args:
            parts: whose prefix it is.
            dtype: that autocast computes in, or float32 without it. In float16 it stays as it is, as a folded
                weight could be too large a number.
        """
        self._parts, self._dtype = parts, dtype

    def __call__(self, images: Tensor) -> tuple[Tensor, ...]:
        """See `Cut.prefix`."""
        return self._quick.prefix(images)

    @cached_property
    def _quick(self) -> Cut:
        if self._dtype is torch.float16:
            return self._parts
        try:
            folded = fold_norms(self._parts)
            return folded if self._dtype is torch.float32 else shorten_weights(folded, self._dtype)
        except Exception:  # a network may do anything while it is copied; as it is it computes the same
            return self._parts


def fold_norms(parts: Cut) -> Cut:
    """The cut with a prefix that computes the same in fewer steps, in float32 to within its rounding.

    Returns:
        A cut of a copy of the network, which shares all tensors but the changed ones and is of no use for its
        suffix; the given cut where nothing can be folded or the results would differ.
    """
    device = next(parts.network.parameters()).device
    with torch.no_grad(), torch.autocast(device.type, enabled=False):
        _, images = noise(parts.input_px, device)
        folded = _twin(parts)
        pairs = _pairs(folded, images)
        if not pairs:
            return parts
        names = {module: name for name, module in folded.network.named_modules()}
        for convolution, norm in pairs:
            _fold(convolution, norm)
            # What stands still drops nothing, but timm's norm may have an activation in itself.
            rest = norm.act if isinstance(norm, BatchNormAct2d) else nn.Identity()
            folded.network.set_submodule(names[norm], rest)
        folded = parts.on(folded.network)
        is_same = all(map(_is_alike, folded.prefix(images), parts.prefix(images)))
        return folded if is_same else parts


def shorten_weights(parts: Cut, dtype: torch.dtype) -> Cut:
    """The cut with the prefix's weights rounded once, as autocast rounds them in every pass.

    Returns:
        See `fold_norms`; what the prefix gives under autocast is the same to the last bit.
    """
    device = next(parts.network.parameters()).device
    with torch.no_grad(), torch.autocast(device.type, dtype):
        _, images = noise(parts.input_px, device)
        short = _twin(parts)
        for module in short.prefix_modules:
            if type(module) in (*CONVOLUTIONS, nn.Linear):
                for name, parameter in module.named_parameters(recurse=False):
                    setattr(module, name, nn.Parameter(parameter.to(dtype), requires_grad=False))
        is_same = all(map(torch.equal, short.prefix(images), parts.prefix(images)))
        return short if is_same else parts


def _twin(parts: Cut) -> Cut:
    """Of a copy of the network that shares its tensors."""
    tensors = [*parts.network.parameters(), *parts.network.buffers()]
    return parts.on(copy.deepcopy(parts.network, {id(tensor): tensor for tensor in tensors}))


def _pairs(parts: Cut, images: Tensor) -> list[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Convolutions whose output goes into a BatchNorm, seen in one pass through the prefix."""
    outputs: dict[int, tuple[nn.Conv2d, Tensor]] = {}  # held, as a tensor that is gone gives its id away
    calls: Counter[nn.Module] = Counter()
    pairs = []

    def after_convolution(module: Any, _inputs: Any, output: Tensor) -> None:
        calls[module] += 1
        outputs[id(output)] = (module, output)

    def before_norm(module: Any, inputs: Any) -> None:
        calls[module] += 1
        convolution, _ = outputs.get(id(inputs[0]), (None, None))
        if convolution is not None and module.running_mean is not None:
            pairs.append((convolution, module))

    with ExitStack() as hooks:
        for module in parts.network.modules():
            if type(module) in CONVOLUTIONS:
                hooks.callback(module.register_forward_hook(after_convolution).remove)
            elif type(module) in NORMS:
                hooks.callback(module.register_forward_pre_hook(before_norm).remove)
        parts.prefix(images)
    return [pair for pair in pairs if all(calls[module] == 1 for module in pair)]


def _fold(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    mean, variance = norm.get_buffer("running_mean"), norm.get_buffer("running_var")
    convolution.weight, convolution.bias = fuse_conv_bn_weights(
        convolution.weight, convolution.bias, mean, variance, norm.eps, norm.weight, norm.bias
    )


def _is_alike(one: Tensor, other: Tensor) -> bool:
    if one.shape != other.shape:
        return False
    one, other = one.float(), other.float()
    return bool((one - other).norm() <= ALIKE * other.norm())
