"""Step 1 from start to finish: every file is read in full, grouped, split and put into the table."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tlstudio.data.errors import FolderNotFound, NoImages, TooFewImages, UnreadableImage
from tlstudio.data.events import ImageSetAside
from tlstudio.data.folder import Found, FoundImage, find_images
from tlstudio.data.groups import group_images
from tlstudio.data.images import ImageFacts, image_and_facts
from tlstudio.data.in_order import in_order
from tlstudio.data.settings import DataSettings
from tlstudio.data.split import SplitImage, Splitting, split_images
from tlstudio.data.summary import summary
from tlstudio.data.table import SPLITS, ImageRow, Split, is_inside, write_table
from tlstudio.events import Event, Noted, Progress


def scan(
    settings: DataSettings, table: Path, kept: Sequence[ImageRow] = (), kept_pattern: str | None = None
) -> Iterator[Event]:
    """Read every image under the root, group and split them, write the table.

    Args:
        settings: what the user chose.
        table: the path of images.csv.
        kept: rows of earlier scans; images that are still there keep their split where they can, so that
            what was judged on is not learned from later because other images came in.
        kept_pattern: that those rows were grouped by; where it is another now, groups that lay in several
            splits are dealt anew.

    Yields:
        Progress, ImageSetAside, Noted; last ImagesScanned, once the table is written.

    Raises:
        DataError: if there is nothing to train on; an earlier table stands unchanged.
    """
    yield Progress("Looking for images", 0, 0)
    found = find_images(settings)
    read = _Read([], [])
    yield from _read_all(Path(settings.root), found, read)
    _require_enough(settings, found, read)
    grouping = group_images([image.path for image, _ in read.usable], settings)
    earlier = _earlier_splits(read, kept)
    splitting = split_images(
        [
            SplitImage(image.path, image.class_name, group, facts.sha256, image.given)
            for (image, facts), group in zip(read.usable, grouping.groups, strict=True)
        ],
        settings,
        earlier,
        is_regrouped=grouping.pattern != kept_pattern,
    )
    moved = _moved(splitting.splits, earlier)
    added = _added(splitting.splits, earlier)
    for note in (*found.notes, *grouping.notes, *splitting.copies, *splitting.notes, *added, *moved):
        yield Noted(note)
    rows = _rows(read, splitting)
    write_table(table, rows)
    done = summary(rows, found.classes, len(read.set_aside), grouping.pattern, settings.split_by)
    unmatched = grouping.notes if settings.group_pattern else ()
    yield replace(done, notes=[*found.notes, *unmatched, *splitting.notes, *moved])


@dataclass(frozen=True)
class _Read:
    """What reading left; grows while it goes on."""

    usable: list[tuple[FoundImage, ImageFacts]]
    set_aside: list[tuple[FoundImage, str]]


def _read_all(root: Path, found: Found, read: _Read) -> Iterator[Event]:
    def facts(image: FoundImage) -> ImageFacts:
        return image_and_facts(root / image.path)[1]

    for step in in_order(facts, found.images, "Reading images"):
        if isinstance(step, Progress):
            yield step
            continue
        image, future = step
        try:
            _require_nameable(image)
            read.usable.append((image, future.result()))
        except UnreadableImage as error:
            read.set_aside.append((image, error.reason))
            yield ImageSetAside(_shown(image.path), error.reason)


def _earlier_splits(read: _Read, kept: Sequence[ImageRow]) -> dict[str, Split]:
    """Path → earlier split, by content where a file was moved or renamed, else by path."""
    by_content = {row.sha256: row.split for row in kept if row.split}
    by_path = {row.path: row.split for row in kept if row.split}
    found = {
        image.path: by_content.get(facts.sha256) or by_path.get(image.path) for image, facts in read.usable
    }
    return {path: split for path, split in found.items() if split}


def _added(splits: Mapping[str, Split], earlier: Mapping[str, Split]) -> list[str]:
    """A sentence about what came in since an earlier scan."""
    new = len(splits) - len(earlier) if earlier else 0
    return [f"{new:,} new {'image was' if new == 1 else 'images were'} added to the splits."] if new else []


def _moved(splits: Mapping[str, Split], earlier: Mapping[str, Split]) -> list[str]:
    """A sentence about what could not stay in its split."""
    moved = sum(splits[path] != split for path, split in earlier.items())
    if not moved:
        return []
    return [
        f"{moved:,} of the images that were read before {'is' if moved == 1 else 'are'} in another split "
        "now, as groups were joined or a split would have been empty. Runs keep the split that they had."
    ]


def _require_nameable(image: FoundImage) -> None:
    """A table keeps the name and opens it again, here and on another system."""
    if not is_inside(image.path) or _shown(image.path) != image.path:
        raise UnreadableImage(_shown(image.path), "Its name can't be kept in a project")


def _shown(path: str) -> str:
    """The path as text: Linux allows bytes in names that stand for no letter."""
    return path.encode("utf-8", "replace").decode("utf-8")


def _require_enough(settings: DataSettings, found: Found, read: _Read) -> None:
    root = Path(settings.root)
    if read.set_aside and not os.path.isdir(root):
        raise FolderNotFound(root.name)
    if not read.usable:
        reasons = [reason for _, reason in read.set_aside]
        raise NoImages(root.name, is_empty=False, set_aside=len(reasons), reasons=reasons)
    readable = Counter(image.class_name for image, _ in read.usable)
    set_aside = Counter(image.class_name for image, _ in read.set_aside)
    needed = 1 if len(found.given_splits) > 1 else len(SPLITS)
    for class_name in found.classes:
        if readable[class_name] < needed:
            raise TooFewImages(class_name, readable[class_name], needed, set_aside[class_name])


def _rows(read: _Read, splitting: Splitting) -> list[ImageRow]:
    rows = [
        ImageRow(
            image.path,
            image.class_name,
            splitting.groups[image.path],
            splitting.splits[image.path],
            facts.sha256,
            facts.width,
            facts.height,
            facts.flags,
        )
        for image, facts in read.usable
    ]
    rows += [
        ImageRow(image.path, image.class_name, image.path, "", "", 0, 0, reason)
        for image, reason in read.set_aside
        if is_inside(image.path) and _shown(image.path) == image.path
    ]
    return sorted(rows, key=lambda row: row.path)
