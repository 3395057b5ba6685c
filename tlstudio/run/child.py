"""The child process of a run: reads a request, runs its step, writes one event a line.

`python -m tlstudio.run.child [--warm | --download]`. Standard input: the request, then any of the lines
`stop`, `pause`, `go_on`; its end means that the parent is no more. Standard output: events, nothing else.
"""

import sys

from tlstudio import environment

environment.prepare(download="--download" in sys.argv)

import contextlib  # noqa: E402
import faulthandler  # noqa: E402
import importlib  # noqa: E402
import os  # noqa: E402
import threading  # noqa: E402
from dataclasses import replace  # noqa: E402
from pathlib import Path  # noqa: E402

from tlstudio.events import Event, Heartbeat, Stopped, to_json  # noqa: E402
from tlstudio.project.file import open_project  # noqa: E402
from tlstudio.run.control import Control, Ending  # noqa: E402
from tlstudio.run.here import failure, run_here  # noqa: E402
from tlstudio.run.request import Request  # noqa: E402
from tlstudio.work_clock import CLOCK  # noqa: E402

HEARTBEAT_SECONDS = 1.0
NICENESS = 5
"""The window goes first; on two cores it stays smooth while the child trains at full load."""

WARM_MODULES = ("torch", "timm", "tlstudio.train.fit", "tlstudio.evaluate.assess")
"""What takes seconds to import and is wanted by whatever comes next."""


class Out:
    """The private way to the parent: events as lines of JSON, one at a time from any thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def write(self, event: Event) -> None:
        """Send the event now; without a parent it goes nowhere."""
        line = (to_json(event) + "\n").encode("utf-8", "surrogateescape")
        with self._lock, contextlib.suppress(OSError):
            while line:
                line = line[os.write(self._descriptor, line) :]

    def beat(self) -> None:
        """Say every second that this process is alive, until it ends."""
        pause = threading.Event()
        while not pause.wait(HEARTBEAT_SECONDS):
            self.write(Heartbeat())


def main(arguments: list[str]) -> int:
    """Run what the parent asks for.

    Returns:
        0 if the step ended by itself or was asked to, 1 if it failed.
    """
    out = Out(_claim_stdout())
    faulthandler.enable()
    _lower_priority()
    threading.Thread(target=out.beat, name="heartbeat", daemon=True).start()
    control = Control()
    if "--warm" in arguments:
        _warm()
    line = control.wait_for_request()
    return 0 if line is None else _run(line, control, out)


def _run(line: str, control: Control, out: Out) -> int:
    try:
        request = Request.from_json(line)
        project = open_project(Path(request.project), read_only=True) if request.project else None
        if project is not None and request.settings is not None:
            project = replace(project, settings=request.settings)
        events = run_here(request.step, project, **request.options)
        ending: Ending = ""
        for event in events:
            out.write(event)
            with CLOCK.paused():
                ending = control.wait_while_paused()
            if ending:
                break
        if ending == "gone":
            # Closing the step would end the run for good, and so would collecting it as garbage;
            # left as it stands, its last checkpoint lets it go on.
            os._exit(0)
        if ending == "stop":
            _close(events)
            out.write(Stopped(request.step))
    except Exception as error:
        out.write(failure(error))
        return 1
    return 0


def _close(events: object) -> None:
    close = getattr(events, "close", None)
    if close is not None:
        close()


def _claim_stdout() -> int:
    """A private copy of standard output; what libraries print from now on goes to standard error."""
    private = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return private


def _lower_priority() -> None:
    if hasattr(os, "nice"):  # on Windows the parent asks for it when it starts the process
        with contextlib.suppress(OSError):
            os.nice(NICENESS)


def _warm() -> None:
    for name in WARM_MODULES:
        with contextlib.suppress(Exception):  # the step that needs it tells what is wrong
            importlib.import_module(name)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stderr.flush()
    # Everything is written; whatever a library does at the interpreter's end could only spoil it.
    os._exit(code)
