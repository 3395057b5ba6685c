"""The third step: watch a run learn, pause it, stop it and keep the best."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout

from tlstudio.amounts import percent
from tlstudio.app import theme
from tlstudio.app.model_choice import known_backbone, usable
from tlstudio.app.overview import TRAINING_STEPS
from tlstudio.app.page import Page
from tlstudio.app.session import Session
from tlstudio.app.widgets.amounts import loss_words
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.chip import Chip
from tlstudio.app.widgets.compare_words import why_not_to_start
from tlstudio.app.widgets.curves import CurveCard
from tlstudio.app.widgets.judgement_card import JudgementCard
from tlstudio.app.widgets.live_run import LiveRun, accuracy_curves, loss_curves
from tlstudio.app.widgets.needed_words import needed_words, not_known
from tlstudio.app.widgets.run_progress import RunProgress
from tlstudio.app.widgets.run_words import (
    Action,
    Message,
    Phase,
    Situation,
    Tone,
    chip,
    goes_on,
    message,
    purpose,
    summary,
)
from tlstudio.app.widgets.sample_strip import SampleStrip
from tlstudio.app.widgets.thumbnails import Thumbnails
from tlstudio.events import Event, Failed, Noted, Progress, Stopped
from tlstudio.project.project import Run
from tlstudio.train.events import BatchDone, BatchHalved, EpochDone, RunStarted, TrainDone

REDRAW_MS = 200
PICTURE_PX = 192
LOW_WINDOW_PX = 760
SAYS, SAID = "What it says now", "What it said last"
SAMPLES = "the same Validation images after every epoch"
LOOK_ONLY = "This project can only be looked at here."
BUSY: Message = ("warn", "Something is running already.", "Training can start once it has ended.", ())


class TrainPage(Page):
    """Takes events as fast as they come, and draws at most five times a second while it is seen."""

    name = "train"
    title = "Train"
    purpose = "It learns from the Training images and is checked on the Validation images after each epoch."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._folder: Path | None = None
        self._live: LiveRun | None = None
        self._live_number = 0
        self._progress: Progress | None = None
        self._chip_shown: tuple[str, Tone, str] | None = None
        self._said: Message | None = None
        self._images_of_curve = 100
        self._failure: Failed | None = None
        self._failed_run = 0  # that it ended; 0 for one that came before any run
        self._halved: BatchHalved | None = None
        self._note = ""
        self._is_stopping = False
        self._asks_to_stop = False
        self._is_refused = False  # the user wants to train, but another step runs
        self._answers: dict[Action, Callable[[], None]] = {
            "go_on": self._go_on,
            "discard": self._discard,
            "start": self._start,
            "stop_now": self._stop_now,
            "keep_training": self._keep_training,
            "see_model": lambda: self.went.emit("model"),
            "see_data": lambda: self.went.emit("data"),
        }
        self._pictures = Thumbnails(self)
        self._pictures.arrived.connect(self._mark)
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(REDRAW_MS)
        self._redraw.timeout.connect(self.draw)
        self._lay_out_actions()
        self._lay_out_body()
        self.primary_pressed.connect(self._primary_pressed)
        session.step_started.connect(self._step_began)
        session.step_ended.connect(self._step_over)
        session.pause_changed.connect(self._pause_changed)
        session.cost_probe.changed.connect(self._mark)
        self.draw()

    def _lay_out_actions(self) -> None:
        self.pause_button = button("Pause", "plain", "pause")
        self.pause_button.clicked.connect(self._pause_or_go_on)
        self.stop_button = button("Stop and keep best", "plain", "stop")
        self.stop_button.clicked.connect(self._stop)
        self.add_action(self.pause_button)
        self.add_action(self.stop_button)

    def _lay_out_body(self) -> None:
        self.message.setMinimumHeight(
            1
        )  # its wrapped labels would otherwise ask for a narrow window's height
        self.progress = RunProgress()
        self.body.addWidget(self.progress)
        charts = QHBoxLayout()
        charts.setSpacing(14)
        self.accuracy = CurveCard("Accuracy", "right answers", self._percent, lambda value: f"{value:.0%}")
        self.loss = CurveCard(
            "Loss", "error, lower is better", loss_words, lambda value: loss_words(value, 1) if value else "0"
        )
        for chart in (self.accuracy, self.loss):
            chart.epoch_read.connect(self._read)
            charts.addWidget(chart, 1)
        self.body.addLayout(charts, 1)
        below = QHBoxLayout()
        below.setSpacing(14)
        self.said = Card(SAYS, SAMPLES)
        self.strip = SampleStrip()
        self.said.body.addWidget(self.strip)
        below.addWidget(self.said, 7)
        self.judgement = JudgementCard()
        self.judgement.turned.connect(self._mark)
        below.addWidget(self.judgement, 3)
        self.body.addLayout(below)

    def _percent(self, fraction: float) -> str:
        return percent(fraction, self._images_of_curve)

    # What comes in

    def take(self, event: Event) -> None:
        """Remember the event; the next redraw shows it."""
        self._notice_project()
        match event:
            case RunStarted():
                self._live = LiveRun(event.epochs, event.epochs_done)
                self._live_number = event.run
                self._failure, self._halved, self._note = None, None, ""
                self._is_stopping = self._asks_to_stop = False
            case Failed() if self._is_training:
                self._failure, self._failed_run = event, self._live_number if self._live is not None else 0
            case BatchHalved():
                self._halved = event
            case Noted() if self._is_training:
                self._note = event.message
            case TrainDone() | Stopped():
                self._is_stopping = self._asks_to_stop = False
            case Progress() if self._is_training:
                self._progress = event
            case BatchDone():
                self._progress = None
            case EpochDone():  # from now on there is a best epoch to keep
                self._progress, self._asks_to_stop = None, False
            case _:
                return
        if self._live is not None:
            self._live.take(event, time.monotonic())
        self._mark()

    def refresh(self) -> None:
        """Show the project as it is now."""
        self._notice_project()
        self._mark()

    def _notice_project(self) -> None:
        folder = self.session.project.folder if self.session.project else None
        if folder != self._folder:
            self._folder = folder
            self._live, self._failure, self._halved, self._progress, self._note = None, None, None, None, ""
            self._is_refused = False
            self._forget_said()
            self._pictures.forget()

    def _mark(self) -> None:
        if self.isVisible() and not self._redraw.isActive():
            self._redraw.start()

    def _pause_changed(self, is_paused: object) -> None:
        if self._live is not None:
            (self._live.pause if is_paused else self._live.go_on)(time.monotonic())
        self._mark()

    def _step_began(self, step: str) -> None:
        if step in TRAINING_STEPS:
            self._failure, self._progress, self._note = None, None, ""
            self._live, self._live_number = None, 0
        self._mark()

    def _step_over(self, step: str) -> None:
        self._is_refused = False
        if step in TRAINING_STEPS:
            self._is_stopping = self._asks_to_stop = False
            self._progress = None
        self._mark()

    # What is shown

    @property
    def _is_training(self) -> bool:
        return self.session.running_step in TRAINING_STEPS

    def _run(self) -> Run | None:
        """The run that trains; else the newest."""
        runs = self.session.project.runs if self.session.project else ()
        return next((run for run in runs if run.state == "running"), runs[-1] if runs else None)

    def _phase(self, run: Run | None) -> Phase:
        if not self._is_training:
            return "none"
        if self._is_stopping:
            return "stopping"
        if run is None or run.state != "running":
            return "starting"
        return "paused" if self.session.is_paused else "training"

    def _live_of(self, run: Run | None) -> LiveRun | None:
        if run is None:
            return None
        if self._live is None or self._live_number != run.number:  # opened later: from what the project keeps
            self._live, self._live_number = LiveRun(max(1, run.started.epochs)), run.number
            for epoch in run.epochs:
                self._live.take(epoch, time.monotonic())
        return self._live

    def situation(self) -> Situation:
        """Everything that the page's words depend on, now."""
        run = self._run()
        phase = self._phase(run)
        project = self.session.project
        is_of_run = run is not None and run.number == self._failed_run
        is_gone = project is not None and self._failed_run > 0 and project.run(self._failed_run) is None
        return Situation(
            project=project,
            run=None if phase == "starting" else run,
            live=self._live_of(run),
            phase=phase,
            progress=self._progress,
            failure=None if is_gone else self._failure,
            is_failure_of_run=is_of_run,
            halved=self._halved,
            note=self._note,
            asks_to_stop=self._asks_to_stop,
        )

    def draw(self) -> None:
        """Bring everything up to date."""
        now = self.situation()
        self._draw_head(now)
        self._draw_message(BUSY if self._is_refused else message(now))
        self.progress.show_summary(summary(now), now.run)
        self._draw_curves(now)
        self._draw_samples(now)
        self.judgement.show_run(now.run)
        self.said.set_title(SAYS if goes_on(now.run) else SAID, SAMPLES)
        self._draw_footer(now)

    def _draw_head(self, now: Situation) -> None:
        is_running = now.phase != "none"
        self.pause_button.setVisible(is_running)
        self.stop_button.setVisible(is_running)
        self.pause_button.setEnabled(now.phase in ("training", "paused"))
        self.stop_button.setEnabled(now.phase in ("training", "paused"))
        is_sweep = self.session.running_step == "sweep"
        self.stop_button.setText("Stop sweep" if is_sweep else "Stop and keep best")
        self.pause_button.setText("Continue" if now.phase == "paused" else "Pause")
        self.pause_button.set_icon("play-fill" if now.phase == "paused" else "pause")
        shown = chip(now)
        if shown != self._chip_shown:
            self._chip_shown = shown
            self.set_chip(Chip(*shown) if shown else None)
        self.set_purpose(purpose(now) or self.purpose)

    def _draw_message(self, said: Message | None) -> None:
        if said == self._said:
            return  # what the user closed stays closed, and no button is made anew under the pointer
        self._said = said
        if said is None:
            self.message.clear()
        else:
            tone, title, text, actions = said
            self.message.say(tone, title, text, [(words, self._answers[action]) for words, action in actions])

    def _forget_said(self) -> None:
        """Let the next redraw say what there is to say, even if the user has closed it before."""
        self._said = None
        self.message.clear()

    def _draw_curves(self, now: Situation) -> None:
        run, live = now.run, now.live
        if run is None or live is None:
            self.accuracy.show_data(None)
            self.loss.show_data(None)
            return
        images = run.started.validation_images
        self._images_of_curve = images
        classes = len(run.epochs[-1].found) if run.epochs else 0
        classes = classes or (len(now.project.images.classes) if now.project and now.project.images else 2)
        self.accuracy.show_data(accuracy_curves(live, run.epochs, run.best_epoch, classes))
        self.loss.show_data(loss_curves(live, run.epochs, run.best_epoch, classes))

    def _draw_samples(self, now: Situation) -> None:
        samples = now.run.epochs[-1].samples if now.run and now.run.epochs else []
        root = now.project.data_root if now.project else None
        pictures = (
            [self._pictures.picture(root / sample.path, PICTURE_PX) for sample in samples] if root else []
        )
        self.strip.show_samples(samples, pictures)

    def _draw_footer(self, now: Situation) -> None:
        if now.phase != "none":
            help_ = "You can leave this page or close the window. It goes on from here the next time."
            has_best = now.run is not None and now.run.best is not None
            self.footer(
                help=help_,
                primary="Try best so far" if has_best else "",
                primary_icon="hand-pointing",
                back="model",
            )
            return
        why_not = self._why_not_to_train()
        if now.run is not None and self._can_go_on(now.run):
            self.footer(
                help=why_not or f"Run {now.run.number} goes on where it stopped.",
                primary="Continue",
                primary_icon="play-fill",
                enabled=not why_not,
                back="model",
            )
        elif now.run is not None and now.run.best is not None:
            self.footer(status="All changes saved", primary="Evaluate", back="model")
        else:
            self.footer(
                help=why_not or self._needed_line(),
                primary="Start training",
                primary_icon="play-fill",
                enabled=not why_not,
                back="model",
            )

    def _why_not_to_train(self) -> str:
        if self.session.is_read_only:
            return LOOK_ONLY
        return why_not_to_start(self.session.project, is_busy=self.session.running_step is not None)

    def _can_go_on(self, run: Run) -> bool:
        return run.is_resumable and not self.session.is_read_only

    def _needed_line(self) -> str:
        """What the run will take, beside the button that starts it."""
        project, probe = self.session.project, self.session.cost_probe
        if project is None or not self.isVisible():
            return ""
        estimate, model = probe.want(project), usable(project.settings.model)
        if estimate is None:
            return not_known(probe.state(project), probe.reason).beside
        return needed_words(estimate, known_backbone(model).depth(model.freeze)).line

    # What the user does

    def _primary_pressed(self) -> None:
        run = self._run()
        if self.situation().phase != "none":
            self.went.emit("try")
        elif run is not None and self._can_go_on(run):
            self._go_on()
        elif run is not None and run.best is not None:
            self.went.emit("evaluate")
        else:
            self._start()

    def _start(self) -> None:
        self._begin("train")

    def _begin(self, step: str, **options: int) -> None:
        is_begun = self.session.start(step, **options)
        self._is_refused = not is_begun and self.session.running_step is not None
        self._forget_said()
        self._mark()

    def _pause_or_go_on(self) -> None:
        if self.session.is_paused:
            self.session.go_on()
        else:
            self.session.pause()
        self._mark()

    def _stop(self) -> None:
        run = self._run()
        is_asking = self._asks_to_stop and self.message.isVisible()  # else the question was put away
        if run is not None and run.best is None and not is_asking:
            self._asks_to_stop = True
            self._forget_said()
        else:
            self._stop_now()
        self._mark()

    def _stop_now(self) -> None:
        self._asks_to_stop, self._is_stopping = False, True
        self.session.stop()
        self._mark()

    def _keep_training(self) -> None:
        self._asks_to_stop = False
        self._mark()

    def _go_on(self) -> None:
        run = self._run()
        if run is not None:
            self._begin("resume", run=run.number)

    def _discard(self) -> None:
        run = self._run()
        if run is not None:
            self.session.keep_as_it_is(run.number)
        self._mark()

    def _read(self, epoch: int) -> None:
        self.accuracy.read(epoch)
        self.loss.read(epoch)

    # Qt's own names

    def showEvent(self, event: QShowEvent) -> None:
        """Draw at once what has happened meanwhile."""
        super().showEvent(event)
        self._forget_said()
        self.draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room of a low window to the curves."""
        super().resizeEvent(event)
        self.strip.shorten(self.height() < theme.px(LOW_WINDOW_PX))

    def hideEvent(self, event: QHideEvent) -> None:
        """Draw nothing that nobody sees."""
        self._redraw.stop()
        self.session.cost_probe.want(None)
        super().hideEvent(event)
