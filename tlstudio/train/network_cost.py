"""What training a network costs at every freeze depth, seen in a few steps with nothing frozen."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

import torch
from torch import Tensor, nn

from tlstudio.model.backbone import Backbone
from tlstudio.model.cut import Cut, cut
from tlstudio.model.errors import CannotCut
from tlstudio.model.fold import QuickPrefix
from tlstudio.model.freeze import freeze, train_mode
from tlstudio.model.groups import parameter_groups
from tlstudio.train.cost import NetworkCost
from tlstudio.train.device import wait_for
from tlstudio.train.optimize import make_optimizer, make_schedule
from tlstudio.train.passes import Passed, Watch
from tlstudio.train.precision import DTYPES, Precision, in_precision, learning_in, possible_precisions
from tlstudio.train.settings import TrainSettings
from tlstudio.train.standardised_head import StandardisedHead, linear_head
from tlstudio.train.step import LONGEST_GRADIENT, Trainee, on_device, take_step

FEW_IMAGES = 2
"""Some norms need two. Beside the many, they tell what a step costs however many images it has."""

STEP_SECONDS = 0.5
"""What a step of the many may take on a processor, so that they may be fewer than the batch's."""

SMALLEST_SLOPE = 0.4
"""Of a step's time, the share that its images take at least."""

HEAD_TURNS = 6
FORWARD_TURNS = 2
"""Beside each timed step of the many: forward passes are short, so that one could be an odd one."""


TURNS = 2
"""Of the few as of the many; the first warms up, as kernels are made for each number of images."""


@dataclass
class Turns:
    """Passes of as many images at a time."""

    images: int
    exact: list[Passed] = field(default_factory=list)
    half: list[Passed] = field(default_factory=list)
    steps: dict[Precision, list[Passed]] = field(default_factory=dict)

    def of(self, precision: Precision) -> list[Passed]:
        """The passes forward in that precision."""
        return self.exact if precision == "float32" else self.half

    def learning(self, precision: Precision) -> list[float]:
        """By depth, the seconds of a step without its update."""
        rows = [
            [end + back - start for start, back in zip(passed.forward, passed.backward, strict=False)]
            for passed in self.steps[precision]
            for end in passed.forward[-1:]
        ]
        return _usual(rows)


