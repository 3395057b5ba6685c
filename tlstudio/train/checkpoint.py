"""Where a run stands, so that it can go on exactly there: weights, optimizer, average and counters."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor, nn

from tlstudio.train.precision import Precision
from tlstudio.train.run_folder import LAST_NAME, PREVIOUS_NAME
from tlstudio.train.standardised_head import StandardisedHead, linear_head
from tlstudio.train.tensor_file import read_tensors, write_tensors

WEIGHTS, AVERAGE, HEAD, OPTIMIZER = "weights/", "average/", "head/", "optimizer/"


@dataclass(frozen=True)
class Place:
    """How far a run has come. The scheduler's position and every seed follow from the epoch.

    Attributes:
        epoch: the last finished one.
        best_epoch: whose weights are kept; 0 before the first.
        epochs_without_gain: since the best, for early stopping.
        images_at_a_time: the batch that fits into the memory.
        scaler: of float16's gradients; empty otherwise.
    """

    epoch: int = 0
    best_epoch: int = 0
    best_accuracy: float = -1.0
    best_loss: float = float("inf")
    epochs_without_gain: int = 0
    seconds: float = 0.0
    seconds_preparing: float = 0.0
    precision: Precision = "float32"
    device: str = "cpu"
    images_at_a_time: int = 0
    scaler: dict[str, int | float] = field(default_factory=dict)

    def is_beaten_by(self, accuracy: float, loss: float) -> bool:
        """Whether that validation result is better: more accurate, or as accurate with less loss."""
        return (accuracy, -loss) > (self.best_accuracy, -self.best_loss)


@dataclass(frozen=True)
class Checkpoint:
    """A place and all tensors that belong to it, as read from the disk."""

    place: Place
    tensors: dict[str, Tensor]


def state_of(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    average: nn.Module | None,
    head: StandardisedHead | None = None,
) -> dict[str, Tensor]:
    """All tensors that a checkpoint holds, as they are now: what training changes is copied."""
    tensors = _prefixed(WEIGHTS, _as_now(network))
    if average is not None:
        tensors |= _prefixed(AVERAGE, _as_now(average))
    if head is not None:
        tensors |= _prefixed(HEAD, _as_now(head))
    for index, state in optimizer.state_dict()["state"].items():
        copies = {key: value.clone() for key, value in state.items() if isinstance(value, Tensor)}
        tensors |= _prefixed(f"{OPTIMIZER}{index}/", copies)
    return tensors


def weights_in(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of the network that is judged: the average if there is one."""
    return _under(AVERAGE, state) or _under(WEIGHTS, state)


def save_checkpoint(run_folder: Path, place: Place, state: Mapping[str, Tensor]) -> None:
    """Write last.safetensors; the one before stays as last.previous.safetensors.

    Raises:
        OSError: if it can't be written; the older ones stand.
    """
    last = run_folder / LAST_NAME

    def keep_previous() -> None:
        with suppress(FileNotFoundError):
            os.replace(last, run_folder / PREVIOUS_NAME)

    write_tensors(last, state, asdict(place), before_replacing=keep_previous)


def load_checkpoint(run_folder: Path) -> Checkpoint | None:
    """The newest whole checkpoint, or None if there is none."""
    for name in (LAST_NAME, PREVIOUS_NAME):
        found = read_tensors(run_folder / name)
        if found is None:
            continue
        with suppress(ValidationError):
            return Checkpoint(TypeAdapter(Place).validate_python(found[1]), found[0])
    return None


def restore(
    checkpoint: Checkpoint,
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    average: nn.Module | None,
) -> StandardisedHead | None:
    """Put everything back where it was; layouts in memory stay those of the network.

    Returns:
        What learns in place of the network's head; None if that learns itself.
    """
    network.load_state_dict(_under(WEIGHTS, checkpoint.tensors))
    if average is not None:
        average.load_state_dict(_under(AVERAGE, checkpoint.tensors))
    head = _head(network, _under(HEAD, checkpoint.tensors))
    if head is not None:
        head.train_with(optimizer)
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state = {
        index: {
            key: _laid_out_like(parameter, value)
            for key, value in _under(f"{OPTIMIZER}{index}/", checkpoint.tensors).items()
        }
        for index, parameter in enumerate(parameters)
    }
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": {i: s for i, s in state.items() if s}, "param_groups": groups})
    return head


def _head(network: nn.Module, state: Mapping[str, Tensor]) -> StandardisedHead | None:
    layer = linear_head(network) if state else None
    if layer is None:
        return None
    # Copied, as sums over memory that begins where a file left it may round otherwise (AVX2).
    centre, scale = (state[name].to(layer.weight.device, copy=True) for name in ("centre", "scale"))
    head = StandardisedHead(layer, centre, scale)
    head.load_state_dict(state)
    return head


def _as_now(network: nn.Module) -> dict[str, Tensor]:
    frozen = {name for name, parameter in network.named_parameters() if not parameter.requires_grad}
    state: dict[str, Tensor] = network.state_dict()
    return {name: tensor if name in frozen else tensor.clone() for name, tensor in state.items()}


def _laid_out_like(parameter: Tensor, value: Tensor) -> Tensor:
    # An update over two layouts may round otherwise than over one, and a resumed run must not.
    return torch.empty_like(parameter).copy_(value) if value.shape == parameter.shape else value


def _prefixed(prefix: str, state: Mapping[str, Any]) -> dict[str, Tensor]:
    return {f"{prefix}{name}": value for name, value in state.items() if isinstance(value, Tensor)}


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
