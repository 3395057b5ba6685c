"""The fourth step: judge a run once on the test images, and look at what it mixes up."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from tlstudio.app.page import Page
from tlstudio.app.session import Session
from tlstudio.app.widgets.amounts import counted, percent
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.class_results import ClassResults
from tlstudio.app.widgets.confusion_matrix import ConfusionMatrix
from tlstudio.app.widgets.evaluated_images import EvaluatedImages
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.large_view import LargeView
from tlstudio.app.widgets.nothing_yet import NothingYet
from tlstudio.app.widgets.plain_icon import PlainIcon
from tlstudio.app.widgets.progress_bar import ProgressBar
from tlstudio.app.widgets.result_headline import ResultHeadline
from tlstudio.app.widgets.segmented import Segmented
from tlstudio.data.table import read_table
from tlstudio.errors import TLStudioError
from tlstudio.evaluate.events import EvaluateDone
from tlstudio.events import Event, Failed, Progress, Stopped
from tlstudio.project.file import IMAGES_NAME
from tlstudio.project.project import Project, Run

TEST_ONCE = (
    "The test images took no part in training, nor in choosing the best epoch, so they tell how it does on "
    "new images. Judge once, at the end: each time that you look and then change something, the figure "
    "gets a little rosier than the truth."
)
STALE = "The images have changed since this run"


class EvaluatePage(Page):
    """Nothing to judge, ready to judge, judging, or the result."""

    name = "evaluate"
    title = "Evaluate"
    purpose = "How well it does on images that it has never seen."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._shown: object = None
        self._counted: tuple[object, int] = (None, 0)
        self._progress: Progress | None = None
        self._failure: Failed | None = None
        self._classes: list[str] = []
        self._lay_out_header()
        self.nothing = NothingYet(
            "target",
            "Nothing to evaluate yet",
            "Train a run first; then its answers can be judged.",
            "Go to Train",
        )
        self.no_test = NothingYet(
            "image",
            "No test images",
            "This run was trained without test images, so it can't be judged.",
            "Go to Data",
        )
        self._lay_out_ready()
        self._lay_out_running()
        self._lay_out_result()
        for state in self._states():
            self.body.addWidget(state, 1)
        self.large = LargeView(self, self.images.thumbnails)
        self._connect()
        self.refresh()

    def _states(self) -> tuple[QWidget, ...]:
        return (self.nothing, self.no_test, self.ready, self.running, self.result)

    def _lay_out_header(self) -> None:
        self.again = button("Evaluate again", "plain", "arrows-clockwise")
        self.run_button = button("Run", "plain")
        self.run_button.setAccessibleDescription("Choose the run to evaluate and export")
        self.run_menu = QMenu(self.run_button)
        self.run_button.setMenu(self.run_menu)
        self.add_action(self.again)
        self.add_action(self.run_button)

    def _lay_out_ready(self) -> None:
        self.ready = Card()
        self.ready_title = label("", "section")
        self.ready_text = label(TEST_ONCE, "body", "text2", wrap=True)
        self.ready_text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.ready_text.setMaximumWidth(600)
        self.skip_button = button("Continue to Export without it", "link")
        self.ready_seen = label("", "help", "text3")
        centre = Qt.AlignmentFlag.AlignHCenter
        body = self.ready.body
        body.addStretch(1)
        body.addWidget(PlainIcon("target", 30), 0, centre)
        body.addWidget(self.ready_title, 0, centre)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.ready_text, 100)
        row.addStretch(1)
        body.addLayout(row)
        body.addSpacing(4)
        body.addWidget(self.ready_seen, 0, centre)
        body.addWidget(self.skip_button, 0, centre)
        body.addStretch(1)

    def _lay_out_running(self) -> None:
        self.running = QWidget()
        column = QVBoxLayout(self.running)
        column.setContentsMargins(0, 0, 0, 0)
        self.running_card = Card("Judging test images")
        self.running_words = label("", "help", "text2")
        self.bar = ProgressBar("Judging test images")
        self.cancel = button("Cancel", size="small")
        self.running_card.head.addWidget(self.cancel)
        self.running_card.body.addWidget(self.running_words)
        self.running_card.body.addWidget(self.bar)
        column.addWidget(self.running_card)
        column.addStretch(1)

    def _lay_out_result(self) -> None:
        self.result = QWidget()
        column = QVBoxLayout(self.result)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        self.headline = ResultHeadline()
        column.addWidget(self.headline)
        cards = QHBoxLayout()
        cards.setSpacing(14)
        cards.addWidget(self._matrix_card(), 11)
        cards.addWidget(self._classes_card(), 13)
        column.addLayout(cards)
        self.images = EvaluatedImages()
        column.addWidget(self.images, 1)

    def _matrix_card(self) -> Card:
        card = Card("Confusion matrix", "what it mixes up")
        self.matrix = ConfusionMatrix()
        self.unit = Segmented(["#", "%"], "Counts or percent")
        card.head.addWidget(self.unit)
        axes = QHBoxLayout()
        axes.addStretch(1)
        axes.addWidget(label("it said", "help", "text3"))
        axes.addStretch(1)
        card.body.addLayout(axes)
        card.body.addWidget(self.matrix, 1)
        return card

    def _classes_card(self) -> Card:
        card = Card("Each class", "against all the others, with likely ranges")
        self.class_results = ClassResults()
        card.body.addWidget(self.class_results, 1)
        return card

    def _connect(self) -> None:
        self.nothing.pressed.connect(self._go_to_train)
        self.no_test.pressed.connect(self._go_to_data)
        self.skip_button.clicked.connect(self._continue)
        self.again.clicked.connect(self.start)
        self.cancel.clicked.connect(self.session.stop)
        self.unit.chosen.connect(self._show_unit)
        self.matrix.cell_chosen.connect(self._show_cell)
        self.images.opened.connect(self._open_large)
        self.large.moved.connect(self.images.grid.go_to)
        self.large.closed.connect(self._focus_images)
        self.primary_pressed.connect(self._primary)
        self.session.step_started.connect(self._step_changed)
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
        if project is not None and run is not None:
            if state is self.ready:
                self._draw_ready(project, run)
            elif state is self.result and run.evaluation is not None:
                self._draw_result(project, run, run.evaluation)
        if state is not self.result:
            self._shown = None
        self._draw_message(project, run)
        self._draw_footer(project, run, is_ready=state is self.ready)

    def take(self, event: Event) -> None:
        """Show how the judging goes on."""
        if self.session.running_step != "evaluate":
            return
        match event:
            case Progress():
                self._progress = event
                self._draw_progress()
            case Failed():
                self._failure = event
            case Stopped():
                self._failure = None
            case EvaluateDone():
                self._shown = None  # the same run again: its figures are new

    def _step_changed(self, step: str) -> None:
        if step == "evaluate":
            self._failure, self._progress = None, None
            self._draw_progress()
        self.refresh()

    def _step_over(self, _step: str) -> None:
        self.refresh()

    def _state(self, project: Project | None, run: Run | None) -> QWidget:
        if self.session.running_step == "evaluate":
            return self.running
        if project is None or run is None:
            return self.nothing
        if run.evaluation is not None:
            return self.result
        return self.ready if self._test_images(project, run) else self.no_test

    # What is shown

    def _draw_header(self, project: Project | None, run: Run | None, *, has_result: bool) -> None:
        runs = [known for known in project.runs if known.best is not None] if project else []
        self.run_button.setVisible(bool(runs))
        self.again.setVisible(has_result)
        is_free = self.session.running_step is None and not self.session.is_read_only
        self.again.setEnabled(is_free)
        self.run_button.setText(f"Run {run.number}" if run else "Run")
        self.run_menu.clear()
        group = QActionGroup(self.run_menu)
        for known in reversed(runs):
            action = QAction(run_words(known), self.run_menu, checkable=True)
            action.setChecked(run is not None and known.number == run.number)
            action.triggered.connect(lambda _on=True, number=known.number: self.session.choose_run(number))
            group.addAction(action)
            self.run_menu.addAction(action)
        purpose = self.purpose
        if has_result and run is not None and run.evaluation is not None:
            purpose = f"How well it does on {run.evaluation.images:,} test images that it has never seen."
        self.set_purpose(purpose)

    def _draw_ready(self, project: Project, run: Run) -> None:
        self.ready_title.setText(f"Run {run.number} is ready to be judged")
        seen = project.times_test_seen
        self.ready_seen.setText(seen_words(seen) if seen else "They have not been looked at yet.")

    def _draw_progress(self) -> None:
        now = self._progress
        if now is None or not now.total:
            self.running_words.setText("One moment." if now is None else now.what)
            self.bar.set_fraction(None)
            return
        self.running_card.set_title(now.what)
        self.running_words.setText(f"{now.done:,} of {now.total:,}")
        self.bar.set_fraction(now.done / now.total)

    def _draw_result(self, project: Project, run: Run, result: EvaluateDone) -> None:
        key = (project.folder, project.data_root, run.number, result)
        if key == self._shown:
            return
        self._shown = key
        self._classes = [known.name for known in result.classes]
        self.headline.show_result(result)
        self.matrix.show_matrix(self._classes, result.confusion)
        self.class_results.show_results(result.classes)
        self.images.load(project.data_root, project.run_folder(run.number))

    def _draw_message(self, project: Project | None, run: Run | None) -> None:
        failure = self._failure
        if failure is not None:
            words = " ".join(part for part in (failure.message, failure.what_to_try) if part)
            self.message.say("bad", failure.title, words, [("Try again", self.start)])
        elif project is not None and run is not None and project.is_stale(run):
            words = (
                "The result is for the images as they were then. Train a new run to judge the present ones."
            )
            self.message.say("warn", STALE, words, [("Go to Train", self._go_to_train)])
        else:
            self.message.clear()

    def _draw_footer(self, project: Project | None, run: Run | None, *, is_ready: bool) -> None:
        if is_ready and project is not None and run is not None:
            is_free = self.session.running_step is None and not self.session.is_read_only
            self.footer(
                status="All changes saved",
                help="" if is_free else "Another step is running, or the project is read-only.",
                primary=f"Evaluate on {counted(self._test_images(project, run), 'test image')}",
                primary_icon="play-fill",
                enabled=is_free,
                back="train",
            )
            return
        has_result = run is not None and run.best is not None
        times = run.evaluation.times_seen if run is not None and run.evaluation is not None else 0
        seen = seen_words(times) if times > 1 else ""
        self.footer(
            status="All changes saved" if has_result else "",
            help=seen if has_result else "Train a run to continue.",
            primary="Continue to Export",
            primary_icon="arrow-right",
            enabled=has_result and self.session.running_step != "evaluate",
            back="train",
        )

    def _test_images(self, project: Project, run: Run) -> int:
        """How many images the run will be judged on: those of its own table."""
        path = project.run_folder(run.number) / IMAGES_NAME
        if project.images is not None and not project.is_stale(run):
            return project.images.split.get("test", 0)
        key = _facts(path)
        if key != self._counted[0]:
            try:
                count = sum(row.split == "test" for row in read_table(path))
            except TLStudioError:
                count = project.images.split.get("test", 0) if project.images else 0
            self._counted = (key, count)
        return self._counted[1]

    # What the user does

    def start(self) -> None:
        """Judge the chosen run."""
        run = judged_run(self.session.project)
        if run is not None:
            self.session.start("evaluate", run=run.number)

    def _show_unit(self, index: int) -> None:
        self.matrix.show_percent(is_percent=index == 1)

    def _show_cell(self, row: int, column: int) -> None:
        self.images.show_cell(self._classes[row], self._classes[column])

    def _open_large(self, number: int) -> None:
        self.large.open(self.images.root, self.images.count, self.images.tile, number)

    def _focus_images(self) -> None:
        self.images.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _primary(self) -> None:
        if self.ready.isVisible():
            self.start()
        else:
            self._continue()

    def _continue(self) -> None:
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


def seen_words(times: int) -> str:
    """How often the test images were looked at."""
    return (
        f"Test images seen {counted(times, 'time')}: the figure gets rosier each time that you choose by it."
    )


def _facts(path: Path) -> object:
    try:
        facts = path.stat()
    except OSError:
        return (path, None)
    return (path, facts.st_mtime_ns, facts.st_size)
