"""Each step of the wizard summed up in a few words and one mark, as the rail shows it."""

from dataclasses import dataclass
from typing import Literal

from tlstudio.amounts import bound, counted, percent
from tlstudio.app.model_choice import title_of, with_recommended_depth
from tlstudio.model.settings import ModelSettings
from tlstudio.project.project import Project, Run

Mark = Literal["to do", "done", "running", "look at it", "locked"]
MIN_IMAGES = 5
MOST_COUNTED = 1_000
"""From so many images on, a count is too long for the rail, and a percentage rests on enough."""

TRAINING_STEPS = ("train", "resume", "sweep")
"""Steps in which runs are trained."""


@dataclass(frozen=True)
class StepState:
    """One step of the rail.

    Attributes:
        name: of its page.
        title: for people.
        summary: one line.
        mark: what the step's circle shows.
        fraction: how far it is, while it runs; None if unknown.
    """

    name: str
    title: str
    summary: str
    mark: Mark = "to do"
    fraction: float | None = None


@dataclass(frozen=True)
class Running:
    """The step that runs now.

    Attributes:
        step: a name in the table `STEPS`, or None.
        fraction: 0 … 1, or None if unknown.
        is_paused: whether it was asked to halt.
    """

    step: str | None = None
    fraction: float | None = None
    is_paused: bool = False


def overview(project: Project, running: Running = Running()) -> tuple[StepState, ...]:
    """The five steps of a project, in order."""
    return (
        _data(project, running),
        _model(project),
        _train(project, running),
        _evaluate(project, running),
        _export(project, running),
    )


def next_step(project: Project) -> str:
    """The page to show when a project is opened: where there is something to do or to see."""
    best = project.run()
    if project.images is None:
        return "data"
    if project.runs and project.runs[-1].is_resumable:
        return "train"  # where it offers to continue
    if best is None or best.best is None:
        return "train" if project.runs else "model"
    return "evaluate"


def _data(project: Project, running: Running) -> StepState:
    images = project.images
    if running.step == "scan":
        far = "" if running.fraction is None else f", {bound(running.fraction)}%"
        return StepState("data", "Data", f"Reading images{far}", "running", running.fraction)
    if images is None:
        return StepState("data", "Data", "Add your images")
    summary = f"{counted(images.images, 'image')}, {counted(len(images.classes), 'class', 'classes')}"
    is_short = len(images.classes) < 2 or min(images.class_counts.values(), default=0) < MIN_IMAGES
    return StepState("data", "Data", summary, "look at it" if is_short else "done")


def _model(project: Project) -> StepState:
    chosen = project.settings.model
    by_itself = (ModelSettings(), with_recommended_depth(ModelSettings(), project))
    is_chosen = bool(project.runs) or chosen not in by_itself
    if not is_chosen:
        mark: Mark = "locked" if project.images is None else "to do"
        return StepState("model", "Model", "Choose a starting point", mark)
    depth = {0: "all relearns", "head": "frozen"}.get(chosen.freeze, "partly frozen")
    return StepState("model", "Model", f"{title_of(chosen.backbone)}, {depth}", "done")


def _train(project: Project, running: Running) -> StepState:
    if running.step in TRAINING_STEPS:
        return _training(project, running)
    best = project.run() or (project.runs[-1] if project.runs else None)
    newest = project.runs[-1] if project.runs else None
    if newest is not None and newest.is_resumable:
        return StepState("train", "Train", f"Run {newest.number} can continue", "look at it")
    if best is None or best.best is None:
        mark: Mark = "locked" if project.images is None else "to do"
        if newest is not None and newest.state == "failed":
            return StepState("train", "Train", f"Run {newest.number} failed", "look at it")
        return StepState("train", "Train", "Teach it your images", mark)
    right = _right(best.best.validation_accuracy, best.started.validation_images)
    summary = f"{counted(len(project.runs), 'run')}, best {right}"
    return StepState("train", "Train", summary, "look at it" if project.is_stale(best) else "done")


def _right(accuracy: float, images: int) -> str:
    """The count, as 100% of 22 images says little; the percentage where the count is too long."""
    if 0 < images < MOST_COUNTED:
        return f"{round(accuracy * images)} of {images}"
    return percent(accuracy, images)


def _training(project: Project, running: Running) -> StepState:
    run = next((run for run in project.runs if run.state == "running"), None)
    if run is None:
        return StepState("train", "Train", "Getting ready", "running")
    total = max(run.started.epochs, 1)
    done = len(run.epochs)
    word = "paused" if running.is_paused else f"epoch {min(done + 1, total)} of {total}"
    return StepState("train", "Train", f"Run {run.number}: {word}", "running", done / total)


def _evaluate(project: Project, running: Running) -> StepState:
    if running.step == "evaluate":
        return StepState("evaluate", "Evaluate", "Asking the test images", "running", running.fraction)
    run = project.run()
    if run is None or run.best is None:
        return StepState("evaluate", "Evaluate", "See how good it is", "locked")
    if run.evaluation is None:
        return StepState("evaluate", "Evaluate", "See how good it is")
    judged = run.evaluation
    return StepState("evaluate", "Evaluate", f"{judged.correct:,} of {judged.images:,} right", "done")


def _export(project: Project, running: Running) -> StepState:
    if running.step == "export":
        return StepState("export", "Export", "Writing the file", "running", running.fraction)
    run = project.run()
    if run is None or run.best is None:
        return StepState("export", "Export", "Use it elsewhere", "locked")
    if run.exported is None:
        return StepState("export", "Export", "Use it elsewhere")
    return StepState("export", "Export", "Checked and ready", "done")


def state_of(project: Project, running: Running = Running()) -> tuple[str, str, str]:
    """The project in one chip: words, tone, icon; what to do next."""
    if running.step in TRAINING_STEPS:
        train = _training(project, running)
        return f"Training, {bound(train.fraction or 0)}%", "accent", "arrows-clockwise"
    if project.images is None:
        return "Add images", "neutral", "folder-plus"
    newest = project.runs[-1] if project.runs else None
    if newest is not None and newest.is_resumable:
        return "Training can continue", "warn", "warning"
    run = project.run()
    if run is None or run.best is None:
        return "Ready to train", "neutral", "play"
    return _result(run)


def _result(run: Run) -> tuple[str, str, str]:
    judged = run.evaluation
    if judged is not None:  # no praise: whether so many are enough, only the user can say
        return f"Evaluated, {judged.correct:,} of {judged.images:,} right", "neutral", "target"
    return "Trained, not evaluated", "accent", "chart-line"
