"""What a step looks like from outside while it is under way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from tlstudio.events import Event
from tlstudio.project.project import Settings

CLOSE_SECONDS = 5.0
"""So long a step may take to end when the window closes; then it is made to."""


class Runner(Protocol):
    """A step that is under way, such as a StepProcess."""

    def __iter__(self) -> Iterator[Event]: ...

    def stop(self, grace_seconds: float = 10.0) -> None:
        """Ask it to end and keep its best."""

    def pause(self) -> None:
        """Ask it to halt."""

    def go_on(self) -> None:
        """Let it continue."""

    def kill(self) -> None:
        """End it now."""


class Begin(Protocol):
    """Starts a step, such as StepProcess."""

    def __call__(
        self, step: str, project: Path | None, options: dict[str, Any], settings: Settings | None = None, /
    ) -> Runner:
        """Start it; see StepProcess."""
