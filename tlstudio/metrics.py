"""Numbers that say how good predictions are, as functions of arrays."""

from collections.abc import Callable
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
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / trials
    middle = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * (share * (1 - share) / trials + z**2 / (4 * trials**2)) ** 0.5
    # Rounding must not push the ends past what is possible.
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return low, high


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


def _share(part: int, whole: int) -> float:
    return float(part) / float(whole) if whole else float("nan")


def _shares(parts: NDArray[np.int64], wholes: NDArray[np.int64]) -> NDArray[np.float64]:
    shares = np.full(wholes.shape, np.nan)
    np.divide(parts, wholes, out=shares, where=wholes > 0)
    return shares
