"""What scanning a folder of images reports."""

from dataclasses import dataclass, field

from tlstudio.events import Event


@dataclass(frozen=True)
class ImageSetAside(Event):
    """A file could not be used; it is listed, and stays where it is."""

    path: str  # relative to the data root
    reason: str  # for people: "The file is cut off"


@dataclass(frozen=True)
class ImagesScanned(Event):
    """Every file under the root was read in full, grouped and split; images.csv is written."""

    images: int  # usable ones
    classes: list[str]
    rejected: int
    groups: int
    split: dict[str, int]  # train, validation, test → images
    class_counts: dict[str, int]  # class → usable images
    fingerprint: str  # SHA-256 over path, class, group, split and content of every usable image
    group_pattern: str | None  # the one in force, chosen or proposed
    split_by: str = ""  # how images were dealt where no folder decides; empty in older projects
    notes: list[str] = field(default_factory=list)  # for people: what neither counts nor the table show


EVENTS: tuple[type[Event], ...] = (ImageSetAside, ImagesScanned)
