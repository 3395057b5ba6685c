"""One step of training: forward, backward, update; in smaller pieces when the memory does not suffice."""

import gc
from collections.abc import Generator
from dataclasses import dataclass

import torch
from timm.scheduler.scheduler import Scheduler
from timm.utils import ModelEmaV3  # type: ignore[attr-defined]
from torch import Tensor, nn

from tlstudio.events import Event
from tlstudio.train.errors import BatchTooSmall, MemoryTooSmall
from tlstudio.train.events import BatchHalved
from tlstudio.train.precision import DTYPES, Precision

LONGEST_GRADIENT = 5.0
"""Its norm is cut there: one odd batch of a small set must not throw the weights far off."""

MEMORY_WORDS = ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")
"""How torch's devices say it when it is not an OutOfMemoryError."""


@dataclass
class Trainee:
    """Everything that changes while a network is trained.

    Attributes:
        frozen: modules that stay in eval mode.
        weights: (C,) how much an image of each class counts.
        images_at_a_time: that the memory holds; smaller than the batch after a BatchHalved.
        step: number of finished steps.
    """

    network: nn.Module
    frozen: tuple[nn.Module, ...]
    optimizer: torch.optim.Optimizer
    schedule: Scheduler
    average: ModelEmaV3 | None
    scaler: torch.amp.GradScaler
    device: torch.device
    precision: Precision
    weights: Tensor
    label_smoothing: float
    images_at_a_time: int
    steps_per_epoch: int
    step: int = 0

    @property
    def averaged(self) -> nn.Module | None:
        """The network of averaged weights, if they are averaged."""
        return None if self.average is None else self.average.module

    @property
    def judged(self) -> nn.Module:
        """The network that is validated and kept: the average if there is one."""
        return self.averaged or self.network

    @property
    def learning_rate(self) -> float:
        """Of the head, now."""
        return float(max(group["lr"] for group in self.optimizer.param_groups))


@dataclass(frozen=True)
class StepDone:
    """What a step saw before it changed the weights."""

    loss: float  # mean over the batch
    correct: int


def take_step(trainee: Trainee, inputs: Tensor, labels: Tensor, run: int) -> Generator[Event, None, StepDone]:
    """Learn from one batch; the generator's value is a StepDone, its loss perhaps not finite.

    Yields:
        BatchHalved whenever the batch had to become smaller.

    Raises:
        MemoryTooSmall: if a single image is too much.
    """
    trainee.schedule.step_update(trainee.step)
    while True:
        done = _try_step(trainee, inputs, labels)
        if done is not None:
            return done
        # Outside the except block: the exception would keep the failed step's tensors (pytorch#18853).
        trainee.images_at_a_time = halved(trainee, min(trainee.images_at_a_time, len(labels)), inputs)
        yield BatchHalved(run, trainee.images_at_a_time, -(-len(labels) // trainee.images_at_a_time))


def halved(trainee: Trainee, images: int, inputs: Tensor) -> int:
    """Half as many images, with the memory of the failed attempt given back.

    Raises:
        MemoryTooSmall: if it was one already.
    """
    trainee.optimizer.zero_grad(set_to_none=True)
    gc.collect()
    if trainee.device.type == "cuda":
        torch.cuda.empty_cache()
    if images <= 1:
        raise MemoryTooSmall(inputs.shape[-1])
    return images // 2


def is_out_of_memory(error: BaseException) -> bool:
    """Whether any device said that its memory is full."""
    words = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(w in words for w in MEMORY_WORDS)


def on_device(inputs: Tensor, device: torch.device) -> Tensor:
    """The images where the network is, in the layout that convolutions are fastest in."""
    if device.type == "mps":
        return inputs.to(device)
    return inputs.to(device, memory_format=torch.channels_last)


def _try_step(trainee: Trainee, inputs: Tensor, labels: Tensor) -> StepDone | None:
    """The step, or None if the memory was full before the weights changed."""
    try:
        done = _gradients(trainee, inputs, labels)
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            return None
        raise
    except ValueError as error:
        if "more than 1 value per channel" in str(error):
            raise BatchTooSmall(1) from error
        raise
    _update(trainee)
    return done


def _gradients(trainee: Trainee, inputs: Tensor, labels: Tensor) -> StepDone:
    """Gradients of the whole batch's mean loss, added up over pieces that fit into the memory."""
    trainee.optimizer.zero_grad(set_to_none=True)
    whole = trainee.weights[labels].sum()
    loss, correct = 0.0, 0
    size = trainee.images_at_a_time
    for piece, answers in zip(torch.split(inputs, size), torch.split(labels, size), strict=True):
        answers = answers.to(trainee.device)  # noqa: PLW2901
        with torch.autocast(
            trainee.device.type, DTYPES[trainee.precision], enabled=trainee.precision != "float32"
        ):
            logits = trainee.network(on_device(piece, trainee.device))
        logits = logits.float()
        share = nn.functional.cross_entropy(
            logits,
            answers,
            weight=trainee.weights.to(trainee.device),
            reduction="sum",
            label_smoothing=trainee.label_smoothing,
        )
        share = share / whole.to(trainee.device)
        trainee.scaler.scale(share).backward()  # type: ignore[no-untyped-call]
        loss += share.item()
        correct += int((logits.argmax(1) == answers).sum())
    return StepDone(loss, correct)


def _update(trainee: Trainee) -> None:
    parameters = [each for group in trainee.optimizer.param_groups for each in group["params"]]
    trainee.scaler.unscale_(trainee.optimizer)
    nn.utils.clip_grad_norm_(parameters, LONGEST_GRADIENT)
    trainee.scaler.step(trainee.optimizer)
    trainee.scaler.update()
    trainee.step += 1
    if trainee.average is not None:
        trainee.average.update(trainee.network, step=trainee.step)
