"""Fixed axes for the training charts: ranges and labels known before the first value."""

import math
from collections.abc import Iterable


def accuracy_floor(classes: int, values: Iterable[float] = ()) -> float:
    """Where the accuracy axis begins: below chance, so that nothing jumps while it trains.

    Args:
        classes: of the project; with two, guessing is right half of the time.
        values: known already; one below the floor puts it at 0.
    """
    floor = 0.4 if classes == 2 else 0.2 if classes in (3, 4) else 0.0
    return floor if all(value >= floor for value in values) else 0.0


def loss_ceiling(classes: int, values: Iterable[float] = ()) -> float:
    """Where the loss axis ends: above that of guessing (ln of the classes), and above every value."""
    highest = max([math.log(max(2, classes)) * 1.15, *(value for value in values if math.isfinite(value))])
    return next(
        (stop for stop in (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0) if highest <= stop), math.ceil(highest)
    )


def steps(low: float, high: float) -> list[float]:
    """Three to six round values from low to high, both included where they are round."""
    span = high - low
    scale = 10 ** math.floor(math.log10(span))
    step = next(scale * part for part in (0.2, 0.25, 0.5, 1.0, 2.0, 5.0) if span / (scale * part) <= 5.01)
    first = math.ceil(round(low / step, 9))
    return [round((first + place) * step, 9) for place in range(int((high - first * step) / step + 1e-9) + 1)]


def epoch_steps(epochs: int) -> list[int]:
    """Labels of the epoch axis from 0: at most about six, on round numbers."""
    step = next(
        step for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 10**6) if epochs / step <= 5.01
    )
    return list(range(0, epochs + 1, step))
