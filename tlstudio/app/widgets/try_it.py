"""The Try it dock: one image, and what the model says about it."""

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QImage,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QFileDialog, QWidget

from tlstudio.app.overview import TRAINING_STEPS
from tlstudio.app.runner import Begin
from tlstudio.app.session import Session
from tlstudio.app.widgets.as_it_is import Naming, namer, why_not
from tlstudio.app.widgets.asking import Asking
from tlstudio.app.widgets.image_opener import ImageOpener
from tlstudio.app.widgets.try_input import MOST, has_image, images_in, name_filter
from tlstudio.app.widgets.try_model import (
    epoch_of,
    forget_older,
    model_file,
    prepared_file,
    prepared_folder,
    triable,
)
from tlstudio.app.widgets.try_view import TryView
from tlstudio.events import Failed, Progress
from tlstudio.export.events import ExportDone, ImageUnreadable, Predicted
from tlstudio.model.backbone import Backbone
from tlstudio.model.events import NotRecognised, Recognised
from tlstudio.project.project import Run
from tlstudio.run.process import StepProcess

RUNS = "the project's runs"
"""Who answers, once there is one; before, it is the name of a backbone."""


@dataclass(eq=False)
class Try:
    """One image that was tried.

    Attributes:
        picture: once it has been read.
        answer: once the model has answered.
        answered_by: the run and epoch whose answer it is.
        seen: once a backbone as it is has answered.
        error: why it could not be read.
    """

    path: Path
    picture: QImage | None = None
    answer: Predicted | None = None
    answered_by: tuple[int, int] = (0, 0)
    seen: Recognised | None = None
    error: str = ""


