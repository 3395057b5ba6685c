"""The two parts of a cut network as functions of tensors, upon the network's own modules."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Protocol

from torch import Tensor, fx, nn

from tlstudio.model.divide import HalfGraph

Tensors = tuple[Tensor, ...]


@dataclass(frozen=True)
class Parts:
    """What a plan makes of one network.

    Attributes:
        prefix: images to the crossing tensors.
        suffixes: the crossing tensors to logits, by whether the network is in train mode.
        modules: those that the prefix uses; they have to be in eval mode meanwhile.
    """

    prefix: Callable[[Tensor], Tensors]
    suffixes: Mapping[bool, Callable[..., Tensor]]
    modules: tuple[nn.Module, ...]


class Plan(Protocol):
    """A way to cut, which any network of the same structure can be given."""

    def parts(self, network: nn.Module) -> Parts:
        """The two parts of this network."""


@dataclass(frozen=True)
class GraphPlan:
    """Two graphs of its steps, see `divide`."""

    prefix: HalfGraph
    suffixes: Mapping[bool, HalfGraph]
    constants: Mapping[str, Tensor]

    def parts(self, network: nn.Module) -> Parts:
        """See Plan."""
        return Parts(
            runnable(self.prefix, self.constants, network),
            {mode: runnable(half, self.constants, network) for mode, half in self.suffixes.items()},
            modules_of(self.prefix, network),
        )


@dataclass(frozen=True)
class HeadPlan:
    """Timm's own two halves, for the cut before the classifier of a network that can't be written down."""

    def parts(self, network: nn.Module) -> Parts:
        """See Plan."""
        net: Any = network
        return Parts(
            lambda images: (net.forward_head(net.forward_features(images), pre_logits=True),),
            dict.fromkeys((False, True), net.get_classifier()),
            tuple(network.modules()),
        )


@dataclass(frozen=True)
class WholePlan:
    """Nothing is frozen: images cross."""

    def parts(self, network: nn.Module) -> Parts:
        """See Plan."""
        return Parts(lambda images: (images,), dict.fromkeys((False, True), network), ())


def runnable(half: HalfGraph, constants: Mapping[str, Tensor], network: nn.Module) -> Callable[..., Any]:
    """The graph as a function of tensors, upon this network's modules."""
    run = fx.GraphModule(_modules(half, network), half.graph)
    made = SimpleNamespace(**constants)
    owners = [
        (made, name) if name in constants else (network.get_submodule(owner), attribute)
        for name in half.attributes
        for owner, _, attribute in [name.rpartition(".")]
    ]
    # Asked anew every time: buffers are other tensors after the network has moved to a device.
    return lambda *tensors: run(*(getattr(owner, name) for owner, name in owners), *tensors)


def modules_of(half: HalfGraph, network: nn.Module) -> tuple[nn.Module, ...]:
    """Every module that the graph uses, and those within."""
    return tuple(each for module in _modules(half, network).values() for each in module.modules())


@contextmanager
def in_eval_mode(modules: tuple[nn.Module, ...]) -> Iterator[None]:
    """Their flags only, not those of modules within; as they were afterwards."""
    awake = [module for module in modules if module.training]
    for module in awake:
        module.training = False
    try:
        yield
    finally:
        for module in awake:
            module.training = True


def _modules(half: HalfGraph, network: nn.Module) -> dict[str, nn.Module]:
    targets = [str(node.target) for node in half.graph.nodes if node.op == "call_module"]
    return {target: network.get_submodule(target) for target in targets}
