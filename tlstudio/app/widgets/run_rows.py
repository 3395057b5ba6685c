"""A project's runs as rows of the table that compares them; functions of facts, without Qt."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

from tlstudio.amounts import bound, counted, percent
from tlstudio.app.model_choice import title_of
from tlstudio.app.widgets.amounts import brief_duration, megabytes
from tlstudio.app.widgets.run_kinds import kinds_of
from tlstudio.model.backbones import find_backbone
from tlstudio.model.errors import UnknownBackbone
from tlstudio.model.settings import RANDOM
from tlstudio.project.likely import likely_range
from tlstudio.project.project import Project, Run
from tlstudio.train.events import BatchDone

CLEARLY = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True)
class RunState:
    """Where a run stands: words, mark, its token; how far it is while it trains."""

    words: str
    icon: str = ""
    token: str = "text2"  # noqa: S105 (a colour's name)
    fraction: float | None = None


@dataclass(frozen=True)
class RunRow:
    """What the table shows of one run.

    Attributes:
        backbone: its title.
        seed: that it began with, where others differ from it by that alone; else None.
        frozen: groups.
        groups: of the backbone; None if nobody knows it any more.
        accuracy: of the best epoch on the validation images, or None before the first.
        images: for validation.
        found: images of the class in question that the best epoch found, of so many.
        is_worse: of that class it finds clearly fewer than the run that finds most.
        is_stale: it learned from other images, groups or splits than the project has now.
        is_taken: evaluation and export take it.
        has_failed: it ended with an error, whose details can be read.
        tip: everything that the columns leave out.
    """

    number: int
    backbone: str
    seed: int | None
    frozen: int
    groups: int | None
    accuracy: float | None
    images: int
    found: tuple[int, int] | None
    is_worse: bool
    seconds: float
    parameters: int
    state: RunState
    is_stale: bool
    is_taken: bool
    has_failed: bool
    tip: str

    @property
    def name(self) -> str:
        """As it is called everywhere."""
        return f"Run {self.number}"

    @property
    def frozen_words(self) -> str:
        """How much of the backbone is frozen."""
        return f"{self.frozen} of {self.groups}" if self.groups is not None else f"{self.frozen} frozen"

    @property
    def accuracy_words(self) -> str:
        """The accuracy, as exactly as so many images allow."""
        return "–" if self.accuracy is None else percent(self.accuracy, self.images)

    @property
    def found_words(self) -> str:
        """How many of the class in question it found."""
        return "–" if self.found is None else f"{self.found[0]:,} of {self.found[1]:,}"

    @property
    def time_words(self) -> str:
        """How long it has trained."""
        return brief_duration(self.seconds)

    @property
    def size_words(self) -> str:
        """Of its weights on the disk."""
        return megabytes(self.parameters)


def run_rows(
    project: Project, class_name: str, batches: dict[int, BatchDone] | None = None
) -> tuple[RunRow, ...]:
    """One row for each run, by number.

    Args:
        project: as it is now.
        class_name: of which the found images are counted.
        batches: the newest report from within an epoch, by the number of the run that trains.
    """
    found = [_found(run, class_name) for run in comparable(project)]
    most = max(filter(None, found), key=_share, default=(0, 1))
    taken = taken_run(project)
    alike = {run.number for kind in kinds_of(project.runs) if len(kind.runs) > 1 for run in kind.runs}
    rows = (
        _row(project, run, class_name, most, (batches or {}).get(run.number), is_taken=run is taken)
        for run in project.runs
    )
    return tuple(row if row.number in alike else replace(row, seed=None) for row in rows)


def comparable(project: Project) -> list[Run]:
    """The runs with a finished epoch on the images as they are now."""
    return [run for run in project.runs if run.best is not None and not project.is_stale(run)]


def taken_run(project: Project) -> Run | None:
    """The run that evaluation and export take; None while none has a finished epoch."""
    run = project.run()
    return run if run is not None and run.best is not None else None


def head_depth(run: Run) -> int | None:
    """How many groups its backbone has; None if nobody knows it any more."""
    try:
        return find_backbone(run.model.backbone).head_depth
    except UnknownBackbone:
        return None


def rarest_class(project: Project) -> str:
    """The class with the fewest validation images; among equals the one that runs find least of."""
    runs = comparable(project) or [run for run in project.runs if run.best is not None]
    counts: dict[str, tuple[int, float]] = {}
    for run in runs:
        for name, (right, images) in (run.best.found if run.best else {}).items():
            if images:
                known = counts.get(name, (images, 0.0))
                counts[name] = (min(known[0], images), known[1] + right / images)
    return min(counts, key=lambda name: (*counts[name], name), default="")


def class_names(project: Project) -> list[str]:
    """Every class that some run was checked on."""
    return sorted({name for run in project.runs if run.best for name in run.best.found})


SORT_KEYS: dict[str, Callable[[RunRow], object]] = {
    "run": lambda row: row.number,
    "backbone": lambda row: (row.backbone.lower(), -row.frozen),
    "frozen": lambda row: row.frozen / row.groups if row.groups else float(row.frozen),
    "accuracy": lambda row: (not row.is_stale, -1.0 if row.accuracy is None else row.accuracy, row.number),
    "found": lambda row: _share(row.found),
    "time": lambda row: row.seconds,
    "size": lambda row: row.parameters,
    "state": lambda row: row.state.words,
}
"""Column → what rows are sorted by; runs on other images come last by accuracy, as it says little."""


def in_order(rows: Sequence[RunRow], column: str, *, is_descending: bool) -> list[RunRow]:
    """The rows by one column; among equals the newest first."""
    newest_first = sorted(rows, key=lambda row: -row.number)
    return sorted(newest_first, key=SORT_KEYS[column], reverse=is_descending)  # type: ignore[arg-type]


def default_ticks(project: Project, most: int) -> list[int]:
    """The best run of each kind, the best of all first, so many at most; the newest if none has an epoch."""
    best = [kind.first for kind in kinds_of(comparable(project))] or list(project.runs[-1:])
    return [run.number for run in best][:most]


def run_state(run: Run, batch: BatchDone | None = None) -> RunState:
    """Where the run stands."""
    epochs = max(1, run.started.epochs)
    if run.state == "running":
        done = len(run.epochs)
        epoch = batch.epoch if batch is not None and batch.epoch > done else min(done + 1, epochs)
        within = batch.fraction if batch is not None and batch.epoch > done else 0.0
        return RunState(f"Epoch {epoch} of {epochs}", "", "accent_text", min(1.0, (done + within) / epochs))
    if run.state == "failed":
        return RunState("Failed, details", "x-circle", "bad_text")
    if run.state == "interrupted":
        return RunState("Can continue", "warning", "warn_text")
    if run.state == "done" and len(run.epochs) < epochs:
        return RunState("Stopped early")
    return RunState({"done": "Finished", "paused": "Paused", "stopped": "Stopped"}[run.state])


def _row(
    project: Project,
    run: Run,
    class_name: str,
    most: tuple[int, int],
    batch: BatchDone | None,
    *,
    is_taken: bool,
) -> RunRow:
    found, is_stale = _found(run, class_name), project.is_stale(run)
    is_worse = found is not None and not is_stale and is_clearly_less(found, most)
    state = run_state(run, batch)
    if is_stale and run.state != "running":
        state = RunState("Other images", "warning", "warn_text")
    return RunRow(
        number=run.number,
        backbone=title_of(run.model.backbone),
        seed=run.train.seed,
        frozen=run.started.frozen_groups,
        groups=head_depth(run),
        accuracy=run.best.validation_accuracy if run.best else None,
        images=run.started.validation_images,
        found=found,
        is_worse=is_worse,
        seconds=run.seconds,
        parameters=run.started.total_parameters,
        state=state,
        is_stale=is_stale,
        is_taken=is_taken,
        has_failed=run.state == "failed",
        tip=_tip(run, state, is_stale=is_stale),
    )


def is_clearly_less(found: tuple[int, int], most: tuple[int, int]) -> bool:
    """Whether so few are found less often than chance makes of a share that is the same, one time in 20.

    Source: the pooled two-proportion z-test, one-sided.
    """
    pooled = (found[0] + most[0]) / (found[1] + most[1])
    error = math.sqrt(pooled * (1 - pooled) * (1 / found[1] + 1 / most[1]))
    return error > 0 and (_share(most) - _share(found)) / error > CLEARLY


def _tip(run: Run, state: RunState, *, is_stale: bool) -> str:
    best, images = run.best, run.started.validation_images
    epochs = max((epoch.epoch for epoch in run.epochs), default=0)
    weights = "random weights" if run.model.weights == RANDOM else f"weights {run.started.weights}"
    lines = [f"Run {run.number}: {title_of(run.model.backbone)}, {weights}"]
    if best is not None:
        low, high = likely_range(best, images)
        right = f"{round(best.validation_accuracy * images):,} of {counted(images, 'Validation image')} right"
        lines.append(f"{right}, very likely between {bound(low)} and {bound(high)}%")
        changes = f"{run.augmentation} augmentation" if run.augmentation != "none" else "no augmentation"
        lines.append(f"Best epoch {best.epoch} of {epochs}, seed {run.train.seed}, {changes}")
        lines += [f"{name}: {right:,} of {of:,} found" for name, (right, of) in list(best.found.items())[:8]]
    if is_stale:
        lines.append("It learned from other images, groups or splits than the project has now.")
        lines.append("Its figures can't be compared with those of the other runs.")
    elif run.failure:
        lines.append(run.failure)
    elif state.icon:
        lines.append("It was cut short and can continue on the Train page.")
    return "\n".join(lines)


def _found(run: Run, class_name: str) -> tuple[int, int] | None:
    counts = run.best.found.get(class_name) if run.best else None
    return (counts[0], counts[1]) if counts is not None and counts[1] else None


def _share(found: tuple[int, int] | None) -> float:
    return -1.0 if found is None else found[0] / found[1]
