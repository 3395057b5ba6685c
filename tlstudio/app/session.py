"""The open project and the step that runs on it, for every page to show and change."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal, Slot

from tlstudio.app import preferences
from tlstudio.app.cost_probe import CostProbe
from tlstudio.app.downloads import Downloads
from tlstudio.app.errands import Errands
from tlstudio.app.image_choice import root_and_folders
from tlstudio.app.image_rows import ImageRows
from tlstudio.app.model_choice import with_recommended_depth
from tlstudio.app.runner import CLOSE_SECONDS, Begin, Runner
from tlstudio.app.speed_probe import SpeedProbe
from tlstudio.app.step_thread import StepThread
from tlstudio.data.events import ImagesScanned
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import ImageRow
from tlstudio.errors import ProjectError, TLStudioError
from tlstudio.events import Event, Failed, Stopped
from tlstudio.model.settings import ModelSettings
from tlstudio.project.errors import ProjectReadOnly, RunIsInUse
from tlstudio.project.file import IMAGES_NAME, create_project, open_project, remove_unused, save_project
from tlstudio.project.lock import ProjectLock
from tlstudio.project.project import Project, RunState, Settings
from tlstudio.project.rebuild import broken_off
from tlstudio.project.run_bin import empty_bin, put_back, throw_away, tidy_bin
from tlstudio.run import follow
from tlstudio.run.here import failure
from tlstudio.run.process import StepProcess
from tlstudio.steps import CACHE_STEPS, RUN_STEPS
from tlstudio.train.events import RunStarted

RETRY_MILLISECONDS = 5000

WHY_READ_ONLY = {
    "elsewhere": "is open in another window",
    "newer": "was written by a newer version of TL Studio",
    "folder": "lies in a folder that can't be written to",
}
"""Session.read_only_reason → why a change was refused."""


class Session(QObject):
    """One window's project.

    Only two things change the project: what the user chooses and what a step reports. Each change is
    saved at once.

    Attributes:
        project: as it stands, or None while none is open.
        running_step: a name in the table `STEPS`, or None.
        is_paused: whether the running step was asked to halt.
        errands: the steps that run beside it; they outlive the project.
        downloads: of weights, among them.
        speed_probe: likewise; it gives way to the running step.
        cost_probe: likewise.

    Signals:
        project_changed: the new Project, or None when it was closed.
        reported: each Event of the running step, after the project has changed by it.
        step_started: the step's name.
        step_ended: likewise, after its last event.
        pause_changed: whether the running step is paused now.
        failed: a Failed event, of a step or of something that the user asked for.
        saved: True when the project is on disk as shown, False when it could not be written.
    """

    project_changed = Signal(object)
    reported = Signal(object)
    step_started = Signal(str)
    step_ended = Signal(str)
    pause_changed = Signal(bool)
    failed = Signal(object)
    saved = Signal(bool)

    def __init__(self, parent: QObject | None = None, begin: Begin = StepProcess) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self.running_step: str | None = None
        self.is_paused = False
        self.is_saved = True
        self.errands = Errands(self, begin)
        self.downloads = Downloads(self.errands, self)
        self.speed_probe = SpeedProbe(self.errands, self)
        self.cost_probe = CostProbe(self.errands, self)
        self.step_started.connect(self.cost_probe.hold)
        self.step_ended.connect(self.cost_probe.go_on)
        self._begin = begin
        self._lock: ProjectLock | None = None
        self._runner: Runner | None = None
        self._thread: StepThread | None = None
        self._is_closing = False
        self._settings_at_start: Settings | None = None
        self._run_at_start: int | None = None
        self._unused: Settings | None = None  # as they were when no image of a new project could be read
        self._rows = ImageRows()
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_MILLISECONDS)
        self._retry.timeout.connect(self._save)

    @property
    def is_read_only(self) -> bool:
        """Whether the project can only be looked at."""
        return self.project is not None and self.project.is_read_only

    @property
    def read_only_reason(self) -> str:
        """Why nothing can be changed: "newer", "elsewhere" or "folder"; empty if it can."""
        if self.project is None or self._lock is None or not self.project.is_read_only:
            return ""
        if self._lock.is_held:
            return "newer"
        return "elsewhere" if os.access(self.project.folder, os.W_OK) else "folder"

    def create(self, folder: Path, images: Sequence[Path] = (), **data_settings: Any) -> bool:
        """Make a project, open it and read its images.

        Args:
            folder: to be made.
            images: class folders side by side, or one folder of them; none to choose them later.
            data_settings: fields of DataSettings.

        Returns:
            False if it could not be made; `failed` says why, and the open project stays.
        """
        try:
            if images:
                root, folders = root_and_folders(images)
                data_settings = {"root": str(root), "folders": folders, **data_settings}
            folder.parent.mkdir(parents=True, exist_ok=True)
            project = create_project(folder)
        except (TLStudioError, OSError) as error:
            self._fail(error)
            return False
        self.close()
        self._lock = ProjectLock(project.folder)
        self._lock.acquire()
        self.project = project.with_settings(data=replace(DataSettings(), **data_settings))
        self._save()
        self.project_changed.emit(self.project)
        if images:
            self.start("scan")
        return True

    def open(self, folder: Path) -> bool:
        """Open a project; read-only if another window has it. One that is open already stays as it is.

        Returns:
            False if it can't be opened; `failed` says why, and the open project stays.
        """
        is_open = self.project is not None and self.project.folder == folder.absolute()
        if is_open and self.read_only_reason not in ("elsewhere", "folder"):  # whoever had it may be gone
            return True
        lock = ProjectLock(folder)
        is_mine = os.path.isdir(folder) and lock.acquire()
        try:
            project = open_project(folder, read_only=not is_mine)
        except (TLStudioError, OSError) as error:
            lock.release()
            self._fail(error)
            return False
        self.close()
        tidy_bin(project)
        self._lock = lock
        self.project = project
        self.project_changed.emit(project)
        return True

    def close(self) -> None:
        """End the running step, keep its checkpoint, save and let go of the project."""
        self._end_step()
        if not self.is_saved:
            self.is_saved = True  # so that it is told if the last try fails as well
            self._save()
        self._retry.stop()
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        self._forget_unused()
        self._rows.forget()
        self.is_saved = True
        if self.project is not None:
            self.project = None
            self.project_changed.emit(None)

    def end(self) -> None:
        """End everything: errands, the running step, the project."""
        self.errands.end()
        self.close()

    def choose(self, **steps: Any) -> bool:
        """Change the settings of steps: `choose(train=replace(settings.train, epochs=5))`.

        Returns:
            False if the project is read-only; `failed` says so.
        """
        project = self._writable()
        return project is not None and self._change(project.with_settings(**steps))

    def choose_run(self, number: int | None) -> bool:
        """Pick the run that evaluation and export take; None for the best."""
        project = self._writable()
        return project is not None and self._change(project.with_chosen_run(number))

    def delete_run(self, number: int) -> bool:
        """Put a run with its files into the project's bin; one that a step works on stays.

        Returns:
            False if it could not be deleted; `failed` says why.
        """
        if self.is_in_use(number):
            self._fail(RunIsInUse(number))
            return False
        return self._change_by(throw_away, number)

    def is_in_use(self, number: int) -> bool:
        """Whether the running step needs the run's files: a sweep may take any of them."""
        worked_on = number if self._run_at_start is None else self._run_at_start
        return self.running_step == "sweep" or (self.running_step in RUN_STEPS and worked_on == number)

    def put_back(self, number: int) -> bool:
        """Take a deleted run out of the bin.

        Returns:
            False if it could not be put back; `failed` says why.
        """
        return self._change_by(put_back, number)

    def empty_bin(self) -> None:
        """Delete the runs in the bin for good."""
        project = self._writable()
        if project is not None:
            empty_bin(project)

    def keep_as_it_is(self, number: int) -> bool:
        """Give up continuing a run that was cut short; its best weights stay."""
        project = self._writable()
        if project is None:
            return False
        runs = tuple(
            replace(run, state="stopped") if run.number == number and run.is_resumable else run
            for run in project.runs
        )
        return self._change(replace(project, runs=runs))

    @property
    def data_settings(self) -> DataSettings:
        """By which images are being read, else those that the project's images were read by."""
        if self.running_step == "scan" and self._settings_at_start is not None:
            return self._settings_at_start.data
        return self.project.settings.data if self.project is not None else DataSettings()

    def read_images(self, data: DataSettings) -> bool:
        """Read images by these settings; the project takes them once all are read.

        Returns:
            False if a step is running already, or the project is read-only.
        """
        settings = None if self.project is None else replace(self.project.settings, data=data)
        return self._start("scan", settings, {})

    def start(self, step: str, **options: Any) -> bool:
        """Run a step in a child process, with the settings as they are now.

        Returns:
            False if one is running already, or the project is read-only.
        """
        return self._start(step, self.project.settings if self.project is not None else None, options)

    def _start(self, step: str, settings: Settings | None, options: dict[str, Any]) -> bool:
        if self.running_step is not None or (step != "predict" and self._writable() is None):
            return False
        if not self.is_saved:
            self._save()  # the child reads the project's images and runs as they are saved
        folder = self.project.folder if self.project is not None else None
        allowed = preferences.load().cache_gb if step in CACHE_STEPS else None
        if allowed is not None:
            options["cache_gb"] = allowed
        self._settings_at_start = settings
        self._run_at_start = options.get("run")
        self.running_step = step
        self.speed_probe.hold("step")
        self._set_paused(is_paused=False)
        self._runner = self._begin(step, folder, options, settings)
        self._thread = StepThread(self._runner, self)
        self._thread.reported.connect(self.take)
        self._thread.finished.connect(self._step_finished)
        self._thread.start()
        self.step_started.emit(step)
        return True

    def stop(self) -> None:
        """Ask the running step to end and keep its best."""
        if self._runner is not None:
            self._runner.stop()
            self._set_paused(is_paused=False)

    def pause(self) -> None:
        """Ask the running step to halt at its next event."""
        if self._runner is not None and not self.is_paused:
            self._runner.pause()
            self._set_paused(is_paused=True)

    def go_on(self) -> None:
        """Let the paused step continue."""
        if self._runner is not None and self.is_paused:
            self._runner.go_on()
            self._set_paused(is_paused=False)

    @Slot(object)
    def take(self, event: Event) -> None:
        """Change the project by an event of a step, save it, and pass the event on."""
        if self.project is not None:
            if self._is_closing and isinstance(event, Stopped):
                changed = broken_off(self.project, "paused")
            else:
                changed = self._after(self.project, event)
            if changed is not self.project and not self.project.is_read_only:
                if isinstance(event, ImagesScanned):
                    self._rows.forget()
                    if self.project.images is None and changed.settings.model == ModelSettings():
                        recommended = with_recommended_depth(ModelSettings(), changed)
                        changed = changed.with_settings(model=recommended)
                self._change(changed)
        self.reported.emit(event)
        if isinstance(event, Failed) and self.running_step == "scan" and self.project is not None:
            self._unused = self.project.settings
        if isinstance(event, Failed) and not self._is_closing:
            self.failed.emit(event)

    def _forget_unused(self) -> None:
        """A folder of images that can't be used leaves no empty project behind."""
        project, unused = self.project, self._unused
        self._unused = None
        if project is not None and project.settings == unused and remove_unused(project):
            preferences.save(preferences.load().without_recent(str(project.folder)))

    def _after(self, project: Project, event: Event) -> Project:
        changed, at_start = follow.after(project, event), self._settings_at_start
        if at_start is None:
            return changed
        if isinstance(event, ImagesScanned):
            return changed.with_settings(data=at_start.data)
        if isinstance(event, RunStarted):
            # A run is trained with what was chosen when the step began, whatever was chosen since.
            begun = follow.after(replace(project, settings=at_start), event)
            return replace(begun, settings=project.settings)
        return changed

    def rows(self) -> tuple[ImageRow, ...]:
        """The table of images as it is on disk; empty before the first scan."""
        if self.project is None:
            return ()
        return self._rows.of(self.project.folder / IMAGES_NAME)

    def _writable(self) -> Project | None:
        """The project if it can be changed; tells why not otherwise."""
        if self.project is not None and self.project.is_read_only:
            self._fail(
                ProjectReadOnly(self.project.name, WHY_READ_ONLY[self.read_only_reason or "elsewhere"])
            )
            return None
        return self.project

    def _change_by(self, action: Callable[[Project, int], Project], number: int) -> bool:
        project = self._writable()
        if project is None:
            return False
        try:
            changed = action(project, number)
        except TLStudioError as error:
            self._fail(error)
            return False
        return self._change(changed)

    def _change(self, project: Project) -> bool:
        if project == self.project:
            return True
        self.project = project
        self._save()
        self.project_changed.emit(project)
        return True

    @Slot()
    def _save(self) -> None:
        if self.project is None or self.project.is_read_only:
            return
        was_saved = self.is_saved
        try:
            save_project(self.project)
        except ProjectError as error:
            self.is_saved = False
            self._retry.start()
            if was_saved:
                self.saved.emit(self.is_saved)
                self._fail(error)
            return
        self.is_saved = True
        if not was_saved:
            self.saved.emit(self.is_saved)

    def _fail(self, error: TLStudioError | OSError) -> None:
        self.failed.emit(failure(error))

    def _set_paused(self, *, is_paused: bool) -> None:
        if is_paused != self.is_paused:
            self.is_paused = is_paused
            self.pause_changed.emit(is_paused)

    @Slot()
    def _step_finished(self) -> None:
        thread, step = self._thread, self.running_step
        if thread is None or step is None:
            return
        self._thread, self._runner, self.running_step = None, None, None
        thread.wait()
        thread.deleteLater()
        self._set_paused(is_paused=False)
        if self.project is not None and not self.project.is_read_only:
            state: RunState = "paused" if self._is_closing else "interrupted"
            self._change(broken_off(self.project, state))
        self.speed_probe.go_on("step")
        self.step_ended.emit(step)

    def _end_step(self) -> None:
        """One way to shut down for every reason: ask, wait, then enforce."""
        thread, runner = self._thread, self._runner
        if thread is None or runner is None:
            return
        self._is_closing = True
        runner.stop(CLOSE_SECONDS)
        if not thread.wait(round(CLOSE_SECONDS * 1000) + 1000):
            runner.kill()
            thread.wait(2000)
        # What the thread has sent is waiting in this thread's queue.
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
        self._step_finished()
        self._is_closing = False
