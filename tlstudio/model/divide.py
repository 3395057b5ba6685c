"""A written-down network divided in two: what is frozen from the images on, then the rest."""

import inspect
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.fx.proxy import TraceError

from tlstudio.model.trace import ON_NUMBER

RATES = ("p", "prob", "drop_prob", "drop_rate")
"""How modules call the share that they drop."""


@dataclass(frozen=True)
class Crossing:
    """A tensor that crosses from the prefix to the suffix.

    Attributes:
        id: of the step that gives it.
        rows: how many rows of it belong to one image.
        one: its value for a single image.
    """

    id: int
    rows: int
    one: Tensor


@dataclass(frozen=True)
class HalfGraph:
    """A graph whose inputs are first the `attributes` of the network by their full names, then tensors."""

    graph: fx.Graph
    attributes: tuple[str, ...]


def trained_steps(graph: fx.Graph, network: nn.Module, is_frozen: Callable[[Tensor], bool]) -> set[fx.Node]:
    """The steps of the suffix: those with trained parameters, and all that use what such steps give.

    A step that works differently in training, such as dropout, is one too if no frozen parameters follow.
    """
    trained: set[fx.Node] = set()
    standing: set[fx.Node] = set()
    for node in graph.nodes:
        parameters = _parameters(node, network)
        if _uses(node, trained) or not all(is_frozen(each) for each in parameters):
            trained.add(node)
        elif parameters:
            standing.add(node)
    for node in reversed(graph.nodes):
        if node in standing:
            standing.update(node.all_input_nodes)
    for node in graph.nodes:
        if _uses(node, trained) or (node not in standing and _is_lively(node, network)):
            trained.add(node)
    return trained


def crossings(graph: fx.Graph, trained: set[fx.Node]) -> list[Crossing]:
    """The tensors that the suffix needs of the prefix, in the order of the steps that give them.

    Raises:
        TraceError: if one can't be told apart by images.
    """
    of_images = _of_images(graph)
    live = _live(graph, {node for node in graph.nodes if node.op == "output"})
    waiting = [
        each for node in live if node in trained or node.op == "output" for each in node.all_input_nodes
    ]
    found: set[fx.Node] = set()
    seen = set(trained)
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node in of_images:
            found.add(node)
        elif not _is_number(node):
            waiting.extend(node.all_input_nodes)
    return [_crossing(node) for node in graph.nodes if node in found]


def prefix_of(graph: fx.Graph, crossed: list[Crossing]) -> HalfGraph:
    """From images to the crossing tensors, each with one row for every image."""
    nodes = {node.meta["id"]: node for node in reversed(graph.nodes) if node.op != "output"}
    if any(each.id not in nodes for each in crossed):
        raise TraceError("its frozen part works differently in training")
    ends = [nodes[each.id] for each in crossed]
    live = _live(graph, set(ends))
    draft = _Draft([node.name for node in graph.nodes if node.op == "placeholder"])
    copies = {node: draft.inputs[node.name] for node in graph.nodes if node.op == "placeholder"}
    for node in graph.nodes:
        if node in live and node not in copies:
            copies[node] = draft.copy(node, copies.__getitem__)
    outputs = [
        copies[end] if each.rows == 1 else draft.call("unflatten", copies[end], 0, (-1, each.rows))
        for end, each in zip(ends, crossed, strict=True)
    ]
    return draft.done(tuple(outputs))


def suffix_of(graph: fx.Graph, trained: set[fx.Node], crossed: list[Crossing]) -> HalfGraph:
    """From the crossing tensors to the logits; what does not depend on the images is computed here anew.

    Raises:
        TraceError: if it needs a number that can't be known here.
    """
    rest = _Rest(crossed)
    output = next(node for node in graph.nodes if node.op == "output")
    rest.take_over(node for node in _live(graph, {output}) if node in trained and node is not output)
    return rest.draft.done(fx.node.map_arg(output.args[0], rest.here))


def middle_of(
    graph: fx.Graph, starts: Sequence[Tensor], ends: Sequence[Tensor], beyond: set[fx.Node]
) -> HalfGraph:
    """From the tensors that cross one boundary to those that cross a deeper one.

    They are known by their values, as a cut that opens fewer modules crosses somewhere else.

    Args:
        graph: in eval mode.
        starts: what crosses the first boundary for the one image of the trace.
        ends: what crosses the deeper one.
        beyond: the trained steps of the deeper boundary.

    Raises:
        TraceError: if one of them is not a step of the graph.
    """
    first, last = ([_giving(graph, tensor) for tensor in tensors] for tensors in (starts, ends))
    rest = _Rest([_crossing(node) for node in first])
    after = _following(graph, set(first))
    rest.take_over(node for node in _live(graph, set(last)) if node in after and node not in beyond)
    outputs = []
    for node in last:
        rows = _crossing(node).rows
        given = rest.here(node)
        outputs.append(given if rows == 1 else rest.draft.call("unflatten", given, 0, (-1, rows)))
    return rest.draft.done(tuple(outputs))


def _giving(graph: fx.Graph, tensor: Tensor) -> fx.Node:
    """The first step that gives this for the one image of the trace.

    A step that works in place gives the very tensor that it was given, so the last of those is meant.
    """
    steps: list[tuple[fx.Node, Any]] = [
        (step, step.meta["values"][0]) for step in graph.nodes if step.op != "output"
    ]
    for _, one in steps:
        if isinstance(one, Tensor) and one.ndim and one.shape[0]:
            row = one if one.shape[0] == 1 else one[None]
            if row.shape == tensor.shape and torch.equal(row, tensor):
                return [step for step, other in steps if other is one][-1]
    raise TraceError("its boundaries can't be found in each other")


