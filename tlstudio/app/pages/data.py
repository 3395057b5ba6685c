"""The first step: show the images, how they are used, and what to look at."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog

from tlstudio.amounts import counted
from tlstudio.app import preferences
from tlstudio.app.image_choice import free_folder, root_and_folders
from tlstudio.app.page import Page
from tlstudio.app.session import Session
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.empty_data import EmptyData
from tlstudio.app.widgets.findings import Finding, check_up, to_look_at
from tlstudio.app.widgets.folder_listing import FolderListing
from tlstudio.app.widgets.images_view import ImagesView
from tlstudio.app.widgets.toast import Toast
from tlstudio.data.events import ImageSetAside, ImagesScanned
from tlstudio.data.table import ImageRow
from tlstudio.errors import TLStudioError
from tlstudio.events import Event, Failed, Progress, Stopped
from tlstudio.project.project import Project

MOVED = "The folder has moved."


class DataPage(Page):
    """Empty, reading, or filled; the engine reads and judges, this page only shows."""

    name = "data"
    title = "Data"
    purpose = "Show the computer what to tell apart."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._set_aside = 0
        self._is_moved = False
        self._folder: Path | None = None
        self._changes: dict[str, Any] = {}
        self._shown: object = None
        self._findings: tuple[Finding, ...] = ()
        self.listing = FolderListing(self)
        self.again = button("Read again", "plain", "arrows-clockwise")
        self.again.setToolTip("Looks for new, changed and removed images in the folder")
        self.other = button("Other folders…", "plain", "folder-plus")
        self.add_action(self.again)
        self.add_action(self.other)
        self.empty = EmptyData()
        self.view = ImagesView(self)
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self.view, 1)
        self.toast = Toast(self)
        self._connect()
        if session.running_step == "scan":  # this page was made when the reading had begun
            self._step_began("scan")
        self.refresh()

    def _connect(self) -> None:
        self.listing.listed.connect(self._show_listed)
        self.empty.chosen.connect(self.use_folders)
        self.again.clicked.connect(self.read_again)
        self.other.clicked.connect(self._ask_for_folders)
        self.view.scan_card.cancelled.connect(self.session.stop)
        self.view.browser.copied.connect(self._tell_copied)
        self.view.acted.connect(self._act)
        self.view.regrouped.connect(self._regroup)
        self.primary_pressed.connect(self._continue)
        self.session.step_started.connect(self._step_began)
        self.session.step_ended.connect(self._step_over)

    # What comes in

    def refresh(self) -> None:
        """Show the project as it is now."""
        project = self.session.project
        folder = project.folder if project else None
        if folder != self._folder:  # what was said of another project must not be answered in this one
            self._folder, self._is_moved = folder, False
            self.message.clear()
            self.view.browser.clear_filters()
        images = project.images if project else None
        is_scanning = self.session.running_step == "scan"
        is_filled = is_scanning or images is not None
        self.empty.setVisible(not is_filled)
        self.view.setVisible(is_filled)
        self.view.set_scanning(is_scanning=is_scanning)
        for action in (self.again, self.other):
            action.setVisible(is_filled and not is_scanning)
            action.setEnabled(self.session.running_step is None and not self.session.is_read_only)
        if project is not None and images is not None and not is_scanning:
            self._show_images(project, images)
        elif not is_filled:
            self._shown = None
            self.set_purpose(self.purpose)
        self._draw_footer(images, is_scanning=is_scanning)

    def take(self, event: Event) -> None:
        """Show how the reading goes on; what it notes is said by the check-up, where it can be acted on."""
        if self.session.running_step != "scan":
            return
        match event:
            case Progress():
                self.view.scan_card.show_progress(event.what, event.done, event.total, self._set_aside)
                if event.total:
                    self.view.grow_to(event.done)
            case ImageSetAside():
                self._set_aside += 1
            case Failed():
                words = " ".join(part for part in (event.message, event.what_to_try) if part)
                changes = self._changes
                again = [("Try again", lambda: self._rescan(**changes))]
                self.message.say("bad", event.title, words, again)
            case Stopped():
                self.message.say("accent", "Reading was cancelled.", "Nothing was changed.")

    def _step_began(self, step: str) -> None:
        project = self.session.project
        if step == "scan" and project is not None:
            self._set_aside, self._shown = 0, None
            self.message.clear()
            settings = self.session.data_settings
            self.view.begin_scan(Path(settings.root))
            self.set_purpose(f"Reading images from {settings.root}")
            self.listing.start(settings)
        self.refresh()

    def _step_over(self, _step: str) -> None:
        self.refresh()

    def _show_listed(self, rows: Sequence[ImageRow]) -> None:
        project = self.session.project
        if project is not None and self.session.running_step == "scan":
            self.view.show_listed(Path(self.session.data_settings.root), rows)

    # What the window passes on

    def take_drop(self, paths: list[Path]) -> bool:
        """Read the dropped folders, asking first where they would replace others."""
        project = self.session.project
        is_new = project is None or project.images is None
        if not is_new and not any(path.is_dir() for path in paths):
            return False
        if is_new or project is None or {path.parent for path in paths} == {project.data_root}:
            self.use_folders(paths)
        else:
            words = "A project reads one folder of class folders. Earlier runs are kept."
            use = ("Use them instead", lambda: self.use_folders(paths))
            self.message.say("accent", "Use these folders instead?", words, [use])
        return True

    def light_up(self, *, is_over: bool) -> None:
        """Show where a drop would land."""
        self.empty.area.light_up(is_over=is_over)

    def leave(self) -> None:
        """Ask for no more pictures."""
        self.view.browser.thumbnails.forget()

    # What is shown

    def _show_images(self, project: Project, images: ImagesScanned) -> None:
        rows, settings = self.session.rows(), project.settings
        key = (project.folder, settings.data, images.fingerprint, id(rows))
        if key != self._shown:
            self._shown = key
            self.view.show_images(project.data_root, images, rows)
            what = f"{counted(images.images, 'image')} in {len(images.classes)} classes"
            self.set_purpose(f"{what}, read from {project.data_root}")
        is_class_weighted = settings.train.is_class_weighted
        self._findings = check_up(images, rows, settings.data, is_class_weighted=is_class_weighted)
        self.view.check_up.show_findings(self._findings)
        self._check_folder(project.data_root)

    def _draw_footer(self, images: ImagesScanned | None, *, is_scanning: bool) -> None:
        count = to_look_at(self._findings)
        status, help_, is_ready = "All changes saved", "", False
        if is_scanning:
            status, help_ = "Reading images", "You can continue when they are read."
        elif images is None or len(images.classes) < 2:
            status = "Add images of at least two classes to continue."
        else:
            is_ready = True
            help_ = f"{counted(count, 'thing')} to look at. You can continue anyway." if count else ""
        self.footer(status, help_, "Continue to Model", "arrow-right", is_ready)

    def _check_folder(self, root: Path) -> None:
        was_moved, self._is_moved = self._is_moved, not root.is_dir()
        if self._is_moved:
            if not was_moved or self.message.title != MOVED:
                words = f"{root} was not found. Your labels and runs are safe."
                self.message.say("bad", MOVED, words, [("Find it…", self._find), ("Try again", self.refresh)])
        elif was_moved:
            if self.message.title == MOVED:
                self.message.clear()
            self.view.read_files_again()

    def _tell_copied(self, count: int) -> None:
        self.toast.say(f"{counted(count, 'name')} copied")

    # What the user does

    def use_folders(self, paths: Sequence[Path]) -> None:
        """Read the images of these folders; a project is made if none is open."""
        try:
            root, folders = root_and_folders(paths)
        except TLStudioError as error:
            words = f"{error.message} {error.what_to_try}".strip()
            self.message.say("bad", error.title, words)
            return
        project = self.session.project
        if project is None:
            folder = free_folder(preferences.load().projects_path, root.name)
            self.session.create(folder, list(paths))
            return
        data = project.settings.data
        was_read = project.images is not None or bool(data.folders)  # or tried: "Only one class was found"
        if was_read and str(root) == data.root:  # more of the same folder
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
            words = "The images can be read again when it has ended. Nothing was changed."
            self.message.say("warn", "Another step is running.", words)
            return
        data = replace(project.settings.data, **changes)
        # Images that were read before stay in force until these are read.
        if project.images is not None or self.session.choose(data=data):
            self._changes = changes
            self.session.read_images(data)

    def _ask_for_folders(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Choose the folder that holds your class folders")
        if folder:
            self.use_folders([Path(folder)])

    def _find(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Where is the folder now?")
        if folder:
            self._rescan(root=folder)
        else:
            self.refresh()  # the message that was answered stands again

    def _act(self, finding: Finding) -> None:
        project = self.session.project
        if project is None or project.images is None:
            return
        if finding.kind == "imbalance":
            train = project.settings.train
            self.session.choose(train=replace(train, is_class_weighted=not train.is_class_weighted))
        elif finding.kind == "groups":
            data = project.settings.data
            pattern = data.group_pattern or project.images.group_pattern or ""
            self.view.open_editor(self.session.rows(), data, pattern)

    def _regroup(self, pattern: str, is_independent: bool) -> None:  # noqa: FBT001 (a signal's)
        self._rescan(group_pattern=pattern or None, is_independent=is_independent)

    def _continue(self) -> None:
        self.went.emit("model")
