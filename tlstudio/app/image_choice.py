"""From the folders that a person dropped or chose to the settings that read them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tlstudio.errors import DataError
from tlstudio.events import Event


@dataclass(frozen=True)
class ExampleDrawn(Event):
    """The images of an example lie on disk."""

    title: str
    folder: Path
    group_pattern: str


class FoldersApart(DataError):
    """The folders don't lie in one folder, so no image has a place relative to it."""

    def __init__(self) -> None:
        super().__init__(
            "The folders lie apart",
            "A project reads class folders that lie side by side in one folder. Nothing was changed.",
            "Put the class folders into one folder, then drop that one.",
        )


class NoFolderChosen(DataError):
    """Single files say no class."""

    def __init__(self) -> None:
        super().__init__(
            "No folder among them",
            "Images get their class from the folder that they lie in. Nothing was changed.",
            "Make one folder for each class, then drop the folders.",
        )


class FolderWithoutImages(DataError):
    """Nothing in the folder can become a class."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "No images were found",
            f"“{name}” holds no images and no folders of images. Nothing was changed.",
            "Drop a folder that holds one folder of images for each class.",
        )


def root_and_folders(paths: Sequence[Path]) -> tuple[Path, tuple[str, ...]]:
    """The data root, and the class folders in it to use; empty for all of them.

    One folder with folders inside is the root itself; class folders side by side share their parent.

    Raises:
        DataError: if there is no folder among the paths, one has nothing to learn from, or they lie apart.
    """
    folders = [path.absolute() for path in paths if path.is_dir()]
    if not folders:
        raise NoFolderChosen
    for folder in folders:
        if not _has_folders(folder) and not _has_images(folder):
            raise FolderWithoutImages(folder.name)
    if len(folders) == 1 and _has_folders(folders[0]):
        return folders[0], ()
    parents = {folder.parent for folder in folders}
    if len(parents) > 1:
        raise FoldersApart
    return parents.pop(), tuple(sorted(folder.name for folder in folders))


def free_folder(projects: Path, name: str) -> Path:
    """A folder in `projects` that does not exist yet, called `name`, else "name 2", "name 3" and so on."""
    name = name.strip(" .") or "Project"
    folder, number = projects / name, 2
    while folder.exists():
        folder, number = projects / f"{name} {number}", number + 1
    return folder


def _has_folders(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entry.is_dir() and not entry.name.startswith(".") for entry in entries)
    except OSError:
        return False


def _has_images(folder: Path) -> bool:
    from tlstudio.data.images import SUFFIXES  # noqa: PLC0415 - loads Pillow, which start-up shall not

    try:
        with os.scandir(folder) as entries:
            return any(Path(entry.name).suffix.lower() in SUFFIXES for entry in entries)
    except OSError:
        return True  # the reading says why it can't be opened
