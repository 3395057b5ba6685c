"""Runs side by side: which is ahead, whether that can be chance, and what to try next."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from tlstudio import atomic
from tlstudio.amounts import counted
from tlstudio.app import theme
from tlstudio.app.model_choice import known_backbone
from tlstudio.app.page import Page
from tlstudio.app.session import Session
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.compare_words import (
    bin_words,
    deleted_words,
    emptying_words,
    failure_words,
    purpose_words,
    why_not_to_delete,
    why_not_to_evaluate,
    why_not_to_start,
)
from tlstudio.app.widgets.depth_chart import DepthChart
from tlstudio.app.widgets.message_bar import Action, MessageTone
from tlstudio.app.widgets.nothing_yet import NothingYet
from tlstudio.app.widgets.run_curves import RunCurves
from tlstudio.app.widgets.run_findings import Findings, RunFindings
from tlstudio.app.widgets.run_lines import Measure, run_lines
from tlstudio.app.widgets.run_rows import class_names, default_ticks, rarest_class, run_rows, taken_run
from tlstudio.app.widgets.run_ticks import MOST, RunTicks
from tlstudio.app.widgets.runs_table import RunsTable
from tlstudio.app.widgets.save_dialog import ask_where_to_save
from tlstudio.app.widgets.sweep_desk import SweepDesk
from tlstudio.app.widgets.verdict_bar import VerdictBar
from tlstudio.errors import reason_of
from tlstudio.events import Event, Progress
from tlstudio.model.recommend import as_freeze
from tlstudio.model.settings import ModelSettings
from tlstudio.project.project import Project, Run
from tlstudio.project.run_bin import binned_runs, has_binned_runs, room_in_bin
from tlstudio.project.runs_csv import runs_csv
from tlstudio.train.events import BatchDone, EpochDone, RunStarted

REDRAW_MS = 200
LOW_WINDOW_PX = 760
NEWEST = 3
"""So many of the bin's runs have a button of their own."""
TOO_MANY = f"{MOST} curves at a time. Untick one first."


