"""What making a project reports."""

from dataclasses import dataclass

from tlstudio.events import Event


@dataclass(frozen=True)
class ProjectCreated(Event):
    """The project folder stands and its images are scanned."""

    images: int
    classes: list[str]
    rejected: int
    groups: int
    split: dict[str, int]  # train, validation, test → images
    path: str
    group_pattern: str | None


EVENTS: tuple[type[Event], ...] = (ProjectCreated,)
