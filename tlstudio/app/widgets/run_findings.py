"""What a project's runs come to, compared anew only when one of them has ended."""

from collections.abc import Hashable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from tlstudio.app.model_choice import usable
from tlstudio.app.widgets.depth_points import DepthCurve, depth_curve, finished, start_of
from tlstudio.app.widgets.run_verdict import Verdict, verdict
from tlstudio.app.widgets.slow_answers import SlowAnswers
from tlstudio.evaluate.events import SweepDone
from tlstudio.model.settings import ModelSettings
from tlstudio.project.depth_results import measured
from tlstudio.project.project import Project, Run

LEAST_RUNS = 3
"""With fewer, nothing is known about depths between them."""


@dataclass(frozen=True)
class Findings:
    """Which run is ahead, and how the depths of one backbone compare.

    Attributes:
        curve: None while no backbone has a finished run.
        verdict: likewise.
        model: the settings of the best run in the curve.
    """

    curve: DepthCurve | None = None
    verdict: Verdict | None = None
    model: ModelSettings | None = None


class RunFindings(QObject):
    """Works them out beside the window, as that takes the answers about every validation image.

    Signals:
        arrived: more is known than before.
    """

    arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._answers = SlowAnswers(self)
        self._answers.arrived.connect(self.arrived)

    def of(self, project: Project | None, run: Run | None) -> Findings:
        """The findings, with the depths of that run's backbone if it has several.

        Until the runs are compared image by image, their likely ranges alone are known.
        """
        if project is None or not finished(project):
            return Findings()
        key = ("findings", runs_key(project), start_of(run) if run is not None else None)
        found: Findings | None = self._answers.ask(key, lambda: _findings(project, run))
        return found if found is not None else _findings(project, run, is_quick=True)

    def depth(self, project: Project) -> SweepDone | None:
        """What the runs of the chosen backbone say about its depth; None before three were trained."""
        if len(finished(project)) < LEAST_RUNS:
            return None
        model = replace(usable(project.settings.model), freeze=0)
        key = ("depth", runs_key(project), model)
        found: tuple[SweepDone | None] | None = self._answers.ask(
            key, lambda: (measured(project.with_settings(model=model)),)
        )
        return found[0] if found is not None else None


def runs_key(project: Project) -> Hashable:
    """What findings depend on: the finished runs and the images they are about."""
    runs = tuple((run.number, run.best_epoch, run.started.started_at) for run in finished(project))
    return project.folder, project.images.fingerprint if project.images else "", runs


def _findings(project: Project, run: Run | None, *, is_quick: bool = False) -> Findings:
    curve = depth_curve(project, run, is_quick=is_quick)
    best = curve.best.runs[0] if curve is not None else 0
    model = next((known.model for known in project.runs if known.number == best), None)
    return Findings(curve, verdict(project, curve, is_quick=is_quick), model)
