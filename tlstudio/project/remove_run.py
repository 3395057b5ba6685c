"""A run taken out of a project for good, with everything in its folder."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from tlstudio.project.errors import (
    ProjectReadOnly,
    RunIsRunning,
    RunNotDeleted,
    RunNotThere,
)
from tlstudio.project.file import save_project
from tlstudio.project.project import Project

ASIDE = ".deleted-{:04d}"


def remove_run(project: Project, number: int) -> Project:
    """The saved project without that run, whose folder is emptied; exported files stay.

    The project forgets the run first: if the power fails before its folder is gone, nothing is listed that
    is not whole. The empty folder stays, so that no later run gets the number that stands in model cards.

    Raises:
        ProjectReadOnly: if the project can only be looked at.
        RunNotThere: if there is no such run.
        RunIsRunning: if it is being trained.
        RunNotDeleted: if a file of it can't be moved; the project is then as it was before.
        ProjectNotWritable: if the project can't be saved; nothing is changed.
    """
    if project.is_read_only:
        raise ProjectReadOnly(project.name, "is open in another window or was written by a newer version")
    run = next((known for known in project.runs if known.number == number), None)
    if run is None:
        raise RunNotThere(number)
    if run.state == "running":
        raise RunIsRunning(number)
    changed = project.without_run(number)
    save_project(changed)
    folder = project.run_folder(number)
    aside = folder.with_name(ASIDE.format(number))
    try:
        _delete(aside)  # what an earlier try has left
        _move_aside(folder, aside)
    except OSError as error:
        save_project(project)
        raise RunNotDeleted(number, (error.strerror or "unknown reason").lower()) from error
    with suppress(OSError):  # a file that is still open somewhere goes with the next try
        _delete(aside)
    return changed


def _move_aside(folder: Path, aside: Path) -> None:
    with suppress(FileNotFoundError):
        os.replace(folder, aside)
    with suppress(OSError):
        folder.mkdir()


def _delete(folder: Path) -> None:
    if folder.is_symlink():  # what it points to is not of the project
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
