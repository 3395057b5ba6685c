"""What a network does to images, written down as a graph of its largest undivided modules.

Every step is carried out while it is written down, for one image and for two others. So the network's own
Python meets true sizes, lists and flags, and what depends on the number of images shows by differing.
"""

import operator
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.fx.proxy import Attribute, TraceError

PLAIN = (type(None), str, bool, int, float, torch.dtype, torch.device, torch.layout, torch.memory_format)

CONSTANT = "made_constant_"

ON_CONTENT = "its steps depend on what the images show"
ON_NUMBER = "its steps depend on how many images there are"


class Value(fx.Proxy):
    """Stands for a tensor, or for a number that depends on how many images there are."""

    tracer: "ShallowTracer"

    @property
    def shape(self) -> tuple[Any, ...]:
        """Plain numbers, but for those that depend on how many images there are."""
        return tuple(self.size(place) for place in range(len(self._first.shape)))

    def size(self, dim: int | None = None) -> Any:
        """Like Tensor.size, see `shape`."""
        return self.shape if dim is None else self.tracer.create_proxy("call_method", "size", (self, dim), {})

    @property
    def _first(self) -> Any:
        return self.node.meta["values"][0]

    def __getattr__(self, k: str) -> Any:
        if callable(getattr(self._first, k)):
            return Attribute(self, k)
        return self.tracer.create_proxy("call_function", getattr, (self, k), {})

    def __len__(self) -> int:
        return operator.index(self.size(0))

    def __iter__(self) -> Any:
        return iter([self[place] for place in range(len(self))])  # type: ignore[index]

    def __bool__(self) -> bool:
        raise TraceError(ON_CONTENT if isinstance(self._first, Tensor) else ON_NUMBER)

    __index__ = __int__ = __float__ = __bool__


@dataclass
class Log:
    """What the traces of one network found.

    Attributes:
        steps: their id and values, by what they do to which other steps.
        constants: tensors that the network's Python made of nothing, by their name in the graphs.
    """

    steps: dict[tuple[str, Any, str], tuple[int, tuple[Any, ...]]] = field(default_factory=dict)
    constants: dict[str, Tensor] = field(default_factory=dict)

    def name_of(self, constant: Tensor) -> str:
        """The constant's name, the same for equal ones."""
        for name, known in self.constants.items():
            if known.dtype == constant.dtype and torch.equal(known, constant):
                return name
        name = f"{CONSTANT}{len(self.constants)}"
        self.constants[name] = constant
        return name


class ShallowTracer(fx.Tracer):
    """Writes a network down; only the modules in `opened` are looked into, all others are single steps.

    The network must be in eval mode, but for the opened modules in the mode to write down. Every node's
    meta holds its two `values`, and an `id` that is the same for the same step upon the same values.

    Args:
        opened: modules to look into.
        images: one image, and two others.
        log: what earlier traces of the same network found; grows.
    """

    proxy_buffer_attributes = True

    def __init__(self, opened: Collection[nn.Module], images: tuple[Tensor, Tensor], log: Log) -> None:
        super().__init__()
        self._opened = set(opened)
        self._images = images
        self._log = log
        self._is_trying = False

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:  # noqa: ARG002, D102
        return m not in self._opened

    def create_args_for_root(
        self,
        root_fn: Callable[..., Any],
        is_module: bool,  # noqa: ARG002, FBT001
        concrete_args: Any = None,  # noqa: ARG002
    ) -> tuple[Callable[..., Any], list[Any]]:
        """Images are the only input; all other arguments keep their defaults."""
        return root_fn, [self.root, self.create_proxy("placeholder", "images", (), {})]

    def proxy(self, node: fx.Node) -> Any:
        """What the network's Python goes on with: numbers, lists and flags themselves, Values for tensors."""
        self._carry_out(node)
        return self._told(node)

    def create_arg(self, a: Any) -> Any:
        """A tensor that belongs to nobody would be attached to the network; here it becomes a constant."""
        arg: Any
        if type(a) is Tensor and a not in self.tensor_attrs and not self._is_buffer(a):
            arg = self.create_node("get_attr", self._log.name_of(a), (), {})
        else:
            arg = super().create_arg(a)
        if isinstance(arg, fx.Node) and "values" not in arg.meta:
            self._carry_out(arg)
        return arg

    def call_module(
        self, m: nn.Module, forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """While a step is carried out, its modules do their work instead of being written down."""
        return forward(*args, **kwargs) if self._is_trying else super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        """See call_module."""
        return attr_val if self._is_trying else super().getattr(attr, attr_val, parameter_proxy_cache)

    def _is_buffer(self, tensor: Tensor) -> bool:
        return any(tensor is buffer for buffer in self.root.buffers())

    def _carry_out(self, node: fx.Node) -> None:
        """Give the node its values, and the id that the same step upon the same values has."""
        ids = fx.node.map_arg((node.args, node.kwargs), lambda each: _Id(each.meta["id"]))
        key = (node.op, node.target, repr(ids))
        if key not in self._log.steps:
            self._is_trying = True
            try:
                values = tuple(self._value(node, attempt) for attempt in range(2))
            finally:
                self._is_trying = False
            self._log.steps[key] = (len(self._log.steps), values)
        node.meta["id"], node.meta["values"] = self._log.steps[key]

    def _value(self, node: fx.Node, attempt: int) -> Any:
        args, kwargs = _plain(
            fx.node.map_arg((node.args, node.kwargs), lambda each: each.meta["values"][attempt])
        )
        target: Any = node.target
        match node.op:
            case "placeholder":
                return self._images[attempt]
            case "get_attr" if target in self._log.constants:
                return self._log.constants[target]
            case "get_attr":
                return operator.attrgetter(target)(self.root)
            case "call_module":
                return self.root.get_submodule(target)(*args, **kwargs)
            case "call_method":
                return getattr(args[0], target)(*args[1:], **kwargs)
            case _:
                return target(*args, **kwargs)

    def _told(self, node: fx.Node) -> Any:
        first, second = node.meta["values"]
        if isinstance(first, Tensor):
            return Value(node, self)
        if isinstance(first, list | tuple) and len(first) == len(second):
            items = [self._item(node, place) for place in range(len(first))]
            if isinstance(first, torch.Size):
                return tuple(items)
            return type(first)(*items) if hasattr(first, "_fields") else type(first)(items)
        if isinstance(first, dict) and first.keys() == second.keys():
            return {key: self._item(node, key) for key in first}
        if isinstance(first, PLAIN) and first == second:
            return first
        if isinstance(first, bool | int):
            return Value(node, self)
        raise TraceError(ON_CONTENT if isinstance(first, PLAIN) else f"a step gives a {type(first).__name__}")

    def _item(self, node: fx.Node, key: Any) -> Any:
        return self.create_proxy("call_function", operator.getitem, (Value(node, self), key), {})


def _plain(arguments: Any) -> Any:
    """With ordinary lists and dicts: modules may write into those that they get, but not into a node's."""
    if isinstance(arguments, list):
        return [_plain(each) for each in arguments]
    if isinstance(arguments, dict):
        return {key: _plain(each) for key, each in arguments.items()}
    if type(arguments) is tuple:
        return tuple(_plain(each) for each in arguments)
    return arguments


class _Id(int):
    """The id of a node in an argument, told apart from a number."""

    def __repr__(self) -> str:
        return f"#{int(self)}"
