"""The fourth step: judge a run once on the test images, and look at what it mixes up."""

from contextlib import suppress
from pathlib import Path

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from tlstudio.amounts import counted, percent
from tlstudio.app.page import Page
from tlstudio.app.session import Session
from tlstudio.app.widgets.before_result import Judging, ReadyToJudge, seen_words
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.nothing_yet import NothingYet
from tlstudio.app.widgets.result_view import ResultView
from tlstudio.app.widgets.said_message import Said, SaidMessage
from tlstudio.data.table import read_table
from tlstudio.errors import TLStudioError
from tlstudio.evaluate.events import EvaluateDone
from tlstudio.events import Event, Failed, Progress, Stopped
from tlstudio.project.file import IMAGES_NAME
from tlstudio.project.project import Project, Run

STALE = "The images have changed since this run."
LEAKS = "Some test groups are not new to it."
INCOMPLETE = "Some test images are missing."

Judged = tuple[Path, int]
"""A project's folder and the number of a run."""


class EvaluatePage(Page):
    """Nothing to judge, ready to judge, judging, or the result."""

    name = "evaluate"
    title = "Evaluate"
    purpose = "How well it does on images that it has never seen."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._shown: object = None
        self._counted: tuple[object, int] = (None, 0)
        self._judged: Judged | None = None
        self._failure: tuple[Judged | None, Failed] | None = None
        self._said = SaidMessage(self.message)
        self._lay_out_header()
        words = "Train a run first; then its answers can be judged."
        self.nothing = NothingYet("target", "Nothing to evaluate yet", words, "Go to Train")
        words = "This run was trained without test images, so there is nothing to judge it on."
        self.no_test = NothingYet("image", "No test images", words, "Go to Data")
        self.ready = ReadyToJudge()
        self.judging = Judging()
        self.result = ResultView(self)
        for state in self._states():
            self.body.addWidget(state, 1)
        self._connect()
        self.refresh()

    def _states(self) -> tuple[QWidget, ...]:
        return (self.nothing, self.no_test, self.ready, self.judging, self.result)

    def _lay_out_header(self) -> None:
        self.again = button("Evaluate again", "plain", "arrows-clockwise")
        self.run_button = button("Run", "plain")
        self.run_button.setAccessibleDescription("Choose the run to evaluate and export")
        self.run_menu = QMenu(self.run_button)
        self.run_button.setMenu(self.run_menu)
        self._run_choices = QActionGroup(self.run_menu)
        self.add_action(self.again)
        self.add_action(self.run_button)

    def _connect(self) -> None:
        self.nothing.pressed.connect(self._go_to_train)
        self.no_test.pressed.connect(self._go_to_data)
        self.ready.skipped.connect(self._go_to_export)
        self.again.clicked.connect(self.start)
        self.judging.cancelled.connect(self.session.stop)
        self.primary_pressed.connect(self._primary)
        self.session.step_started.connect(self._step_began)
        self.session.step_ended.connect(self._step_over)

    # What comes in

    def refresh(self) -> None:
        """Show the chosen run as it is now."""
        project = self.session.project
        run = judged_run(project)
        state = self._state(project, run)
        for each in self._states():
            each.setVisible(each is state)
        self._draw_header(project, run, has_result=state is self.result)
        if state is not self.result:
            self._shown = None
        if project is not None and run is not None:
            self.ready.show_run(run.number, project.times_test_seen)
            if state is self.result and run.evaluation is not None:
                self._draw_result(project, run, run.evaluation)
        self._draw_message(project, run)
        self._draw_footer(project, run, is_ready=state is self.ready)

    def take(self, event: Event) -> None:
        """Show how the judging goes on."""
        if self.session.running_step != "evaluate":
            return
        match event:
            case Progress():
                self.judging.show_progress(event)
            case Failed():
                self._failure = (self._judged, event)
            case Stopped():
                self._failure = None
            case EvaluateDone():
                self._shown = None  # the same figures, but other files

    def _step_began(self, step: str) -> None:
        if step == "evaluate":
            self._failure = None
            self._judged = _key(self.session.project, judged_run(self.session.project))
            self.judging.show_progress(None)
        self.refresh()

    def _step_over(self, _step: str) -> None:
        self.refresh()

    def _state(self, project: Project | None, run: Run | None) -> QWidget:
        if self.session.running_step == "evaluate":
            return self.judging
        if project is None or run is None:
            return self.nothing
        if run.evaluation is not None:
            return self.result
        return self.ready if self._test_images(project, run) else self.no_test

    def leave(self) -> None:
        """Ask for no more pictures."""
        self.result.images.thumbnails.forget()

    # What is shown

    def _draw_header(self, project: Project | None, run: Run | None, *, has_result: bool) -> None:
        runs = [known for known in project.runs if known.best is not None] if project else []
        self.run_button.setVisible(bool(runs))
        self.run_button.setText(f"Run {run.number}" if run else "Run")
        self.run_button.setEnabled(self.session.running_step != "evaluate")
        self.again.setVisible(has_result)
        self.again.setEnabled(self._can_start)
        self.run_menu.clear()
        for known in reversed(runs):
            action = QAction(run_words(known), self.run_menu, checkable=True)
            action.setChecked(run is not None and known.number == run.number)
            action.triggered.connect(lambda _on=True, number=known.number: self.session.choose_run(number))
            self._run_choices.addAction(action)
            self.run_menu.addAction(action)
        purpose = self.purpose
        if has_result and run is not None and run.evaluation is not None:
            purpose = _purpose_of(run.evaluation)
        self.set_purpose(purpose)

    def _draw_result(self, project: Project, run: Run, result: EvaluateDone) -> None:
        key = (project.folder, project.data_root, run.number, result)
        if key != self._shown:
            self._shown = key
            self.result.show_result(result, project.data_root, project.run_folder(run.number))

    def _draw_message(self, project: Project | None, run: Run | None) -> None:
        key = _key(project, run)
        if self._failure is not None and self._failure[0] != key:
            self._failure = None  # of another project or run
        self._said.show(key, self._message(project, run))

    def _message(self, project: Project | None, run: Run | None) -> Said | None:
        if self._failure is not None:
            _, failure = self._failure
            words = " ".join(part for part in (failure.message, failure.what_to_try) if part)
            return "bad", failure.title, words, (("Try again", self._try_again),)
        if project is not None and run is not None and project.is_stale(run):
            words = "Its result is for the images as they were then. Train a new run for the present ones."
            return "warn", STALE, words, (("Go to Train", self._go_to_train),)
        if run is None or run.evaluation is None:
            return None
        caution, incomplete = run.evaluation.caution, run.evaluation.incomplete
        if caution:
            return "warn", LEAKS, f"{caution} {incomplete}".strip(), ()
        return ("warn", INCOMPLETE, incomplete, ()) if incomplete else None

    def _draw_footer(self, project: Project | None, run: Run | None, *, is_ready: bool) -> None:
        if is_ready and project is not None and run is not None:
            self.footer(
                status="All changes saved",
                help=self._why_not(),
                primary=f"Evaluate on {counted(self._test_images(project, run), 'test image')}",
                primary_icon="play-fill",
                enabled=self._can_start,
                back="train",
            )
            return
        times = run.evaluation.times_seen if run is not None and run.evaluation is not None else 0
        seen = seen_words(times) if times > 1 else ""
        self.footer(
            status="All changes saved" if run is not None else "",
            help=seen if run is not None else "Train a run to continue.",
            primary="Continue to Export",
            primary_icon="arrow-right",
            enabled=run is not None and self.session.running_step != "evaluate",
            back="train",
        )

    def _why_not(self) -> str:
        if self._can_start:
            return ""
        if self.session.is_read_only:
            return "This project can only be looked at here."
        return "Something is running already. Wait for it, or stop it."

    @property
    def _can_start(self) -> bool:
        return self.session.running_step is None and not self.session.is_read_only

    def _test_images(self, project: Project, run: Run) -> int:
        """How many images the run will be judged on: those of its own table."""
        known = project.images.split.get("test", 0) if project.images else 0
        if not project.is_stale(run):
            return known
        path = project.run_folder(run.number) / IMAGES_NAME
        key = _facts(path)
        if key != self._counted[0]:
            with suppress(TLStudioError):  # if the table is lost, judging will say so
                known = sum(row.split == "test" for row in read_table(path))
            self._counted = (key, known)
        return self._counted[1]

    # What the user does

    def start(self) -> None:
        """Judge the run that is shown."""
        run = judged_run(self.session.project)
        if run is not None:
            self.session.start("evaluate", run=run.number)

    def _try_again(self) -> None:
        self.start()
        if self._failure is not None:  # it was not begun; the failure is told again by the next refresh
            text, again = "It can be judged once that has ended.", ("Try again", self._try_again)
            self.message.say("warn", "Something is running already.", text, [again])
            self._said.forget()

    def _primary(self) -> None:
        if self.ready.isVisible():
            self.start()
        else:
            self._go_to_export()

    def _go_to_export(self) -> None:
        self.went.emit("export")

    def _go_to_train(self) -> None:
        self.went.emit("train")

    def _go_to_data(self) -> None:
        self.went.emit("data")


def judged_run(project: Project | None) -> Run | None:
    """The run that is shown: the chosen one, else the best; None while none has a finished epoch."""
    run = project.run() if project is not None else None
    return run if run is not None and run.best is not None else None


def run_words(run: Run) -> str:
    """A run in the menu: "Run 4, Validation 94.5%, evaluated"."""
    best = run.best
    parts = [f"Run {run.number}"]
    if best is not None:
        parts.append(f"Validation {percent(best.validation_accuracy, run.started.validation_images)}")
    if run.evaluation is not None:
        parts.append("evaluated")
    return ", ".join(parts)


def _key(project: Project | None, run: Run | None) -> Judged | None:
    return (project.folder, run.number) if project is not None and run is not None else None


def _facts(path: Path) -> object:
    try:
        facts = path.stat()
    except OSError:
        return (path, None)
    return (path, facts.st_mtime_ns, facts.st_size)


def _purpose_of(result: EvaluateDone) -> str:
    judged = counted(result.images, "test image")
    return f"How well it does on {judged}{'' if result.caution else ' that it has never seen'}."
