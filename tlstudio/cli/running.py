"""A verb's frame: the project locked and open, its step followed, its errors told, its exit status."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import typer

from tlstudio.cli.printing import JsonPrinter, Printer, TextPrinter
from tlstudio.errors import TLStudioError
from tlstudio.events import Event, Failed, Noted, Stopped
from tlstudio.project.errors import ProjectNotWritable, ProjectReadOnly
from tlstudio.project.file import FILE_NAME, open_project
from tlstudio.project.lock import ProjectLock
from tlstudio.project.project import Project
from tlstudio.run.follow import follow
from tlstudio.run.here import failure, run_here
from tlstudio.run.process import StepProcess

FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130


@contextmanager
def verb(name: str, *, as_json: bool, after_interrupt: Callable[[], str] = str) -> Iterator[Printer]:
    """A printer for the verb; errors that pass are told by it and become the exit status.

    Args:
        name: of the verb.
        as_json: whether to print JSON.
        after_interrupt: gives a sentence for people that says how to go on after Ctrl-C, or nothing.

    Raises:
        typer.Exit: with 1 after an error, with 130 after Ctrl-C.
    """
    printer: Printer = JsonPrinter() if as_json else TextPrinter()
    try:
        yield printer
    except (typer.Exit, BrokenPipeError):  # whoever read the output has left
        raise
    except KeyboardInterrupt:
        printer.show(Stopped(name) if as_json else Noted(_interrupted(after_interrupt)))
        raise typer.Exit(INTERRUPTED) from None
    except Exception as error:
        printer.show(failure(error))
        raise typer.Exit(FAILED) from None
    finally:
        printer.close()


def _interrupted(after_interrupt: Callable[[], str]) -> str:
    hint = ""
    with suppress(TLStudioError):  # of a project that can't be read there is nothing to say
        hint = after_interrupt()
    return f"Interrupted; what was finished is kept. {hint}".strip()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """The right to write into the project's folder.

    Raises:
        ProjectReadOnly: if another process has it.
    """
    lock = ProjectLock(folder)
    if folder.is_dir() and not lock.acquire():
        if not os.access(folder, os.W_OK):
            raise ProjectNotWritable(folder.name, "permission denied")
        owner = f" ({lock.owner})" if lock.owner else ""
        raise ProjectReadOnly(folder.name, f"is open in another window{owner}")
    try:
        yield
    finally:
        lock.release()


def folder_of(project: Path) -> Path:
    """The project's folder, whether it or the file in it was named; absolute."""
    project = project.absolute()
    return project.parent if project.name == FILE_NAME and project.is_file() else project


@contextmanager
def writable(path: Path) -> Iterator[Project]:
    """The project, locked and open for changes.

    Raises:
        ProjectError: if there is none, or it can't be changed.
    """
    folder = folder_of(path)
    open_project(folder, read_only=True)  # no lock file is left in a folder that holds no project
    with locked(folder):
        project = open_project(folder)
        if project.is_read_only:
            raise ProjectReadOnly(project.name, "was written by a newer version of TL Studio")
        yield project


def run_step(project: Project, step: str, printer: Printer, **options: Any) -> Project:
    """The project after the whole step, saved; every event is shown.

    Raises:
        TLStudioError: what the step raises.
    """
    with closing(_followed(project, step, options)) as followed:
        for after, event in followed:
            project = after
            printer.show(event)
    return project


def run_apart(step: str, printer: Printer, **options: Any) -> list[Event]:
    """Every event of a step that needs no project, from a process of its own; each is shown.

    Raises:
        typer.Exit: if the step failed, which was shown.
    """
    events = []
    with closing(iter(StepProcess(step, None, options))) as running:  # Ctrl-C ends the process as well
        for event in running:
            events.append(event)
            printer.show(event)
    if events and isinstance(events[-1], Failed):
        raise typer.Exit(FAILED)
    return events


def _followed(project: Project, step: str, options: dict[str, Any]) -> Any:
    return follow(project, run_here(step, project, **options))
