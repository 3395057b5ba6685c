"""One pass through a network, timed at the border of every group of the freeze slider."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from tlstudio.model.groups import parameter_groups
from tlstudio.train.device import wait_for


@dataclass
class Passed:
    """What was seen in one pass.

    Attributes:
        forward: (depths + 1) seconds from its start until the boundary of each depth, then until its end.
        backward: (depths,) seconds from the loss until everything behind that boundary has its gradients.
        crossing: (depths,) numbers that enter the first module behind that boundary.
        held: (depths,) bytes that are held for the way back behind that boundary.
        widest: bytes of the largest tensor that enters a module.
    """

    forward: list[float]
    backward: list[float] = field(default_factory=list)
    crossing: list[int] = field(default_factory=list)
    held: list[float] = field(default_factory=list)
    widest: int = 0


class Watch:
    """Looks at the borders of a network's groups while it computes; a context manager."""

    def __init__(self, network: nn.Module, device: torch.device) -> None:
        self._network, self._device = network, device
        self._depths = len(parameter_groups(network))
        self._own = {parameter.untyped_storage().data_ptr() for parameter in network.parameters()}
        self._sizes = {parameter.numel() for parameter in network.parameters()}
        self._open = ExitStack()
        self._begin()

    def __enter__(self) -> "Watch":
        named = dict(self._network.named_parameters())
        owners: dict[str, int] = {}
        for place, group in enumerate(parameter_groups(self._network)):
            for name in group.parameters:
                owner = name.rpartition(".")[0]
                owners[owner] = min(place, owners.get(owner, place))
                hook = named[name].register_post_accumulate_grad_hook(  # type: ignore[no-untyped-call]
                    self._gradient_at(place)
                )
                self._open.callback(hook.remove)
        for owner, place in owners.items():
            if owner:
                module = self._network.get_submodule(owner)
                self._open.callback(module.register_forward_pre_hook(self._entering(place)).remove)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def forward(self, turn: Callable[[], Tensor]) -> Passed:
        """Only forward."""
        self._begin()
        turn()
        return self._passed(self._now())

    def step(self, turn: Callable[[], Tensor], *, is_weighed: bool = False) -> Passed:
        """Forward to a loss and back; weighed, what is held between is counted, which takes time."""
        self._begin()
        with self._weighing() if is_weighed else ExitStack():
            loss = turn()
        end = self._now()
        loss.backward()  # type: ignore[no-untyped-call]
        passed = self._passed(end)
        done = [at - self._last for at in self._gradients]
        passed.backward = [max(0.0, *done[depth:]) for depth in range(self._depths)]
        passed.held = [sum(self._held[depth:]) for depth in range(self._depths)]
        return passed

    def _begin(self) -> None:
        self._entered: list[float] = []
        self._crossing: list[int] = []
        self._gradients = [0.0] * self._depths
        self._held = [0.0] * self._depths
        self._widest = 0
        self._first = self._last = self._now()

    def _passed(self, end: float) -> Passed:
        self._last = end
        missing = self._depths - len(self._entered)  # groups that no module of their own computes
        entered = [*self._entered, *[end] * missing]
        crossing = [*self._crossing, *[self._crossing[-1] if self._crossing else 0] * missing]
        forward = [0.0, *(at - self._first for at in [*entered[1:], end])]
        return Passed(forward, crossing=crossing, widest=self._widest)

    def _now(self) -> float:
        wait_for(self._device)
        return time.perf_counter()

    def _entering(self, place: int) -> Callable[[nn.Module, Any], None]:
        def enter(_module: nn.Module, inputs: Any) -> None:
            given = [each for each in inputs if isinstance(each, Tensor)]
            numbers = sum(each.numel() for each in given)
            self._widest = max(self._widest, sum(each.numel() * each.element_size() for each in given))
            if len(self._entered) <= place:
                now = self._now()
                while len(self._entered) <= place:
                    self._entered.append(now)
                    self._crossing.append(numbers)

        return enter

    def _gradient_at(self, place: int) -> Callable[[Tensor], None]:
        def done(_parameter: Tensor) -> None:
            self._gradients[place] = self._now()

        return done

    def _weighing(self) -> AbstractContextManager[None]:
        seen: set[int] = set()

        def hold(tensor: Tensor) -> Tensor:
            storage = tensor.untyped_storage()
            at = storage.data_ptr()
            # A weight in another precision is held as well, once and not for each image.
            if at not in seen and at not in self._own and tensor.numel() not in self._sizes:
                seen.add(at)
                self._held[max(0, len(self._entered) - 1)] += storage.nbytes()
            return tensor

        return saved_tensors_hooks(hold, lambda tensor: tensor)
