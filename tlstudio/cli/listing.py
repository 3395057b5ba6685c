"""The runs of a project as events."""

from collections.abc import Iterator

from tlstudio.events import Event
from tlstudio.project.likely import likely_range
from tlstudio.project.lock import ProjectLock
from tlstudio.project.project import Project, Run
from tlstudio.project.rebuild import broken_off
from tlstudio.run.events import RunListed, RunsListed


def runs(project: Project) -> Iterator[Event]:
    """One RunListed for each run, by number; last RunsListed."""
    if not ProjectLock(project.folder).is_taken():
        project = broken_off(project, "interrupted")  # nobody is there to run it
    for run in project.runs:
        yield _listed(project, run)
    taken = project.run()
    yield RunsListed(runs=len(project.runs), chosen_run=None if taken is None else taken.number)


def _listed(project: Project, run: Run) -> RunListed:
    best = run.best
    low, high = (None, None) if best is None else likely_range(best, run.started.validation_images)
    return RunListed(
        run=run.number,
        state=run.state,
        backbone=run.model.backbone,
        freeze=run.model.freeze,
        weights=run.started.weights,
        epochs_done=max((epoch.epoch for epoch in run.epochs), default=0),
        epochs=run.started.epochs,
        best_epoch=None if best is None else best.epoch,
        validation_accuracy=None if best is None else best.validation_accuracy,
        validation_correct=None if best is None else sum(right for right, _ in best.found.values()),
        validation_images=None if best is None else sum(images for _, images in best.found.values()),
        test_accuracy=None if run.evaluation is None else run.evaluation.accuracy,
        test_correct=None if run.evaluation is None else run.evaluation.correct,
        test_images=None if run.evaluation is None else run.evaluation.images,
        exported=None if run.exported is None else run.exported.path,
        is_stale=project.is_stale(run),
        is_resumable=run.is_resumable,
        started_at=run.started.started_at,
        seconds=run.seconds,
        views=run.views_seen,
        augmentation=run.augmentation,
        accuracy_low=low,
        accuracy_high=high,
    )
