"""One writer for each project folder: a lock that the operating system drops with its owner.

The file's lock, not its existence, is what counts, so a killed owner never bars the next start. The
content (process and host) is only there to be shown.
"""

import contextlib
import errno
import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import IO

LOCK_NAME = ".lock"
TRIES = 5
NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)
"""How a file system says that it can't lock."""

PAUSE_SECONDS = 0.03


class ProjectLock:
    """The right to write into one project folder.

    Attributes:
        folder: of the project.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: IO[bytes] | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    @property
    def owner(self) -> str:
        """Who holds the lock, for people; empty if nobody wrote it."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            content = json.loads((self.folder / LOCK_NAME).read_text(encoding="utf-8"))
            return f"process {content['process']} on {content['host']}"
        return ""

    def acquire(self) -> bool:
        """Take the lock if it is free; the holder may ask again.

        Returns:
            True if it is held now, False if another process has it or the folder can't be written to.
        """
        if self._file is not None:
            return True
        try:
            # Without a buffer nothing is left over for close() to stumble upon when the disk is full.
            file = open(self.folder / LOCK_NAME, "ab+", buffering=0)  # noqa: SIM115
        except OSError:
            return False
        if not _lock_soon(file):
            file.close()
            return False
        self._file = file
        with contextlib.suppress(OSError):  # only shown; the lock holds on a full disk too
            file.seek(0)
            file.truncate()
            file.write(json.dumps({"process": os.getpid(), "host": socket.gethostname()}).encode())
        return True

    def is_taken(self) -> bool:
        """Whether anybody holds the lock now; asking changes nothing and stands in nobody's way for long."""
        try:
            with open(self.folder / LOCK_NAME, "rb") as file:
                return not _lock(file, is_shared=True)
        except OSError:
            return False

    def release(self) -> None:
        """Give the lock back; the file stays, since removing it would race with the next owner."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock_soon(file: IO[bytes]) -> bool:
    """Lock the file, allowing for somebody who is just asking whether it is taken."""
    for _ in range(TRIES):
        if _lock(file):
            return True
        time.sleep(PAUSE_SECONDS)
    return False


def _lock(file: IO[bytes], *, is_shared: bool = False) -> bool:
    """Lock an open file without waiting; released when the file or its process ends."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            file.seek(1_000_000)  # outside the content, which others may read
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(file, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        # Some network drives know no locks: there one writer can't be told from two, but work can go on.
        return error.errno in NO_LOCKS
    return True
