"""The bin of a project: deleted runs lie there for a while, whole, and can be put back.

An entry is the folder `bin/0002`: `deleted.json` is the run as the project knew it, `run` is its folder. The
entry comes first, then the project forgets the run, then its folder is moved; coming back it is the other
way round. So whatever breaks off in between, the run is listed with its files or lies in the bin with them.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from tlstudio import atomic
from tlstudio.errors import reason_of
from tlstudio.project.errors import (
    ProjectReadOnly,
    RunIsRunning,
    RunNotDeleted,
    RunNotPutBack,
    RunNotThere,
)
from tlstudio.project.file import save_project
from tlstudio.project.project import Project, Run

FOLDER_NAME, ENTRY_NAME, RUN_NAME = "bin", "deleted.json", "run"
GONE = ".gone-"
DAYS = 30
"""So long a deleted run is kept."""


@dataclass(frozen=True)
class BinnedRun:
    """A deleted run as its entry tells it.

    Attributes:
        run: as it was.
        deleted_at: seconds since 1970.
        was_chosen: whether evaluation and export took it because the user said so.
    """

    run: Run
    deleted_at: float
    was_chosen: bool


@cache
def _adapter() -> TypeAdapter[BinnedRun]:
    return TypeAdapter(BinnedRun)


def throw_away(project: Project, number: int) -> Project:
    """The saved project without that run, which lies in the bin now; exported files stay.

    Its empty folder stays, so that no later run gets the number that stands in model cards.

    Raises:
        ProjectReadOnly: if the project can only be looked at.
        RunNotThere: if there is no such run.
        RunIsRunning: if it is being trained.
        RunNotDeleted: if its files can't be moved; the project is then as it was before.
        ProjectNotWritable: if the project can't be saved; nothing is changed.
    """
    _require_writable(project)
    run = next((known for known in project.runs if known.number == number), None)
    if run is None:
        raise RunNotThere(number)
    if run.state == "running":
        raise RunIsRunning(number)
    entry = _entry(project, number)
    binned = BinnedRun(run, time.time(), was_chosen=project.chosen_run == number)
    try:
        _delete(entry)  # what an earlier try has left
        entry.mkdir(parents=True)
        text = json.dumps(asdict(binned), ensure_ascii=False, indent=1) + "\n"
        atomic.write_text(entry / ENTRY_NAME, text)
    except OSError as error:
        raise RunNotDeleted(number, reason_of(error)) from error
    changed = project.without_run(number)
    save_project(changed)
    try:
        _move(project.run_folder(number), entry / RUN_NAME)
    except OSError as error:
        save_project(project)
        with suppress(OSError):
            _delete(entry)
        raise RunNotDeleted(number, reason_of(error)) from error
    return changed


def put_back(project: Project, number: int) -> Project:
    """The saved project with that run again, as it was when it was deleted.

    Raises:
        ProjectReadOnly: if the project can only be looked at.
        RunNotPutBack: if it is not in the bin, or its files can't be moved; then it stays there.
        ProjectNotWritable: if the project can't be saved; the run stays in the bin.
    """
    _require_writable(project)
    entry = _entry(project, number)
    binned = next((known for known in binned_runs(project) if known.run.number == number), None)
    if binned is None:
        raise RunNotPutBack(number, "it is no longer in the bin")
    folder = project.run_folder(number)
    try:
        _move(entry / RUN_NAME, folder)
    except OSError as error:
        raise RunNotPutBack(number, reason_of(error)) from error
    runs = tuple(sorted((*project.runs, binned.run), key=lambda run: run.number))
    changed = replace(project, runs=runs)
    if binned.was_chosen:
        changed = changed.with_chosen_run(number)
    try:
        save_project(changed)
    except Exception:
        with suppress(OSError):
            _move(folder, entry / RUN_NAME)
        raise
    with suppress(OSError):
        _delete(entry)
    return changed


def binned_runs(project: Project) -> tuple[BinnedRun, ...]:
    """The runs in the bin, the one that was deleted last first."""
    known = (_read(entry) for entry in _entries(project))
    listed = {run.number for run in project.runs}
    found = [binned for binned in known if binned is not None and binned.run.number not in listed]
    return tuple(sorted(found, key=lambda binned: -binned.deleted_at))


def has_binned_runs(project: Project) -> bool:
    """Whether there is anything in the bin; quicker than to look what."""
    return next(_entries(project), None) is not None


def empty_bin(project: Project) -> None:
    """Delete everything in the bin for good.

    Raises:
        ProjectReadOnly: if the project can only be looked at.
    """
    _require_writable(project)
    _delete_all(_entries(project))


def tidy_bin(project: Project) -> None:
    """End what was broken off in the bin, and let go of what has lain there long enough."""
    if project.is_read_only:
        return
    listed = {run.number for run in project.runs}
    for entry in list(_entries(project)):
        with suppress(OSError):
            _tidy(entry, project.run_folder(int(entry.name)), is_listed=int(entry.name) in listed)
    with suppress(OSError):
        for left in (project.folder / FOLDER_NAME).glob(f"{GONE}*"):
            _delete(left)


def room_in_bin(project: Project) -> int:
    """How many bytes its runs take."""
    total = 0
    for path in (project.folder / FOLDER_NAME).rglob("*"):
        with suppress(OSError):
            total += path.lstat().st_size
    return total


def _tidy(entry: Path, folder: Path, *, is_listed: bool) -> None:
    binned, has_files = _read(entry), (entry / RUN_NAME).exists()
    has_folder = folder.is_dir() and any(folder.iterdir())
    if is_listed:  # deleting or putting back was broken off, or an older project file came back
        if has_files and not has_folder:
            _move(entry / RUN_NAME, folder)
            has_files = False
        if not has_files:
            _delete_all([entry])
    elif not has_files and has_folder and binned is not None:
        _move(folder, entry / RUN_NAME)
    else:
        deleted_at = entry.stat().st_mtime if binned is None else binned.deleted_at
        if time.time() - deleted_at > DAYS * 86400:
            _delete_all([entry])


def _require_writable(project: Project) -> None:
    if project.is_read_only:
        raise ProjectReadOnly(project.name, "is open in another window or was written by a newer version")


def _entry(project: Project, number: int) -> Path:
    return project.folder / FOLDER_NAME / f"{number:04d}"


def _entries(project: Project) -> Iterator[Path]:
    with suppress(OSError):
        for path in sorted((project.folder / FOLDER_NAME).iterdir()):
            if path.name.isdecimal() and path.is_dir() and not path.is_symlink():
                yield path


def _read(entry: Path) -> BinnedRun | None:
    """What the entry tells; None if it is damaged or is another run's."""
    try:
        binned = _adapter().validate_python(json.loads((entry / ENTRY_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return None
    return binned if binned.run.number == int(entry.name) else None


def _move(folder: Path, to: Path) -> None:
    """The folder in place of an empty one or of none; where it was, an empty one stays."""
    with suppress(FileNotFoundError):
        to.rmdir()
    with suppress(FileNotFoundError):  # a run whose folder is lost
        os.replace(folder, to)
    if folder.name != RUN_NAME:
        with suppress(OSError):
            folder.mkdir()


def _delete_all(entries: Iterator[Path] | list[Path]) -> None:
    """Delete the entries; one that is held by another program goes the next time."""
    for entry in list(entries):
        aside = entry.with_name(GONE + entry.name)
        with suppress(OSError):
            _delete(aside)
            os.replace(entry, aside)  # at once, so that half an entry is none
            _delete(aside)


def _delete(folder: Path) -> None:
    if folder.is_symlink():  # what it points to is not of the project
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
