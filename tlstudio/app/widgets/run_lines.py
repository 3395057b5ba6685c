"""The points of the chart that lays runs' curves over each other; functions of facts, without Qt."""

import math
from dataclasses import dataclass
from typing import Literal

from tlstudio.amounts import percent
from tlstudio.app.widgets.chart_scale import epoch_steps, loss_ceiling, steps
from tlstudio.app.widgets.raw_curve import Point
from tlstudio.app.widgets.run_ticks import RunTicks
from tlstudio.project.project import Project, Run

Measure = Literal["accuracy", "loss"]


@dataclass(frozen=True)
class RunLine:
    """One run's validation curve.

    Attributes:
        number: of the run.
        place: of its colour and dash, 0 … 4.
        points: one for each finished epoch.
        images: for validation, by which values are written.
    """

    number: int
    place: int
    points: tuple[Point, ...]
    images: int

    @property
    def name(self) -> str:
        """As the run is called everywhere."""
        return f"Run {self.number}"


@dataclass(frozen=True)
class RunLines:
    """Curves over common axes; y runs from low to high, x from 0 to the most epochs."""

    measure: Measure
    lines: tuple[RunLine, ...]
    epochs: int
    low: float
    high: float

    @property
    def rows(self) -> list[tuple[float, str]]:
        """Values of the y axis with their words."""
        write = "{:.0%}".format if self.measure == "accuracy" else _loss_label
        return [(value, write(value)) for value in steps(self.low, self.high)]

    @property
    def columns(self) -> list[tuple[float, str]]:
        """Epochs of the x axis with their words."""
        return [(float(epoch), str(epoch)) for epoch in epoch_steps(self.epochs)]

    def known_epochs(self) -> list[int]:
        """Every epoch that some run has finished."""
        return sorted({int(x) for line in self.lines for x, _ in line.points})

    def values_at(self, epoch: int) -> list[tuple[RunLine, str]]:
        """What each run that had that epoch came to, the best first."""
        known = [(line, dict(line.points).get(float(epoch))) for line in self.lines]
        found = [(line, value) for line, value in known if value is not None]
        found.sort(key=lambda pair: pair[1], reverse=self.measure == "accuracy")
        return [(line, self.written(value, line.images)) for line, value in found]

    def written(self, value: float, images: int) -> str:
        """A value in words."""
        return percent(value, images) if self.measure == "accuracy" else f"{value:.2f}"


def run_lines(project: Project, ticks: RunTicks, measure: Measure) -> RunLines | None:
    """The curves of the ticked runs; None while none of them has finished an epoch."""
    runs = {run.number: run for run in project.runs}
    shown = [runs[number] for number in ticks.numbers() if number in runs]
    lines = tuple(
        RunLine(
            run.number,
            ticks.place(run.number) or 0,
            _points(run, measure),
            run.started.validation_images,
        )
        for run in shown
        if _points(run, measure)
    )
    if not lines:
        return None
    values = [value for line in lines for _, value in line.points]
    epochs = max(run.started.epochs if run.state == "running" else len(run.epochs) for run in shown)
    epochs = max(epochs, *(int(line.points[-1][0]) for line in lines), 1)
    if measure == "loss":
        classes = max((len(run.epochs[-1].found) for run in shown if run.epochs), default=2)
        return RunLines(measure, lines, epochs, 0.0, loss_ceiling(classes, values))
    low = math.floor(round(min(values, default=0.0) * 10, 9)) / 10
    return RunLines(measure, lines, epochs, min(low, 0.9), 1.0)


def _points(run: Run, measure: Measure) -> tuple[Point, ...]:
    """One for each epoch; a loss that is no number has no place."""
    values = [(done.epoch, getattr(done, f"validation_{measure}")) for done in run.epochs]
    return tuple((float(epoch), value) for epoch, value in values if math.isfinite(value))


def _loss_label(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"
