"""A step that runs in a child process, so that nothing it does can take the window with it."""

import threading
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from tlstudio.events import Event, Failed, Stopped
from tlstudio.project.project import Settings
from tlstudio.run.connection import Child
from tlstudio.run.details import without_paths
from tlstudio.run.errors import StepEndedUnexpectedly, StepNotStarted, signal_name
from tlstudio.run.events import StepDied
from tlstudio.run.request import Request
from tlstudio.steps import LIGHT_STEPS, NETWORK_STEPS


class StepProcess:
    """One step in a child process: iterate it for its events, in any thread.

    The last event is the step's own result, `Stopped`, or a `Failed`. `stop`, `pause`, `go_on` and
    `kill` return at once and may be called from any thread.
    """

    _warm_child: ClassVar[Child | None] = None
    _warm_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        step: str,
        project: Path | None,
        options: dict[str, Any] | None = None,
        settings: Settings | None = None,
    ) -> None:
        """Start the step; its child reads the project as it is saved when the child is ready.

        Args:
            step: a name in the table `STEPS`.
            project: folder of the project, or None for a step that needs none.
            options: of the step; values of JSON or paths.
            settings: of the project, in place of the saved ones; None: those that the child will find.
        """
        self.step = step
        self._is_ended_by_us = False
        self._timer: threading.Timer | None = None
        self._child: Child | None = None
        self._refusal = ""
        request = Request(step, None if project is None else str(project), options or {}, settings)
        try:
            arguments = ("--download",) if step in NETWORK_STEPS else ()
            self._child = (None if step in LIGHT_STEPS else self._take_warm_child()) or Child(*arguments)
        except OSError as error:
            self._refusal = (error.strerror or "it gave no reason").lower()
        else:
            self._child.tell(request.to_json())

    @classmethod
    def warm(cls) -> None:
        """Prepare a child that has torch loaded; the next step that needs torch takes it."""
        with cls._warm_lock:
            if cls._warm_child is None or not cls._warm_child.is_alive:
                with suppress(OSError):
                    cls._warm_child = Child("--warm")

    @classmethod
    def cool(cls) -> None:
        """End the prepared child, if there is one."""
        with cls._warm_lock:
            child, cls._warm_child = cls._warm_child, None
        if child is not None:
            child.kill()
            child.reap()

    @property
    def process_id(self) -> int | None:
        """Of the child; None if it could not be started."""
        return None if self._child is None else self._child.process.pid

    def __iter__(self) -> Generator[Event, None, None]:
        """The step's events as they come; waits for each."""
        if self._child is None:
            yield Failed.from_error(StepNotStarted(self.step, self._refusal))
            return
        try:
            last: Event | None = None
            for event in self._child.events():
                last = event
                yield event
            code = self._child.reap()
            if code not in (0, 1) or (code == 1 and not isinstance(last, Failed)):
                yield self._last_word(code)
        finally:
            self._child.kill()
            self._child.reap()
            if self._timer is not None:
                self._timer.cancel()

    def pause(self) -> None:
        """Halt the step at its next event; the process stays."""
        self._tell("pause")

    def go_on(self) -> None:
        """Let a paused step continue."""
        self._tell("go_on")

    def stop(self, grace_seconds: float = 10.0) -> None:
        """Ask the step to stop and keep its best; end its process if it has not after that time."""
        self._is_ended_by_us = True
        self._tell("stop")
        if self._child is not None and self._timer is None:
            self._timer = threading.Timer(grace_seconds, self._child.kill)
            self._timer.daemon = True
            self._timer.start()

    def kill(self) -> None:
        """End the process now; what was checkpointed is kept and can be resumed."""
        self._is_ended_by_us = True
        if self._child is not None:
            self._child.kill()

    def _tell(self, line: str) -> None:
        if self._child is not None:
            self._child.tell(line)

    def _last_word(self, code: int) -> Event:
        if self._is_ended_by_us or self._child is None:
            return Stopped(self.step)
        error = StepEndedUnexpectedly(self.step, code)
        ended = signal_name(code) or f"exit status {code}"
        details = without_paths("\n".join((f"The process ended by {ended}.", *self._child.last_lines)))
        return StepDied(error.title, error.message, error.what_to_try, details=details)

    @classmethod
    def _take_warm_child(cls) -> Child | None:
        with cls._warm_lock:
            child, cls._warm_child = cls._warm_child, None
        if child is not None and not child.is_alive:
            child.reap()
            return None
        return child
