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
