"""The first step: show the images, how they are used, and what to look at."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from tlstudio.app import preferences, theme
from tlstudio.app.image_choice import free_folder, root_and_folders
from tlstudio.app.page import Page
from tlstudio.app.session import Session
from tlstudio.app.widgets.amounts import counted
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.check_up_card import CheckUpCard
from tlstudio.app.widgets.class_balance import ClassBalance, ClassCount
from tlstudio.app.widgets.drop_area import local_paths
from tlstudio.app.widgets.empty_data import EmptyData
from tlstudio.app.widgets.findings import FEW_IMAGES, IMBALANCE, Finding, check_up, to_look_at
from tlstudio.app.widgets.folder_listing import FolderListing
from tlstudio.app.widgets.group_editor import GroupEditor
from tlstudio.app.widgets.image_browser import ImageBrowser
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.scan_progress import ScanProgress
from tlstudio.app.widgets.split_bar import SplitBar
from tlstudio.app.widgets.toast import Toast
from tlstudio.data.events import ImageSetAside, ImagesScanned
from tlstudio.data.table import ImageRow
from tlstudio.errors import TLStudioError
from tlstudio.events import Event, Failed, Noted, Progress, Stopped
from tlstudio.project.project import Project

SIDE_PX = 338
MOVED = "The folder has moved"
RARE_SHARE = 1 / 5
"""A class with less than this part of the largest one's images is marked."""


