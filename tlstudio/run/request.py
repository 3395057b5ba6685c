"""The one line of JSON that tells a child process what to run."""

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from tlstudio.project.project import Settings
from tlstudio.steps import STEPS


@dataclass(frozen=True)
class Request:
    """What a child process shall run.

    Attributes:
        step: a name in the table `STEPS`.
        project: folder of the project, or None for a step that needs none.
        options: of the step; values of JSON.
        settings: in place of the saved ones, which may change before the child reads them; None: those.
    """

    step: str
    project: str | None
    options: dict[str, Any]
    settings: Settings | None = None

    def to_json(self) -> str:
        """The request as one line of JSON; paths among the options become text."""
        settings = None if self.settings is None else asdict(self.settings)
        fields = {
            "step": self.step,
            "project": self.project,
            "options": self.options,
            "settings": settings,
        }
        return json.dumps(fields, default=_text)

    @classmethod
    def from_json(cls, line: str) -> "Request":
        """The request that `to_json` wrote.

        Raises:
            ValueError: if the line is something else or names no known step.
        """
        fields = json.loads(line)
        match fields:
            case {
                "step": str(step),
                "project": (str() | None) as project,
                "options": dict(options),
                "settings": settings,
            } if step in STEPS:
                chosen = None if settings is None else _settings_adapter().validate_python(settings)
                return cls(step, project, options, chosen)
        raise ValueError("expected a request with a known step, a project, options and settings")


@cache
def _settings_adapter() -> TypeAdapter[Settings]:
    return TypeAdapter(Settings)


def _text(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"expected a value of JSON or a path, received {type(value).__name__}")
