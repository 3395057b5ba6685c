"""What Home shows of the projects that were open lately, read in a thread as they may lie on a slow share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tlstudio.amounts import counted
from tlstudio.app.overview import state_of
from tlstudio.app.preferences import Recent
from tlstudio.data.table import ImageRow, read_table
from tlstudio.errors import TLStudioError
from tlstudio.events import Event
from tlstudio.project.file import IMAGES_NAME, open_project
from tlstudio.project.project import Project

PICTURES = 3


@dataclass(frozen=True)
class RecentRead(Event):
    """One recent project was looked at.

    Attributes:
        path: of its folder.
        is_there: whether it can be opened.
        text: what it holds.
        chip: words, tone and icon of its state.
        pictures: files to show.
    """

    path: str
    is_there: bool
    text: str = ""
    chip: tuple[str, str, str] = ("", "neutral", "")
    pictures: tuple[str, ...] = ()


def read_recent(recents: Iterable[Recent]) -> Iterator[Event]:
    """Look at each of them; for a thread."""
    for recent in recents:
        try:
            project = open_project(Path(recent.path), read_only=True)
            yield RecentRead(
                recent.path,
                is_there=True,
                text=_holds(project),
                chip=state_of(project),
                pictures=_pictures(project),
            )
        except (TLStudioError, OSError):
            yield RecentRead(recent.path, is_there=False, text="The folder has moved")


def when(opened_at: float, now: datetime) -> str:
    """When a project was open, as people say it: "today", "Tuesday", "12 Nov"."""
    opened = datetime.fromtimestamp(opened_at)
    days = (now.date() - opened.date()).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 7:
        return f"{opened:%A}"
    day = f"{opened.day} {opened:%b}"
    return day if opened.year == now.year else f"{day} {opened.year}"


def _holds(project: Project) -> str:
    if project.images is None:
        return "No images yet"
    classes = len(project.images.classes)
    return f"{counted(project.images.images, 'image')}, {counted(classes, 'class', 'classes')}"


def _pictures(project: Project) -> tuple[str, ...]:
    """One image each of up to three classes."""
    try:
        rows = read_table(project.folder / IMAGES_NAME)
    except TLStudioError:
        return ()
    usable = [row for row in rows if not row.is_set_aside]
    chosen: list[ImageRow] = []
    for row in usable:
        if row.class_name not in {known.class_name for known in chosen}:
            chosen.append(row)
        if len(chosen) == PICTURES:
            break
    chosen += [row for row in usable[:PICTURES] if row not in chosen]
    return tuple(str(project.data_root / row.path) for row in chosen[:PICTURES])
