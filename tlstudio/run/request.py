"""The one line of JSON that tells a child process what to run."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlstudio.steps import STEPS


@dataclass(frozen=True)
class Request:
    """What a child process shall run.

    Attributes:
        step: a name in the table `STEPS`.
        project: folder of the project, or None for a step that needs none.
        options: of the step; values of JSON.
    """

    step: str
    project: str | None
    options: dict[str, Any]

    def to_json(self) -> str:
        """The request as one line of JSON; paths among the options become text."""
        fields = {"step": self.step, "project": self.project, "options": self.options}
        return json.dumps(fields, default=_text)

    @classmethod
    def from_json(cls, line: str) -> "Request":
        """The request that `to_json` wrote.

        Raises:
            ValueError: if the line is something else or names no known step.
        """
        fields = json.loads(line)
        match fields:
            case {"step": str(step), "project": (str() | None) as project, "options": dict(options)}:
                if step in STEPS:
                    return cls(step, project, options)
        raise ValueError("expected a request with a known step, a project and options")


def _text(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"expected a value of JSON or a path, received {type(value).__name__}")
