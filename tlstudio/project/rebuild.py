"""What the run folders and images.csv know by themselves, for a project whose file lost it."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tlstudio.data.errors import TableUnreadable
from tlstudio.data.events import ImagesScanned
from tlstudio.data.settings import DataSettings
from tlstudio.data.summary import summary
from tlstudio.data.table import read_table
from tlstudio.evaluate.evaluation_file import read_evaluation
from tlstudio.project.project import Project, Run, RunState, Settings, condensed
from tlstudio.train.errors import RunUnreadable
from tlstudio.train.run_info import read_info, read_metrics

STATES: dict[str, RunState] = {
    "running": "interrupted",
    "done": "done",
    "stopped": "stopped",
    "failed": "failed",
}
"""What run.json says → what that means for a run whose process is no more."""


def rebuilt_project(folder: Path, table: Path) -> Project | None:
    """The project as its images.csv and its runs tell it; None if they tell nothing.

    Where the images lie is known to the project file alone.
    """
    runs = tuple(_runs(folder / "runs"))
    images = _images(table)
    if not runs and images is None:
        return None
    newest = runs[-1] if runs else None
    # A place that is not there: the Data page then asks where the images lie.
    settings = Settings(data=DataSettings(root=str(folder / "images")))
    if newest is not None:
        settings = replace(settings, model=newest.model, train=newest.train)
    seen = max((run.evaluation.times_seen for run in runs if run.evaluation), default=0)
    return Project(folder, settings, images, runs, times_test_seen=seen, recovered_from="runs")


def as_recovered(project: Project, table: Path) -> Project:
    """The project of an older file with what was written since: images, and how often the test was seen."""
    images = _images(table)
    if images is None or (project.images and images.fingerprint == project.images.fingerprint):
        images = project.images
    known = (read_evaluation(project.run_folder(run.number), run.best_epoch) for run in project.runs)
    seen = max((judged.times_seen for judged in known if judged is not None), default=0)
    return replace(
        project,
        images=images,
        times_test_seen=max(project.times_test_seen, seen),
        recovered_from="previous",
    )


def broken_off(project: Project, state: RunState) -> Project:
    """The project whose running run, if there is one, has ended before its time."""
    running = [run.number for run in project.runs if run.state == "running"]
    return as_saved(project.with_running_as(state), running) if running else project


def as_saved(project: Project, numbers: Collection[int]) -> Project:
    """The project with these broken-off runs as their folders tell them.

    Epochs that were saved and could no longer be reported are there; those that were reported and could no
    longer be saved are not, so that the best epoch is the one whose weights are kept.
    """
    runs = [
        _as_saved(run, project.run_folder(run.number)) if run.number in numbers else run
        for run in project.runs
    ]
    return replace(project, runs=tuple(runs))


def _as_saved(run: Run, folder: Path) -> Run:
    try:
        info = read_info(folder)
    except RunUnreadable:
        return run
    whole = (epoch for epoch in run.epochs if epoch.found)
    known = (*run.epochs, *read_metrics(folder, run.started.epochs), *whole)
    by_number = {epoch.epoch: epoch for epoch in known if epoch.epoch <= info.epochs_done}
    epochs = tuple(by_number[number] for number in sorted(by_number))
    if info.best_epoch != run.best_epoch:  # what was judged and exported was another epoch
        run = replace(run, evaluation=None, exported=None)
    epochs = condensed(epochs, info.best_epoch)
    return replace(run, epochs=epochs, best_epoch=info.best_epoch, seconds=info.seconds)


def _runs(folder: Path) -> Iterator[Run]:
    for run_folder in sorted(folder.glob("[0-9][0-9][0-9][0-9]")):
        with suppress(RunUnreadable):
            yield _run(run_folder)


def _run(folder: Path) -> Run:
    info = read_info(folder)
    epochs = read_metrics(folder, info.started.epochs)
    best = max((epoch.epoch for epoch in epochs if epoch.is_best), default=0)
    return Run(
        number=info.run,
        state=STATES[info.state],
        model=info.model,
        train=info.train,
        data_fingerprint=info.data_fingerprint,
        started=info.started,
        epochs=condensed(epochs, best),
        best_epoch=best,
        seconds=info.seconds,
        evaluation=read_evaluation(folder, best),
    )


def _images(table: Path) -> ImagesScanned | None:
    try:
        rows = read_table(table)
    except TableUnreadable:
        return None
    classes = sorted({row.class_name for row in rows if not row.is_set_aside})
    rejected = sum(row.is_set_aside for row in rows)
    return summary(rows, classes, rejected, pattern=None, split_by="")
