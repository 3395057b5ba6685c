"""A child process with its pipes, emptied by threads so that it never waits for a reader."""

import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress

from tlstudio import environment
from tlstudio.events import Event, Heartbeat, Noted
from tlstudio.project.known_events import from_json

SILENCE_SECONDS = 60.0
"""The child beats every second; so long without a word and it hangs in a library."""

SILENT = "It has not answered for a minute. Wait a little, or stop it; every finished epoch is kept."
STDERR_LINES = 40

# -P: the folder that the user happens to stand in is no place to import from.
COMMAND = (sys.executable, "-P", "-m", "tlstudio.run.child")


class Child:
    """The process itself.

    Attributes:
        process: as the system knows it.
        last_lines: the end of what it wrote to standard error.
    """

    def __init__(self, *arguments: str) -> None:
        # No "die with the parent" signal: Linux sends it when the *thread* that started the child ends.
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment.of_computing_child(),
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
            | getattr(subprocess, "CREATE_NO_WINDOW", 0),
            start_new_session=os.name != "nt",  # Ctrl-C in a terminal is the parent's to answer
        )
        self.last_lines: deque[str] = deque(maxlen=STDERR_LINES)
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._write_lock = threading.Lock()
        self._readers = [
            threading.Thread(target=target, daemon=True) for target in (self._read_events, self._read_stderr)
        ]
        for reader in self._readers:
            reader.start()

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def tell(self, line: str) -> None:
        """Send a line to it; lost if it has ended already."""
        assert self.process.stdin is not None  # noqa: S101 - asked for above
        with self._write_lock, suppress(OSError, ValueError):
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()

    def kill(self) -> None:
        """End it now."""
        with suppress(OSError):
            self.process.kill()

    def events(self) -> Iterator[Event]:
        """What it reports, until it ends; heartbeats only prove that it lives and are left out."""
        is_told = False
        while True:
            try:
                line = self._lines.get(timeout=SILENCE_SECONDS)
            except queue.Empty:
                if not is_told:
                    yield Noted(SILENT)
                is_told = True
                continue
            if line is None:
                self._lines.put(None)  # whoever iterates once more shall not wait for ever
                return
            is_told = False
            try:
                event = from_json(line)
            except ValueError:
                self.last_lines.append(f"not an event: {line[:200]}")
                continue
            if not isinstance(event, Heartbeat):
                yield event

    def reap(self) -> int:
        """The exit status, once the process has ended; negative: the signal that ended it."""
        code = self.process.wait()
        pipes = [self.process.stdin]
        for reader, pipe in zip(self._readers, (self.process.stdout, self.process.stderr), strict=True):
            reader.join(timeout=1.0)
            if not reader.is_alive():  # a grandchild may still hold the other end
                pipes.append(pipe)
        for pipe in pipes:
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        return code

    def _read_events(self) -> None:
        assert self.process.stdout is not None  # noqa: S101
        for line in self.process.stdout:
            self._lines.put(line.decode("utf-8", "surrogateescape"))
        self._lines.put(None)

    def _read_stderr(self) -> None:
        assert self.process.stderr is not None  # noqa: S101
        for line in self.process.stderr:
            self.last_lines.append(line.decode("utf-8", "replace").rstrip())