def network_cost(
    network: nn.Module, backbone: Backbone, train: TrainSettings, device: torch.device, most: int
) -> NetworkCost:
    """Time the network; its weights change.

    Args:
        network: on its device; nothing of it frozen.
        backbone: its row of the table.
        train: of whose batches a step's fixed costs are those.
        device: of the network.
        most: images at a time.
    """
    groups, named = parameter_groups(network), dict(network.named_parameters())
    in_group = [sum(named[name].numel() for name in group.parameters) for group in groups]
    trainable = [sum(in_group[depth:]) for depth in range(len(groups))]
    precisions = possible_precisions(network, device)
    images = _noise(backbone, device, max(FEW_IMAGES, most))
    few, many, warm = _passes(network, images, precisions)
    whole = _update_seconds(network, train, device)
    parts, cut_seconds = _cut(network, backbone.head_depth, backbone)
    shallowest_cut = _shallowest_cut(network, backbone) if parts is not None else 0
    split = [_split(few, many, each) for each in precisions]
    head = _head_seconds(network, backbone, parts, train, device)
    rest = max(0.0, head - train.batch_size * split[0][0][-1])
    span = max(1, trainable[0] - trainable[-1])
    update = [rest + whole * (values - trainable[-1]) / span for values in trainable]
    exact = many.exact[-1]
    return NetworkCost(
        precisions=list(precisions),
        forward=[
            [seconds / many.images for seconds in _usual([passed.forward for passed in many.of(each)])]
            for each in precisions
        ],
        frozen_share=[_frozen_share(parts, many, each, images) for each in precisions],
        learning=[each for each, _ in split],
        held=[[size / warm.images for size in warm.steps[each][0].held] for each in precisions],
        widest=exact.widest / many.images,
        fixed=[fixed for _, fixed in split],
        update=update,
        crossing=[
            3 * backbone.preprocessing.input_px**2,
            *(numbers // many.images for numbers in exact.crossing[1:]),
        ],
        trainable=trainable,
        values=sum(each.numel() for each in network.state_dict().values()),
        shallowest_cut=shallowest_cut,
        cut_seconds=cut_seconds,
    )


def _noise(backbone: Backbone, device: torch.device, images: int) -> Tensor:
    input_px, draw = backbone.preprocessing.input_px, torch.Generator().manual_seed(0)
    return on_device(torch.randn(images, 3, input_px, input_px, generator=draw), device)


def _passes(
    network: nn.Module, images: Tensor, precisions: tuple[Precision, ...]
) -> tuple[Turns, Turns, Turns]:
    """Those of few images, of many, and the first, which is no measure of time."""
    device, most = images.device, len(images)
    warm, few = Turns(FEW_IMAGES), Turns(FEW_IMAGES)
    with Watch(network, device) as watch:
        for turn in range(TURNS):
            to = warm if turn == 0 else few
            _pass(to, network, images[:FEW_IMAGES], precisions, watch, forward=0, is_weighed=turn == 0)
        many = Turns(len(images))
        if device.type == "cpu":
            each = max(few.learning(precision)[0] for precision in precisions) / FEW_IMAGES
            many = Turns(max(2 * FEW_IMAGES, min(most, int(STEP_SECONDS / each))))
        for turn in range(TURNS):
            to, forward = (Turns(many.images), 1) if turn == 0 else (many, FORWARD_TURNS)
            _pass(to, network, images[: many.images], precisions, watch, forward=forward)
    return few, many, warm


def _pass(
    to: Turns,
    network: nn.Module,
    inputs: Tensor,
    precisions: tuple[Precision, ...],
    watch: Watch,
    *,
    forward: int,
    is_weighed: bool = False,
) -> None:
    """So often forward in float32, and in each precision forward and then a step."""
    inputs = on_device(inputs, inputs.device)
    network.eval()
    with torch.inference_mode():
        to.exact += [watch.forward(lambda: network(inputs)) for _ in range(forward)]
    for precision in precisions:
        if precision != "float32":
            network.eval()
            with torch.no_grad(), in_precision(precision, inputs.device):
                to.half += [watch.forward(lambda: network(inputs)) for _ in range(forward)]
        network.train()
        network.zero_grad(set_to_none=True)
        passed = watch.step(_loss(network, inputs, precision, inputs.device), is_weighed=is_weighed)
        to.steps.setdefault(precision, []).append(passed)


def _frozen_share(parts: Cut | None, many: Turns, precision: Precision, images: Tensor) -> float:
    """How long frozen layers take, against the same ones where they are still to learn."""
    if parts is None or parts.depth == 0:
        return 1.0
    prefix, images = QuickPrefix(parts, DTYPES[precision]), images[: many.images]
    seconds = []
    for _ in range(1 + FORWARD_TURNS):  # the first makes it and warms up
        began = time.perf_counter()
        with torch.no_grad(), in_precision(precision, images.device):
            prefix(images)
        wait_for(images.device)
        seconds.append(time.perf_counter() - began)
    plain = median(passed.forward[parts.depth] for passed in many.of(precision))
    return min(1.0, min(seconds[1:]) / plain)


def _split(few: Turns, many: Turns, precision: Precision) -> tuple[list[float], list[float]]:
    """By depth, what a step takes for each image, and what it takes however many it has."""
    each, fixed = [], []
    for short, long in zip(few.learning(precision), many.learning(precision), strict=True):
        slope = (long - short) / max(1, many.images - few.images)
        # Where something else came between, the one or the other is nonsense.
        slope = min(long / many.images, max(slope, SMALLEST_SLOPE * long / many.images))
        each.append(slope)
        fixed.append(long - slope * many.images)
    return each, fixed


def _usual(turns: list[list[float]]) -> list[float]:
    return [median(column) for column in zip(*turns, strict=True)]


def _loss(
    network: nn.Module, inputs: Tensor, precision: Precision, device: torch.device
) -> Callable[[], Tensor]:
    labels = torch.zeros(len(inputs), dtype=torch.long, device=device)

    def loss() -> Tensor:
        with learning_in(precision, device):
            logits = network(inputs)
        return nn.functional.cross_entropy(logits.float(), labels)

    return loss


def _update_seconds(network: nn.Module, train: TrainSettings, device: torch.device) -> float:
    """To change every value once, after the first time."""
    optimizer = make_optimizer(network, train, is_pretrained=True)
    parameters = [each for group in optimizer.param_groups for each in group["params"]]
    seconds = 0.0
    for _ in range(2):
        began = time.perf_counter()
        nn.utils.clip_grad_norm_(parameters, LONGEST_GRADIENT)
        optimizer.step()
        wait_for(device)
        seconds = time.perf_counter() - began
    return seconds


def _cut(network: nn.Module, depth: int, backbone: Backbone) -> tuple[Cut | None, float]:
    """The network cut there, or None if it can't be, with the time that it took to see."""
    network.eval()
    began = time.perf_counter()
    try:
        parts = cut(network, depth, backbone.preprocessing.input_px)
    except CannotCut:
        return None, time.perf_counter() - began
    return (parts if parts.depth else None), time.perf_counter() - began


def _shallowest_cut(network: nn.Module, backbone: Backbone) -> int:
    """Depth of the first cut, for a network that can be cut before its head.

    A network that can't be cut in its middle is one whose forward can't be followed: only the head comes off.
    """
    parts, _ = _cut(network, max(1, backbone.head_depth // 2), backbone)
    return 1 if parts is not None else backbone.head_depth


def _head_seconds(
    network: nn.Module, backbone: Backbone, parts: Cut | None, train: TrainSettings, device: torch.device
) -> float:
    """What a whole step of the head alone takes; nothing to speak of where it can't be cut off."""
    if parts is None or parts.depth < backbone.head_depth:
        return 0.0
    frozen = freeze(network, backbone.head_depth)
    optimizer = make_optimizer(network, train, is_pretrained=True)
    images = train.batch_size
    inputs = tuple(torch.randn(images, *each.shape, device=device) for each in parts.crossing)
    labels = torch.zeros(images, dtype=torch.long)
    train_mode(network, frozen)
    answers = parts.suffix(*inputs).shape[1]
    trainee = Trainee(
        network=network,
        frozen=frozen,
        optimizer=optimizer,
        schedule=make_schedule(optimizer, train, 1),
        average=None,
        scaler=torch.amp.GradScaler(device.type, enabled=False),
        device=device,
        precision="float32",
        weights=torch.ones(answers),
        label_smoothing=train.label_smoothing,
        images_at_a_time=images,
        steps_per_epoch=1,
        input_px=backbone.preprocessing.input_px,
        cut=parts,
        head=_standardised(network, optimizer),
    )
    times = []
    for _ in range(HEAD_TURNS):
        began = time.perf_counter()
        for _event in take_step(trainee, inputs, labels, 0):
            pass
        times.append(time.perf_counter() - began)
    return median(times[1:])


def _standardised(network: nn.Module, optimizer: torch.optim.Optimizer) -> StandardisedHead | None:
    layer = linear_head(network)
    if layer is None:
        return None
    features = torch.ones(layer.in_features, device=layer.weight.device)
    head = StandardisedHead(layer, features, features)
    head.train_with(optimizer)
    return head
