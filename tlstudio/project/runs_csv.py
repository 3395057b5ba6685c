"""The runs of a project as a table for spreadsheets, without any path."""

import csv
import io
from collections.abc import Sequence

from tlstudio import RESEARCH_NOTICE
from tlstudio.model.backbones import find_backbone
from tlstudio.model.errors import UnknownBackbone
from tlstudio.project.likely import likely_range
from tlstudio.project.project import Project, Run
from tlstudio.spreadsheet import plain_cell

COLUMNS = (
    "run",
    "state",
    "backbone",
    "weights",
    "frozen groups",
    "groups",
    "validation accuracy",
    "low",
    "high",
    "right",
    "validation images",
    "training images",
    "epochs",
    "best epoch",
    "seconds",
    "trainable parameters",
    "parameters",
    "batch size",
    "learning rate",
    "augmentation",
    "views",
    "mixup",
    "patch drop",
    "seed",
    "images changed since",
)
"""Those before the classes."""

LAST_COLUMN = "notice"


def runs_csv(project: Project) -> str:
    """One row for each run, by number; accuracies of the best epoch, with 95 % Wilson intervals.

    After the columns of every run stand two for each class: found, and of so many; last what the figures are
    not for, as the table leaves without the program.
    """
    classes = sorted({name for run in project.runs if run.best for name in run.best.found})
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    per_class = (words for name in classes for words in (f"{name}: found", f"{name}: images"))
    writer.writerow([*COLUMNS, *map(plain_cell, per_class), LAST_COLUMN])
    for run in project.runs:
        writer.writerow([*_facts(project, run), *_found(run, classes), RESEARCH_NOTICE])
    return text.getvalue()


def _facts(project: Project, run: Run) -> list[object]:
    best, started, train = run.best, run.started, run.train
    images = started.validation_images
    right = round(best.validation_accuracy * images) if best else 0
    judged: list[object] = [""] * 4
    if best is not None:
        low, high = likely_range(best, images)
        judged = [f"{best.validation_accuracy:.6f}", f"{low:.6f}", f"{high:.6f}", right]
    return [
        run.number,
        run.state,
        run.model.backbone,
        plain_cell(started.weights),
        started.frozen_groups,
        _groups(run),
        *judged,
        images,
        started.train_images,
        max((epoch.epoch for epoch in run.epochs), default=0),
        run.best_epoch or "",
        f"{run.seconds:.1f}",
        started.trainable_parameters,
        started.total_parameters,
        started.batch_size,
        train.learning_rate,
        run.augmentation,
        run.views_seen or "",
        train.mixup,
        train.patch_drop,
        train.seed,
        "yes" if project.is_stale(run) else "no",
    ]


def _groups(run: Run) -> int | str:
    try:
        return find_backbone(run.model.backbone).head_depth
    except UnknownBackbone:
        return ""


def _found(run: Run, classes: Sequence[str]) -> list[int | str]:
    found = run.best.found if run.best else {}
    return [cell for name in classes for cell in found.get(name, ("", ""))]
