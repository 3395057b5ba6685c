"""Events: the plain, frozen, past-tense facts that a running step reports, and their one line of JSON."""

import json
from collections.abc import Hashable, Iterable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, cast

from pydantic import TypeAdapter

from tlstudio.errors import TLStudioError


@dataclass(frozen=True)
class Event:
    """A fact that a step reports. Subclasses are named in the past tense."""


@dataclass(frozen=True)
class Progress(Event):
    """How far a step has come with one thing that it does; at most ten a second."""

    what: str  # for people: "Reading images"
    done: int
    total: int  # 0 if it is not known yet


@dataclass(frozen=True)
class Noted(Event):
    """Something that the user should know and need not act on."""

    message: str


@dataclass(frozen=True)
class Heartbeat(Event):
    """The child process is alive although its step has nothing to report."""


@dataclass(frozen=True)
class Stopped(Event):
    """The step was asked to stop, and did; what it had finished is kept."""

    step: str


@dataclass(frozen=True)
class Failed(Event):
    """The step ended with an error; the fields are those of a TLStudioError."""

    title: str
    message: str
    what_to_try: str = ""
    details: str = ""  # for the "Details" button and a bug report; empty for an expected error

    @classmethod
    def from_error(cls, error: TLStudioError) -> "Failed":
        """The event that tells of an expected error."""
        return cls(error.title, error.message, error.what_to_try)


GENERAL_EVENTS: tuple[type[Event], ...] = (Progress, Noted, Heartbeat, Stopped, Failed)


def to_json(event: Event) -> str:
    """The event as one line of JSON, its name first: `{"event": "EpochDone", "epoch": 3, …}`."""
    return json.dumps({"event": type(event).__name__, **asdict(event)}, ensure_ascii=False)


def from_json(line: str, kinds: Iterable[type[Event]]) -> Event:
    """The event that `to_json` wrote.

    Raises:
        ValueError: if the line is no JSON object, names none of `kinds`, or its fields don't fit.
    """
    fields: dict[str, Any] = json.loads(line)
    name = fields.pop("event", None) if isinstance(fields, dict) else None
    for kind in kinds:
        if kind.__name__ == name:
            adapter = _adapter(cast(Hashable, kind))
            event: Event = adapter.validate_python(fields)
            return event
    raise ValueError(f"expected one of the known events, received {name!r}")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
