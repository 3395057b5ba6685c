"""What the parent says to a child process: lines on standard input, read by a thread of their own."""

import os
import threading
from collections.abc import Callable, Iterator
from typing import Literal

Ending = Literal["", "stop", "gone"]
"""Why the step shall end: not at all, the user asked for it, or the parent is no more."""

GRACE_SECONDS = 10.0
"""How long a step may take to end after its parent died before the process ends regardless."""


class Control:
    """The parent's wishes as they stand.

    Attributes:
        request: the first line that came, or None before it and if none ever does.
        ending: see `Ending`; never taken back.
    """

    def __init__(self, descriptor: int = 0, give_up: Callable[[], None] = lambda: os._exit(1)) -> None:
        self.request: str | None = None
        self.ending: Ending = ""
        self._descriptor = descriptor
        self._give_up = give_up
        self._is_paused = False
        self._changed = threading.Condition()
        threading.Thread(target=self._listen, name="control", daemon=True).start()

    def wait_for_request(self) -> str | None:
        """The first line, once it is there; None if the parent ended without one."""
        with self._changed:
            self._changed.wait_for(lambda: self.request is not None or self.ending)
            return self.request

    def wait_while_paused(self) -> Ending:
        """Whether and why to end, once the step may go on or shall end."""
        with self._changed:
            self._changed.wait_for(lambda: self.ending or not self._is_paused)
            return self.ending

    def _listen(self) -> None:
        for line in _lines(self._descriptor):
            with self._changed:
                if self.request is None:
                    self.request = line
                elif line == "stop":
                    self.ending = self.ending or "stop"
                elif line in ("pause", "go_on"):
                    self._is_paused = line == "pause"
                self._changed.notify_all()
        with self._changed:
            self.ending = "gone"
            self._changed.notify_all()
        # A step that hangs between two events must not outlive the parent.
        timer = threading.Timer(GRACE_SECONDS if self.request else 0.0, self._give_up)
        timer.daemon = True
        timer.start()


def _lines(descriptor: int) -> Iterator[str]:
    """Lines of an open file; unbuffered, as a buffer's lock may break the interpreter's shutdown."""
    rest = b""
    while True:
        try:
            chunk = os.read(descriptor, 65_536)
        except OSError:  # closed under us
            return
        if not chunk:
            return
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode("utf-8", "surrogateescape").strip()