def _following(graph: fx.Graph, nodes: set[fx.Node]) -> set[fx.Node]:
    """The steps that use what these give, at any distance."""
    found = set(nodes)
    for node in graph.nodes:
        if _uses(node, found):
            found.add(node)
    return found - nodes


@dataclass
class _Draft:
    """A graph that is being written; what it takes from the network becomes inputs."""

    names: list[str]
    graph: fx.Graph = field(default_factory=fx.Graph)
    attributes: dict[str, fx.Node] = field(default_factory=dict)
    inputs: dict[str, fx.Node] = field(init=False)

    def __post_init__(self) -> None:
        self.inputs = {name: self.graph.placeholder(name) for name in self.names}

    def copy(self, node: fx.Node, here: Callable[[fx.Node], Any]) -> fx.Node:
        if node.op == "get_attr":
            return self._attribute(str(node.target))
        copy = self.graph.node_copy(node, here)
        copy.meta = {}  # else the trace's tensors would live on
        return copy

    def call(self, method: str, *args: Any) -> fx.Node:
        return self.graph.call_method(method, args)

    def done(self, output: Any) -> HalfGraph:
        self.graph.output(output)
        return HalfGraph(self.graph, tuple(self.attributes))

    def _attribute(self, name: str) -> fx.Node:
        if name not in self.attributes:
            with self.graph.inserting_before(next(iter(self.inputs.values()))):
                self.attributes[name] = self.graph.placeholder(f"of_network_{len(self.attributes)}")
        return self.attributes[name]


class _Rest:
    """What follows the crossing tensors, as a graph that is being written."""

    def __init__(self, crossed: list[Crossing]) -> None:
        self.draft = _Draft([f"crossing_{place}" for place in range(len(crossed))])
        self._images = self.draft.call("size", next(iter(self.draft.inputs.values())), 0)
        self._crossing = {
            each.id: placed if each.rows == 1 else self.draft.call("flatten", placed, 0, 1)
            for each, placed in zip(crossed, self.draft.inputs.values(), strict=True)
        }
        self._copies: dict[fx.Node, Any] = {}

    def take_over(self, nodes: Iterable[fx.Node]) -> None:
        for node in nodes:
            self._copies[node] = self.draft.copy(node, self.here)

    def here(self, node: fx.Node) -> Any:
        if node not in self._copies:
            if node.meta["id"] in self._crossing:
                self._copies[node] = self._crossing[node.meta["id"]]
            elif _is_number(node):
                times = _times(node)
                self._copies[node] = self.draft.graph.call_function(operator.mul, (self._images, times))
            else:
                self._copies[node] = self.draft.copy(node, self.here)
        return self._copies[node]


def _live(graph: fx.Graph, ends: set[fx.Node]) -> list[fx.Node]:
    """The ends with all that they need, and steps that change a tensor in place."""
    live = set(ends)
    for node in reversed(graph.nodes):
        if node in live or _changes_in_place(node):
            live.add(node)
            live.update(node.all_input_nodes)
    return [node for node in graph.nodes if node in live]


def _changes_in_place(node: fx.Node) -> bool:
    if node.users or node.op not in {"call_method", "call_function"}:
        return False
    name = str(getattr(node.target, "__name__", node.target))
    is_method = name.endswith("_") and not name.endswith("__")
    return is_method or name == "setitem" or bool(node.kwargs.get("inplace"))


def _uses(node: fx.Node, steps: set[fx.Node]) -> bool:
    return any(each in steps for each in node.all_input_nodes)


def _parameters(node: fx.Node, network: nn.Module) -> list[Tensor]:
    if node.op == "call_module":
        return list(network.get_submodule(str(node.target)).parameters())
    return [node.meta["values"][0]] if node.op == "get_attr" else []


def _is_lively(node: fx.Node, network: nn.Module) -> bool:
    """Whether it works differently in training: dropout does, a norm of the batch too."""
    if node.op == "call_module":
        return any(_reads_training(each) for each in network.get_submodule(str(node.target)).modules())
    if node.op != "call_function":
        return False
    try:
        parameters = inspect.signature(node.target).bind(*node.args, **node.kwargs).arguments  # type: ignore[arg-type]
    except (TypeError, ValueError):  # built-in functions have no signature
        return False
    return "training" in parameters and any(parameters.get(rate) for rate in RATES)


def _reads_training(module: nn.Module) -> bool:
    code = getattr(type(module).forward, "__code__", None)
    rates = [getattr(module, rate) for rate in RATES if isinstance(getattr(module, rate, None), int | float)]
    return code is not None and "training" in code.co_names and (not rates or any(rates))


def _is_number(node: fx.Node) -> bool:
    return isinstance(node.meta["values"][0], int)


def _of_images(graph: fx.Graph) -> set[fx.Node]:
    """The steps whose values depend on what the images show, not only on how many there are."""
    found: set[fx.Node] = set()
    for node in graph.nodes:
        if node.op == "placeholder" or (node.op != "output" and not _is_number(node) and _uses(node, found)):
            found.add(node)
    return found


def _crossing(node: fx.Node) -> Crossing:
    one, two = node.meta["values"]
    if not one.ndim or two.shape != (2 * one.shape[0], *one.shape[1:]) or not one.shape[0]:
        raise TraceError("what crosses can't be told apart by images")
    return Crossing(node.meta["id"], one.shape[0], one)


def _times(node: fx.Node) -> int:
    one, two = node.meta["values"]
    if two != 2 * one:
        raise TraceError(ON_NUMBER)
    return int(one)
