"""Numbers that say how good predictions are, as functions of arrays."""

import math
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]
"""A confusion matrix: [true class][predicted class] → images."""


def confusion_matrix(labels: ArrayLike, predicted: ArrayLike, classes: int) -> Counts:
    """How many images of each true class were called what: (classes, classes), rows are the truth.

    Args:
        labels: (N,) integer class indices, 0 … classes−1.
        predicted: likewise.
        classes: how many there are, at least 1.

    Raises:
        ValueError: if the lengths differ or an index lies outside 0 … classes−1.
    """
    truth = np.asarray(labels, dtype=np.int64)
    called = np.asarray(predicted, dtype=np.int64)
    if truth.shape != called.shape or truth.ndim != 1:
        raise ValueError(f"expected two lists of equal length, received {truth.shape} and {called.shape}")
    for indices in (truth, called):
        if indices.size and not 0 <= indices.min() <= indices.max() < classes:
            raise ValueError(f"expected indices from 0 to {classes - 1}, received {indices.tolist()[:10]}")
    counts = np.bincount(truth * classes + called, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def accuracy(confusion: Counts) -> float:
    """Share of all images that were called what they are, 0 … 1; NaN without images."""
    return _share(np.trace(confusion), confusion.sum())


def balanced_accuracy(confusion: Counts) -> float:
    """Mean sensitivity of the classes that have images, 0 … 1; NaN without images.

    Source: Brodersen et al. 2010, "The balanced accuracy and its posterior distribution".
    """
    present = confusion.sum(axis=1) > 0
    return float(np.mean(sensitivity(confusion)[present])) if present.any() else float("nan")


def sensitivity(confusion: Counts) -> NDArray[np.float64]:
    """Of the images of each class, the share that was found: (classes,), 0 … 1; NaN without images."""
    found = np.diag(confusion)
    return _shares(found, confusion.sum(axis=1))


def specificity(confusion: Counts) -> NDArray[np.float64]:
    """Of the images of all other classes, the share not called this one: (classes,), 0 … 1 or NaN."""
    false_alarms = confusion.sum(axis=0) - np.diag(confusion)
    others = confusion.sum() - confusion.sum(axis=1)
    return _shares(others - false_alarms, others)


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Where the true share plausibly lies, both ends from 0 to 1; (0, 1) if nothing was tried.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".

    Raises:
        ValueError: if successes lie outside 0 … trials.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"expected 0 to {trials} successes, received {successes}")
    return _wilson(successes / trials, trials, _z(confidence)) if trials else (0.0, 1.0)


