"""Files that are either old or new and never half: write aside, flush, fsync, move into place.

Lies at the bottom of the layers because checkpoints, caches and exports write by it as well as projects.
"""

import errno
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

EVERYONE = 0o666
"""May read and write a new file, as far as the user's umask allows."""

HALF = ".tmp"
STALE_SECONDS = 60.0
"""A file that has not grown for so long is nobody's any more."""

REPLACE_TRIES = 12
"""On Windows a virus scanner or indexer may hold the old file; it lets go within about 2.5 s."""


def write_text(path: Path, text: str, *, mode: int = EVERYONE) -> None:
    """Put `text` (UTF-8) in place of the file's content, whole or not at all.

    Args:
        path: of the file.
        text: all of it; what is no Unicode is written as its escape.
        mode: who may read and write it, as for `os.chmod`, but for what the umask takes away.

    Raises:
        OSError: if it can't be written; the old file stands unchanged.
    """
    with replacing(path, mode=mode) as temporary:
        # A path of Linux may be no Unicode; in JSON its escape is read back as what it was.
        temporary.write_bytes(text.encode("utf-8", "backslashreplace"))


def write_bytes(path: Path, content: bytes) -> None:
    """Put `content` in place of the file's content, whole or not at all.

    Raises:
        OSError: if it can't be written; the old file stands unchanged.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def sweep(folder: Path) -> None:
    """Remove what processes that were killed left half written in the folder, as far as that is possible."""
    with suppress(OSError):
        for path in folder.glob(f".*{HALF}"):
            if time.time() - path.stat().st_mtime > STALE_SECONDS:
                path.unlink()


@contextmanager
def replacing(path: Path, *, mode: int = EVERYONE) -> Iterator[Path]:
    """A temporary path in the same folder that takes the place of `path` when the block ends well.

    A link stays, and what it points to is replaced.

    Raises:
        OSError: if it can't be written or moved, or a device or the like lies there; the old file stands
            unchanged and nothing is left over.
    """
    with replacing_all([path], mode=mode) as (temporary,):
        yield temporary


@contextmanager
def replacing_all(paths: Sequence[Path], *, mode: int = EVERYONE) -> Iterator[list[Path]]:
    """Files that belong together: none is moved before all of them are safely on the disk.

    They are moved in the order given, so that the one most likely to be refused should come first.

    Raises:
        OSError: see `replacing`. Only a refused move of a later file can leave an earlier one new.
    """
    for path in paths:
        if path.exists() and not path.is_file():
            raise FileExistsError(errno.EEXIST, "something that is no file lies there")
    targets = [path.resolve() if path.is_symlink() else path for path in paths]
    with ExitStack() as left_over:
        temporaries = []
        for target in targets:
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=HALF)
            os.close(handle)
            temporaries.append(Path(name))
            left_over.callback(temporaries[-1].unlink, missing_ok=True)
        yield temporaries
        for temporary in temporaries:
            _sync(temporary)
        for temporary, target in zip(temporaries, targets, strict=True):
            _replace(temporary, target, mode)
        left_over.pop_all()
    with suppress(OSError):  # nor can all of them flush a folder; the files are whole in any case
        for folder in {target.parent for target in targets}:
            _sync(folder)


def _replace(source: Path, target: Path, mode: int) -> None:
    # mkstemp makes files for the owner only; the umask of the user is what they expect.
    umask = os.umask(0)
    os.umask(umask)
    with suppress(OSError):  # sticks and some network shares know no permissions
        os.chmod(source, mode & ~umask)
    for attempt in range(REPLACE_TRIES):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if os.name != "nt" or attempt == REPLACE_TRIES - 1:
                raise
            time.sleep(0.03 * (attempt + 1))


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no handle for folders
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
