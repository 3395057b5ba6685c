"""A network cut where its frozen groups end: a prefix that stands still, and a suffix that is trained.

Both use the network's own modules; nothing is copied, and the network itself stays as it is.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, fx, nn
from torch.fx.proxy import TraceError

from tlstudio.model.divide import crossings, middle_of, prefix_of, suffix_of, trained_steps
from tlstudio.model.errors import CannotCut
from tlstudio.model.groups import parameter_groups
from tlstudio.model.parts import (
    GraphPlan,
    HeadPlan,
    Parts,
    Plan,
    WholePlan,
    in_eval_mode,
    modules_of,
    runnable,
)
from tlstudio.model.trace import Log, ShallowTracer

ALIKE = 1e-3
"""How much of the largest value the same computation may differ on a graphics card; on a CPU, not at all."""


@dataclass(frozen=True)
class Crossing:
    """One of the tensors that go from the prefix to the suffix.

    Attributes:
        shape: for one image, without the batch's dimension, which comes first.
        dtype: in float32; under autocast floating numbers may cross in half precision.
        is_channels_last: whether the channels, the first of the shape's three, lie next to each other in
            memory; the suffix is fastest if they come back so.
    """

    shape: tuple[int, ...]
    dtype: torch.dtype
    is_channels_last: bool

    @property
    def elements(self) -> int:
        """How many numbers cross for one image."""
        return math.prod(self.shape)

    def bytes_per_image(self, *, is_half: bool) -> int:
        """Half precision shortens floating numbers only."""
        return self.elements * (2 if is_half and self.dtype.is_floating_point else self.dtype.itemsize)


@dataclass(frozen=True)
class Cut:
    """A frozen prefix and a trainable suffix of a network, for any number of images of one size.

    Attributes:
        network: whose modules both use; its mode decides about the suffix's.
        depth: how many groups the prefix holds; fewer than were asked for where no cut was possible there.
        input_px: edge of the images.
        crossing: what goes from the one to the other.
    """

    network: nn.Module
    depth: int
    input_px: int
    crossing: tuple[Crossing, ...]
    _plan: Plan
    _parts: Parts
    _changed: tuple[bool, ...]  # whether the suffix writes into that tensor

    def prefix(self, images: Tensor) -> tuple[Tensor, ...]:
        """(N, 3, H, W) to the crossing tensors, in eval mode, without gradients."""
        with torch.no_grad(), in_eval_mode(self._parts.modules):
            return self._parts.prefix(images)

    @property
    def prefix_modules(self) -> tuple[nn.Module, ...]:
        """Those that the prefix uses."""
        return self._parts.modules

    def suffix(self, *tensors: Tensor) -> Tensor:
        """The crossing tensors to logits (N, C), in the mode that the network is in; see `train_mode`."""
        own = (
            tensor.clone() if is_changed else tensor
            for tensor, is_changed in zip(tensors, self._changed, strict=True)
        )
        return self._parts.suffixes[self.network.training](*own)

    def bytes_per_image(self, *, is_half: bool) -> int:
        """Of all crossing tensors."""
        return sum(each.bytes_per_image(is_half=is_half) for each in self.crossing)

    def on(self, network: nn.Module) -> "Cut":
        """The same cut through another network of this structure, such as the average of its weights."""
        return replace(self, network=network, _parts=self._plan.parts(network))


def cut(network: nn.Module, depth: int, input_px: int) -> Cut:
    """Cut the network after its first `depth` groups, and see that the parts give what the whole gives.

    Where that is not possible, it is cut after fewer groups: as exact, but more is computed every time.

    Args:
        network: on the device where it will work.
        depth: see `freeze`.
        input_px: edge of its input; the cut is for this size only.

    Raises:
        CannotCut: if there is no exact cut.
    """
    if depth == 0:
        crossing = Crossing((3, input_px, input_px), torch.float32, is_channels_last=True)
        return Cut(network, 0, input_px, (crossing,), WholePlan(), WholePlan().parts(network), (False,))
    device = next(network.parameters()).device
    reason = ""
    with (
        torch.no_grad(),
        torch.random.fork_rng(devices=[device] if device.type == "cuda" else []),
        in_eval_mode(tuple(network.modules())),
    ):
        images = noise(input_px, device)
        groups = len(parameter_groups(network))
        for boundary in range(depth, 0, -1):
            ways = (_written_down, _halved) if boundary == groups - 1 else (_written_down,)
            for way in ways:
                try:
                    return _checked(network, boundary, way(network, boundary, images), images)
                except TraceError as error:
                    reason = reason or str(error)
                except Exception as error:  # a network may do anything while it is followed
                    first = str(error).partition("\n")[0]
                    reason = reason or f"its steps can't be followed ({type(error).__name__}: {first})"
    raise CannotCut(reason)


@dataclass(frozen=True)
class Bridge:
    """What a prefix does beyond a shallower boundary.

    Attributes:
        shallow: where it begins.
        deep: where it ends.
    """

    shallow: Cut
    deep: Cut
    _run: Callable[..., tuple[Tensor, ...]]
    _modules: tuple[nn.Module, ...]

    def __call__(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """What crosses the shallow boundary to what crosses the deep one; may write into what it is given."""
        with torch.no_grad(), in_eval_mode(self._modules):
            return self._run(*tensors)


def between(shallow: Cut, deep: Cut, input_px: int) -> Bridge:
    """The part from one boundary of a network to a deeper one, seen to give what the deeper prefix gives.

    Args:
        shallow: a cut of the network.
        deep: another one.
        input_px: edge of its input.

    Raises:
        CannotCut: if there is no exact one.
    """
    network = deep.network
    device = next(network.parameters()).device
    trained = [_trained(network, each.depth) for each in (shallow, deep)]
    opened = [network]
    opened += [each for each in network.modules() if any(_is_divided(each, ids) for ids in trained)]
    log = Log()
    with (
        torch.no_grad(),
        torch.random.fork_rng(devices=[device] if device.type == "cuda" else []),
        in_eval_mode(tuple(network.modules())),
    ):
        images = noise(input_px, device)
        try:
            graph = _graph(network, opened, images, log, is_training=False)
            beyond = trained_steps(graph, network, lambda each: id(each) not in trained[1])
            middle = middle_of(graph, shallow.prefix(images[0]), deep.prefix(images[0]), beyond)
            run = runnable(middle, log.constants, network)
            given, expected = shallow.prefix(images[1]), deep.prefix(images[1])
            found = run(*(tensor.clone() for tensor in given))
        except TraceError as error:
            raise CannotCut(str(error)) from error
        except Exception as error:  # a network may do anything while it is followed
            raise CannotCut(f"its steps can't be followed ({type(error).__name__})") from error
    pairs = list(zip(found, expected, strict=False))
    is_exact = all(_same(*pair) or (device.type != "cpu" and not _differ(*pair)) for pair in pairs)
    if len(found) != len(expected) or not is_exact:
        raise CannotCut("its parts together do not give what the whole gives")
    return Bridge(shallow, deep, run, modules_of(middle, network))


def noise(input_px: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """One image, and two others, the same every time."""
    images = torch.randn(3, 3, input_px, input_px, generator=torch.Generator().manual_seed(0)).to(device)
    images = images.contiguous(memory_format=_layout(images))
    return images[:1], images[1:]


def _layout(images: Tensor) -> torch.memory_format:
    return torch.contiguous_format if images.device.type == "mps" else torch.channels_last


def _written_down(network: nn.Module, depth: int, images: tuple[Tensor, Tensor]) -> Plan:
    """Graphs of its steps; both modes, as many networks ask in between whether they are being trained."""
    trained = _trained(network, depth)
    opened = [network, *(module for module in network.modules() if _is_divided(module, trained))]
    log = Log()
    traces = {}
    for is_training in (False, True):
        graph = _graph(network, opened, images, log, is_training=is_training)
        traces[is_training] = (graph, trained_steps(graph, network, lambda each: id(each) not in trained))
    crossed = {each.id: each for graph, steps in traces.values() for each in crossings(graph, steps)}
    if not crossed:
        raise TraceError("nothing crosses")
    ends = list(crossed.values())
    suffixes = {mode: suffix_of(graph, steps, ends) for mode, (graph, steps) in traces.items()}
    return GraphPlan(prefix_of(traces[False][0], ends), suffixes, log.constants)


def _graph(
    network: nn.Module,
    opened: Sequence[nn.Module],
    images: tuple[Tensor, Tensor],
    log: Log,
    *,
    is_training: bool,
) -> fx.Graph:
    """The network written down in that mode."""
    for module in opened:
        module.training = is_training
    try:
        return ShallowTracer(opened, images, log).trace(network)
    finally:
        for module in opened:
            module.training = False


def _trained(network: nn.Module, depth: int) -> set[int]:
    """The parameters behind the first `depth` groups."""
    names = {name for group in parameter_groups(network)[depth:] for name in group.parameters}
    return {id(each) for name, each in network.named_parameters() if name in names}


def _halved(network: nn.Module, depth: int, images: tuple[Tensor, Tensor]) -> Plan:  # noqa: ARG001
    if getattr(network, "drop_rate", 0) or not isinstance(network.get_classifier(), nn.Module):  # type: ignore[operator]
        raise TraceError("it drops features before its classifier")
    return HeadPlan()


def _checked(network: nn.Module, depth: int, plan: Plan, images: tuple[Tensor, Tensor]) -> Cut:
    """The cut, after a look at whether it is one.

    Raises:
        TraceError: if it is not.
    """
    parts = plan.parts(network)
    one, others = images
    # Always two: some networks with random weights turn the rounding of another batch size into anything.
    pair, other_pair = (
        torch.cat([one, other[None]]).contiguous(memory_format=_layout(one)) for other in others
    )
    together, beside_another = parts.prefix(pair), parts.prefix(other_pair)
    if any(_differ(tensor[:1], other[:1]) for tensor, other in zip(together, beside_another, strict=True)):
        raise TraceError("the features of an image depend on the images beside it")
    crossing = tuple(_crossing(tensor) for tensor in together)
    before = [tensor.clone() for tensor in together]
    output = parts.suffixes[False](*together)
    changed = tuple(not _same(*pair) for pair in zip(before, together, strict=True))
    expected = network(pair)
    if _differ(output, expected):
        raise TraceError("its two parts together do not give what the whole gives")
    return Cut(network, depth, one.shape[-1], crossing, plan, parts, changed)


def _crossing(tensor: Tensor) -> Crossing:
    is_channels_last = tensor.ndim == 4 and tensor.is_contiguous(memory_format=torch.channels_last)
    return Crossing(tuple(tensor.shape[1:]), tensor.dtype, is_channels_last)


def _is_divided(module: nn.Module, trained: set[int]) -> bool:
    """Whether some of its parameters are trained and some are not."""
    return len({id(each) in trained for each in module.parameters()}) == 2


def _same(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and bool(((one == other) | (one.isnan() & other.isnan())).all())


def _differ(one: Tensor, other: Tensor) -> bool:
    if one.device.type == "cpu" or one.shape != other.shape:
        return not _same(one, other)
    one, other = one.float(), other.float()  # flags can't be subtracted
    return bool((one - other).abs().max() > ALIKE * other.abs().max())
