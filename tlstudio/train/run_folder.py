"""A run's folder: what the run was, what it reported, and its best weights as a network again."""

import csv
import io
import json
import os
import platform
from dataclasses import asdict, dataclass, fields, replace
from importlib import metadata
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError
from torch import nn

from tlstudio import __version__, atomic
from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import find_backbone
from tlstudio.model.network import create
from tlstudio.model.settings import ModelSettings
from tlstudio.train.errors import RunUnreadable
from tlstudio.train.events import EpochDone, RunStarted
from tlstudio.train.settings import TrainSettings
from tlstudio.train.tensor_file import read_tensors

INFO_NAME = "run.json"
METRICS_NAME = "metrics.csv"
BEST_NAME = "best.safetensors"
LAST_NAME = "last.safetensors"
PREVIOUS_NAME = "last.previous.safetensors"

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


@dataclass(frozen=True)
class TrainedRun:
    """A run's best weights, ready to be asked.

    Attributes:
        network: on the CPU, in eval mode, without gradients.
        classes: in the order of the network's outputs.
        preprocessing: that every image goes through.
        backbone: its row of the table.
        info: the whole run.json.
    """

    network: nn.Module
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    backbone: Backbone
    info: RunInfo


def load_run(run_folder: Path) -> TrainedRun:
    """The run's network with its best weights.

    Raises:
        RunUnreadable: if run.json or the weights are missing or damaged.
        UnknownBackbone: if this version does not know the backbone.
    """
    info = read_info(run_folder)
    backbone = find_backbone(info.model.backbone)
    network = create(backbone, len(info.classes))
    found = read_tensors(run_folder / BEST_NAME)
    if found is None:
        reason = "damaged" if (run_folder / BEST_NAME).exists() else "missing"
        raise RunUnreadable(run_folder.name, BEST_NAME, f"it is {reason}")
    try:
        network.load_state_dict(found[0])
    except RuntimeError as error:
        raise RunUnreadable(run_folder.name, BEST_NAME, "it belongs to another network") from error
    network.eval().requires_grad_(requires_grad=False)
    return TrainedRun(network, info.classes, info.preprocessing, backbone, info)


def read_info(run_folder: Path) -> RunInfo:
    """What run.json says.

    Raises:
        RunUnreadable: if it is missing or damaged.
    """
    try:
        return TypeAdapter(RunInfo).validate_json((run_folder / INFO_NAME).read_bytes())
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
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


COLUMNS = [field.name for field in fields(EpochDone) if field.name not in ("run", "epochs", "samples")]


def append_metrics(run_folder: Path, epoch: EpochDone) -> None:
    """One more row of metrics.csv, on the disk when this returns."""
    path = run_folder / METRICS_NAME
    row = asdict(epoch) | {"found": json.dumps(epoch.found, ensure_ascii=False)}
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\n")
    if not path.exists() or path.stat().st_size == 0:
        writer.writeheader()
    writer.writerow(row)
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())
        file.flush()
        os.fsync(file.fileno())


def drop_metrics_after(run_folder: Path, epoch: int) -> None:
    """Take back the rows of epochs that a resumed run repeats, and a last line that was cut off."""
    path = run_folder / METRICS_NAME
    if not path.exists():
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    numbers = [line.partition(",")[0] for line in lines[1:]]
    kept = [
        line
        for line, number in zip(lines[1:], numbers, strict=True)
        if line.endswith("\n") and number.isdecimal() and int(number) <= epoch
    ]
    atomic.write_text(path, "".join([*lines[:1], *kept]) if kept else "")
