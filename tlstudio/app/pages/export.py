"""The fifth step: save a run as a file for other programs, with its model card."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from tlstudio.app.page import Page
from tlstudio.app.session import Session
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card_words import card_text
from tlstudio.app.widgets.export_words import (
    compared_split,
    empty_parts,
    example_code,
    exportable,
    file_name,
    file_size,
    progress_words,
    run_line,
    saved_file,
)
from tlstudio.app.widgets.file_card import FileCard
from tlstudio.app.widgets.message_bar import Action
from tlstudio.app.widgets.model_card_view import ModelCardView
from tlstudio.app.widgets.nothing_yet import NothingYet
from tlstudio.app.widgets.said_message import Said, SaidMessage
from tlstudio.app.widgets.save_dialog import ask_where_to_save
from tlstudio.data.table import ImageRow, read_table
from tlstudio.errors import TLStudioError
from tlstudio.events import Event, Failed, Progress
from tlstudio.export.events import ExportDone
from tlstudio.export.settings import ExportSettings
from tlstudio.project.file import IMAGES_NAME
from tlstudio.project.project import Project, Run

STEP = "export"


class ExportPage(Page):
    """The comparison first, then the leaflet that goes with the file."""

    name = "export"
    title = "Export"
    purpose = "Take a run to another program, or pass it on."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._folder: Path | None = None
        self._is_exporting = False
        self._progress: Progress | None = None
        self._failure: Failed | None = None
        self._failed_run = self._exported_run = 0
        self._said = SaidMessage(self.message)
        self._changed: set[int] = set()  # runs whose saved file differs from what is chosen now
        self._tables: dict[Path, tuple[ImageRow, ...]] = {}
        self.copy_button = button("Copy example code", "plain", "clipboard-text")
        self.copy_button.clicked.connect(self.copy_example_code)
        self.add_action(self.copy_button)
        self.empty = NothingYet(
            "cube", "Nothing to save yet", "Train a run first.", "Go to Train", "arrow-right"
        )
        self.empty.pressed.connect(self._go_to_train)
        self.file = FileCard()
        self.file.run_chosen.connect(self._choose_run)
        self.file.inside_switched.connect(self._switch_inside)
        self.file.show_pressed.connect(self.show_in_folder)
        self.file.stop_pressed.connect(session.stop)
        self.card = ModelCardView()
        self.card.not_for_written.connect(self._write_not_for)
        self.card.contact_written.connect(self._write_contact)
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self.file)
        self.body.addWidget(self.card, 1)
        self.primary_pressed.connect(self.save)
        session.step_started.connect(self._step_began)
        session.step_ended.connect(self._step_over)
        self.refresh()

    # What comes in

    def take(self, event: Event) -> None:
        """Follow the export step; other steps' results may change the card."""
        match event:
            case Progress() if self._is_exporting:
                self._progress = event
                self.file.show_progress(progress_words(event))
            case Failed() if self._is_exporting:
                self._failure, self._failed_run = event, self._exported_run
                self._refresh_if_seen()
            case ExportDone():
                self._changed.discard(event.run)
                self._failure = None
                self._refresh_if_seen()

    def _step_began(self, step: str) -> None:
        if step == STEP:
            self._is_exporting, self._progress, self._failure = True, None, None
            run = run_to_save(self.session.project)
            self._exported_run = 0 if run is None else run.number
            self._said.forget()
        self._refresh_if_seen()

    def _step_over(self, step: str) -> None:
        if step == STEP:
            self._is_exporting = False
        self._refresh_if_seen()

    def _refresh_if_seen(self) -> None:
        if self.isVisible():
            self.refresh()

    # What is shown

    def refresh(self) -> None:
        """Show the project as it is now."""
        project = self.session.project
        if project is None or project.folder != self._folder:
            self._folder = project.folder if project else None
            self._failure, self._changed, self._tables = None, set(), {}
            self.card.discard()
        run = run_to_save(project)
        if run is not None and self._failed_run != run.number:  # it tells nothing about this one
            self._failure = None
        for part in (self.file, self.card):
            part.setVisible(run is not None)
        self.empty.setVisible(run is None)
        self.copy_button.setVisible(run is not None)
        self.copy_button.setEnabled(example_code(run) is not None)
        self.copy_button.setToolTip("" if self.copy_button.isEnabled() else "Save the file first.")
        if project is None or run is None:
            self.set_purpose(self.purpose)
            self._said.show(None, None)
            self.footer(back="evaluate")
            return
        self.set_purpose(f"Take run {run.number} to another program, or pass it on.")
        self._show_file(project, run)
        settings = project.settings.export
        text = card_text(run, project.images, self._rows_of(project, run))
        self.card.show_card(text, settings, is_read_only=project.is_read_only)
        self._show_message(project, run)
        self._show_footer(project)

    def _show_file(self, project: Project, run: Run) -> None:
        is_writable = not project.is_read_only and not self._is_exporting
        saved = saved_file(run)
        self.file.show_file(saved.name if saved else file_name(project, run), file_size(run, run.exported))
        runs = [(known.number, run_line(known)) for known in exportable(project)]
        self.file.show_runs(runs, run.number, is_enabled=is_writable)
        self.file.show_switch(project.settings.export, is_enabled=is_writable)
        self.file.show_progress(progress_words(self._progress) if self._is_exporting else None)
        exported = None if self._is_exporting or self._failure else run.exported
        compared = compared_split(self._rows_of(project, run))
        self.file.show_comparison(exported, compared, is_there=saved is not None)

    def _rows_of(self, project: Project, run: Run) -> tuple[ImageRow, ...]:
        table = project.run_folder(run.number) / IMAGES_NAME
        if table not in self._tables:  # a run's own table never changes
            try:
                self._tables[table] = read_table(table)
            except (OSError, TLStudioError):
                self._tables[table] = ()
        return self._tables[table]

    def _show_message(self, project: Project, run: Run) -> None:
        self._said.show((project.folder, run.number), self._message(project, run))

    def _message(self, project: Project, run: Run) -> Said | None:
        if self._failure is not None:
            return self._failed(self._failure)
        if self._is_exporting:
            return None
        if project.is_stale(run):
            text = f"Run {run.number} learned from other images, groups or splits than the project has now."
            return "warn", "The images have changed since.", text, (("Train again", self._go_to_train),)
        if run.exported is not None and saved_file(run) is None:
            text = "It was moved, deleted or replaced since. The run is unchanged; save it again."
            return "warn", "The saved file is not there.", text, ()
        if run.number in self._changed:
            text = "The file and card on the disk are as they were. Save them again to take this over."
            return "accent", "Changed since it was saved.", text, ()
        if run.evaluation is None:
            text = "The model card has no results yet. You can save it anyway."
            evaluate = ("Go to Evaluate", self._go_to_evaluate)
            return "accent", f"Run {run.number} has not been evaluated.", text, (evaluate,)
        return None

    def _failed(self, failure: Failed) -> Said:
        text = " ".join(part for part in (failure.message, failure.what_to_try) if part)
        actions: tuple[Action, ...] = (("Try again…", self._try_again),)
        if failure.details:
            actions = (*actions, ("Copy details", self._copy_details))
        return "bad", f"{failure.title.rstrip('.')}.", text, actions

    def _show_footer(self, project: Project) -> None:
        settings = project.settings.export
        status, help_ = empty_parts(settings.not_to_be_used_for, settings.contact) or "All changes saved", ""
        is_free = self.session.running_step is None
        if project.is_read_only:
            status, help_ = "", "Open read-only: nothing can be saved from here."
        elif self._is_exporting:
            status, help_ = "", "You can leave this page. It goes on."
        elif not is_free:
            status, help_ = "", "Saving waits until the step that runs has ended."
        self.footer(
            status=status,
            help=help_,
            primary="Save file and card…",
            primary_icon="download-simple",
            enabled=is_free and not project.is_read_only,
            back="evaluate",
        )

    # What the user does

    def save(self) -> None:
        """Ask where to, then save and compare."""
        project = self.session.project
        run = run_to_save(project)
        if project is None or run is None or self.session.running_step is not None:
            return
        self.card.keep()
        path = self._ask_where(project.folder / "exports" / file_name(project, run))
        if path is not None:
            self.session.start(STEP, to=path, run=run.number)

    def _try_again(self) -> None:
        self.save()
        if self._failure is not None:  # it was not begun: what the button has closed stands again
            self._said.forget()
            self.refresh()

    def _ask_where(self, suggested: Path) -> Path | None:
        return ask_where_to_save(self, "Save file and card", suggested, "ONNX files")

    def show_in_folder(self) -> None:
        """Open the folder of the saved file in the system's file manager."""
        path = saved_file(run_to_save(self.session.project))
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def copy_example_code(self) -> None:
        """Put the example that lies beside the saved file on the clipboard."""
        path = example_code(run_to_save(self.session.project))
        if path is not None:
            QGuiApplication.clipboard().setText(path.read_text(encoding="utf-8"))
            self.message.say("ok", "Example code copied.", f"It also lies beside the file: {path.name}", [])
            self._said.forget()  # the next refresh puts back what stood there

    def _copy_details(self) -> None:
        if self._failure is not None:
            QGuiApplication.clipboard().setText(self._failure.details)

    def _choose_run(self, number: int) -> None:
        self._failure = None
        self.session.choose_run(number)
        self.refresh()

    def _switch_inside(self, is_inside: bool) -> None:  # noqa: FBT001 (a signal's value)
        self._choose(lambda export: replace(export, is_preprocessing_inside=is_inside))

    def _write_not_for(self, text: str) -> None:
        self._choose(lambda export: replace(export, not_to_be_used_for=text))

    def _write_contact(self, text: str) -> None:
        self._choose(lambda export: replace(export, contact=text))

    def _choose(self, change: Callable[[ExportSettings], ExportSettings]) -> None:
        project = self.session.project
        if project is None or project.folder != self._folder:
            return  # written about a project that is closed by now
        self._changed.update(run.number for run in project.runs if run.exported is not None)
        self.session.choose(export=change(project.settings.export))
        self.refresh()

    def _go_to_train(self) -> None:
        self.went.emit("train")

    def _go_to_evaluate(self) -> None:
        self.went.emit("evaluate")


def run_to_save(project: Project | None) -> Run | None:
    """The chosen or best run; if that has no finished epoch, the newest that has."""
    runs = exportable(project)
    chosen = project.run() if project else None
    return chosen if chosen in runs else next(iter(runs), None)