def grouped_interval(right: ArrayLike, groups: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Where the true share on images of new groups plausibly lies, both ends from 0 to 1.

    Thirty images of one patient say less than thirty patients: the more the shares of the groups differ, the
    fewer images the interval counts, and where hardly any answer is wrong (or right), groups count more than
    that. Simulated for 5 to 20 groups of 10 and 50 images it held the true share in 89 of 100 cases or
    more, but for 85 of 20 groups that were nearly each all right or all wrong. Where every image is its own
    group it is Wilson's; (0, 1) for no image, and for one group of several, which tells nothing of others.

    Args:
        right: (N,) whether each answer is right, 0 … 1; in between, in how many of several trainings.
        groups: (N,) integers, the same for what belongs together; see `numbered`.
        confidence: of the interval.

    Source: Korn & Graubard 1998, "Confidence intervals for proportions with small expected number of positive
    counts estimated from survey data", with Wilson's interval as in Franco et al. 2019, "Comparative study of
    confidence intervals for proportions in complex sample surveys".
    """
    values = np.asarray(right, np.float64)
    if not values.size:
        return 0.0, 1.0
    _, places = np.unique(np.asarray(groups, np.int64), return_inverse=True)
    sizes, sums = np.bincount(places).astype(np.float64), np.bincount(places, values)
    images, count, share = values.size, sizes.size, float(values.mean())
    z = _z(confidence)
    if count == images:
        return _wilson(share, images, z)
    if count == 1:
        return 0.0, 1.0
    between = float(((sums - sizes * share) ** 2).sum()) * count / (count - 1) / images
    within = share * (1 - share)
    if within == 0:  # which shows nothing of how groups differ, so that groups count and not their images
        return _wilson(share, count, z)
    mistakes = min(float(values.sum()), images - float(values.sum()))
    usual_size = float((sizes**2).sum()) / images
    least = 1 + (usual_size - 1) / (1 + mistakes) ** 2  # few mistakes show little of it
    design_effect = max(least, between / within)
    trials = images / design_effect * (z / _student(z, count - 1)) ** 2
    return _wilson(share, trials, z)


@dataclass(frozen=True)
class Paired:
    """Two contenders asked about the same images.

    Attributes:
        difference: of their shares of right answers, the first's minus the second's, -1 … 1.
        low: of the interval in which the true difference plausibly lies.
        high: likewise.
        standard_error: of the difference.
        p_value: how often chance alone makes at least this difference where there is none, 0 … 1.
    """

    difference: float
    low: float
    high: float
    standard_error: float
    p_value: float

    @property
    def can_be_chance(self) -> bool:
        """Whether the images (by the test) or the images and seeds (by the interval) leave that open."""
        return self.p_value >= CHANCE or self.low <= 0 <= self.high


CHANCE = 0.05
"""What chance makes more often than this is not taken for a difference."""

RESAMPLES = 2000


def paired(differences: ArrayLike, sizes: ArrayLike, confidence: float = 0.95) -> Paired:
    """How two contenders differ, where both were trained from the same seeds and asked the same.

    The test treats the trained networks as they are and flips whole units; the interval also draws the seeds
    anew, so that it covers what another training would have given.

    Args:
        differences: (seeds, units) right answers of the first minus those of the second. A unit is an image,
            or a group of images that belong together.
        sizes: (units,) images in each.
        confidence: of the interval.

    Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap"; for two crossed ways of chance Owen
    2007, "The pigeonhole bootstrap". For the test see `sign_flip_p_value`.

    Raises:
        ValueError: if the shapes don't fit, or nothing was asked.
    """
    table, images = np.atleast_2d(np.asarray(differences, np.int64)), np.asarray(sizes, np.int64)
    if table.ndim != 2 or images.shape != table.shape[1:] or not table.size or images.min() < 1:
        raise ValueError(
            f"expected (seeds, units) and units of images, received {table.shape}, {images.shape}"
        )
    seeds, units = table.shape
    # Units that are alike are drawn together: as many columns as kinds of them, however many images.
    kinds, counts = np.unique(np.vstack([table, images]), axis=1, return_counts=True)
    rng = np.random.default_rng(0)
    drawn = np.empty(RESAMPLES)
    for place in range(RESAMPLES):
        times = rng.multinomial(units, counts / units)
        repeats = rng.integers(seeds, size=seeds)
        drawn[place] = (kinds[repeats] @ times).sum() / (seeds * (kinds[-1] @ times))
    low, high = np.quantile(drawn, [0.5 - confidence / 2, 0.5 + confidence / 2])
    return Paired(
        difference=float(table.sum() / (seeds * images.sum())),
        low=float(low),
        high=float(high),
        standard_error=float(drawn.std()),
        p_value=sign_flip_p_value(table.sum(axis=0)),
    )


def sign_flip_p_value(differences: ArrayLike) -> float:
    """How often the sum is as far from 0 as it is, if each difference is as likely to have the other sign.

    Exact up to 4,000 differences that are not 0. For single images and one run each (differences of 1, 0 and
    -1) it is McNemar's exact test, a sign test.

    Args:
        differences: (units,) integers.

    Source: Fisher 1935, "The Design of Experiments", § 21; McNemar 1947, "Note on the sampling error of the
    difference between correlated proportions"; for classifiers Dietterich 1998, "Approximate statistical
    tests for comparing supervised classification learning algorithms".
    """
    signed = np.asarray(differences, np.int64)
    steps = np.abs(signed[signed != 0])
    total, far = int(steps.sum()), abs(int(signed.sum()))
    if far == 0:
        return 1.0
    if len(steps) > 4000:  # far beyond where the normal distribution is as good
        nearer = far - int(np.gcd.reduce(steps))  # half of the way to the next sum, for continuity
        z = nearer / float(np.sqrt((steps.astype(np.float64) ** 2).sum()))
        return 2 * (1 - NormalDist().cdf(z))
    chances = np.zeros(total + 1)  # of each sum of those that are positive
    chances[0] = 1
    for step in steps.tolist():
        chances[step:] = (chances[step:] + chances[:-step]) / 2
        chances[:step] /= 2
    sums = 2 * np.arange(total + 1) - total
    return min(1.0, float(chances[np.abs(sums) >= far].sum()))


@dataclass(frozen=True)
class Metric:
    """One number about a confusion matrix.

    Attributes:
        title: for people.
        help: what it says, in one line.
        of: the function; one number, or one for each class.
        is_per_class: which of the two.
    """

    title: str
    help: str
    of: Callable[[Counts], float | NDArray[np.float64]]
    is_per_class: bool = False


METRICS: dict[str, Metric] = {
    "accuracy": Metric("Accuracy", "right answers", accuracy),
    "balanced_accuracy": Metric(
        "Balanced accuracy", "right answers, every class counts alike", balanced_accuracy
    ),
    "sensitivity": Metric(
        "Sensitivity", "of this class, how many were found", sensitivity, is_per_class=True
    ),
    "specificity": Metric(
        "Specificity", "of the others, how many were left alone", specificity, is_per_class=True
    ),
}
"""Every number that is 1 for perfect answers."""


def numbered(names: Iterable[Hashable]) -> NDArray[np.int64]:
    """(N,) a number for each name, the same for the same."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], np.int64)


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def _wilson(share: float, trials: float, z: float) -> tuple[float, float]:
    middle = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * (share * (1 - share) / trials + z**2 / (4 * trials**2)) ** 0.5
    # Rounding must not push the ends past what is possible.
    low = 0.0 if share == 0 else max(0.0, middle - half)
    high = 1.0 if share == 1 else min(1.0, middle + half)
    return low, high


def _student(z: float, freedom: int) -> float:
    """The quantile of Student's t where the normal one is z; exact for 1 and 2 degrees, then to a thousandth.

    Source: Abramowitz & Stegun 1964, "Handbook of Mathematical Functions", 26.7.5.
    """
    if freedom <= 2:
        share = math.erf(z / math.sqrt(2))  # within the quantile on both sides
        return math.tan(math.pi * share / 2) if freedom == 1 else share * math.sqrt(2 / (1 - share**2))
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum((term / freedom**power for power, term in enumerate(terms, 1)), 0.0)


def _share(part: int, whole: int) -> float:
    return float(part) / float(whole) if whole else float("nan")


def _shares(parts: NDArray[np.int64], wholes: NDArray[np.int64]) -> NDArray[np.float64]:
    shares = np.full(wholes.shape, np.nan)
    np.divide(parts, wholes, out=shares, where=wholes > 0)
    return shares
