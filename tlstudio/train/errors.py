"""What can go wrong with a training run, in words for people."""

from collections.abc import Iterator
from contextlib import contextmanager

from tlstudio.errors import TrainError, reason_of


class NothingToTrainOn(TrainError):
    """A split that training needs has no image left."""

    def __init__(self, split: str) -> None:
        super().__init__(
            "No images to learn from",
            f"None of the {split} images can be read any more. Nothing was changed.",
            "Bring the image folder back, or read the images again on the Data page.",
        )


class DeviceNotUsable(TrainError):
    """The device that was asked for failed its test step."""

    def __init__(self, device: str, reason: str) -> None:
        super().__init__(
            "Device can't be used",
            f"{device} did not pass its test step ({reason}). Nothing was changed.",
            "Choose “auto”, which takes what works on this computer.",
        )


class LossNotFinite(TrainError):
    """The loss is infinite or no number."""

    def __init__(self, epoch: int) -> None:
        super().__init__(
            "Error impossible to compute",
            f"The error became impossible to compute in epoch {epoch}."
            + (" The best weights so far are kept." if epoch > 1 else " Nothing had been learned yet."),
            "Start a new run with a learning rate ten times smaller.",
        )


class MemoryTooSmall(TrainError):
    """Not even one image fits into the memory."""

    def __init__(self, input_px: int) -> None:
        super().__init__(
            "Memory does not suffice",
            f"Not even one image of {input_px} × {input_px} pixels fits into the memory beside this "
            "backbone. The best weights so far are kept.",
            "Choose a smaller backbone, freeze more groups, or close other programs.",
        )


class MemoryFull(TrainError):
    """The memory was full where nothing smaller could be tried."""

    def __init__(self) -> None:
        super().__init__(
            "Memory does not suffice",
            "The memory was full. The best weights so far are kept.",
            "Freeze more groups, choose smaller batches or a smaller backbone, or close other programs.",
        )


class BatchTooSmall(TrainError):
    """The backbone's norm layers can't learn from single images."""

    def __init__(self, batch_size: int) -> None:
        super().__init__(
            "Batch too small",
            f"This backbone can't learn from {batch_size} image at a time. The best weights so far are kept.",
            "Choose a batch size of at least 2.",
        )


class NoSpeedMeasured(TrainError):
    """Every backbone that was to be timed failed."""

    def __init__(self, reasons: dict[str, str]) -> None:
        name, reason = next(iter(reasons.items()))
        others = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
        super().__init__(
            "No speed was measured",
            f"{name}{others} can't be timed on this computer. {reason} Nothing was changed.",
            "Close other programs and measure again, or choose another backbone.",
        )


class CheckpointDoesNotFit(TrainError):
    """A run's checkpoint is of another network than its settings say."""

    def __init__(self, backbone: str) -> None:
        super().__init__(
            "Checkpoint doesn't fit",
            f"The run's last checkpoint is not one of {backbone} as it is set now. The run is kept as it is.",
            "Start a new run.",
        )


class CheckpointUnreadable(TrainError):
    """A run has done epochs, and the place where it could go on is lost."""

    def __init__(self, run: int) -> None:
        super().__init__(
            "Run can't go on",
            f"The checkpoint of run {run} is missing or damaged. Its best weights, curves and results "
            "are kept as they are.",
            "Evaluate it as it is, or start a new run.",
        )


class RunNotSaved(TrainError):
    """The run's folder can't be written."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(
            "Run can't be saved",
            f"Writing {what} failed ({reason}). What was saved before is whole and kept.",
            "Free some space or bring the drive back, then resume the run.",
        )


class RunUnreadable(TrainError):
    """A file of the run's folder is gone or damaged."""

    def __init__(self, run: str, file: str, reason: str) -> None:
        super().__init__(
            "Run can't be opened",
            f"“{file}” of run {run} can't be used ({reason}). Other runs and all images are safe.",
            "Train a new run, or bring the file back from a backup.",
        )


@contextmanager
def saving(what: str) -> Iterator[None]:
    """Translate a failure to write.

    Raises:
        RunNotSaved: with the system's reason.
    """
    try:
        yield
    except OSError as error:
        raise RunNotSaved(what, reason_of(error)) from error
    # safetensors passes the system's error on as its own text
    except Exception as error:
        if type(error).__module__.startswith("safetensors"):
            reason = "no space left" if "space" in str(error).lower() else "the drive did not take it"
            raise RunNotSaved(what, reason) from error
        raise
