"""The project file: created, opened and saved, with the settings and the list of runs as small JSON."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tlstudio import __version__, atomic
from tlstudio.data.events import ImagesScanned
from tlstudio.errors import reason_of
from tlstudio.project.errors import (
    ProjectFolderTaken,
    ProjectNotFound,
    ProjectNotWritable,
    ProjectReadOnly,
    ProjectTooNew,
    ProjectUnreadable,
)
from tlstudio.project.lock import LOCK_NAME
from tlstudio.project.migrations import SCHEMA_VERSION, migrate
from tlstudio.project.project import Project, Run, Settings, condensed
from tlstudio.project.rebuild import as_recovered, as_saved, rebuilt_project
from tlstudio.train.run_info import INFO_NAME

FILE_NAME = "project.tlstudio"
PREVIOUS_NAME = "project.previous.tlstudio"
DAMAGED_NAME = "project.damaged.tlstudio"
IMAGES_NAME = "images.csv"
MADE_NAMES = frozenset({FILE_NAME, PREVIOUS_NAME, LOCK_NAME, "runs", "exports", "cache"})
"""What a project holds before anything was done with it."""

SIZE_LIMIT_BYTES = 64 * 2**20
"""A project file of this program is a few hundred kilobytes; a larger one is damaged or hostile."""


@dataclass(frozen=True)
class Stored:
    """What stands in the project file; its field names are the keys."""

    schema_version: int
    written_by: str
    settings: Settings
    images: ImagesScanned | None
    runs: tuple[Run, ...]
    chosen_run: int | None
    times_test_seen: int


class _IsNewer(ValueError):
    """The file is of a newer version, and today's can't read it."""


@cache
def _adapter() -> TypeAdapter[Stored]:
    return TypeAdapter(Stored)


def is_project(folder: Path) -> bool:
    """Whether the folder holds a project, whole or one whose file was lost; False if it can't be entered."""
    if os.path.exists(folder / FILE_NAME) or os.path.exists(folder / PREVIOUS_NAME):
        return True
    runs = folder / "runs"  # alone it may be a class of images
    if not os.path.isdir(runs):
        return False
    return os.path.exists(folder / IMAGES_NAME) or any(runs.glob(f"[0-9]*/{INFO_NAME}"))


def create_project(folder: Path) -> Project:
    """A new, empty project in a folder that is made for it.

    Raises:
        ProjectFolderTaken: if the folder exists and is not empty.
        ProjectNotWritable: if it can't be made.
    """
    folder = folder.absolute()
    project = Project(folder)
    with _translated(project):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ProjectFolderTaken(folder)
        was_there = folder.exists()
        try:
            for name in ("", "runs", "exports", "cache"):
                (folder / name).mkdir(parents=True, exist_ok=True)
            save_project(project)
        except BaseException:
            remove_made(folder, is_folder_kept=was_there)  # or the next try would find the folder taken
            raise
    return project


def remove_made(folder: Path, *, is_folder_kept: bool) -> None:
    """Remove a project that has just been made in a folder that was empty or not there before."""
    if not is_folder_kept:
        shutil.rmtree(folder, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)


def remove_unused(project: Project) -> bool:
    """Remove the folder of a project in which nothing has come to be; the user's images lie elsewhere.

    Returns:
        False, with all that it holds left alone, if it knows any image or run, or holds anything but what
        `create_project` and the lock put there.
    """
    kept = [folder for name in ("runs", "exports") for folder in (project.folder / name).glob("*")]
    others = {each.name for each in project.folder.glob("*")} - MADE_NAMES
    if project.is_read_only or project.images is not None or project.runs or kept or others:
        return False
    shutil.rmtree(project.folder, ignore_errors=True)
    return not project.folder.exists()


def save_project(project: Project) -> None:
    """Put the project's file in place, whole or not at all; the one before stays beside it.

    Raises:
        ProjectReadOnly: if the project was opened read-only.
        ProjectNotWritable: if it can't be written; what was saved before is unchanged.
    """
    if project.is_read_only:
        raise ProjectReadOnly(project.name, "is open in another window or was written by a newer version")
    stored = Stored(
        schema_version=SCHEMA_VERSION,
        written_by=f"TL Studio {__version__}",
        settings=project.settings,
        images=project.images,
        runs=project.runs,
        chosen_run=project.chosen_run,
        times_test_seen=project.times_test_seen,
    )
    path = project.folder / FILE_NAME
    with _translated(project):
        _keep_previous(path)
        atomic.write_text(path, json.dumps(asdict(stored), ensure_ascii=False, indent=1) + "\n")


