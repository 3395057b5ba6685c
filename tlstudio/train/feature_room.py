"""The room that kept features take in a project's cache: its limit, what is used, giving it back."""

import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from tlstudio.train.feature_store import FACTS_NAME, LOCK_NAME, NAMES_NAME, ROWS_NAME

FOLDER_NAME = "features"
"""In the project's cache; below it a folder for each store."""

GIGABYTE = 10**9
MOST_BYTES = 20 * GIGABYTE
SHARE_OF_DISK = 0.1
FREE_SHARE = 0.8
"""Of the disk's free space: a cache must not be what fills it."""


@dataclass(frozen=True)
class RoomTaken:
    """What a project's cache takes on the disk, in bytes.

    Attributes:
        features: what frozen layers made of the images.
        images: the images, decoded and resized.
    """

    features: int
    images: int


def limit_in_bytes(cache_folder: Path, gigabytes: float | None) -> int:
    """What all kept features of a project may take; 0 keeps none.

    Args:
        cache_folder: of the project.
        gigabytes: that the user allows; None for 20 of them, and at most a tenth of what the disk could give.
    """
    if gigabytes is not None:
        return max(0, round(gigabytes * GIGABYTE))
    # What is kept already counts as free, or the limit would fall as the store grows.
    could_be_had = _free_bytes(cache_folder) + stored_bytes(cache_folder / FOLDER_NAME)
    return min(MOST_BYTES, round(could_be_had * SHARE_OF_DISK))


def room_taken(cache_folder: Path) -> RoomTaken:
    """How much the project keeps now; nothing where there is no cache."""
    images = 0
    with suppress(OSError):
        for path in cache_folder.glob("images-*"):
            with suppress(OSError):
                images += path.stat().st_size
    return RoomTaken(stored_bytes(cache_folder / FOLDER_NAME), images)


def forget_features(cache_folder: Path) -> RoomTaken:
    """Delete every store that nobody fills now; the room that is taken after it.

    Nothing but files of stores is ever deleted. Broken off in the middle, what is left of a store is none.
    """
    for store in _stores(cache_folder / FOLDER_NAME):
        _delete(store)
    with suppress(OSError):
        (cache_folder / FOLDER_NAME).rmdir()
    return room_taken(cache_folder)


def make_room(folder: Path, limit_bytes: int, wanted_bytes: int, keep: Collection[Path]) -> int:
    """Delete the least recently used stores beside those to keep until so much would fit.

    Returns:
        How many bytes those to keep may grow to in all.
    """
    stores = sorted(
        (store for store in _stores(folder) if store not in keep),
        key=lambda store: _used_at(store / FACTS_NAME),
    )
    taken = {store: stored_bytes(store) for store in stores}
    for store in stores:
        if sum(taken.values()) + wanted_bytes <= limit_bytes:
            break
        if _delete(store):
            taken[store] = 0
    there = sum(stored_bytes(store) for store in keep)
    usable = round(_free_bytes(folder) * FREE_SHARE)
    return max(0, min(limit_bytes - sum(taken.values()), there + usable))


def stored_bytes(folder: Path) -> int:
    """Of all files in the folder and below."""
    total = 0
    with suppress(OSError):
        for path in folder.rglob("*"):
            with suppress(OSError):
                total += path.stat().st_size if path.is_file() else 0
    return total


def _stores(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:
        return []


def _used_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _delete(store: Path) -> bool:
    """Delete the store unless somebody writes into it now; whether it was deleted."""
    lock = FileLock(store / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return False
    # The facts go first: without them a half deleted store is none.
    for name in (FACTS_NAME, NAMES_NAME, ROWS_NAME, LOCK_NAME):
        with suppress(OSError):  # on Windows what somebody reads stays
            (store / name).unlink(missing_ok=True)
    lock.release()
    with suppress(OSError):
        store.rmdir()
    return True


def _free_bytes(folder: Path) -> int:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0