class ComparePage(Page):
    """The table of runs, the verdict, the curves of those that are ticked, accuracy against freeze depth."""

    name = "compare"
    title = "Compare runs"
    purpose = "Every training run side by side, on the same Validation images."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._folder: Path | None = None
        self._class_name = ""
        self._batches: dict[int, BatchDone] = {}
        self._hint = ""
        self._star = 0
        self._known: set[int] = set()
        self._findings = RunFindings(self)
        self._ticks = RunTicks()
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(REDRAW_MS)
        self._redraw.timeout.connect(self._redraw_now)
        self._lay_out_header()
        self._lay_out_body()
        self._connect()
        self.refresh()

    def _lay_out_header(self) -> None:
        self.export_button = button("Export table…", "plain", "download-simple")
        self.export_button.clicked.connect(self.ask_where_to_export)
        self.new_button = button("New run", "plain", "plus")
        self.new_button.clicked.connect(partial(self._go_to, "model"))
        self.add_action(self.export_button)
        self.add_action(self.new_button)
        self.delete_button = button("Delete run", "ghost")
        self.delete_button.clicked.connect(self.delete_run)
        self.bin_button = button("Bin", "ghost", "trash")
        self.bin_button.clicked.connect(self.show_bin)
        self.add_footer_action(self.bin_button)
        self.add_footer_action(self.delete_button)

    def _lay_out_body(self) -> None:
        self.message.setMinimumHeight(1)  # its wrapped words would otherwise ask for a narrow window's height
        self.nothing = NothingYet(
            "chart-line",
            "No runs to compare yet",
            "Each training run shows up here.",
            "Start training",
            "play-fill",
        )
        words = "Each training run shows up here, once there are images to train on."
        self.no_images = NothingYet("chart-line", "No runs to compare yet", words, "Go to Data")
        self.table = RunsTable(self._ticks)
        self.verdict = VerdictBar()
        self.sweep = SweepDesk(self.session, self.message)
        self.curves = RunCurves()
        self.depths = DepthChart()
        self._charts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._charts.setSpacing(14)
        self._charts.addWidget(self.curves, 1)
        self._charts.addWidget(self.depths, 1)
        around = QFrame()
        around.setProperty("kind", "card")
        inside = QVBoxLayout(around)
        inside.setContentsMargins(1, 1, 1, 6)
        inside.addWidget(self.table)
        self.content = QWidget()
        self._content_column = QVBoxLayout(self.content)
        self._content_column.setContentsMargins(0, 0, 0, 0)
        self._content_column.addWidget(around)
        self._content_column.addWidget(self.verdict)
        self._content_column.addWidget(self.sweep)
        self._content_column.addLayout(self._charts, 1)
        self.body.addWidget(self.nothing, 1)
        self.body.addWidget(self.no_images, 1)
        self.body.addWidget(self.content, 1)

    def _connect(self) -> None:
        self.nothing.pressed.connect(self._start_training)
        self.no_images.pressed.connect(partial(self._go_to, "data"))
        self.table.ticked.connect(self._tick)
        self.table.current_changed.connect(self._current_changed)
        self.table.chosen.connect(self._choose)
        self.table.details_asked.connect(self._tell_failure)
        self.table.delete_asked.connect(self.delete_run)
        self.table.class_chosen.connect(self._count_class)
        self.curves.measure_chosen.connect(self._draw_curves)
        self.verdict.planned.connect(self._plan)
        self.depths.sweep_asked.connect(self._ask_for_sweep)
        self.sweep.changed.connect(self._show_verdict)
        self.sweep.depth_recommended.connect(self._use_depth)
        self.primary_pressed.connect(self._evaluate)
        self._findings.arrived.connect(self._show_findings)
        self.session.step_started.connect(self._step_changed)
        self.session.step_ended.connect(self._step_changed)
        theme.watcher().changed.connect(self._fit)

    # What comes in

    def take(self, event: Event) -> None:
        """Follow the run that trains; at most five times a second, and only while it is seen."""
        self.sweep.take(event)
        match event:
            case BatchDone():
                self._batches[event.run] = event
                self._redraw_soon()
            case Progress():
                self._redraw_soon()
            case EpochDone() | RunStarted():
                self._batches.pop(event.run, None)

    def _redraw_soon(self) -> None:
        if self.isVisible() and not self._redraw.isActive():
            self._redraw.start()

    def _redraw_now(self) -> None:
        self._draw_table()
        self.sweep.refresh()

    def _step_changed(self, _step: str) -> None:
        self._batches.clear()
        if self.isVisible():
            self.refresh()

    # What is shown

    def refresh(self) -> None:
        """Show the project's runs as they are now."""
        project = self.session.project
        if project is None or project.folder != self._folder:
            self._begin_anew(project)
        has_runs = project is not None and bool(project.runs)
        has_images = project is not None and project.images is not None
        self.nothing.setVisible(not has_runs and has_images)
        self.no_images.setVisible(not has_runs and not has_images)
        self.content.setVisible(has_runs)
        self.export_button.setVisible(has_runs)
        self.delete_button.setVisible(has_runs)
        self.bin_button.setVisible(
            project is not None and not project.is_read_only and has_binned_runs(project)
        )
        if project is None or not project.runs:
            self.set_purpose(self.purpose)
            self.message.clear()
            reason = why_not_to_start(project, is_busy=self.session.running_step is not None)
            self.nothing.button.setEnabled(not reason)
            self.footer(help=reason)
            return
        self._tick_new(project)
        self._fit()
        self.set_purpose(purpose_words(project))
        self._draw_table()
        self._follow_star(project)
        self.sweep.refresh()
        self._draw_charts()
        self._draw_footer()

    def _follow_star(self, project: Project) -> None:
        """Select the run with the star, as long as the user looks at no other."""
        star = (taken_run(project) or project.runs[-1]).number
        if self.table.current_run() in (0, self._star):
            self.table.go_to(star)
        self._star = star

    def _begin_anew(self, project: Project | None) -> None:
        self._folder = project.folder if project is not None else None
        self._class_name, self._hint, self._star = "", "", 0
        self._batches.clear()
        self._known = set()
        self._ticks.put(())
        self.table.forget_current()
        self.sweep.forget()
        self.message.clear()

    def _tick_new(self, project: Project) -> None:
        """Show the best of each kind at first, then every run that is trained while there is room."""
        numbers = [run.number for run in project.runs]
        self._ticks.keep(numbers)
        if not self._known:
            self._ticks.put(default_ticks(project, MOST))
        for run in project.runs:
            is_new = bool(self._known) and run.number not in self._known
            if is_new and self._ticks.place(run.number) is None:
                self._ticks.toggle(run.number)
        self._known = set(numbers)

    def _draw_table(self) -> None:
        project = self.session.project
        if project is not None and project.runs:
            classes = class_names(project)
            if self._class_name not in classes:
                self._class_name = rarest_class(project)
            self.table.show_rows(
                run_rows(project, self._class_name, self._batches), self._class_name, classes
            )

    def _draw_charts(self) -> None:
        project = self.session.project
        if project is None:
            return
        self._draw_curves()
        self._show_findings()

    def _show_findings(self) -> None:
        self.depths.show_curve(self._found().curve)
        self._show_verdict()

    def _show_verdict(self) -> None:
        """The verdict stands where nothing about a sweep does."""
        said = self._found().verdict
        if said is not None:
            self.verdict.show_verdict(said, may_plan=not self.session.is_read_only)
        self.sweep.setVisible(self.sweep.is_needed)
        self.verdict.setVisible(said is not None and not self.sweep.is_needed)
        self.depths.sweep.setEnabled(not self.sweep.is_needed)
        self._fit()

    def _found(self) -> Findings:
        return self._findings.of(self.session.project, self._current())

    def _draw_curves(self, _measure: str = "") -> None:
        project = self.session.project
        if project is not None:
            lines = run_lines(project, self._ticks, cast(Measure, self.curves.measure))
            self.curves.show_lines(lines, len(self._ticks.numbers()))

    def _draw_footer(self) -> None:
        project, run = self.session.project, self._current()
        if project is None or run is None:
            self.footer()
            return
        is_taken = run == taken_run(project)
        reason = self._hint or why_not_to_evaluate(project, run, is_taken=is_taken)
        why_not = why_not_to_delete(project, run, is_in_use=self.session.is_in_use(run.number))
        self.delete_button.setEnabled(not why_not)
        self.delete_button.setToolTip(why_not)
        self.footer(
            status=f"Run {run.number} selected",
            status_icon="star-fill" if is_taken else "check",
            help=reason,
            primary=f"Evaluate Run {run.number}",
            primary_icon="arrow-right",
            enabled=not why_not_to_evaluate(project, run, is_taken=is_taken),
        )

    def _fit(self) -> None:
        """Show fewer rows where the window is low, and one chart above the other where it is narrow."""
        is_low = self.height() < theme.px(LOW_WINDOW_PX) or self.sweep.is_needed
        self.table.set_low(is_low=is_low)
        needed = sum(card.minimumSizeHint().width() for card in (self.curves, self.depths))
        is_narrow = self.width() - 2 * theme.px(28) < needed + self._charts.spacing()
        ways = (QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom)
        self._charts.setDirection(ways[is_narrow])
        self._content_column.setSpacing(theme.px(12))

    def _current(self) -> Run | None:
        project, number = self.session.project, self.table.current_run()
        runs = project.runs if project is not None else ()
        return next((run for run in runs if run.number == number), None)

    # What the user does

    def ask_where_to_export(self) -> None:
        """Let the user name a file for the table."""
        project = self.session.project
        if project is None:
            return
        start = project.folder / "exports" / f"{project.name} runs.csv"
        chosen = ask_where_to_save(self, "Export the table of runs", start, "Table")
        if chosen is not None:
            self.export_to(chosen)

    def export_to(self, path: Path) -> None:
        """Write all runs as a table for spreadsheets."""
        project = self.session.project
        if project is None:
            return
        try:
            # The mark tells spreadsheets that letters beyond ASCII are UTF-8.
            atomic.write_text(path, "\ufeff" + runs_csv(project))
        except OSError as error:
            reason = reason_of(error)
            again = [("Choose another place…", self.ask_where_to_export)]
            text = f"“{path.name}” could not be written: {reason}. The runs are unchanged."
            self.message.say("bad", "The table was not saved.", text, again)
            return
        self.message.say("ok", f"“{path.name}” is saved.", f"{counted(len(project.runs), 'run')}, one a row.")

    def delete_run(self, _number: int = 0) -> None:
        """Put the selected run into the bin, and offer to take it back."""
        project, run = self.session.project, self._current()
        if project is None or run is None:
            return
        if why_not_to_delete(project, run, is_in_use=self.session.is_in_use(run.number)):
            return
        if self.session.delete_run(run.number):
            self.refresh()
            self.table.setFocus()
            undo = [("Undo", lambda: self._put_back(run.number))]
            self._say("ok", f"Run {run.number} is in the bin.", deleted_words(run), undo)

    def show_bin(self) -> None:
        """Say what is in the bin, with ways to take the newest back or to empty it."""
        project = self.session.project
        if project is None:
            return
        numbers = [binned.run.number for binned in binned_runs(project)]
        newest = [(f"Put back Run {number}", partial(self._put_back, number)) for number in numbers[:NEWEST]]
        empty = ("Empty the bin…", partial(self._ask_to_empty, len(numbers)))
        self._say("accent", *bin_words(len(numbers), room_in_bin(project)), [*newest, empty])

    def _ask_to_empty(self, runs: int) -> None:
        actions = [("Empty the bin", self._empty), ("Keep them", lambda: None)]
        self._say("warn", "Empty the bin for good?", emptying_words(runs), actions)

    def _empty(self) -> None:
        self.session.empty_bin()
        self.refresh()

    def _put_back(self, number: int) -> None:
        if self.session.put_back(number):
            self.refresh()
            self.table.go_to(number)
            self.table.setFocus()

    def _say(self, tone: MessageTone, title: str, text: str, actions: Sequence[Action]) -> None:
        self.message.say(tone, title, text, actions)
        self._scroll.ensureWidgetVisible(self.message)

    def _tick(self, number: int) -> None:
        self._hint = "" if self._ticks.toggle(number) else TOO_MANY
        self.table.show_ticks()
        self._draw_curves()
        self._draw_footer()

    def _current_changed(self, _number: int) -> None:
        self._hint = ""
        self._draw_charts()
        self._draw_footer()

    def _choose(self, number: int) -> None:
        self.session.choose_run(number)
        self.refresh()

    def _count_class(self, name: str) -> None:
        self._class_name = name
        self._draw_table()

    def _tell_failure(self, number: int) -> None:
        project = self.session.project
        run = next((run for run in project.runs if run.number == number), None) if project else None
        if run is not None:
            self.message.say("bad", *failure_words(run), [("Go to Train", partial(self._go_to, "train"))])
            self._scroll.ensureWidgetVisible(self.message)

    def _evaluate(self) -> None:
        project, run = self.session.project, self._current()
        if project is None or run is None:
            return
        if run == taken_run(project) or self.session.choose_run(run.number):
            self.went.emit("evaluate")

    def _plan(self, depth: int) -> None:
        """Choose that depth of the backbone whose depths are shown, and go where a run is started."""
        model = self._found().model
        if model is not None:
            self._choose_depth(model, depth)

    def _use_depth(self, depth: int) -> None:
        """Choose the depth that a sweep of the project's own backbone has recommended."""
        if self.session.project is not None:
            self._choose_depth(self.session.project.settings.model, depth)

    def _choose_depth(self, model: ModelSettings, depth: int) -> None:
        freeze = as_freeze(depth, known_backbone(model).head_depth)
        if self.session.choose(model=replace(model, freeze=freeze)):
            self.went.emit("model")

    def _ask_for_sweep(self) -> None:
        self.sweep.open_panel(self._found().model)

    def _start_training(self) -> None:
        if self.session.start("train"):
            self.went.emit("train")

    def _go_to(self, page: str, *_: object) -> None:
        self.went.emit(page)

    # Qt's own names

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show fewer rows in a low window."""
        super().resizeEvent(event)
        self._fit()
