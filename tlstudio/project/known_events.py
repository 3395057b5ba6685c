"""The table of every event that a step may report, for whoever reads them from a line of JSON."""

from tlstudio import events
from tlstudio.data.events import EVENTS as DATA_EVENTS
from tlstudio.evaluate.events import EVENTS as EVALUATE_EVENTS
from tlstudio.events import GENERAL_EVENTS, Event
from tlstudio.export.events import EVENTS as EXPORT_EVENTS
from tlstudio.model.events import EVENTS as MODEL_EVENTS
from tlstudio.project.events import EVENTS as PROJECT_EVENTS
from tlstudio.train.events import EVENTS as TRAIN_EVENTS

KNOWN_EVENTS: tuple[type[Event], ...] = (
    *GENERAL_EVENTS,
    *DATA_EVENTS,
    *MODEL_EVENTS,
    *TRAIN_EVENTS,
    *EVALUATE_EVENTS,
    *EXPORT_EVENTS,
    *PROJECT_EVENTS,
)


def from_json(line: str) -> Event:
    """The event that a step wrote as one line of JSON.

    Raises:
        ValueError: if the line is no event of the table.
    """
    return events.from_json(line, KNOWN_EVENTS)
