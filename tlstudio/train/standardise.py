"""What features a head is given at the start of a run, so that it can learn as if they were standardised."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from tlstudio.model.freeze import train_mode
from tlstudio.train.batches import batches, seed_step
from tlstudio.train.features import Feed
from tlstudio.train.memory import in_pieces
from tlstudio.train.precision import in_precision
from tlstudio.train.probing import LOOKED_AT_IMAGES
from tlstudio.train.standardised_head import StandardisedHead, linear_head
from tlstudio.train.step import Trainee, is_over_single_values

SPREAD = 0.3
"""Standard deviation that features are brought to: about theirs, so that the usual learning rates suit."""

LEAST_SPREAD = 0.1
"""Of the features' mean standard deviation, added to each: one that hardly ever moves is not blown up."""

ROUNDING = 2**-6
"""Of a feature's mean, added to its deviation, beside which half precision's rounding, 2⁻⁹, stays small."""


def standardise(trainee: Trainee, feed: Feed, batch_size: int, seed: int) -> None:
    """Train a `StandardisedHead` in place of the head, by what features the run's first images have.

    What frozen layers make of these images is kept, so the first epoch does not compute it again. A head that
    is no linear layer with a bias learns itself, and so does one whose features have no spread.

    Args:
        trainee: at its start, with a new head.
        feed: the training images.
        batch_size: of the run.
        seed: of the run.

    Raises:
        MemoryTooSmall: if a single image is too much.
    """
    head = linear_head(trainee.network)
    if head is None:
        return
    given: list[Tensor] = []

    def take(_layer: nn.Module, inputs: Sequence[Tensor]) -> None:
        given.append(inputs[0].detach())

    order = batches(len(feed.source.labels), batch_size, seed, epoch=1)
    first = [batch[:LOOKED_AT_IMAGES] for batch in order[: -(-LOOKED_AT_IMAGES // len(order[0]))]]
    hook = head.register_forward_pre_hook(take)
    try:
        with _as_in_training(trainee), torch.no_grad(), in_precision(trainee.precision, trainee.device):
            for inputs in feed.batches(first, 0):
                in_pieces(lambda *piece: (trainee.logits(piece),), inputs, trainee.input_px)
    except ValueError as error:
        if is_over_single_values(error):  # the first step says so in words
            return
        raise
    finally:
        hook.remove()
    if not given or any(each.ndim != 2 for each in given):
        return
    trainee.head = _fitted(head, torch.cat(given).float())
    if trainee.head is not None:
        trainee.head.train_with(trainee.optimizer)
        trainee.head.write_back()


@contextmanager
def _as_in_training(trainee: Trainee) -> Iterator[None]:
    """In the mode that the head will learn in, BatchNorm that learns by the batch; nothing is changed."""
    before = {name: buffer.clone() for name, buffer in trainee.network.named_buffers()}
    train_mode(trainee.network, trainee.frozen)
    seed_step(0, 0, 0)
    try:
        yield
    finally:
        with torch.no_grad():
            for name, buffer in trainee.network.named_buffers():
                buffer.copy_(before[name])


def _fitted(head: nn.Linear, features: Tensor) -> StandardisedHead | None:
    deviation = features.std(0, correction=0)
    usual = deviation.mean()
    if not (usual > 0 and torch.isfinite(features).all()):
        return None
    mean = features.mean(0)
    return StandardisedHead(head, mean, SPREAD / (deviation + LEAST_SPREAD * usual + ROUNDING * mean.abs()))
