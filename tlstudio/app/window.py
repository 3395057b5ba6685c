"""The window: rail, the page in the middle, the Try it dock, one message, shortcuts and drops."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from time import time
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMainWindow, QWidget

from tlstudio import this_computer
from tlstudio.amounts import counted
from tlstudio.app import preferences, theme
from tlstudio.app.dialogs import show_help, show_preferences
from tlstudio.app.download_news import DownloadNews
from tlstudio.app.frame import Frame
from tlstudio.app.image_choice import ExampleDrawn, free_folder
from tlstudio.app.opening import notice
from tlstudio.app.overview import TRAINING_STEPS, Running, next_step, overview
from tlstudio.app.page import Page
from tlstudio.app.page_table import DOCK, PAGE_KEYS, PAGES, STEP_PAGES
from tlstudio.app.regions import focus_beside, focus_first, focus_next, has_focus, is_enter
from tlstudio.app.session import Session
from tlstudio.app.widgets.drop_area import local_paths
from tlstudio.app.widgets.focus_ring import FocusRing
from tlstudio.app.widgets.toast import Toast
from tlstudio.events import Failed, Progress
from tlstudio.project.errors import NOT_SAVED
from tlstudio.project.file import is_project
from tlstudio.project.project import Project
from tlstudio.train.events import BatchDone

SMALLEST = QSize(1120, 680)
START_SIZE = QSize(1280, 800)


class Window(QMainWindow):
    """One window with one session.

    Signals:
        theme_chosen: the user changed how the window looks.
    """

    theme_chosen = Signal()

    def __init__(self, session: Session | None = None) -> None:
        super().__init__()
        self.session = session or Session(self)
        self.preferences = preferences.load()
        self.pages: dict[str, Page] = {}
        self.page: Page | None = None
        self.dock: Any = None  # a TryItDock, whose module is imported when it is first shown
        self._reported: object = None
        self._fraction: float | None = None
        self.setAcceptDrops(True)
        self.setMinimumSize(SMALLEST)
        self.resize(START_SIZE)
        self.parts = Frame()
        self.rail, self.message = self.parts.rail, self.parts.message
        self.setCentralWidget(self.parts)
        self._connect()
        self._add_shortcuts()
        self.ring = FocusRing(self)
        self.toast = Toast(self)
        self._news = DownloadNews(self)
        self._show_project()
        self.show_page("home")

    # Pages

    def show_page(self, name: str) -> None:
        """Show a page, "try" for the dock; steps need a project."""
        if name == "try":
            self.show_dock(is_shown=self.dock is None or not self.dock.isVisible())
            return
        if name != "home" and self.session.project is None:
            name = "home"
        page = self.pages.get(name) or self._make_page(name)
        if page is not self.page:
            self._change_page(page)
        self._show_project()
        self._arrange()

    def _change_page(self, page: Page) -> None:
        old, by_key = self.page, self._goes_by_key()
        is_left = old is not None and has_focus(old)
        if old is not None:
            old.hide()
        self.page = page
        self.message.clear()
        if self.session.project is not None and self.session.is_read_only:  # with the way out of it
            self._tell_how_it_opened(self.session.project)
        page.show()
        if is_left:
            self._focus(page, by_key=by_key)

    def _goes_by_key(self) -> bool:
        return self.testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)

    def _focus(self, region: QWidget, *, by_key: bool) -> None:
        """Give it the focus when what had it goes; Qt by itself chooses Home, where Space leaves."""
        if by_key:
            focus_first(self, region)
        else:
            region.setFocus()

    def open_project(self, folder: Path) -> None:
        """Open a project, pausing a run of the one that is open if the user agrees."""
        project = self.session.project
        if project is not None and project.folder == folder.absolute() and not self.session.is_read_only:
            self.show_page(next_step(project))
            return
        self._unless_running("Open and pause", lambda: self._open_now(folder))

    def new_project(self, images: list[Path], **data_settings: Any) -> None:
        """Make a project from dropped or chosen folders, pausing a run if the user agrees."""
        self._unless_running("Start and pause", lambda: self._create_now(images, **data_settings))

    def new_example(self, drawn: ExampleDrawn) -> None:
        """Make a project of an example, likewise."""
        self.new_project([drawn.folder], group_pattern=drawn.group_pattern)

    def offer_example(self, drawn: ExampleDrawn) -> None:
        """Let the user decide whether an example takes the place of what was gone on to meanwhile."""
        text = "What you opened meanwhile stays open until you open the example."
        use = ("Open the example", lambda: self.new_example(drawn))
        self.message.say("accent", f"“{drawn.title}” is drawn.", text, [use])

    def choose_images(self) -> None:
        """Ask for a folder of class folders."""
        chosen = QFileDialog.getExistingDirectory(self, "Choose the folder with one folder for each class")
        if chosen:
            self.new_project([Path(chosen)])

    def choose_project(self) -> None:
        """Ask for a project's folder."""
        start = self.preferences.projects_path
        chosen = QFileDialog.getExistingDirectory(
            self, "Open a project", str(start if start.is_dir() else "")
        )
        if chosen:
            self.open_project(Path(chosen))

    def change_preferences(self, changed: preferences.Preferences) -> None:
        """Keep new preferences and put their look in force."""
        looks = ("theme", "text_percent")
        is_new_look = any(getattr(changed, look) != getattr(self.preferences, look) for look in looks)
        self.preferences = replace(changed, recent=preferences.load().recent)  # that list others keep too
        preferences.save(self.preferences)
        app = QApplication.instance()
        if is_new_look and isinstance(app, QApplication):
            theme.apply(app, changed.theme, changed.text_percent)
            self._arrange()
        self.theme_chosen.emit()

    def show_dock(self, *, is_shown: bool) -> None:
        """Open or close Try it."""
        if is_shown and self.dock is None:
            module, name = DOCK
            self.dock = getattr(import_module(module), name)(self.session)
            self.dock.setParent(self.parts)
            self.dock.closed.connect(partial(self.show_dock, is_shown=False))
            self.dock.went.connect(self._go_from_dock)
        if self.dock is not None:
            by_key, is_left = self._goes_by_key(), not is_shown and has_focus(self.dock)
            self.dock.setVisible(is_shown)
            if is_shown:
                self.dock.raise_()
                self._focus(self.dock, by_key=by_key)
            elif is_left and self.page is not None:
                self._focus(self.page, by_key=by_key)
        self.rail.try_it.setChecked(is_shown)
        self._arrange()

    def _go_from_page(self, name: str) -> None:
        if name == "try":  # a page promises it, so what is open stays
            self.show_dock(is_shown=True)
        else:
            self.show_page(name)

    def _go_from_dock(self, name: str) -> None:
        self.show_page(name)
        if self.page is not None:  # where it stood there before, the ring shows that something happened
            focus_first(self, self.page)

    def prepare(self) -> None:
        """What can wait until the window stands."""
        self.rail.computer.say(this_computer.name())

    def _make_page(self, name: str) -> Page:
        module, cls = PAGES[name]
        page: Page = getattr(import_module(module), cls)(self.session)
        page.hide()
        page.went.connect(self._go_from_page)
        for signal, slot in (
            ("images_chosen", self.new_project),
            ("folder_asked", self.choose_images),
            ("project_asked", self.choose_project),
            ("project_chosen", self.open_project),
            ("example_drawn", self.new_example),
            ("example_kept", self.offer_example),
        ):
            if hasattr(page, signal):
                getattr(page, signal).connect(slot)
        self.pages[name] = page
        self.parts.add_page(page)
        return page

    # What happens

    def _unless_running(self, action: str, go: Callable[[], None]) -> None:
        project, step = self.session.project, self.session.running_step
        if project is None or step is None:
            go()
            return
        text = (
            f"“{project.name}” is being trained. It is paused when another project opens, and can continue."
        )
        if step not in TRAINING_STEPS:
            text = f"“{project.name}” is being worked on. That ends when another project opens."
        self.message.say("warn", "One project at a time.", text, [(action, go)])

    def _open_now(self, folder: Path) -> None:
        if self.session.open(folder) and self.session.project is not None:
            self._remember(self.session.project)
            self.show_page(next_step(self.session.project))
            self._tell_how_it_opened(self.session.project)

    def _create_now(self, images: list[Path], **data_settings: Any) -> None:
        first = images[0]
        name = first.name if len(images) == 1 else first.parent.name
        folder = free_folder(self.preferences.projects_path, name)
        if self.session.create(folder, images, **data_settings):
            self.show_page("data")

    def _remember(self, project: Project) -> None:
        self.preferences = preferences.load().with_recent(project.folder, time())
        preferences.save(self.preferences)

    def _tell_how_it_opened(self, project: Project) -> None:
        told = notice(self.session)
        if told is not None:
            title, text, may_open_again = told
            again = [("Open again", lambda: self._open_again(project.folder))] if may_open_again else []
            self.message.say("warn", title, text, again)

    def _open_again(self, folder: Path) -> None:
        self.session.close()
        self._open_now(folder)

    def _project_changed(self, project: object) -> None:
        if isinstance(project, Project):
            known = {recent.path for recent in self.preferences.recent}
            if str(project.folder) not in known:
                self._remember(project)
        elif self.page is not None and self.page.name != "home":
            self.show_page("home")
        self._show_project()

    def _take(self, event: object) -> None:
        self._reported = event
        match event:
            case Progress(total=total, done=done):
                self._show_fraction(done / total if total else None)
            case BatchDone() | Failed():
                pass

    def _show_fraction(self, fraction: float | None) -> None:
        if fraction is None or self._fraction is None or abs(fraction - self._fraction) >= 0.01:
            self._fraction = fraction
            self._show_project()

    def _step_changed(self, _step: str) -> None:
        self._fraction = None
        self._show_project()

    def _show_project(self) -> None:
        project = self.session.project
        name = self.page.name if self.page is not None else "home"
        if project is None or name == "home":
            self.rail.show_project("", "", ())
            self.setWindowTitle("TL Studio")
        else:
            running = Running(self.session.running_step, self._fraction, self.session.is_paused)
            classes = len(project.images.classes) if project.images else 0
            text = counted(classes, "class", "classes") if classes else "No images yet"
            if project.is_read_only:
                text = "Read-only"
            self.rail.show_project(project.name, text, overview(project, running), len(project.runs))
            self.setWindowTitle(f"{project.name} – TL Studio")
        self.rail.show_page(name)

    def _show_failure(self, event: object) -> None:
        if not isinstance(event, Failed):
            return
        own = STEP_PAGES.get(self.session.running_step or "")
        is_of_step = event is self._reported
        if is_of_step and (own is None or (self.page is not None and self.page.name == own)):
            return  # who started it tells of it
        actions: list[tuple[str, Callable[[], object]]] = []
        if is_of_step and own is not None:
            actions.append((f"Go to {own.capitalize()}", lambda: self.show_page(own)))
        text = " ".join(part for part in (event.message, event.what_to_try) if part)
        self.message.say("bad", f"{event.title.rstrip('.')}.", text, actions)

    def _show_saved(self, is_saved: object) -> None:
        if is_saved:
            self.toast.say("All changes saved again")
            if self.message.title == f"{NOT_SAVED}.":
                self.message.clear()
        if self.page is not None:
            self.page.refresh()

    def _ask(self, what: str) -> None:
        if what == "theme":
            new: preferences.Theme = "light" if theme.is_dark() else "dark"
            self.change_preferences(replace(self.preferences, theme=new))
        elif what == "help":
            show_help(self)
        else:
            show_preferences(self, self.preferences, self.session, self.change_preferences)

    def _connect(self) -> None:
        self.rail.went.connect(self.show_page)
        self.rail.asked.connect(self._ask)
        self.session.project_changed.connect(self._project_changed)
        self.session.reported.connect(self._take)
        self.session.step_started.connect(self._step_changed)
        self.session.step_ended.connect(self._step_changed)
        self.session.pause_changed.connect(self._show_project)
        self.session.failed.connect(self._show_failure)
        self.session.saved.connect(self._show_saved)
        self.message.shown_changed.connect(self._arrange)
        theme.watcher().changed.connect(self._arrange)

    def _arrange(self) -> None:
        page = self.page
        self.parts.arrange(page.needed_width() if page else 0, page.footer_height if page else 0, self.dock)

    # Keys and drops

    def _add_shortcuts(self) -> None:
        table: dict[str, Callable[[], object]] = {
            "Ctrl+T": self._toggle_dock,
            "Ctrl+N": self.choose_images,
            "Ctrl+O": self.choose_project,
            "Ctrl+,": lambda: self._ask("preferences"),
            "F1": lambda: self._ask("help"),
            "F6": lambda: focus_next(self, [part for part in (self.rail, self.page, self.dock) if part]),
            "Ctrl+Return": self._press_primary,
            "Ctrl+Enter": self._press_primary,
        }
        for keys, name in PAGE_KEYS.items():
            table[keys] = lambda name=name: self.show_page(name)  # type: ignore[misc]
        for keys, act in table.items():
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    def _toggle_dock(self) -> None:
        if self.session.project is not None:
            self.show_page("try")

    def _press_primary(self) -> None:
        if self.page is not None:
            self.page.press_primary()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the innermost thing that is open; Enter presses the button that has the focus."""
        focus = QApplication.focusWidget()
        if is_enter(event) and isinstance(focus, QAbstractButton):
            if not event.isAutoRepeat():  # held down, it would rush from page to page
                focus.click()
        elif event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.toast.isVisible():
            self.toast.hide()
        elif self.message.isVisible():
            self.message.clear()
        elif self.page is not None and self.page.message.isVisible():
            self.page.message.clear()
        elif self.dock is not None and self.dock.isVisible():
            self.show_dock(is_shown=False)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001, N802 - Qt's own
        """The Tab key goes in reading order."""
        return focus_beside(self, is_next=next)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders anywhere."""
        if local_paths(event.mimeData()) and self.page is not None:
            event.acceptProposedAction()
            self.page.light_up(is_over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Put the light out."""
        del event
        if self.page is not None:
            self.page.light_up(is_over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Give the paths to the page; it may be anywhere on the window."""
        paths = local_paths(event.mimeData())
        if self.page is None or not paths:
            return
        self.page.light_up(is_over=False)
        event.acceptProposedAction()
        # After the drop has ended, or the other program waits for what follows.
        QTimer.singleShot(0, self, lambda: self._take_drop(paths))

    def _take_drop(self, paths: list[Path]) -> None:
        if len(paths) == 1 and is_project(paths[0]):
            self.open_project(paths[0])
        elif self.page is not None and not self.page.take_drop(paths):
            words = "Drop folders of images on Data, and single images on Try it."
            self.message.say("accent", "Nothing to do with it here.", words)

    def changeEvent(self, event: QEvent) -> None:
        """Look again when the window comes back to the front."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.page is not None:
            self.page.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold or unfold the rail."""
        super().resizeEvent(event)
        self._arrange()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End everything in one way: the child keeps its checkpoint, the project is saved."""
        self.hide()
        for page in self.pages.values():
            with suppress(RuntimeError):
                page.leave()
        self.session.end()
        event.accept()
