"""The facts of a run in its folder: run.json and metrics.csv, written and read without torch."""

import csv
import io
import json
import os
import platform
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from tlstudio import __version__, atomic
from tlstudio.data.preprocess import Preprocessing
from tlstudio.errors import reason_of
from tlstudio.model.settings import ModelSettings
from tlstudio.train.errors import RunUnreadable
from tlstudio.train.events import EpochDone, RunStarted
from tlstudio.train.settings import AugmentationChoice, TrainSettings

INFO_NAME = "run.json"
METRICS_NAME = "metrics.csv"

State = Literal["running", "done", "stopped", "failed"]


@dataclass(frozen=True)
class RunInfo:
    """Everything about a run but its weights and metrics; with them the run can be rebuilt.

    Attributes:
        state: "running" also of a run whose process died.
        started: what its first start reported.
        model: the settings, with the weights' file name in place of its path.
        preprocessing: that every image went through.
        weights_sha256: of the weights it began with, empty if they were random.
        frozen_groups: their names, from the input.
        best_epoch: whose weights are kept; 0 before the first epoch is done.
        versions: of the program and what it computes with.
    """

    schema: int
    run: int
    state: State
    started: RunStarted
    model: ModelSettings
    train: TrainSettings
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    data_fingerprint: str
    seed: int
    weights_file: str
    weights_sha256: str
    frozen_groups: tuple[str, ...]
    versions: dict[str, str]
    best_epoch: int = 0
    epochs_done: int = 0
    seconds: float = 0.0

    @property
    def augmentation(self) -> AugmentationChoice:
        """What the training images went through."""
        return self.started.augmentation or self.train.augmentation

    @property
    def views_seen(self) -> int:
        """How many views of each training image the run saw; 0 in runs of older versions."""
        return min(self.started.views, self.epochs_done)


def read_info(run_folder: Path) -> RunInfo:
    """What run.json says.

    Raises:
        RunUnreadable: if it is missing or damaged.
    """
    try:
        return TypeAdapter(RunInfo).validate_json((run_folder / INFO_NAME).read_bytes())
    except OSError as error:
        reason = reason_of(error)
        raise RunUnreadable(run_folder.name, INFO_NAME, reason) from error
    except ValidationError as error:
        raise RunUnreadable(run_folder.name, INFO_NAME, "it is damaged") from error


def write_info(run_folder: Path, info: RunInfo) -> None:
    """Put `info` in place of run.json; no path in it, only names."""
    named = replace(info, model=replace(info.model, weights=Path(info.model.weights).name))
    atomic.write_text(run_folder / INFO_NAME, json.dumps(asdict(named), ensure_ascii=False, indent=2) + "\n")


def versions() -> dict[str, str]:
    """Of the program and what it computes with."""
    computing = {name: metadata.version(name) for name in ("torch", "timm", "torchvision", "numpy", "Pillow")}
    return {"tlstudio": __version__, "python": platform.python_version(), **computing}


_ELSEWHERE = ("run", "epochs", "samples", "found")
COLUMNS = [*(field.name for field in fields(EpochDone) if field.name not in _ELSEWHERE), "found"]
"""JSON comes last: a row that is cut off shows by it."""


def append_metrics(run_folder: Path, epochs: Sequence[EpochDone]) -> None:
    """One more row of metrics.csv for each epoch, on the disk when this returns.

    Raises:
        OSError: if they can't be written; then none of them is there.
    """
    path = run_folder / METRICS_NAME
    text = io.StringIO()
    size = path.stat().st_size if path.exists() else 0
    columns = _columns_of(path) if size else COLUMNS  # a run of an older version keeps to its own
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    if size == 0:
        writer.writeheader()
    for epoch in epochs:
        writer.writerow(asdict(epoch) | {"found": json.dumps(epoch.found, ensure_ascii=False)})
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(text.getvalue())
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):  # half a row would glue itself to the next one
            os.truncate(path, size)
        raise


def _columns_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def drop_metrics_after(run_folder: Path, epoch: int) -> None:
    """Take back the rows of epochs that a resumed run repeats, and a last line that was cut off."""
    path = run_folder / METRICS_NAME
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        lines = list(file)  # a class's name may hold what `splitlines` takes for the end of a line
    numbers = [line.partition(",")[0] for line in lines[1:]]
    kept = [
        line
        for line, number in zip(lines[1:], numbers, strict=True)
        if _is_whole(line, lines[0]) and number.isdecimal() and int(number) <= epoch
    ]
    atomic.write_text(path, "".join([*lines[:1], *kept]) if kept else "")


def _is_whole(line: str, header: str) -> bool:
    """Whether nothing is cut off, and no next row is glued to what was."""
    if not line.endswith("\n"):
        return False
    try:
        values, names = (next(csv.reader([each])) for each in (line, header))
        json.loads(dict(zip(names, values, strict=True)).get("found", "{}"))
    except (ValueError, csv.Error):
        return False
    return True


def read_metrics(run_folder: Path, epochs: int) -> tuple[EpochDone, ...]:
    """Every whole row of metrics.csv as the event that it was, without its sample images.

    Args:
        run_folder: of the run.
        epochs: that the run was asked for.
    """
    try:
        text = (run_folder / METRICS_NAME).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    known = {}
    for row in csv.DictReader(io.StringIO(text)):
        try:
            found = json.loads(row["found"] or "")
            fields_of_row = {
                **{name: value for name, value in row.items() if value != ""},
                "found": found,
                "epochs": epochs,
                "samples": [],
                "run": int(run_folder.name),
            }
            epoch = _epoch_adapter().validate_python(fields_of_row)
        except (KeyError, TypeError, ValueError):  # a last line that was cut off
            break
        known[epoch.epoch] = epoch
    return tuple(known[number] for number in sorted(known))


@cache
def _epoch_adapter() -> TypeAdapter[EpochDone]:
    return TypeAdapter(EpochDone)