class TryItDock(TryView):
    """Asks the model in a child process of its own, so it works while something trains.

    Before there is a model, the chosen backbone is asked as it is, if it knows names.

    Signals:
        closed: the dock is to be put away.
        went: a page is wanted, by its name.
    """

    closed = Signal()
    went = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None, begin: Begin = StepProcess) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.session = session
        self.tries: list[Try] = []
        self.shown = -1
        self._opening: list[Try] = []
        self._waiting: list[Try] = []
        self._asked: list[Try] = []
        self._asked_by = (0, 0)
        self._failure: Failed | None = None
        self._progress: Progress | None = None
        self._project_folder = session.project.folder if session.project else None
        self._folder: Path | None = None
        self._asking = Asking(self, begin)
        self._asking.told.connect(self._take)
        self._asking.ended.connect(self._go_on)
        self._answering = ""
        self._naming = Naming(session.errands, self)
        self._naming.told.connect(self._take)
        self._naming.ended.connect(self._go_on)
        self._opener = ImageOpener(self)
        self._opener.opened.connect(self._opened)
        self._opener.refused.connect(self._refused)
        self.close_button.clicked.connect(self._close)
        self.choose_button.clicked.connect(self.choose_image)
        self.prepare_button.clicked.connect(self.prepare)
        self.cancel_button.clicked.connect(self._cancel)
        self.model_button.clicked.connect(self._go_to_model)
        self.retry_pressed.connect(self._retry)
        self.row.add_pressed.connect(self.choose_image)
        self.row.chosen.connect(self._show_try)
        paste = QShortcut(QKeySequence.StandardKey.Paste, self)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.activated.connect(self.paste)
        session.project_changed.connect(self._project_changed)
        session.step_started.connect(self._look_again)
        session.step_ended.connect(self._look_again)
        # Weights may be coming, or here; queued, as what is known of downloads changes after it.
        session.errands.started.connect(self._look_again, Qt.ConnectionType.QueuedConnection)
        session.errands.ended.connect(self._look_again, Qt.ConnectionType.QueuedConnection)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.forget)
        self._look_again()

    # What the user does

    def ask(self, paths: list[Path]) -> None:
        """Show these images, and ask the model about them as soon as it can answer."""
        if not paths or not self._can_try():
            return
        self._failure = None
        for path in paths:
            tried = Try(path)
            self.tries.append(tried)
            self._opening.append(tried)
            self._opener.open(path)
        self.tries = self.tries[-MOST:]
        self.shown = len(self.tries) - 1
        self.message.clear()
        self.refresh()

    def paste(self) -> None:
        """Try the image or image files on the clipboard."""
        if not self._can_try():
            return
        paths = images_in(QGuiApplication.clipboard().mimeData(), self._cache())
        if paths:
            self.ask(paths)
        else:
            self.say("There is no image to paste.", "Copy an image first, then press Ctrl+V again.")

    def choose_image(self) -> None:
        """Ask for image files."""
        names, _ = QFileDialog.getOpenFileNames(self, "Choose image", "", name_filter())
        self.ask([Path(name) for name in names])

    def prepare(self) -> None:
        """Make a file that answers as the run does now."""
        run, project = self._run(), self.session.project
        if run is None or project is None or self._asking.is_busy:
            return
        self._failure, self._progress = None, None
        to = prepared_file(run, self._cache())
        forget_older(run, to.parent)
        self._asking.start("export", project.folder, {"to": to, "run": run.number})
        self.refresh()

    def stop(self) -> None:
        """End the child process; what was not answered yet is asked again when the dock is back."""
        self._asking.stop()
        self._naming.stop()
        self._waiting = self._asked + self._waiting
        self._asked, self._progress = [], None

    def forget(self) -> None:
        """Stop, and drop the tries with the files that were made for them."""
        self.stop()
        self.tries, self._opening, self._waiting, self.shown = [], [], [], -1
        folder, self._folder = self._folder, None
        if folder is None:
            return
        for pasted in folder.glob("Pasted image *.png"):
            with contextlib.suppress(OSError):
                pasted.unlink()
        if self._project_folder is None or not folder.is_relative_to(self._project_folder):
            shutil.rmtree(folder, ignore_errors=True)  # a temporary one

    # What comes in

    def _take(self, event: object) -> None:
        match event:
            case Progress() if self._asking.step == "export":
                self._progress = event
            case Failed() if self._is_answering() and not self._asked:
                pass  # each image has told why it can't be read
            case Failed():
                self._failure = event
                self._waiting = self._asked + self._waiting
                self._asked = []
            case Predicted():
                self._answered(event.image).answer = event
            case Recognised():
                self._answered(event.image).seen = event
            case ImageUnreadable() | NotRecognised():
                self._answered(event.image).error = event.reason
            case ExportDone():
                self._progress = None
            case _:
                return
        self.refresh()

    def _is_answering(self) -> bool:
        """Whether a step runs that answers, rather than one that prepares."""
        return self._naming.is_busy or self._asking.step == "predict"

    def _answered(self, image: str) -> Try:
        """The first try of that image that was asked about and has no answer yet."""
        tried = next((tried for tried in self._asked if str(tried.path) == image), Try(Path(image)))
        if tried in self._asked:
            self._asked = [other for other in self._asked if other is not tried]
        tried.answered_by = self._asked_by
        return tried

    def _go_on(self) -> None:
        """Ask about what waits, if the model can answer now."""
        self._progress = None
        run, project = self._run(), self.session.project
        model = None if run is None or project is None else model_file(run, self._cache())
        backbone = self._backbone()
        is_able = self._failure is None and not self._asking.is_busy and not self._naming.is_busy
        is_able = is_able and not self._opening  # several dropped together are asked together
        if backbone is not None and self._waiting and is_able:
            self._asked, self._waiting = self._waiting, []
            self._naming.start(backbone, [tried.path for tried in self._asked])
        elif run is not None and model is not None and self._waiting and is_able:
            self._asked, self._waiting = self._waiting, []
            self._asked_by = (run.number, epoch_of(run, model))
            images = [tried.path for tried in self._asked]
            self._asking.start("predict", None, {"model": model, "images": [str(path) for path in images]})
        self.refresh()

    def _opened(self, path: object, picture: object) -> None:
        for tried in self._opened_tries(path):
            tried.picture = picture if isinstance(picture, QImage) else None
            self._waiting.append(tried)
        self._go_on()

    def _refused(self, path: object, reason: str) -> None:
        for tried in self._opened_tries(path):
            tried.error = reason
        self._go_on()

    def _opened_tries(self, path: object) -> list[Try]:
        """The oldest try of that file that is still being opened; none if it was forgotten meanwhile."""
        opened = [tried for tried in self._opening if tried.path == path][:1]
        self._opening = [tried for tried in self._opening if tried not in opened]
        return opened

    def _project_changed(self, project: object) -> None:
        folder = self.session.project.folder if self.session.project else None
        if folder != self._project_folder:
            self.forget()
            self._project_folder, self._failure = folder, None
        del project
        self._look_again()

    def _look_again(self) -> None:
        """Another one may answer now; it is asked about all that was tried before."""
        backbone = self._backbone()
        if backbone is None and self._naming.is_busy:
            self.stop()
        if self._can_try():
            answering = backbone.name if backbone is not None else RUNS
            if self._answering not in ("", answering):
                self._ask_all_again()
            self._answering = answering
        if self.isVisible():
            self._go_on()
        else:
            self.refresh()

    def _ask_all_again(self) -> None:
        self.stop()
        self._failure = None
        self._waiting = [tried for tried in self.tries if tried.picture is not None and not tried.error]
        for tried in self._waiting:
            tried.answer, tried.seen = None, None

    # What is shown

    def refresh(self) -> None:
        """Show the run, the image and its answer as they are now."""
        run, project = self._run(), self.session.project
        if run is None or project is None:
            self._show_without_run()
            return
        is_there = model_file(run, self._cache()) is not None
        self.show_run(run, is_training=run.state == "running")
        tried = self.tries[self.shown] if 0 <= self.shown < len(self.tries) else None
        if tried is None:
            self.show_image("", None, "")
            self.show_answer(None, is_asking=False, by=None)
        else:
            self.show_image(tried.path.name, tried.picture, tried.error)
            by = None if tried.answered_by == (run.number, run.best_epoch) else tried.answered_by
            self.show_answer(tried.answer, is_asking=tried in (*self._asked, *self._waiting), by=by)
        is_preparing = self._asking.is_busy and self._asking.step == "export"
        self.show_preparing(run, self._progress, is_preparing=is_preparing, is_there=is_there)
        self._show_tries()

    def _show_without_run(self) -> None:
        backbone, project = self._backbone(), self.session.project
        if backbone is None:
            is_training = self._is_training()
            reason = ""
            if project is not None and not is_training:
                download = self.session.downloads.of(project.settings.model.backbone)
                reason = why_not(project, is_coming=download is not None and download.is_running)
            self.show_nothing(reason, is_training=is_training)
            return
        self.show_as_it_is(backbone)
        tried = self.tries[self.shown] if 0 <= self.shown < len(self.tries) else None
        if tried is None:
            self.show_image("", None, "")
            self.show_seen(None, is_asking=False)
        else:
            self.show_image(tried.path.name, tried.picture, tried.error)
            self.show_seen(tried.seen, is_asking=tried in (*self._asked, *self._waiting))
        self._show_tries()

    def _show_tries(self) -> None:
        self.show_failure(self._failure)
        self.row.setVisible(bool(self.tries))
        self.row.show_tries([(known.picture, known.path.name) for known in self.tries], self.shown)

    def _show_try(self, number: int) -> None:
        self.shown = number
        self.refresh()

    def _run(self) -> Run | None:
        return triable(self.session.project)

    def _backbone(self) -> Backbone | None:
        """The one that answers as it is; None once there is a run, or while the first one trains."""
        if self._run() is not None or self._is_training():
            return None
        return namer(self.session.project)

    def _can_try(self) -> bool:
        return self._run() is not None or self._backbone() is not None

    def _is_training(self) -> bool:
        return self.session.running_step in TRAINING_STEPS

    def _cache(self) -> Path:
        project = self.session.project
        assert project is not None  # noqa: S101 - asked for only while there is a run
        if self._folder is None:
            self._project_folder = project.folder
            self._folder = prepared_folder(project)
        return self._folder

    def _cancel(self) -> None:
        self.stop()
        self.refresh()

    def _retry(self) -> None:
        self._failure = None
        if self._asking.step == "export":
            self.prepare()
        else:
            self._go_on()

    def _go_to_model(self) -> None:
        self.went.emit("model")

    def _close(self) -> None:
        self.closed.emit()

    # Qt's own names

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take images."""
        if self._can_try() and has_image(event.mimeData()):
            event.acceptProposedAction()
            self.well.set_over(is_over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The image is gone again."""
        super().dragLeaveEvent(event)
        self.well.set_over(is_over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Try what was dropped."""
        self.well.set_over(is_over=False)
        event.acceptProposedAction()
        paths = images_in(event.mimeData(), self._cache())
        self.ask(paths)
        if not paths:
            self.message.say("warn", "A folder can't be tried.", "Drop single images.", ())

    def showEvent(self, event: QShowEvent) -> None:
        """Ask what still waits."""
        super().showEvent(event)
        self._go_on()

    def hideEvent(self, event: QHideEvent) -> None:
        """End the child process; a minimised window keeps it."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.stop()
