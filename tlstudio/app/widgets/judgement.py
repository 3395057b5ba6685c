"""The sentence that says how a run is going, by fixed rules over its epochs."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tlstudio.train.events import EpochDone

Kind = Literal[
    "waiting", "early", "unstable", "not_learning", "by_heart", "rising", "flat", "falling", "slow"
]

RISING_POINTS = 0.3  # validation accuracy over 2 epochs
FLAT_POINTS = 0.3  # over 4 epochs
GAP_POINTS = 5.0  # training above validation accuracy
JUMP = 3.0  # a loss so many times the one before it


@dataclass(frozen=True)
class Judgement:
    """What the curves say.

    Attributes:
        kind: the rule that spoke.
        sentence: for people, with the number that it rests on.
        reason: what that means, with "may" where it is not measured; or empty.
    """

    kind: Kind
    sentence: str
    reason: str = ""


def judge(epochs: Sequence[EpochDone]) -> Judgement:
    """What the epochs so far say; the gravest rule that holds speaks.

    Accuracies are compared in points (hundredths). The rules, in this order:
    unstable: a loss rose to more than 3 times the one before it, in either of the last two epochs;
    not learning: the training loss is not below where it was 2 epochs ago;
    by heart: training rose, validation fell, over 2 epochs, and lies more than 5 points below;
    rising: validation rose by more than 0.3 points over 2 epochs;
    flat: its highest and lowest of the last 4 steps lie less than 0.3 points apart;
    falling, slow: what remains.
    """
    if not epochs:
        return Judgement("waiting", "Nothing to judge yet.", "A judgement needs at least three epochs.")
    if jumped := _jumped(epochs):
        return jumped
    if len(epochs) < 3:
        return Judgement("early", "Too early to tell.", "A judgement needs at least three epochs.")
    return _not_learning(epochs) or _by_heart(epochs) or _trend(epochs)


def _jumped(epochs: Sequence[EpochDone]) -> Judgement | None:
    for earlier, later in list(pairwise(epochs))[-2:]:
        losses = (
            ("Training", earlier.train_loss, later.train_loss),
            ("Validation", earlier.validation_loss, later.validation_loss),
        )
        for name, before, after in losses:
            if before > 0 and not after <= JUMP * before:
                return Judgement(
                    "unstable",
                    f"Unstable. {name} loss jumped from {before:.2f} to {after:.2f} in epoch {later.epoch}.",
                    "It may be learning in too large steps. A lower learning rate may help.",
                )
    return None


def _not_learning(epochs: Sequence[EpochDone]) -> Judgement | None:
    before, now = epochs[-3].train_loss, epochs[-1].train_loss
    # At the end of a good run the loss lies still as well: then there is nothing left to learn.
    if now < before or epochs[-1].train_accuracy >= 0.98:
        return None
    return Judgement(
        "not_learning",
        f"Not learning. Training loss did not fall over the last 2 epochs ({before:.2f} to {now:.2f}).",
        "A higher learning rate or relearning more blocks may help.",
    )


def _by_heart(epochs: Sequence[EpochDone]) -> Judgement | None:
    first, middle, last = epochs[-3:]
    gap = _points(last.train_accuracy - last.validation_accuracy)
    falls = first.validation_accuracy > middle.validation_accuracy > last.validation_accuracy
    if not (falls and last.train_accuracy > first.train_accuracy and gap > GAP_POINTS):
        return None
    lost = _points(first.validation_accuracy - last.validation_accuracy)
    return Judgement(
        "by_heart",
        f"It may be learning by heart. Validation accuracy fell {lost:.1f} points over the last 2 epochs "
        "while Training rose.",
        f"It is {gap:.1f} points better on Training images. The best epoch is kept. "
        "More images or more frozen blocks may help.",
    )


def _trend(epochs: Sequence[EpochDone]) -> Judgement:
    last = epochs[-1]
    change = _points(last.validation_accuracy - epochs[-3].validation_accuracy)
    if change > RISING_POINTS:
        sentence = f"Still learning. Validation accuracy rose {change:.1f} points over the last 2 epochs."
        return Judgement("rising", sentence, _gap(last))
    recent = [epoch.validation_accuracy for epoch in epochs[-5:]]
    spread = _points(max(recent) - min(recent))
    if len(recent) == 5 and spread < FLAT_POINTS:
        sentence = f"Level. Validation accuracy moved by {spread:.1f} points over the last 4 epochs."
        return Judgement("flat", sentence, "More epochs may not add much. The best epoch is kept.")
    if change < 0:
        sentence = f"Validation accuracy fell {-change:.1f} points over the last 2 epochs."
        return Judgement("falling", sentence, "This may be chance. The best epoch is kept.")
    if change < 0.05:
        sentence = "Validation accuracy stayed the same over the last 2 epochs."
        return Judgement("slow", sentence, _gap(last))
    sentence = f"Slow. Validation accuracy rose {change:.1f} points over the last 2 epochs."
    return Judgement("slow", sentence, _gap(last))


def _gap(last: EpochDone) -> str:
    gap = _points(last.train_accuracy - last.validation_accuracy)
    if gap > GAP_POINTS:
        return f"It is {gap:.1f} points better on Training images, so it may also be memorising some of them."
    if gap < -GAP_POINTS:
        return "It is better on Validation than on Training images. Augmentation may make those harder."
    return "The two curves stay close, so it is not just memorising your images."


def _points(fraction: float) -> float:
    # Rounded so that a change of exactly 0.3 points is not "more than 0.3" by the last bit of a float.
    return round(fraction * 100, 6)
