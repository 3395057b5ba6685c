"""Everything about a sweep between the table of runs and its charts: planning it, following it, its end."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tlstudio.amounts import counted
from tlstudio.app.model_choice import known_backbone, usable
from tlstudio.app.session import Session
from tlstudio.app.widgets.compare_words import why_not_to_start
from tlstudio.app.widgets.message_bar import MessageBar
from tlstudio.app.widgets.run_findings import runs_key
from tlstudio.app.widgets.run_rows import head_depth
from tlstudio.app.widgets.slow_answers import SlowAnswers
from tlstudio.app.widgets.sweep_panel import SweepChoice, SweepPanel
from tlstudio.app.widgets.sweep_progress import SweepProgress
from tlstudio.evaluate.events import SweepDone, SweepPlanned
from tlstudio.events import Event, Failed, Progress, Stopped
from tlstudio.model.settings import ModelSettings
from tlstudio.project.project import Project, Run
from tlstudio.project.sweep_plan import known_run, needs_speed, plan_sweep
from tlstudio.train.events import BatchDone, EpochDone, RunFailed, RunStarted, TrainDone

STEP = "sweep"
SEEDS = 3


class SweepDesk(QWidget):
    """A form, a progress, or nothing; what has happened is told in the page's message bar.

    Args:
        session: whose project is swept.
        message: of the page.

    Signals:
        changed: it takes up room now, or no longer does.
        depth_recommended: the user wants that freeze depth.
    """

    changed = Signal()
    depth_recommended = Signal(int)

    def __init__(self, session: Session, message: MessageBar) -> None:
        super().__init__()
        self._session, self._message = session, message
        self._model: ModelSettings | None = None
        self._choice: SweepChoice | None = None
        self._planned: SweepPlanned | None = None
        self._ended = 0
        self._batch: BatchDone | None = None
        self._preparing: Progress | None = None
        self._is_stopping = False
        self._counts = SlowAnswers(self)
        self.panel = SweepPanel(self._known_runs)
        self._counts.arrived.connect(self.panel.update_words)
        self.panel.planned.connect(self._start)
        self.panel.closed.connect(self.close_panel)
        self.progress = SweepProgress()
        self.progress.stopped.connect(self._stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
        column.addWidget(self.progress)
        self.panel.hide()
        self.progress.hide()
        session.step_started.connect(self._step_changed)
        session.step_ended.connect(self._step_changed)

    @property
    def is_needed(self) -> bool:
        """Whether it has anything to show."""
        return self.is_sweeping or not self.panel.isHidden()

    @property
    def is_sweeping(self) -> bool:
        """Whether a sweep runs now."""
        return self._session.running_step == STEP

    def open_panel(self, model: ModelSettings | None = None) -> None:
        """Let the user plan a sweep of that model's depths, else of the project's."""
        project = self._session.project
        if project is None or project.images is None or self.is_sweeping:
            return
        self._model = usable(model or project.settings.model)
        backbone = known_backbone(self._model)
        project = self._with_model(project)
        auto = () if needs_speed(project) else plan_sweep(project, seeds=SEEDS).depths
        self.panel.open_for(backbone, auto, project.settings.train.epochs, SEEDS)
        self.panel.say_why_not(self._why_not())
        self.panel.show()
        self.changed.emit()
        self.panel.depths.setFocus()
        self.panel.depths.selectAll()

    def close_panel(self) -> None:
        """Put the form away."""
        self.panel.hide()
        self.changed.emit()

    def forget(self) -> None:
        """Put away what was planned: another project is open."""
        self._model, self._choice = None, None
        self.panel.hide()

    def refresh(self) -> None:
        """Show how far the sweep is, or why none can start now."""
        self.panel.say_why_not(self._why_not())
        self.progress.setVisible(self.is_sweeping)
        if self.is_sweeping:
            self._show_progress()

    def take(self, event: Event) -> None:
        """Follow the sweep."""
        if not self.is_sweeping:
            return
        match event:
            case SweepPlanned():
                self._planned, self._ended = event, 0
            case TrainDone() | RunFailed():
                self._ended += 1
            case Failed():
                self._tell_failure(event)
            case Stopped():
                text = "Every finished run is kept. Started again, it goes on where it stopped."
                self._message.say("accent", "The sweep was stopped.", text, [("Go on", self._start_again)])
            case SweepDone():
                self._tell_result(event)
        self._batch = event if isinstance(event, BatchDone) else self._batch
        if isinstance(event, RunStarted | EpochDone | TrainDone):
            self._batch = None
        self._preparing = event if isinstance(event, Progress) else None

    # What is shown

    def _show_progress(self) -> None:
        project, planned = self._session.project, self._planned
        run = next((run for run in project.runs if run.state == "running"), None) if project else None
        title, fraction = "Sweeping depths", None
        if planned is not None:
            done = planned.runs_already_done + self._ended
            title = f"Sweeping depths, run {min(done + 1, planned.runs_planned)} of {planned.runs_planned}"
            within = _within(run, self._batch)
            fraction = min(1.0, (done + within) / max(1, planned.runs_planned))
        words = _run_words(run, self._batch, self._preparing)
        self.progress.show_progress(title, words, fraction, is_stopping=self._is_stopping)

    def _tell_failure(self, event: Failed) -> None:
        text = " ".join(part for part in (event.message, event.what_to_try) if part)
        again: list[tuple[str, Callable[[], object]]] = [("Try again", self._start_again)]
        self._message.say("bad", f"{event.title.rstrip('.')}.", text, again if self._choice else [])

    def _tell_result(self, event: SweepDone) -> None:
        depth = event.recommended_depth
        failed = f" {counted(event.failed, 'run')} failed; the table has the details." if event.failed else ""
        why = "It is the best of them."
        if depth != event.best_depth:
            why = "Of those that may be as good as the best it freezes most, so it trains fastest."
        use = (f"Use freeze depth {depth}", lambda: self.depth_recommended.emit(depth))
        text = f"Freeze depth {depth} is recommended. {why}{failed}"
        self._message.say("ok", "The sweep is done.", text, [use])

    def _why_not(self) -> str:
        return why_not_to_start(self._session.project, is_busy=self._session.running_step is not None)

    # What the user does

    def _with_model(self, project: Project) -> Project:
        return project if self._model is None else project.with_settings(model=self._model)

    def _known_runs(self, choice: SweepChoice) -> int:
        """How many of the runs the project has already; 0 while that is looked up."""
        project = self._session.project
        if project is None or not choice.depths or not project.runs:
            return 0
        project = self._with_model(project)
        key = (runs_key(project), project.settings.model, project.settings.train, choice)
        return self._counts.ask(key, lambda: known_runs(project, choice)) or 0

    def _start(self, choice: SweepChoice) -> None:
        project = self._session.project
        if project is None:
            return
        self._choice = choice
        chosen = project.settings.model
        if self._model is not None and (chosen.backbone, chosen.weights) != (
            self._model.backbone,
            self._model.weights,
        ):
            self._session.choose(model=self._model)
        self._planned, self._ended, self._batch, self._is_stopping = None, 0, None, False
        self._message.clear()
        self.panel.hide()
        depths = list(choice.depths) or "auto"
        self._session.start(STEP, depths=depths, seeds=choice.seeds, epochs=choice.epochs)

    def _start_again(self) -> None:
        if self._choice is None:
            return
        reason = self._why_not()
        if reason:
            self._message.say("warn", "The sweep can't start now.", reason, [("Go on", self._start_again)])
            return
        depths = tuple(self._planned.depths) if self._planned is not None else self._choice.depths
        self._start(replace(self._choice, depths=depths))

    def _stop(self) -> None:
        self._is_stopping = True
        self._session.stop()
        self.refresh()

    def _step_changed(self, _step: str) -> None:
        self._preparing = None
        self.refresh()
        self.changed.emit()


def known_runs(project: Project, choice: SweepChoice) -> int:
    """How many of the runs are done already; takes the answers about every validation image."""
    plan = plan_sweep(project, choice.depths, choice.seeds, choice.epochs)
    runs = (known_run(project, plan, depth, seed) for depth, seed in plan.order)
    return sum(run is not None and run.state == "done" for run in runs)


def _within(run: Run | None, batch: BatchDone | None) -> float:
    """How far the run is, 0 … 1."""
    if run is None:
        return 0.0
    done = len(run.epochs) + (batch.fraction if batch is not None and batch.run == run.number else 0.0)
    return done / max(1, run.started.epochs)


def _run_words(run: Run | None, batch: BatchDone | None, preparing: Progress | None) -> str:
    if preparing is not None:
        far = f", {preparing.done:,} of {preparing.total:,}" if preparing.total else ""
        return f"{preparing.what}{far}"
    if run is None:
        return "Getting ready."
    groups = head_depth(run)
    frozen = (
        f"{run.started.frozen_groups} of {groups}" if groups is not None else str(run.started.frozen_groups)
    )
    epoch = min((batch.epoch if batch is not None else len(run.epochs) + 1), run.started.epochs)
    return (
        f"Run {run.number}: {frozen} blocks frozen, seed {run.train.seed}, "
        f"epoch {epoch} of {run.started.epochs}"
    )