class DataPage(Page):
    """Empty, reading, or filled; the engine reads and judges, this page only shows."""

    name = "data"
    title = "Data"
    purpose = "Show the computer what to tell apart."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._set_aside = 0
        self._is_moved = False
        self._growing: Sequence[ImageRow] = ()
        self._read = 0
        self._shown: object = None
        self._findings: tuple[Finding, ...] = ()
        self._editor: GroupEditor | None = None
        self.listing = FolderListing(self)
        self.listing.listed.connect(self._show_listed)
        self._lay_out_actions()
        self.empty = EmptyData()
        self.filled = QWidget()
        self._lay_out_filled()
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self.filled, 1)
        self.toast = Toast(self)
        self.setAcceptDrops(True)
        self._connect()
        self.refresh()

    def _lay_out_actions(self) -> None:
        self.again = button("Read again", "plain", "arrows-clockwise")
        self.again.setToolTip("Looks for new, changed and removed images in the folder")
        self.other = button("Other folders…", "plain", "folder-plus")
        self.add_action(self.again)
        self.add_action(self.other)

    def _lay_out_filled(self) -> None:
        self.scan_card = ScanProgress()
        self.split = SplitBar()
        self.split_card = Card("How the images are used")
        self.split_card.body.addWidget(self.split)
        self.browser = ImageBrowser(self)
        left = QVBoxLayout()
        left.setSpacing(14)
        left.addWidget(self.scan_card)
        left.addWidget(self.split_card)
        left.addWidget(self.browser, 1)
        row = QHBoxLayout(self.filled)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        row.addLayout(left, 1)
        row.addWidget(self._side())

    def _side(self) -> QWidget:
        self.balance = ClassBalance()
        self.balance_total = label("", "help", "text2")
        balance_card = Card("Class balance")
        balance_card.head.addWidget(self.balance_total)
        balance_card.body.addWidget(self.balance)
        self.check_up = CheckUpCard()
        column = QWidget()
        cards = QVBoxLayout(column)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(14)
        cards.addWidget(balance_card)
        cards.addWidget(self.check_up)
        cards.addStretch(1)
        # Its own scroll area, so that a long check-up never pushes the images out of sight.
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFixedWidth(theme.px(SIDE_PX))
        area.setWidget(column)
        return area

    def _connect(self) -> None:
        self.empty.chosen.connect(self.use_folders)
        self.again.clicked.connect(self.read_again)
        self.other.clicked.connect(self._ask_for_folders)
        self.scan_card.cancelled.connect(self.session.stop)
        self.balance.chosen.connect(self.browser.show_class)
        self.browser.filters_cleared.connect(self._lift_class)
        self.browser.copied.connect(self._tell_copied)
        self.check_up.acted.connect(self._act)
        self.check_up.shown.connect(self._show_found)
        self.primary_pressed.connect(self._continue)
        self.session.step_started.connect(self._step_began)
        self.session.step_ended.connect(self._step_over)

    # What comes in

    def refresh(self) -> None:
        """Show the project as it is now."""
        project = self.session.project
        is_scanning = self.session.running_step == "scan"
        images = project.images if project else None
        is_filled = is_scanning or images is not None
        self.empty.setVisible(not is_filled)
        self.filled.setVisible(is_filled)
        self.scan_card.setVisible(is_scanning)
        self.split_card.setVisible(not is_scanning)
        self.check_up.setVisible(not is_scanning)
        self.browser.set_tools_visible(is_visible=not is_scanning)
        for action in (self.again, self.other):
            action.setVisible(is_filled and not is_scanning)
            action.setEnabled(self.session.running_step is None)
        if project is not None and images is not None and not is_scanning:
            self._show_images(project, images)
        elif not is_filled:
            self._shown = None
            self.set_purpose(self.purpose)
        self._draw_footer(images, is_scanning=is_scanning)

    def take(self, event: Event) -> None:
        """Show how the reading goes on."""
        if self.session.running_step != "scan":
            return
        match event:
            case Progress():
                self.scan_card.show_progress(event.what, event.done, event.total, self._set_aside)
                if event.total:
                    self._grow(event.done)
            case ImageSetAside():
                self._set_aside += 1
            case Noted():
                pass  # the check-up says it where it can be acted on
            case Failed():
                self._tell_failure(event)
            case Stopped():
                self.message.say("accent", "Reading was cancelled", "Nothing was changed.")

    def _step_began(self, step: str) -> None:
        project = self.session.project
        if step == "scan" and project is not None:
            self._set_aside, self._growing, self._read, self._shown = 0, (), 0, None
            self._close_editor()
            self.message.clear()
            self.scan_card.show_progress("Looking for images", 0, 0, 0)
            self.browser.show_growing(project.data_root, ())
            self.balance.show_counts(())
            self.balance_total.setText("")
            self.set_purpose(f"Reading images from {project.data_root}")
            self.listing.start(project.settings.data)
        self.refresh()

    def _step_over(self, _step: str) -> None:
        self.refresh()

    # While it reads

    def _show_listed(self, rows: Sequence[ImageRow]) -> None:
        project = self.session.project
        if project is not None and self.session.running_step == "scan":
            self._growing = rows
            self.browser.show_growing(project.data_root, rows)
            self._grow(self._read)

    def _grow(self, count: int) -> None:
        self._read = count
        if self._growing:
            self.browser.grow_to(count)
            counts = Counter(row.class_name for row in self._growing[:count])
            names = sorted({row.class_name for row in self._growing})
            self.balance.show_counts([ClassCount(name, counts[name]) for name in names])
            self.balance_total.setText(counted(count, "image"))

    # When it is read

    def _show_images(self, project: Project, images: ImagesScanned) -> None:
        rows = self.session.rows()
        key = (project.folder, project.settings.data, images.fingerprint, id(rows))
        if key != self._shown:
            self._shown = key
            self._close_editor()
            self.split.show_split(images.split)
            self.balance.show_counts(class_counts(images))
            self.balance_total.setText(counted(images.images, "image"))
            self.browser.show_rows(project.data_root, rows)
            what = f"{counted(images.images, 'image')} in {len(images.classes)} classes"
            self.set_purpose(f"{what}, read from {project.data_root}")
        settings = project.settings
        self._findings = check_up(
            images, rows, settings.data, is_class_weighted=settings.train.is_class_weighted
        )
        self.check_up.show_findings(self._findings)
        self._check_folder(project.data_root)

    def _draw_footer(self, images: ImagesScanned | None, *, is_scanning: bool) -> None:
        count = to_look_at(self._findings)
        status, help_, is_ready = "All changes saved", "", False
        if is_scanning:
            status, help_ = "Reading images", "You can continue when they are read."
        elif images is None or len(images.classes) < 2:
            status = "Add at least two classes to continue."
        else:
            is_ready = True
            help_ = f"{counted(count, 'thing')} to look at. You can continue anyway." if count else ""
            if self.session.is_read_only:
                status = "Read-only"
        self.footer(status, help_, "Continue to Model", "arrow-right", is_ready)

    def _check_folder(self, root: Path) -> None:
        was_moved, self._is_moved = self._is_moved, not root.is_dir()
        if self._is_moved:
            if not was_moved or self.message.title != MOVED:
                self._tell_moved(root)
        elif was_moved:
            if self.message.title == MOVED:
                self.message.clear()
            self.browser.thumbnails.forget()  # what could not be read then can be now
            self.browser.grid.viewport().update()

    def _tell_moved(self, root: Path) -> None:
        self.message.say(
            "bad",
            MOVED,
            f"{root} was not found. Your labels and runs are safe.",
            [("Find it…", self._find), ("Try again", self.refresh)],
        )

    def _tell_failure(self, event: Failed) -> None:
        words = " ".join(part for part in (event.message, event.what_to_try) if part)
        self.message.say("bad", event.title, words, [("Try again", self.read_again)])

    def _tell_copied(self, count: int) -> None:
        self.toast.say(f"{counted(count, 'name')} copied")

    # What the user does

    def use_folders(self, paths: Sequence[Path]) -> None:
        """Read the images of these folders; a project is made if none is open."""
        try:
            root, folders = root_and_folders(paths)
        except TLStudioError as error:
            self.message.say("bad", error.title, f"{error.args[0]}".removeprefix(f"{error.title}. "))
            return
        project = self.session.project
        if project is None:
            folder = free_folder(preferences.load().projects_path, root.name)
            self.session.create(folder, list(paths))
            return
        data = project.settings.data
        if project.images is not None and str(root) == data.root:
            folders = tuple(sorted({*data.folders, *folders})) if data.folders and folders else ()
        self._rescan(root=str(root), folders=folders)

    def read_again(self) -> None:
        """Look for new, changed and removed images."""
        self._rescan()

    def _rescan(self, **changes: Any) -> None:
        project = self.session.project
        if project is None:
            return
        if self.session.running_step is not None:
            self.message.say(
                "warn",
                "Another step is running",
                "The images can be read again when it has ended. Nothing was changed.",
            )
            return
        if self.session.choose(data=replace(project.settings.data, **changes)):
            self.session.start("scan")

    def _ask_for_folders(self) -> None:
        self._with_folder("Choose the folder that holds your class folders", self.use_folders)

    def _find(self) -> None:
        self._with_folder("Where is the folder now?", lambda paths: self._rescan(root=str(paths[0])))

    def _with_folder(self, title: str, use: Any) -> None:
        folder = QFileDialog.getExistingDirectory(self, title)
        if folder:
            use([Path(folder)])
        elif title.startswith("Where"):
            self.refresh()

    def _lift_class(self) -> None:
        if self.balance.chosen_class:
            self.balance.choose(self.balance.chosen_class)

    def _show_found(self, finding: Finding) -> None:
        if finding.kind in ("set_aside", "small_images"):
            self._lift_class()
            self.browser.show_only(finding.kind)
        elif finding.class_name and self.balance.chosen_class != finding.class_name:
            self.balance.choose(finding.class_name)

    def _act(self, finding: Finding) -> None:
        project = self.session.project
        if project is None:
            return
        if finding.kind == "imbalance":
            train = project.settings.train
            self.session.choose(train=replace(train, is_class_weighted=not train.is_class_weighted))
        elif finding.kind == "groups":
            self._open_editor(project)

    def _open_editor(self, project: Project) -> None:
        row = self.check_up.row("groups")
        if row is None or project.images is None or self._editor is not None:
            return
        paths = [known.path for known in self.session.rows() if not known.is_set_aside]
        data = project.settings.data
        pattern = data.group_pattern or project.images.group_pattern or ""
        self._editor = GroupEditor(paths, pattern, is_independent=data.is_independent)
        self._editor.applied.connect(self._regroup)
        self._editor.cancelled.connect(self._close_editor)
        row.action.hide()
        row.below.addWidget(self._editor)
        self._editor.pattern.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_editor(self) -> None:
        if self._editor is None:
            return
        self._editor.hide()
        self._editor.deleteLater()
        self._editor = None
        row = self.check_up.row("groups")
        if row is not None:
            row.action.show()
            row.action.setFocus(Qt.FocusReason.OtherFocusReason)

    def _regroup(self, pattern: str, is_independent: bool) -> None:  # noqa: FBT001 (a signal's)
        self._rescan(group_pattern=pattern or None, is_independent=is_independent)

    def _continue(self) -> None:
        self.went.emit("model")

    # Qt's own names

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """The whole page takes folders; the disk is not touched while dragging."""
        if local_paths(event.mimeData()) and self.session.running_step is None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the dropped folders, asking first where they would replace others."""
        event.acceptProposedAction()
        paths = local_paths(event.mimeData())
        project = self.session.project
        if (
            project is None
            or project.images is None
            or {path.parent for path in paths} == {project.data_root}
        ):
            self.use_folders(paths)
            return
        self.message.say(
            "accent",
            "Use these folders instead?",
            "A project reads one folder of class folders. Earlier runs are kept.",
            [("Use them instead", lambda: self.use_folders(paths))],
        )


def class_counts(images: ImagesScanned) -> list[ClassCount]:
    """The rows of the class balance; classes with few images carry a word."""
    counts = images.class_counts
    most, least = max(counts.values(), default=0), min(counts.values(), default=0)
    return [ClassCount(name, count, _class_warning(count, least, most)) for name, count in counts.items()]


def _class_warning(count: int, least: int, most: int) -> str:
    if count < FEW_IMAGES:
        return f"fewer than {FEW_IMAGES} images"
    is_rarest = count == least and most >= IMBALANCE * least
    return "far fewer images than the largest class" if is_rarest or count < RARE_SHARE * most else ""
