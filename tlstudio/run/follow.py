"""The project kept up with a step: every event that changes it is saved at once."""

from collections.abc import Iterator
from contextlib import suppress

from tlstudio.errors import ProjectError
from tlstudio.events import Event, Failed, Stopped
from tlstudio.project.file import save_project
from tlstudio.project.project import Project
from tlstudio.project.rebuild import as_saved, broken_off
from tlstudio.run.events import StepDied
from tlstudio.run.here import failure


def after(project: Project, event: Event) -> Project:
    """The project as it is after an event of a runner; it is not saved yet.

    A run whose process died has its last checkpoint, so it counts as cut short and not as failed. Of a run
    that was broken off counts what its folder holds.
    """
    if isinstance(event, StepDied):
        return broken_off(project, "interrupted")
    changed = project.after(event)
    if changed is project or not isinstance(event, Failed | Stopped):
        return changed
    return as_saved(changed, [run.number for run in project.runs if run.state == "running"])


def take(project: Project, event: Event) -> Project:
    """The project after an event, saved if the event changed it.

    Raises:
        ProjectError: if it can't be saved; what was saved before is unchanged.
    """
    changed = after(project, event)
    if changed is not project:
        save_project(changed)
    return changed


def follow(project: Project, events: Iterator[Event]) -> Iterator[tuple[Project, Event]]:
    """The step's events, each with the project as saved after it.

    Closing this, or Ctrl-C, leaves the run paused; an error leaves it failed.

    Raises:
        TLStudioError: what the step raises, or if the project can't be saved.
    """
    try:
        for event in events:
            project = take(project, event)
            yield project, event
    except Exception as error:
        _close(events)
        with suppress(ProjectError):  # a full disk: the first error is the one to tell
            take(project, failure(error))
        raise
    except BaseException:  # Ctrl-C, or nobody reads on: the last checkpoint stands
        _close(events)
        with suppress(ProjectError):
            save_project(broken_off(project, "paused"))
        raise


def _close(events: Iterator[Event]) -> None:
    close = getattr(events, "close", None)
    if close is not None:
        close()
