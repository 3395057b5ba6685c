"""How fast a backbone computes on one device, found by a probe of about two seconds."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor, nn

from tlstudio.model.backbone import Backbone
from tlstudio.model.network import create
from tlstudio.train.device import wait_for
from tlstudio.train.errors import MemoryTooSmall
from tlstudio.train.memory import is_out_of_memory
from tlstudio.train.optimize import make_optimizer
from tlstudio.train.precision import (
    Precision,
    in_precision,
    learning_in,
    possible_precisions,
)
from tlstudio.train.probing import WORTHWHILE_GAIN
from tlstudio.train.settings import TrainSettings
from tlstudio.train.step import LONGEST_GRADIENT, on_device

FORWARD_SECONDS = 0.5
TRAINING_SECONDS = 1.5
"""Of repeats, after one turn to warm up; a single turn that takes longer is the answer by itself."""

PROBED_IMAGES = {"cuda": 32, "mps": 16, "cpu": 4}
"""Images at a time. A processor is hardly faster with more; graphics are, up to the usual batch."""

LONGEST_SINGLE = 0.06
"""Seconds for one image beyond which one is probed at a time, so that twenty backbones take a minute."""

HUGE_SINGLE = 0.5
"""Seconds for one image beyond which one step is the answer, in the precision of the faster image."""

MUCH_SLOWER = 2.0
"""A processor that only imitates half precision would take ten times as long for nothing."""

CLASSES = 2


@dataclass(frozen=True)
class Pace:
    """Images a second.

    Attributes:
        forward: through the network with everything frozen, as for a new head.
        training: learned from with nothing frozen, the update of the weights included.
        precision: that both were computed in, as training would.
    """

    forward: float
    training: float
    precision: Precision


def probe(backbone: Backbone, device: torch.device) -> Pace:
    """Time a new network of the backbone, with fewer images where the memory does not suffice.

    Raises:
        MemoryTooSmall: if not even one image fits.
    """
    images = PROBED_IMAGES[device.type]
    while True:
        pace = _try_probe(backbone, device, images)
        # Outside the except block: the exception would keep the failed attempt's tensors (pytorch#18853).
        gc.collect()
        if device.type == "cuda":
            torch.cuda.empty_cache()
        if pace is not None:
            return pace
        if images == 1:
            raise MemoryTooSmall(backbone.preprocessing.input_px)
        images //= 4


def _try_probe(backbone: Backbone, device: torch.device, most: int) -> Pace | None:
    """The pace, or None if the memory was full."""
    try:
        network = _on_device(create(backbone, CLASSES), device)
        return _pace(network, device, backbone.preprocessing.input_px, most)
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            return None
        raise


def _pace(network: nn.Module, device: torch.device, input_px: int, most: int) -> Pace:
    inputs = _noise(most, input_px, device)
    single = {
        precision: _seconds(_forward(network, inputs[:1], precision), device, budget=0)
        for precision in possible_precisions(network, device)
    }
    fastest = min(single.values())
    if fastest > LONGEST_SINGLE:
        inputs = inputs[:1]
    tried = [precision for precision in single if single[precision] < MUCH_SLOWER * fastest]
    if fastest > HUGE_SINGLE:
        tried = [_worthwhile(single)]
    step = {
        precision: _step_seconds(network, inputs, precision, TRAINING_SECONDS / len(tried))
        for precision in tried
    }
    precision = _worthwhile(step)
    if fastest > HUGE_SINGLE:
        return Pace(1 / single[precision], 1 / step[precision], precision)
    forward = _seconds(_forward(network, inputs, precision), device, FORWARD_SECONDS)
    return Pace(len(inputs) / forward, 1 / step[precision], precision)


def _worthwhile(seconds: dict[Precision, float]) -> Precision:
    """The first, which is the exact one if that is among them, unless the last is clearly faster."""
    first, *_, last = [*seconds, *seconds]
    return last if seconds[first] >= WORTHWHILE_GAIN * seconds[last] else first


def _forward(network: nn.Module, inputs: Tensor, precision: Precision) -> Callable[[], None]:
    def forward() -> None:
        network.eval()
        with torch.inference_mode(), in_precision(precision, inputs.device):
            network(inputs)

    return forward


def _step_seconds(network: nn.Module, inputs: Tensor, precision: Precision, budget: float) -> float:
    """What one image of a training step takes; the update counts once for each usual batch."""
    labels = torch.zeros(len(inputs), dtype=torch.long, device=inputs.device)
    optimizer = make_optimizer(network, TrainSettings(), is_pretrained=True)
    network.train()

    def gradients() -> None:
        optimizer.zero_grad(set_to_none=True)
        with learning_in(precision, inputs.device):
            logits = network(inputs)
        nn.functional.cross_entropy(logits.float(), labels).backward()  # type: ignore[no-untyped-call]

    def update() -> None:
        nn.utils.clip_grad_norm_(network.parameters(), LONGEST_GRADIENT)
        optimizer.step()

    try:
        each = _seconds(gradients, inputs.device, budget) / len(inputs)
    except ValueError as error:
        if len(inputs) > 1 or "more than 1 value per channel" not in str(error):
            raise
        return _step_seconds(network, inputs.repeat(2, 1, 1, 1), precision, budget)
    return each + _seconds(update, inputs.device, budget / 8) / TrainSettings().batch_size


def _seconds(turn: Callable[[], None], device: torch.device, budget: float) -> float:
    """The median of as many turns as the time allows, the first of them to warm up."""
    warming = _timed(turn, device)
    if warming > max(budget, LONGEST_SINGLE * 4):
        return warming
    times = [_timed(turn, device)]
    until = time.perf_counter() + budget - times[0]
    while time.perf_counter() < until:
        times.append(_timed(turn, device))
    return median(times)


def _timed(turn: Callable[[], None], device: torch.device) -> float:
    began = time.perf_counter()
    turn()
    wait_for(device)
    return time.perf_counter() - began


def _noise(images: int, input_px: int, device: torch.device) -> Tensor:
    draw = torch.Generator().manual_seed(0)
    return on_device(torch.randn(images, 3, input_px, input_px, generator=draw), device)


def _on_device(network: nn.Module, device: torch.device) -> nn.Module:
    if device.type != "mps":
        network = network.to(memory_format=torch.channels_last)
    return network.to(device)
