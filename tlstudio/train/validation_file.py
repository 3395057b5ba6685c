"""What a run's best weights said about each validation image, as the table validation.csv in its folder."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tlstudio import atomic

VALIDATION_NAME = "validation.csv"
COLUMNS = ("path", "group", "label", "predicted", "probability")


@dataclass(frozen=True)
class ValidationAnswer:
    """The answer about one image.

    Attributes:
        path: relative to the data root.
        group: that the image belongs to.
        label: its true class.
        predicted: the most probable class.
        probability: of that class.
    """

    path: str
    group: str
    label: str
    predicted: str
    probability: float

    @property
    def is_right(self) -> bool:
        """Whether the image was called what it is."""
        return self.label == self.predicted


def write_validation(run_folder: Path, answers: Sequence[ValidationAnswer]) -> None:
    """Put validation.csv in place, one row for each image.

    Raises:
        OSError: if it can't be written; the earlier one stands unchanged.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in answers:
        writer.writerow([row.path, row.group, row.label, row.predicted, f"{row.probability:.6f}"])
    atomic.write_text(run_folder / VALIDATION_NAME, text.getvalue())


def read_validation(run_folder: Path) -> tuple[ValidationAnswer, ...]:
    """What `write_validation` wrote; nothing if it is missing, as in runs of older versions, or damaged."""
    try:
        text = (run_folder / VALIDATION_NAME).read_bytes().decode("utf-8")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        if not lines or tuple(lines[0]) != COLUMNS:
            return ()
        return tuple(_answer(*line) for line in lines[1:])
    except (OSError, csv.Error, ValueError, TypeError):
        return ()


def _answer(path: str, group: str, label: str, predicted: str, probability: str) -> ValidationAnswer:
    return ValidationAnswer(path, group, label, predicted, float(probability))
