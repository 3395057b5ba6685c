"""What a run said about each image, as the table predictions.csv in its folder."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tlstudio import atomic
from tlstudio.errors import reason_of
from tlstudio.evaluate.errors import PredictionsUnreadable

PREDICTIONS_NAME = "predictions.csv"
COLUMNS = ("path", "group", "label", "predicted")


@dataclass(frozen=True)
class Prediction:
    """What the network said about one image.

    Attributes:
        path: relative to the data root.
        group: that the image belongs to.
        label: its true class.
        predicted: the most probable class.
        probabilities: of every class, in the order of the network's outputs.
    """

    path: str
    group: str
    label: str
    predicted: str
    probabilities: tuple[float, ...]


def write_predictions(run_folder: Path, classes: Sequence[str], predictions: Sequence[Prediction]) -> None:
    """Put predictions.csv in place: path, group, label, predicted, then one probability for each class.

    Raises:
        OSError: if it can't be written; the earlier one stands unchanged.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*COLUMNS, *(f"probability of {name}" for name in classes)])
    for row in predictions:
        shares = (f"{share:.6f}" for share in row.probabilities)
        writer.writerow([row.path, row.group, row.label, row.predicted, *shares])
    atomic.write_text(run_folder / PREDICTIONS_NAME, text.getvalue())


def read_predictions(run_folder: Path) -> tuple[Prediction, ...]:
    """What `write_predictions` wrote.

    Raises:
        PredictionsUnreadable: if it is missing or damaged.
    """
    try:
        text = (run_folder / PREDICTIONS_NAME).read_bytes().decode("utf-8")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        if not lines or tuple(lines[0][: len(COLUMNS)]) != COLUMNS:
            raise PredictionsUnreadable("its first line doesn't name the columns that belong there")
        return tuple(_prediction(line, len(lines[0])) for line in lines[1:])
    except OSError as error:
        raise PredictionsUnreadable(reason_of(error)) from error
    except (csv.Error, ValueError) as error:
        raise PredictionsUnreadable("it is damaged") from error


def _prediction(line: list[str], width: int) -> Prediction:
    if len(line) != width:
        raise ValueError(f"expected {width} fields, received {len(line)}")
    path, group, label, predicted, *shares = line
    return Prediction(path, group, label, predicted, tuple(float(share) for share in shares))
