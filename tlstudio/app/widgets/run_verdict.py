"""Which run is ahead, and whether that can be chance, in a sentence; functions of facts, without Qt."""

from dataclasses import dataclass

from tlstudio.app.widgets.amounts import counted
from tlstudio.app.widgets.depth_points import DepthCurve
from tlstudio.app.widgets.run_rows import best_of_each_kind, comparable
from tlstudio.metrics import wilson_interval
from tlstudio.project.project import Project, Run

RANGES = "The upright lines in the right chart show the likely range of each run."


@dataclass(frozen=True)
class Verdict:
    """What the runs come to.

    Attributes:
        title: one sentence.
        text: what it rests on.
        between: two depths with some between them that may be worth a run, or None.
    """

    title: str
    text: str
    between: tuple[int, int] | None = None

    @property
    def planned_depth(self) -> int:
        """The depth in the middle of the two."""
        return sum(self.between) // 2 if self.between else 0


def verdict(project: Project, curve: DepthCurve | None) -> Verdict | None:
    """What the project's runs on the present images come to; None while there is none."""
    runs = {run.number: run for run in comparable(project) if run.state != "running"}
    if not runs:
        return None
    gap = curve.gap if curve is not None else None
    best, *others = best_of_each_kind(list(runs.values()))
    if not others:
        return _alone(list(runs.values()))
    return _of_two(best, others[0], gap)


def _alone(runs: list[Run]) -> Verdict:
    text = "Train another freeze depth or another backbone to see what makes a difference."
    if len(runs) == 1:
        return Verdict(f"Run {runs[0].number} is the only one to compare so far.", text)
    return Verdict("These runs differ by their seed or settings alone.", text)


def _of_two(best: Run, other: Run, gap: tuple[int, int] | None) -> Verdict:
    images = best.started.validation_images
    right, less = _right(best), _right(other)
    low, _ = wilson_interval(right, images)
    of = f"the {counted(images, 'Validation image')}"
    if right == less:
        title = f"Run {best.number} is as accurate as Run {other.number}."
        return Verdict(title, f"Both get {right:,} of {of} right. {RANGES}", gap)
    if less / images >= low:
        title = f"Run {best.number} is ahead, but Run {other.number} may be just as good."
        text = f"Only {right - less:,} of {of} make the difference, which can be chance. {RANGES}"
        return Verdict(title, text, gap)
    text = f"It gets {right - less:,} more of {of} right than Run {other.number}. Chance seldom does that."
    return Verdict(f"Run {best.number} is ahead.", text, gap)


def _right(run: Run) -> int:
    accuracy = run.best.validation_accuracy if run.best else 0.0
    return round(accuracy * run.started.validation_images)
