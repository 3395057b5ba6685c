"""One step of training: forward, backward, update; in smaller pieces when the memory does not suffice."""

import gc
from collections.abc import Generator
from dataclasses import dataclass

import torch
from timm.layers.patch_dropout import PatchDropout
from timm.scheduler.scheduler import Scheduler
from timm.utils import ModelEmaV3  # type: ignore[attr-defined]
from torch import Tensor, nn

from tlstudio.events import Event
from tlstudio.model.cut import Cut
from tlstudio.train.errors import BatchTooSmall, MemoryTooSmall
from tlstudio.train.events import BatchHalved
from tlstudio.train.memory import is_out_of_memory
from tlstudio.train.mixup import Mix
from tlstudio.train.precision import Precision, learning_in
from tlstudio.train.standardised_head import StandardisedHead

LONGEST_GRADIENT = 5.0
"""Its norm is cut there: one odd batch of a small set must not throw the weights far off."""


@dataclass
class Trainee:
    """Everything that changes while a network is trained.

    Attributes:
        frozen: modules that stay in eval mode.
        weights: (C,) how much an image of each class counts.
        images_at_a_time: that the memory holds; smaller than the batch after a BatchHalved.
        cut: behind the frozen part; None if images are fed.
        cut_of_average: the same cut through the averaged network.
        patch_drop: what drops patches of what crosses the cut, in training; None if all are seen.
        head: what learns in place of the network's head; None if that learns itself.
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
    input_px: int
    cut: Cut | None = None
    cut_of_average: Cut | None = None
    patch_drop: PatchDropout | None = None
    head: StandardisedHead | None = None
    step: int = 0

    def logits(self, inputs: tuple[Tensor, ...]) -> Tensor:
        """(N, C) of the network that learns, in the mode that it is in."""
        return _logits(self.network, self.cut, inputs, self.device)

    def judged_logits(self, inputs: tuple[Tensor, ...]) -> Tensor:
        """(N, C) of the network that is judged, in the mode that it is in."""
        cut = self.cut if self.average is None else self.cut_of_average
        return _logits(self.judged, cut, inputs, self.device)

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
    """What a step saw before it changed the weights; still on the device, as reading it waits for the device.

    Attributes:
        loss: (pieces,) shares of the mean over the batch; their sum may not be finite.
        correct: (pieces,) how many answers name the image's class; of blended images the class with the
            larger share.
    """

    loss: Tensor
    correct: Tensor


def take_step(
    trainee: Trainee, inputs: tuple[Tensor, ...], labels: Tensor, run: int, mix: Mix | None = None
) -> Generator[Event, None, StepDone]:
    """Learn from one batch; the generator's value is a StepDone.

    Args:
        trainee: whose network learns.
        inputs: images, or what its frozen part makes of them; see `Feed`.
        labels: (N,) indices into the classes.
        run: its number.
        mix: how the images and their labels are blended; None if they are not.

    Yields:
        BatchHalved whenever the batch had to become smaller.

    Raises:
        MemoryTooSmall: if a single image is too much.
    """
    trainee.schedule.step_update(trainee.step)
    if mix is not None:  # as a whole, so that the blends are the same where the batch is halved
        inputs = mix.blend(inputs)
    if trainee.patch_drop is not None:
        inputs = tuple(trainee.patch_drop(each) for each in inputs)
    while True:
        done = _try_step(trainee, inputs, labels, mix)
        if done is not None:
            return done
        # Outside the except block: the exception would keep the failed step's tensors (pytorch#18853).
        trainee.images_at_a_time = halved(trainee, min(trainee.images_at_a_time, len(labels)))
        yield BatchHalved(run, trainee.images_at_a_time, -(-len(labels) // trainee.images_at_a_time))


def halved(trainee: Trainee, images: int) -> int:
    """Half as many images, with the memory of the failed attempt given back.

    Raises:
        MemoryTooSmall: if it was one already.
    """
    _forget_gradients(trainee)
    gc.collect()
    if trainee.device.type == "cuda":
        torch.cuda.empty_cache()
    if images <= 1:
        raise MemoryTooSmall(trainee.input_px)
    return images // 2


def is_over_single_values(error: ValueError) -> bool:
    """Whether BatchNorm was given one value of each channel, which has no spread."""
    return "more than 1 value per channel" in str(error)


def on_device(inputs: Tensor, device: torch.device) -> Tensor:
    """The images where the network is, in the layout that convolutions are fastest in."""
    if device.type == "mps":
        return inputs.to(device)
    return moved(inputs, device).to(memory_format=torch.channels_last)


def moved(tensor: Tensor, device: torch.device) -> Tensor:
    """The tensor on the device; to a graphics card the copy goes on by itself, from memory that stays put."""
    if device.type == "cuda" and tensor.device.type == "cpu":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


def _logits(network: nn.Module, cut: Cut | None, inputs: tuple[Tensor, ...], device: torch.device) -> Tensor:
    logits: Tensor = network(on_device(inputs[0], device)) if cut is None else cut.suffix(*inputs)
    return logits


def _try_step(
    trainee: Trainee, inputs: tuple[Tensor, ...], labels: Tensor, mix: Mix | None
) -> StepDone | None:
    """The step, or None if the memory was full before the weights changed."""
    try:
        done = _gradients(trainee, inputs, labels, mix)
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            return None
        raise
    except ValueError as error:
        if is_over_single_values(error):
            raise BatchTooSmall(1) from error
        raise
    _update(trainee)
    return done


def _gradients(trainee: Trainee, inputs: tuple[Tensor, ...], labels: Tensor, mix: Mix | None) -> StepDone:
    """Gradients of the whole batch's mean loss, added up over pieces that fit into the memory."""
    _forget_gradients(trainee)
    whole = trainee.weights[labels].sum()  # partners are the same images in another order
    of_partners = labels if mix is None else labels[mix.partners]
    losses, correct = [], []
    # Equal pieces: a rest of one image would give norms the statistics of that image.
    count = -(-len(labels) // trainee.images_at_a_time)
    pieces = zip(*(torch.tensor_split(each, count) for each in inputs), strict=True)
    answers_of_pieces = zip(*(torch.tensor_split(each, count) for each in (labels, of_partners)), strict=True)
    for piece, (answers, others) in zip(pieces, answers_of_pieces, strict=True):
        answers = answers.to(trainee.device)  # noqa: PLW2901
        with learning_in(trainee.precision, trainee.device):
            logits = trainee.logits(piece)
        logits = logits.float()
        share = _loss(trainee, logits, answers)
        if mix is not None:
            share = mix.share * share + (1 - mix.share) * _loss(trainee, logits, others.to(trainee.device))
        share = share / whole.to(trainee.device)
        trainee.scaler.scale(share).backward()  # type: ignore[no-untyped-call]
        losses.append(share.detach())
        correct.append((logits.argmax(1) == answers).sum())
    return StepDone(torch.stack(losses), torch.stack(correct))


def _loss(trainee: Trainee, logits: Tensor, answers: Tensor) -> Tensor:
    """The sum over the images."""
    return nn.functional.cross_entropy(
        logits,
        answers,
        weight=trainee.weights.to(trainee.device),
        reduction="sum",
        label_smoothing=trainee.label_smoothing,
    )


def _forget_gradients(trainee: Trainee) -> None:
    trainee.optimizer.zero_grad(set_to_none=True)
    if trainee.head is not None:
        trainee.head.forget_gradients()


def _update(trainee: Trainee) -> None:
    if trainee.head is not None:
        trainee.head.take_gradients()
    parameters = [each for group in trainee.optimizer.param_groups for each in group["params"]]
    trainee.scaler.unscale_(trainee.optimizer)
    nn.utils.clip_grad_norm_(parameters, LONGEST_GRADIENT)
    trainee.scaler.step(trainee.optimizer)
    trainee.scaler.update()
    if trainee.head is not None:
        trainee.head.write_back()
    trainee.step += 1
    if trainee.average is not None:
        trainee.average.update(trainee.network, step=trainee.step)
