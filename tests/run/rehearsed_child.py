"""The real child process with a few small steps of its own, which no other way makes fail on demand."""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from tlstudio.errors import DataError
from tlstudio.events import Event, Progress
from tlstudio.run import child
from tlstudio.steps import STEPS


def crank(project: object, handle: str, note: str = "") -> Iterator[Event]:
    """One event for each byte that comes through the named pipe `handle`."""
    try:
        with open(handle, "rb", buffering=0) as pipe:
            done = 0
            while pipe.read(1):
                done += 1
                yield Progress("Counting", done, 0)
    finally:
        if note:
            Path(note).write_text("closed", encoding="utf-8")


def chatter(project: object) -> Iterator[Event]:
    """Much text on both streams, as libraries like to write, with one event in between."""
    for _ in range(3_000):
        print("a library says something on standard output", flush=True)
        os.write(1, b"and something from C\n")
        os.write(2, b"and a warning on standard error\n")
    yield Progress("Talking", 1, 1)


def killed(project: object) -> Iterator[Event]:
    yield Progress("Living", 1, 2)
    os.kill(os.getpid(), signal.SIGKILL)


def crashed(project: object) -> Iterator[Event]:
    yield Progress("Living", 1, 2)
    ctypes.string_at(0)


def refused(project: object) -> Iterator[Event]:
    yield Progress("Reading", 1, 2)
    raise DataError("Only one class found", "Your images are unchanged.", "Add a folder.")


def faulty(project: object) -> Iterator[Event]:
    yield Progress("Reading", 1, 2)
    raise RuntimeError("cannot read /home/anna/Patients/Smith 1980.png")


if __name__ == "__main__":
    child.HEARTBEAT_SECONDS = float(os.environ.get("REHEARSED_HEARTBEAT_SECONDS", "0.1"))
    child.WARM_MODULES = ()  # no step of this table needs torch, which takes seconds to load
    for step in (crank, chatter, killed, crashed, refused, faulty):
        STEPS[step.__name__] = step
    code = child.main(sys.argv[1:])
    os._exit(code)
