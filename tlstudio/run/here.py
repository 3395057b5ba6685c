"""A step that runs in this process: the command line and tests iterate it directly."""

from collections.abc import Iterator
from typing import Any

from tlstudio.errors import TLStudioError
from tlstudio.events import Event, Failed
from tlstudio.project.project import Project
from tlstudio.run.details import details_of
from tlstudio.run.errors import SomethingUnexpected
from tlstudio.steps import STEPS


def run_here(step: str, project: Project | None, **options: Any) -> Iterator[Event]:
    """The events of a step of the table `STEPS`; closing them stops it.

    Raises:
        TLStudioError: what the step raises for people; everything else is a fault of the program.
    """
    return STEPS[step](project, **options)


def failure(error: Exception) -> Failed:
    """The event that tells of any error: an expected one in its own words, a fault with details."""
    if isinstance(error, TLStudioError):
        return Failed.from_error(error)
    fault = SomethingUnexpected()
    return Failed(fault.title, fault.message, fault.what_to_try, details=details_of(error))
