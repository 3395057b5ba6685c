"""What lies in a folder and below it: hidden files left out, links never followed in circles."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tlstudio.data.errors import FolderNotFound, FolderNotReadable
from tlstudio.data.images import SUFFIXES
from tlstudio.errors import reason_of

SKIPPED = {"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "system volume information"}
"""What systems leave among images, in lower case; names that start with a dot are skipped as well."""

DEEPEST = 32


def folders(folder: Path) -> list[str]:
    """The names of the folders inside, sorted."""
    return sorted(entry.name for entry in entries(folder) if is_folder(entry))


def files(root: Path, below: str) -> Iterator[str]:
    """Paths relative to the root of all files with an image's suffix at any depth below a folder.

    A link to a folder is followed only out of the root, because what lies inside is found by its own
    path, and never to a folder that was seen before.
    """
    real_root = os.path.realpath(root)
    waiting = [(below, 1)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        relative, depth = waiting.pop()
        folder = root / relative
        try:
            facts = folder.stat()
        except OSError:
            continue  # it vanished since its name was read
        # Windows network drives give no inode numbers; the depth limit holds there.
        if facts.st_ino and (facts.st_dev, facts.st_ino) in seen:
            continue
        seen.add((facts.st_dev, facts.st_ino))
        for entry in entries(folder):
            path = f"{relative}/{entry.name}"
            if is_folder(entry):
                if depth < DEEPEST and not (entry.is_symlink() and _is_within(entry.path, real_root)):
                    waiting.append((path, depth + 1))
            elif is_image_name(entry.name):
                yield path


def found_images(given: Sequence[Path]) -> list[Path]:
    """The files, and the images in the folders, sorted within each; what isn't there only if nothing is."""
    paths: list[Path] = []
    for path in given:
        paths.extend(sorted(path / name for name in files(path, ".")) if os.path.isdir(path) else [path])
    return paths if any(map(os.path.exists, paths)) else []


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder, without what people don't see or mean.

    Raises:
        FolderNotFound: if it is gone.
        FolderNotReadable: if the system doesn't let it be read.
    """
    try:
        with os.scandir(folder) as found:
            return [entry for entry in found if not _is_skipped(entry.name)]
    except FileNotFoundError as error:
        raise FolderNotFound(folder.name) from error
    except PermissionError as error:
        raise FolderNotReadable(folder.name, "the permission is missing") from error
    except OSError as error:
        raise FolderNotReadable(folder.name, reason_of(error)) from error


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder, or a link to one, that may be looked at."""
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link to itself, or to where the user may not look


def _is_skipped(name: str) -> bool:
    return name.startswith(".") or name.lower() in SKIPPED


def is_image_name(name: str) -> bool:
    """Whether the suffix is one of an image."""
    return os.path.splitext(name)[1].lower() in SUFFIXES


def _is_within(path: str, real_root: str) -> bool:
    real = os.path.realpath(path)
    try:
        # A link to a folder above would bring the root in again, below itself.
        return os.path.commonpath([real, real_root]) in (real_root, real)
    except ValueError:
        return False  # another drive