def open_project(folder: Path, *, read_only: bool = False) -> Project:
    """The project of a folder; read-only if asked for or if a newer version wrote it.

    A damaged file gives way to the one saved before it, and that to what the run folders tell.

    Raises:
        ProjectNotFound: if the folder holds none.
        ProjectUnreadable, ProjectTooNew: if nothing in it can be read.
    """
    folder = folder.absolute()
    if not is_project(folder):
        _require_enterable(folder)
        raise ProjectNotFound(folder)
    reasons, is_newer = [], False
    for name in (FILE_NAME, PREVIOUS_NAME):
        try:
            project = _load(folder, folder / name)
        except FileNotFoundError:
            reasons.append(f"{name} is missing")
        except (OSError, ValueError, RecursionError) as error:
            is_newer = is_newer or isinstance(error, _IsNewer)
            reasons.append(_short(error))
        else:
            if name == PREVIOUS_NAME:
                project = as_recovered(project, folder / IMAGES_NAME)
            return _as_opened(project, read_only=read_only or is_newer)
    rebuilt = rebuilt_project(folder, folder / IMAGES_NAME)
    if rebuilt is None:
        raise ProjectTooNew(folder.name) if is_newer else ProjectUnreadable(folder.name, reasons[0])
    return _as_opened(rebuilt, read_only=read_only or is_newer)


def _require_enterable(folder: Path) -> None:
    try:
        os.stat(folder / FILE_NAME)
    except PermissionError as error:
        raise ProjectUnreadable(folder.name, reason_of(error)) from error
    except OSError:  # it isn't there, or can't be
        return


def _as_opened(project: Project, *, read_only: bool) -> Project:
    if read_only:  # its owner may be training right now
        return replace(project, is_read_only=True)
    for half_in in (project.folder, *(project.run_folder(run.number) for run in project.runs)):
        atomic.sweep(half_in)
    opened = project.with_running_as("interrupted")
    return as_saved(opened, [run.number for run in opened.runs if run.state in ("interrupted", "failed")])


def _load(folder: Path, path: Path) -> Project:
    """The project in one file.

    Raises:
        OSError: if it can't be read.
        ValueError: if it is too large, no JSON, or does not fit the schema; _IsNewer for that of a newer
            version, which must not be taken for a damaged one.
    """
    if path.stat().st_size > SIZE_LIMIT_BYTES:
        raise ValueError("it is far larger than a project file")
    content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    if not isinstance(content, dict):
        raise ValueError("it is not a project file")
    content = migrate(content)
    try:
        stored = _adapter().validate_python(content)
    except ValidationError as error:
        kind = _IsNewer if content["schema_version"] > SCHEMA_VERSION else ValueError
        raise kind(f"{error.error_count()} of its fields do not fit") from error
    return Project(
        folder=folder,
        settings=stored.settings,
        images=stored.images,
        runs=tuple(replace(run, epochs=condensed(run.epochs, run.best_epoch)) for run in stored.runs),
        chosen_run=stored.chosen_run,
        times_test_seen=stored.times_test_seen,
        is_read_only=stored.schema_version > SCHEMA_VERSION,
    )


def _keep_previous(path: Path) -> None:
    """Keep the file that is about to be replaced; a damaged one never in place of a good one."""
    name = PREVIOUS_NAME
    with contextlib.suppress(OSError):
        try:
            json.loads(path.read_bytes())
        except ValueError:
            name = DAMAGED_NAME
        with atomic.replacing(path.with_name(name)) as temporary:
            shutil.copyfile(path, temporary)


@contextmanager
def _translated(project: Project) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ProjectNotWritable(project.name, reason_of(error)) from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"it holds {name}, which is no number")


def _short(error: Exception) -> str:
    if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)):
        return "it is cut off or not text"
    if isinstance(error, OSError):
        return reason_of(error)
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
