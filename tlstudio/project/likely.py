"""Where the share of right answers plausibly lies, as an epoch reported it."""

from tlstudio.metrics import wilson_interval
from tlstudio.train.events import EpochDone


def likely_range(epoch: EpochDone, images: int) -> tuple[float, float]:
    """The 95 % interval of its validation accuracy, 0 … 1, groups kept together.

    Args:
        epoch: of a run; those of older versions did not report it, and images are counted as if each were a
            group of its own.
        images: for validation.
    """
    if epoch.accuracy_low is None or epoch.accuracy_high is None:
        return wilson_interval(round(epoch.validation_accuracy * images), images)
    return epoch.accuracy_low, epoch.accuracy_high
