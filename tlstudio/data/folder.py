"""Class folders, or train, val and test over class folders, become a list of labelled files."""

import os
import stat
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tlstudio.data.errors import (
    ClassesDiffer,
    ClassFolderNotFound,
    ClassNamesTooAlike,
    FolderNotFound,
    FolderNotReadable,
    NoImages,
    NotAFolder,
    OnlyOneClass,
    listed,
)
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import Split
from tlstudio.data.walk import entries, files, folders, is_folder, is_image_name

SPLIT_FOLDERS: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
"""Folder name in lower case → the split that it gives."""


@dataclass(frozen=True)
class FoundImage:
    """A file that by its name may be an image.

    Attributes:
        path: relative to the root, with forward slashes.
        class_name: the folder's name, in Unicode's composed form.
        given: the split that the folders give it, or empty.
    """

    path: str
    class_name: str
    given: Split | Literal[""] = ""


@dataclass(frozen=True)
class Found:
    """All that was found under a root.

    Attributes:
        images: sorted by path.
        classes: names, sorted.
        notes: sentences for people.
    """

    images: tuple[FoundImage, ...]
    classes: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def given_splits(self) -> frozenset[str]:
        """Which splits the folders give; empty if they give none."""
        return frozenset(image.given for image in self.images if image.given)


def find_images(settings: DataSettings) -> Found:
    """Every file with an image's suffix under the root, labelled by its class folder.

    Raises:
        DataError: if the root can't be read, holds no images or one class, or its class names clash.
    """
    root = Path(settings.root)
    _require_folder(root, settings.root)
    tops = folders(root)
    is_given = _gives_splits(root, tops)
    found: list[FoundImage] = []
    notes: list[str] = []
    if is_given:
        for top in tops:
            split = SPLIT_FOLDERS.get(top.lower())
            if split:
                found += _in_class_folders(root, top, split)
            elif any(True for _ in files(root, top)):
                notes.append(f"The folder “{top}” beside the splits is not used.")
    else:
        found = _in_class_folders(root, "", "")
    found = _only_chosen(found, settings, root.name)
    classes = _check_classes(root, found, is_given=is_given)
    notes += _empty_class_folders(root, tops, classes, settings) if not is_given else []
    return Found(tuple(sorted(found, key=lambda image: image.path)), classes, tuple(notes))


def _require_folder(root: Path, chosen: str) -> None:
    try:
        if chosen and stat.S_ISDIR(os.stat(root).st_mode):
            return
        if chosen:
            raise NotAFolder(root.name)
    except PermissionError as error:
        raise FolderNotReadable(root.name, "the permission is missing") from error
    except (OSError, ValueError):  # ValueError: no file system knows such a name
        pass
    raise FolderNotFound(root.name or str(root))


def _gives_splits(root: Path, tops: Sequence[str]) -> bool:
    """Whether the folders are train and others, each over class folders."""
    splits = {SPLIT_FOLDERS[top.lower()] for top in tops if top.lower() in SPLIT_FOLDERS}
    return "train" in splits and all(
        folders(root / top) or not any(True for _ in files(root, top))
        for top in tops
        if top.lower() in SPLIT_FOLDERS
    )


def _in_class_folders(root: Path, below: str, split: Split | Literal[""]) -> list[FoundImage]:
    start = root / below if below else root
    found = []
    for name in folders(start):
        class_name = unicodedata.normalize("NFC", name)
        folder = f"{below}/{name}" if below else name
        found += [FoundImage(path, class_name, split) for path in files(root, folder)]
    return found


def _only_chosen(found: list[FoundImage], settings: DataSettings, root: str) -> list[FoundImage]:
    if not settings.folders:
        return found
    chosen = {unicodedata.normalize("NFC", name) for name in settings.folders}
    missing = sorted(chosen - {image.class_name for image in found})
    if missing:
        raise ClassFolderNotFound(missing[0], root)
    return [image for image in found if image.class_name in chosen]


def _check_classes(root: Path, found: list[FoundImage], *, is_given: bool) -> tuple[str, ...]:
    if not found:
        raise NoImages(root.name, is_empty=not any(root.iterdir()))
    by_case: dict[str, set[str]] = defaultdict(set)
    # Two folders may also differ in Unicode form alone: then their names are equal here, their paths aren't.
    folder_names: dict[str, set[str]] = defaultdict(set)
    for image in found:
        # Not casefold(): Masse and Maße are two words.
        by_case[image.class_name.lower()].add(image.class_name)
        parts = image.path.split("/")
        above, folder = (parts[0], parts[1]) if is_given else ("", parts[0])
        folder_names[f"{above}/{image.class_name}"].add(folder)
    for names in (*by_case.values(), *folder_names.values()):
        if len(names) > 1:
            first, second = sorted(names)[:2]
            raise ClassNamesTooAlike(first, second)
    classes = tuple(sorted({image.class_name for image in found}))
    if len(classes) == 1:
        folders = {image.path.rpartition("/")[0] for image in found}
        raise OnlyOneClass(classes[0], has_subfolders=len(folders) > 1)
    if is_given:
        _check_splits_agree(found)
    return classes


def _check_splits_agree(found: list[FoundImage]) -> None:
    """Every given split has images of every class."""
    classes: dict[str, set[str]] = defaultdict(set)
    for image in found:
        classes[image.path.split("/")[0]].add(image.class_name)
    for folder, names in sorted(classes.items()):
        for other, other_names in sorted(classes.items()):
            if other_names - names:
                raise ClassesDiffer(folder, sorted(other_names - names), other)


def _empty_class_folders(
    root: Path, tops: Sequence[str], classes: Sequence[str], settings: DataSettings
) -> list[str]:
    notes = []
    unused = [name for name in tops if unicodedata.normalize("NFC", name) not in classes]
    if unused and not settings.folders:
        has = "holds no images and is" if len(unused) == 1 else "hold no images and are"
        notes.append(f"{listed(unused)} {has} not used as a class.")
    loose = Counter(is_image_name(entry.name) and not is_folder(entry) for entry in entries(root))[True]
    if loose:
        lies = "image lies" if loose == 1 else "images lie"
        notes.append(f"{loose} {lies} beside the class folders, so the class is unknown; not used.")
    return notes
