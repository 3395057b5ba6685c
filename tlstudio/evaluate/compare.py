"""Which of several runs or depths is ahead on the same images, and whether that can be chance."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from statistics import fmean

import numpy as np

from tlstudio.metrics import Paired, grouped_interval, numbered, paired
from tlstudio.train.validation_file import ValidationAnswer


@dataclass(frozen=True)
class Contender:
    """What is compared: one run, or the runs of one setting with several seeds.

    Attributes:
        name: for people, to begin a sentence with: "Run 6", "Freeze depth 4".
        short: within a sentence: "Run 6", "depth 4".
        answers: about the same images, by seed.
    """

    name: str
    short: str
    answers: Mapping[int, Sequence[ValidationAnswer]]


@dataclass(frozen=True)
class Standing:
    """A contender's place.

    Attributes:
        contender: whose it is.
        images: that it was asked about.
        accuracy: mean over its seeds.
        low: of the 95 % interval of that mean, by the groups that the images belong to.
        high: likewise.
        lowest: accuracy of one seed.
        highest: likewise.
        behind: how the best contender differs from it; None of the best itself, and without a common seed.
        can_be_chance: whether it may be as good as the best one.
    """

    contender: Contender
    images: int
    accuracy: float
    low: float
    high: float
    lowest: float
    highest: float
    behind: Paired | None
    can_be_chance: bool


@dataclass(frozen=True)
class Comparison:
    """What the contenders come to.

    Attributes:
        standings: of each, in the order that they were given in.
        best: the place of the best among them.
        title: one sentence that says which is ahead.
        text: what that rests on; empty if there is only one.
    """

    standings: tuple[Standing, ...]
    best: int
    title: str
    text: str


def compare(contenders: Sequence[Contender]) -> Comparison | None:
    """Compare them with the best, which among equals is the last one.

    Images of one group are taken as one observation, as they belong together.

    Returns:
        None if there are no answers, or they are not about the same images.
    """
    images = {image for each in contenders for image in map(_asked, each.answers.values())}
    if len(images) != 1 or not all(each.answers for each in contenders) or not next(iter(images)):
        return None
    accuracies = [_accuracy(each) for each in contenders]
    best = max(range(len(contenders)), key=lambda place: (accuracies[place], place))
    standings = tuple(_standing(each, contenders[best]) for each in contenders)
    title, text = _words(standings, best)
    return Comparison(standings, best, title, text)


def _asked(answers: Sequence[ValidationAnswer]) -> frozenset[tuple[str, str, str]]:
    return frozenset((row.path, row.group, row.label) for row in answers)


def _accuracy(contender: Contender) -> float:
    return round(fmean(_share(answers) for answers in contender.answers.values()), 9)  # so that equals are


def _share(answers: Sequence[ValidationAnswer]) -> float:
    return sum(row.is_right for row in answers) / len(answers)


def _standing(contender: Contender, best: Contender) -> Standing:
    shares = [_share(answers) for answers in contender.answers.values()]
    images, accuracy = len(next(iter(contender.answers.values()))), _accuracy(contender)
    low, high = _interval(contender)
    behind = None if contender is best else _paired(best, contender)
    return Standing(
        contender=contender,
        images=images,
        accuracy=accuracy,
        low=low,
        high=high,
        lowest=min(shares),
        highest=max(shares),
        behind=behind,
        can_be_chance=behind is None or behind.can_be_chance,
    )


def _interval(contender: Contender) -> tuple[float, float]:
    """In which the mean accuracy plausibly lies, for the images of one seed."""
    times_right = Counter(
        row.path for answers in contender.answers.values() for row in answers if row.is_right
    )
    rows = next(iter(contender.answers.values()))
    shares = [times_right[row.path] / len(contender.answers) for row in rows]
    return grouped_interval(shares, numbered(row.group for row in rows))


def _paired(first: Contender, second: Contender) -> Paired | None:
    """How they differ, group by group, where they were trained from the same seeds; None without any."""
    seeds = sorted(first.answers.keys() & second.answers.keys())
    if not seeds:
        return None
    rows = first.answers[seeds[0]]
    unit = {group: place for place, group in enumerate(dict.fromkeys(row.group for row in rows))}
    sizes = np.bincount([unit[row.group] for row in rows], minlength=len(unit))
    differences = [_right(first.answers[seed], unit) - _right(second.answers[seed], unit) for seed in seeds]
    return paired(differences, sizes)


def _right(answers: Sequence[ValidationAnswer], unit: Mapping[str, int]) -> np.ndarray:
    found = np.zeros(len(unit), np.int64)
    for row in answers:
        found[unit[row.group]] += row.is_right
    return found


def _words(standings: Sequence[Standing], best: int) -> tuple[str, str]:
    first = standings[best]
    name = first.contender.name
    others = sorted(
        (each for place, each in enumerate(standings) if place != best),
        key=lambda each: -each.accuracy,
    )
    if not others:
        return f"{name} is the only one to compare so far.", ""
    images = f"the {first.images:,} validation images"
    alike = [each for each in others if each.can_be_chance]
    next_one = (alike or others)[0]
    ahead = (first.accuracy - next_one.accuracy) * first.images
    if not alike:
        gained = f"It gets {_about(ahead)} more of {images} right than {next_one.contender.short}."
        return f"{name} is ahead.", f"{gained} Chance seldom does that."
    equal = [each for each in alike if isclose(each.accuracy, first.accuracy)]
    if equal:
        right = _about(first.accuracy * first.images)
        return f"{name} is as accurate as {_listed(equal)}.", f"Each gets {right} of {images} right."
    title = f"{name} is ahead, but {_listed(alike)} may be just as good."
    if ahead < 0.5:
        return title, f"Less than one of {images} makes the difference, which can be chance."
    verb = "makes" if round(ahead) == 1 else "make"
    return title, f"Only {_about(ahead)} of {images} {verb} the difference, which can be chance."


def _about(images: float) -> str:
    """A number of images, which is a mean where there are several seeds."""
    whole = round(images)
    return f"{whole:,}" if abs(images - whole) < 1e-6 else f"about {max(1, whole):,}"


def _listed(standings: Sequence[Standing]) -> str:
    *some, last = [each.contender.short for each in standings]
    return f"{', '.join(some)} and {last}" if some else last
