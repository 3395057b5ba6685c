"""Home: a place to drop images, examples that need none, and the projects that were open lately."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from tlstudio.app import preferences, theme
from tlstudio.app.image_choice import ExampleDrawn
from tlstudio.app.overview import Running, state_of
from tlstudio.app.page import Page
from tlstudio.app.preferences import Recent
from tlstudio.app.session import Session
from tlstudio.app.step_thread import StepThread
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.drop_area import DropArea, local_paths
from tlstudio.app.widgets.example_list import EXAMPLES, ExampleList
from tlstudio.app.widgets.folder_art import FolderArt
from tlstudio.app.widgets.labels import Label, label
from tlstudio.app.widgets.plain_icon import PlainIcon
from tlstudio.app.widgets.progress_bar import ProgressBar
from tlstudio.app.widgets.recent_card import RecentCard
from tlstudio.app.widgets.recent_reader import RecentRead, read_recent
from tlstudio.app.widgets.thumbnails import Thumbnails
from tlstudio.app.widgets.weights_desk import WeightsDesk, is_pack
from tlstudio.events import Event, Failed, Progress
from tlstudio.project.file import is_project

CARDS = 3
DROP_HEIGHT = 300
EXAMPLE_IMAGES = "Example images"


class HomePage(Page):
    """Where everything starts.

    Signals:
        images_chosen: folders to make a project of.
        folder_asked: the user wants to choose a folder of images.
        project_asked: the user wants to choose a project.
        project_chosen: the folder of a project to open.
        example_drawn: an ExampleDrawn to make a project of.
        example_kept: likewise, but the user has gone on to something else while it was drawn.
    """

    name = "home"
    title = "Teach your computer to recognise your images"
    purpose = (
        "No code. You bring the pictures, TL Studio adapts a ready-made network to them. "
        "Your images never leave this computer."
    )
    title_role = "display"

    images_chosen = Signal(list)
    folder_asked = Signal()
    project_asked = Signal()
    project_chosen = Signal(Path)
    example_drawn = Signal(object)
    example_kept = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._thumbnails = Thumbnails(self)
        self._desk = WeightsDesk(session.errands, self.message, self)
        self._reader: StepThread | None = None
        self._read: list[RecentCard] = []  # that it was begun for
        self._drawing: StepThread | None = None
        self._asked_in: Path | None = None  # the project that was open when the example was asked for
        self._shown: tuple[Recent, ...] | None = None
        self._is_all_shown = False
        self.cards: list[RecentCard] = []
        top = QHBoxLayout()
        top.setSpacing(theme.px(16))
        top.addWidget(self._make_drop_area(), 1)
        top.addWidget(self._make_examples())
        self.body.addLayout(top, 1)
        self.body.addWidget(self._make_recent())
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.activated.connect(self._paste)
        theme.watcher().changed.connect(self._resize_parts)
        self._resize_parts()

    # What comes in

    def refresh(self) -> None:
        """Show the projects that were open lately."""
        recent = preferences.load().recent
        if recent != self._shown:
            self._shown = recent
            self._show_recent(recent)
        # The first paint comes first; pictures and folders are read after it.
        QTimer.singleShot(0, self, self._load)

    def take(self, event: Event) -> None:
        """The open project goes on while Home is shown."""
        del event
        project = self.session.project
        for card in self.cards:
            if project is not None and card.recent.path == str(project.folder) and self.isVisible():
                running = Running(self.session.running_step, None, self.session.is_paused)
                card.show_facts(replace(card.facts, chip=state_of(project, running)))

    def take_drop(self, paths: list[Path]) -> bool:
        """A project opens; a weights pack is imported; folders of images become a new project."""
        if len(paths) == 1 and is_project(paths[0]):
            self.project_chosen.emit(paths[0])
        elif len(paths) == 1 and paths[0].suffix == ".tlstudio":
            self.project_chosen.emit(paths[0].parent)
        elif len(paths) == 1 and is_pack(paths[0]):
            self._desk.import_pack(paths[0])
        else:
            self.images_chosen.emit(paths)
        return True

    def light_up(self, *, is_over: bool) -> None:
        """A drop anywhere lands in the drop area."""
        self.area.light_up(is_over=is_over)

    def leave(self) -> None:
        """End the threads."""
        self.examples.leave()
        for thread in (self._reader, self._drawing):
            if thread is not None:
                thread.requestInterruption()
                thread.wait()

    # Parts

    def _make_drop_area(self) -> DropArea:
        self.area = DropArea()
        self.area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.area.dropped.connect(self.take_drop)
        self.area.hovered.connect(self._say_what_a_drop_does)
        self._drop_title = label("Drop your image folders here", "section")
        words = label("One folder for each kind of thing you want to tell apart.", "body", "text2")
        choose = button("Choose folder…", "primary", "folder-plus", "large")
        open_project = button("Open a project…", "plain", "folder-open", "large")
        choose.clicked.connect(self.folder_asked)
        open_project.clicked.connect(self.project_asked)
        self._choose = choose
        row = QHBoxLayout()
        row.setSpacing(theme.px(10))
        row.addStretch(1)
        row.addWidget(choose)
        row.addWidget(open_project)
        row.addStretch(1)
        column = self.area.body
        column.setSpacing(theme.px(8))
        column.addStretch(1)
        column.addWidget(FolderArt(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(theme.px(10))
        column.addWidget(self._drop_title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(theme.px(4))
        column.addLayout(row)
        column.addStretch(1)
        return self.area

    def _make_examples(self) -> Card:
        card = Card("No images at hand? Try an example")
        self.examples = ExampleList()
        self.examples.chosen.connect(self._draw_example)
        card.body.addWidget(self.examples)
        card.body.addStretch(1)
        self._progress = ProgressBar("Drawing the example")
        self._progress.hide()
        card.body.addWidget(self._progress)
        self._note_icon = PlainIcon("clock", 17, "text3")
        self._note = Label("Drawn on this computer, no download", "help", "text2")
        self._cancel = button("Cancel", "plain", size="small")
        self._cancel.clicked.connect(self._cancel_drawing)
        self._cancel.hide()
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(self._note_icon)
        row.addWidget(self._note)
        row.addStretch(1)
        row.addWidget(self._cancel)
        card.body.addLayout(row)
        self._examples_card = card
        return card

    def _make_recent(self) -> QWidget:
        self._recent = QWidget()
        column = QVBoxLayout(self._recent)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.addWidget(label("Recent projects", "section"))
        head.addStretch(1)
        self._show_all = button("", "link")
        self._show_all.clicked.connect(self._toggle_all)
        head.addWidget(self._show_all)
        column.addLayout(head)
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.px(16))
        for place in range(CARDS):
            self._grid.setColumnStretch(place, 1)
        column.addLayout(self._grid)
        return self._recent

    def _resize_parts(self) -> None:
        self._examples_card.setFixedWidth(theme.px(356))
        self.area.setMinimumHeight(theme.px(DROP_HEIGHT))

    # Recent projects

    def _show_recent(self, recents: tuple[Recent, ...]) -> None:
        for card in self.cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        shown = recents if self._is_all_shown else recents[:CARDS]
        self.cards = [RecentCard(recent, self._thumbnails) for recent in shown]
        for number, card in enumerate(self.cards):
            card.clicked.connect(self._card_pressed)
            card.forgotten.connect(self._forget)
            self._grid.addWidget(card, number // CARDS, number % CARDS)
        self._recent.setVisible(bool(recents))
        self._show_all.setVisible(len(recents) > CARDS)
        self._show_all.setText("Show fewer" if self._is_all_shown else f"Show all {len(recents)}")

    def _toggle_all(self) -> None:
        self._is_all_shown = not self._is_all_shown
        self._show_recent(self._shown or ())
        self._load()

    def _card_pressed(self) -> None:
        card = self.sender()
        if isinstance(card, RecentCard):
            self.project_chosen.emit(Path(card.recent.path))

    def _forget(self, path: str) -> None:
        preferences.save(preferences.load().without_recent(path))
        self.refresh()

    def _load(self) -> None:
        if not self.isVisible():
            return
        self.examples.load()
        if self._reader is None and self.cards:
            self._read = list(self.cards)
            self._reader = StepThread(read_recent([card.recent for card in self.cards]), self)
            self._reader.reported.connect(self._show_facts)
            self._reader.finished.connect(self._reader_finished)
            self._reader.start()

    def _show_facts(self, event: object) -> None:
        for card in self.cards:
            if isinstance(event, RecentRead) and event.path == card.recent.path:
                card.show_facts(event)
        self.take(Event())

    def _reader_finished(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.wait()
            reader.deleteLater()
            if self._read != self.cards:  # others were shown meanwhile
                self._load()

    # Examples

    def _draw_example(self, key: str) -> None:
        if self._drawing is not None:
            return
        title = next(example.title for example in EXAMPLES if example.key == key)
        folder = preferences.load().projects_path / EXAMPLE_IMAGES / title
        self._asked_in = self._open_folder()
        self._show_drawing(is_drawing=True)
        self._drawing = StepThread(_draw(key, folder), self)
        self._drawing.reported.connect(self._take_drawn)
        self._drawing.finished.connect(self._drawing_finished)
        self._drawing.start()

    def _take_drawn(self, event: object) -> None:
        match event:
            case Progress(done=done, total=total):
                self._progress.set_fraction(done / total if total else None)
                self._note.setText(f"Drawing, {done} of {total}")
            case ExampleDrawn():
                self._use_example(event)
            case Failed():
                self.message.say("bad", "The example can't be drawn.", event.message)

    def _use_example(self, drawn: ExampleDrawn) -> None:
        now = self._open_folder()
        has_gone_on = now is not None and (now != self._asked_in or not self.isVisible())
        (self.example_kept if has_gone_on else self.example_drawn).emit(drawn)

    def _open_folder(self) -> Path | None:
        return self.session.project.folder if self.session.project is not None else None

    def _drawing_finished(self) -> None:
        thread, self._drawing = self._drawing, None
        if thread is not None:
            thread.wait()
            thread.deleteLater()
        self._show_drawing(is_drawing=False)

    def _cancel_drawing(self) -> None:
        if self._drawing is not None:
            self._drawing.requestInterruption()

    def _show_drawing(self, *, is_drawing: bool) -> None:
        self._progress.setVisible(is_drawing)
        self._progress.set_fraction(None if is_drawing else 0.0)
        self._cancel.setVisible(is_drawing)
        self._note_icon.setVisible(not is_drawing)
        self._note.setText("Drawing…" if is_drawing else "Drawn on this computer, no download")
        for row in self.examples.rows.values():
            row.setEnabled(not is_drawing)

    # Drops

    def _say_what_a_drop_does(self, is_over: bool) -> None:  # noqa: FBT001 - a signal's
        self._drop_title.setText("Drop to make a project" if is_over else "Drop your image folders here")

    def _paste(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        paths = local_paths(data) if data is not None else []
        if paths:
            self.take_drop(paths)


def _draw(key: str, folder: Path) -> Iterator[Event]:
    """Draw an example unless it was drawn before; for a thread."""
    from tlstudio.data.samples import SAMPLES, draw_sample  # noqa: PLC0415

    sample = SAMPLES[key]
    wanted = len(sample.classes) * sample.images_per_class
    there = 0
    with suppress(OSError):
        there = sum(1 for _ in folder.glob("*/*.png"))
    if there < wanted:
        yield from draw_sample(key, folder)
    yield ExampleDrawn(sample.title, folder, sample.group_pattern)
