"""How exactly to compute while training: float32, or half of it where that is proven to be faster."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Literal

import torch
from torch import nn

from tlstudio import __version__
from tlstudio.train.probing import CLEAR, MOST_TURNS, PROBED_IMAGES, SECONDS_OF_PROBE, WORTHWHILE_GAIN
from tlstudio.train.remembered import remember, remembered
from tlstudio.train.weight_gradients import AsProducts

Precision = Literal["float32", "bfloat16", "float16"]
DTYPES: dict[Precision, torch.dtype] = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}

SMALLEST_PARAMETERS = 1_000_000
"""Smaller networks gain nothing: 1.1 × measured with timm's test networks, 2.0 × with ResNets."""

MEMORY_NAME = "precision.json"


def choose_precision(network: nn.Module, device: torch.device, input_px: int, memory: Path) -> Precision:
    """The precision to train in; on a CPU the answer of a short probe, remembered in `memory`.

    The same machine, network and folder always get the same answer, so that a seed means something.

    Args:
        network: on its device, frozen as it will be trained.
        device: of the network.
        input_px: of the network.
        memory: the cache folder.
    """
    possible = possible_precisions(network, device)
    if len(possible) == 1:
        return possible[0]
    total = sum(parameter.numel() for parameter in network.parameters())
    trained = sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
    key = f"{type(network).__name__} {total} {trained} {input_px} px {torch.get_num_threads()} {__version__}"
    known = remembered(memory / MEMORY_NAME)
    if key not in known:
        known[key] = round(_gain(network, input_px), 2)
        if not remember(memory / MEMORY_NAME, known):
            return "float32"  # what can't be remembered must not be left to chance
    return "bfloat16" if known[key] >= WORTHWHILE_GAIN else "float32"


def possible_precisions(network: nn.Module, device: torch.device) -> tuple[Precision, ...]:
    """The one to train in; on a CPU perhaps two, of which a probe must find the one that is worth it."""
    if device.type == "cuda":
        return ("bfloat16",) if torch.cuda.is_bf16_supported(including_emulation=False) else ("float16",)
    total = sum(parameter.numel() for parameter in network.parameters())
    return ("float32",) if device.type != "cpu" or total < SMALLEST_PARAMETERS else ("float32", "bfloat16")


def judging_precision(precision: Precision) -> Precision:
    """That a network is validated in after each epoch: the one it learns in, if no answer can grow too large.

    float16 ends at 65,504, which a single odd image can pass.
    """
    return "float32" if precision == "float16" else precision


def in_precision(precision: Precision, device: torch.device) -> torch.autocast:
    """Computing as exactly as that."""
    return torch.autocast(device.type, DTYPES[precision], enabled=precision != "float32")


@contextmanager
def learning_in(precision: Precision, device: torch.device) -> Iterator[None]:
    """Computing as exactly as that what gradients are to come of."""
    is_quick = precision == "bfloat16" and device.type == "cpu"
    with in_precision(precision, device), AsProducts() if is_quick else nullcontext():
        yield


def _is_clear(gain: float) -> bool:
    """Whether half precision is so much faster, or so little, that one look is enough."""
    return not 1 / CLEAR < gain / WORTHWHILE_GAIN < CLEAR


def _gain(network: nn.Module, input_px: int) -> float:
    """How many times faster a training step is in bfloat16; the state of the network stays as it was."""
    was_training = {name: module.training for name, module in network.named_modules()}
    network.eval()  # BatchNorm must not learn from noise
    images = torch.randn(PROBED_IMAGES, 3, input_px, input_px, generator=torch.Generator().manual_seed(0))
    images = images.contiguous(memory_format=torch.channels_last)
    fastest: dict[Precision, float] = {"float32": float("inf"), "bfloat16": float("inf")}
    began = time.monotonic()
    for turn in range(MOST_TURNS):
        for precision, known in fastest.items():
            start = time.perf_counter()
            with learning_in(precision, images.device):
                loss = network(images).float().square().mean()
            loss.backward()
            if turn:  # the first turn warms up
                fastest[precision] = min(known, time.perf_counter() - start)
        gain = fastest["float32"] / fastest["bfloat16"] if turn else 1.0
        if turn and (_is_clear(gain) or time.monotonic() - began > SECONDS_OF_PROBE):
            break
    network.zero_grad(set_to_none=True)
    for name, module in network.named_modules():
        module.training = was_training[name]
    return gain
