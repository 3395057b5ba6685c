"""The sentence that says how a run is going, or how it went, by fixed rules over its epochs."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tlstudio.amounts import counted
from tlstudio.metrics import wilson_interval
from tlstudio.train.events import EpochDone

Kind = Literal[
    "waiting", "early", "unstable", "not_learning", "by_heart", "rising", "flat", "falling", "same", "moved"
]

TREND_POINTS = 0.3  # validation accuracy over 2 epochs
TREND_IMAGES = 2  # likewise: one image more or less is chance
FLAT_POINTS = 0.3  # over 4 epochs
GAP_POINTS = 5.0  # training above validation accuracy
SWING_POINTS = 5.0  # there and back over 2 epochs
JUMP = 3.0  # a loss so many times the one before it
FEW_IMAGES = 100  # below this, points have no decimal and stand behind the images that they come from
AT_LEAST = "A judgement needs at least three epochs."
KEPT = "The best epoch is kept."


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


def judge(
    epochs: Sequence[EpochDone], validation_images: int, *, is_running: bool, is_changed: bool = True
) -> Judgement:
    """What the epochs so far say; the gravest rule that holds speaks.

    Accuracies are compared in images, and in points (hundredths). The rules, in this order:
    unstable: a loss rose to more than 3 times the one before it, in either of the last two epochs, or
    validation accuracy went there and back, each way by more than 5 points and than its likely range is wide;
    not learning: the training loss is not below where it was 2 epochs ago;
    by heart: training rose, validation fell, over 2 epochs, and lies more than 5 points below;
    rising: validation rose by at least 2 images and more than 0.3 points over 2 epochs;
    flat: its highest and lowest of the last 4 steps lie less than 2 images or 0.3 points apart;
    falling: like rising;
    same, moved: what remains, and whether it moved at all.

    Args:
        epochs: of the run.
        validation_images: that each of their accuracies rests on.
        is_running: whether more epochs come; else it is told as something past.
        is_changed: whether the training images are changed at random.
    """
    course = _Course(epochs, validation_images, is_running, is_changed)
    if not epochs:
        return Judgement("waiting", course.tense("Nothing to judge yet.", "Nothing to judge."), AT_LEAST)
    if jumped := _jumped(course):
        return jumped
    if len(epochs) < 3:
        return Judgement("early", course.tense("Too early to tell.", "Too few epochs to tell."), AT_LEAST)
    return _swung(course) or _not_learning(course) or _by_heart(course) or _trend(course)


@dataclass(frozen=True)
class _Course:
    """The epochs of a run, and how to speak of them."""

    epochs: Sequence[EpochDone]
    images: int
    is_running: bool
    is_changed: bool

    def right(self, steps: int) -> list[int]:
        """Right validation images at the start and the end of each of the last `steps` steps."""
        return [round(epoch.validation_accuracy * self.images) for epoch in self.epochs[-steps - 1 :]]

    def tense(self, now: str, then: str) -> str:
        """The words for a run that goes on, or those for one that has ended."""
        return now if self.is_running else then

    def opened(self, opener: str, sentence: str) -> str:
        """The sentence behind a word about now, which a run that has ended goes without."""
        return f"{opener} {sentence}" if self.is_running else sentence

    def share(self, images: int) -> float:
        """So many images in points."""
        return _points(images / self.images) if self.images else 0.0

    def points(self, points: float) -> str:
        """Points as precisely as so many images allow."""
        return f"{points:.{1 if self.images >= FEW_IMAGES else 0}f} points"

    def amount(self, images: int) -> str:
        """A change: "0.7 points", or "by 6 of 22 images (27 points)" where they are few."""
        points = self.points(self.share(images))
        return points if self.images >= FEW_IMAGES else f"by {self.counts(images)} ({points})"

    def counts(self, images: int) -> str:
        """So many of all validation images."""
        return f"{images:,} of {counted(self.images, 'image')}"


def _jumped(course: _Course) -> Judgement | None:
    for earlier, later in list(pairwise(course.epochs))[-2:]:
        losses = (
            ("Training", earlier.train_loss, later.train_loss),
            ("Validation", earlier.validation_loss, later.validation_loss),
        )
        for name, before, after in losses:
            if before > 0 and not after <= JUMP * before:
                jump = f"{name} loss jumped from {before:.2f} to {after:.2f} in epoch {later.epoch}."
                return _unstable(course, jump)
    return None


def _swung(course: _Course) -> Judgement | None:
    """Further than the likely range of one accuracy is wide: two on the same images differ by less."""
    first, middle, last = course.right(2)
    there, back = middle - first, last - middle
    low, high = wilson_interval(first, course.images)  # groups are the same in all epochs
    least = max((high - low) * course.images, SWING_POINTS / 100 * course.images)
    if there * back >= 0 or min(abs(there), abs(back)) <= least:
        return None
    return _unstable(
        course,
        f"Validation accuracy swung by {course.counts(max(abs(there), abs(back)))} within the last 2 epochs.",
    )


def _unstable(course: _Course, sentence: str) -> Judgement:
    learns = course.tense("It may be learning", "It may have learned")
    return Judgement(
        "unstable",
        course.opened("Unstable.", sentence),
        f"{learns} in too large steps. A lower learning rate may help.",
    )


def _not_learning(course: _Course) -> Judgement | None:
    before, now = course.epochs[-3].train_loss, course.epochs[-1].train_loss
    # At the end of a good run the loss lies still as well: then there is nothing left to learn.
    if now < before or course.epochs[-1].train_accuracy >= 0.98:
        return None
    sentence = f"Training loss did not fall over the last 2 epochs ({before:.2f} to {now:.2f})."
    return Judgement(
        "not_learning",
        course.opened("Not learning.", sentence),
        "A higher learning rate or relearning more blocks may help.",
    )


def _by_heart(course: _Course) -> Judgement | None:
    first, middle, last = course.right(2)
    newest = course.epochs[-1]
    gap = _points(newest.train_accuracy - newest.validation_accuracy)
    trains = newest.train_accuracy > course.epochs[-3].train_accuracy
    if not (first > middle > last and trains and gap > GAP_POINTS):
        return None
    learns = course.tense("It may be learning by heart.", "It may have learned by heart.")
    better = course.tense("It is", "It was")
    return Judgement(
        "by_heart",
        f"{learns} Validation accuracy fell {course.amount(first - last)} over the last 2 epochs "
        "while Training rose.",
        f"{better} {course.points(gap)} better on Training images. {KEPT} "
        "More images or more frozen blocks may help.",
    )


def _trend(course: _Course) -> Judgement:
    first, middle, last = course.right(2)
    is_told = abs(last - first) >= TREND_IMAGES and course.share(abs(last - first)) > TREND_POINTS
    if is_told and last > first:
        sentence = f"Validation accuracy rose {course.amount(last - first)} over the last 2 epochs"
        if last < middle:
            return Judgement("rising", f"{sentence}, but not in the last one.", _gap(course))
        return Judgement("rising", course.opened("Still learning.", f"{sentence}."), _gap(course))
    if flat := _flat(course):
        return flat
    if is_told:
        sentence = f"Validation accuracy fell {course.amount(first - last)} over the last 2 epochs"
        but = ", but not in the last one" if last > middle else ""
        return Judgement("falling", f"{sentence}{but}.", f"This may be chance. {KEPT}")
    kind: Kind = "same" if first == middle == last else "moved"
    return Judgement(kind, _little(course, 2), _gap(course))


def _flat(course: _Course) -> Judgement | None:
    right = course.right(4)
    spread = max(right) - min(right)
    if len(right) < 5 or (spread >= TREND_IMAGES and course.share(spread) >= FLAT_POINTS):
        return None
    more = course.tense("More epochs may not add much.", "More epochs might not have added much.")
    return Judgement("flat", course.opened("Level.", _little(course, 4)), f"{more} {KEPT}")


def _little(course: _Course, steps: int) -> str:
    right = course.right(steps)
    spread = max(right) - min(right)
    if not spread:
        return f"Validation accuracy stayed the same over the last {steps} epochs."
    return f"Validation moved by {course.counts(spread)} over the last {steps} epochs, which may be chance."


def _guesses(course: _Course) -> str:
    """A sentence if it is no better than a guess that always names the most frequent class; else empty."""
    last = course.epochs[-1]
    name, (_, most) = max(last.found.items(), key=lambda each: each[1][1], default=("", (0, 0)))
    right = course.right(0)[0]
    if not most or right > most:
        return ""
    than = f"{'worse' if right < most else 'no better'} than always saying “{name}”"
    return course.tense(f"It is {than}.", f"It was {than}.")


def _gap(course: _Course) -> str:
    if guesses := _guesses(course):
        return guesses
    gaps = [_points(epoch.train_accuracy - epoch.validation_accuracy) for epoch in course.epochs[-3:]]
    if gaps[-1] > GAP_POINTS:
        better = f"{course.points(gaps[-1])} better on Training images"
        return course.tense(
            f"It is {better}, so it may be memorising some of them.",
            f"It was {better}, so it may have memorised some of them.",
        )
    if gaps[-1] < -GAP_POINTS:
        better = course.tense(
            "It is better on Validation than on Training images.",
            "It was better on Validation than on Training images.",
        )
        harder = course.tense(
            "Random changes may make those harder.", "Random changes may have made those harder."
        )
        early = course.tense("Those are counted while it learns.", "Those were counted while it learned.")
        return f"{better} {harder if course.is_changed else early}"
    if max(map(abs, gaps)) > GAP_POINTS:  # close now by crossing, perhaps
        return ""
    return course.tense(
        "The two curves stay close, so it is not just memorising your images.",
        "The two curves stayed close, so it did not just memorise your images.",
    )


def _points(fraction: float) -> float:
    # Rounded so that a change of exactly 0.3 points is not "more than 0.3" by the last bit of a float.
    return round(fraction * 100, 6)
