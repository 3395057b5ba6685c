"""PyTorch files become safetensors in a throw-away process, the only one that ever opens them.

Reading one may run what is hidden in it wherever the reader has a hole, and may take all memory or
time; neither the window nor a training process shall be where that happens.
"""

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tlstudio import atomic
from tlstudio.errors import reason_of
from tlstudio.model.errors import WeightsCarryCode, WeightsNotFound, WeightsUnreadable

DONE, CARRIES_CODE, UNREADABLE, NO_TENSORS, CLAIMS_TOO_MUCH, NO_ROOM, TOO_COSTLY = 0, 3, 4, 5, 6, 7, 8
"""How the process ends; anything else is a crash."""

REASONS = {
    UNREADABLE: "it is cut off, damaged, or of another kind",
    NO_TENSORS: "there are no tensors in it",
    CLAIMS_TOO_MUCH: "it claims to hold far more than it does",
    TOO_COSTLY: "opening it takes more time or memory than weights need",
}
CRASH = "it made the process crash that tried to open it"
ENDED_BY_SYSTEM = ("SIGKILL", "SIGXCPU")

SECONDS = 60
"""Of a processor's time; importing torch takes under 10, reading a gigabyte another 10."""

WAITING = 5
"""So many times as long it may take by the clock, as a cold disk has taken a minute to give torch."""

# -P: the folder that the user happens to stand in is no place to import from.
COMMAND = (sys.executable, "-P", "-m", "tlstudio.model.torch_file_child")


def convert_torch_file(source: Path, target: Path, seconds: int = SECONDS) -> None:
    """Put the tensors of the PyTorch file into the safetensors file `target`, whole or not at all.

    Args:
        source: a file that nobody vouches for.
        target: what to write, in a folder that exists.
        seconds: of a processor's time, after which it is given up.

    Raises:
        WeightsNotFound: if it can't be read, or its tensors can't be written.
        WeightsUnreadable: if it holds no weights, or opening it takes too much.
        WeightsCarryCode: if it would run a program.
    """
    try:
        with atomic.replacing(target) as temporary:
            _require(_status(source, temporary, seconds), source.name)
    except OSError as error:
        raise WeightsNotFound(source.name, reason_of(error)) from error


def _status(source: Path, target: Path, seconds: int) -> int:
    process = subprocess.Popen(
        [*COMMAND, str(source.absolute()), str(target.absolute()), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=target.parent,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        status = process.wait(WAITING * seconds)
        return TOO_COSTLY if _signal_name(status) in ENDED_BY_SYSTEM else status
    except subprocess.TimeoutExpired:
        return TOO_COSTLY
    finally:
        with suppress(OSError):
            process.kill()
        process.wait()
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()


def _signal_name(status: int) -> str:
    return signal.Signals(-status).name if -status in set(signal.Signals) else ""


def _require(status: int, name: str) -> None:
    if status == CARRIES_CODE:
        raise WeightsCarryCode(name)
    if status == NO_ROOM:
        raise WeightsNotFound(name, "there is no room for its tensors beside it")
    if status != DONE:
        raise WeightsUnreadable(name, REASONS.get(status, CRASH))
