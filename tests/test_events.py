import dataclasses
import json
from typing import Literal

import pytest

from tlstudio import events
from tlstudio.errors import TLStudioError
from tlstudio.evaluate.events import ClassResult, DepthResult
from tlstudio.project.known_events import KNOWN_EVENTS, from_json
from tlstudio.train.cost import ImageCost, NetworkCost
from tlstudio.train.events import SamplePrediction
from tlstudio.train.settings import Augmentation

SAMPLES = {
    "str": "Zelle “Ä” 細胞 🙂",
    "int": 3,
    "float": 0.25,
    "bool": True,
    "str | None": None,
    "float | None": 0.75,
    "Augmentation | Literal['']": "light",
    "list[str]": ["a", "b"],
    "list[float]": [0.5, 0.25],
    "dict[str, int]": {"train": 7},
    "dict[str, float]": {"train": 0.5},
    "dict[str, tuple[int, int]]": {"train": (1, 2)},
    "list[int]": [3, 4],
    "list[list[int]]": [[1, 2], [3, 4]],
    "list[SamplePrediction]": [SamplePrediction("Zelle “Ä”/細胞 🙂.png", "a", "b", 0.75)],
    "list[ClassResult]": [ClassResult("Zelle “Ä”", 9, 8, 1, 0.89, 0.57, 0.98, 0.9, 0.6, 0.98)],
    "list[DepthResult]": [DepthResult(3, 0.95, 0.88, 0.98, 0.94, 0.96, 130.5, [1, 2], True)],
    "NetworkCost": NetworkCost(
        ["float32"], [[0.0, 0.5]], [0.75], [[1.0]], [[2.5]], 4.0, [[0.1]], [0.2], [3], [7], 8, True, 0.5
    ),
    "ImageCost": ImageCost(0.25, 300.0, {"none": 0.5}),
}


def _filled(kind):
    names = {field.name: field.type for field in dataclasses.fields(kind)}
    return kind(
        **{name: SAMPLES[hint if isinstance(hint, str) else _spelled(hint)] for name, hint in names.items()}
    )


def _spelled(hint):
    if hint == Augmentation | Literal[""]:
        return "Augmentation | Literal['']"
    return (
        (hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint))
        .replace("tlstudio.train.events.", "")
        .replace("tlstudio.evaluate.events.", "")
        .replace("tlstudio.train.cost.", "")
    )


@pytest.mark.parametrize("kind", KNOWN_EVENTS, ids=lambda kind: kind.__name__)
def test_that_an_event_survives_its_line_of_json(kind):
    event = _filled(kind)

    line = events.to_json(event)

    assert "\n" not in line
    assert json.loads(line)["event"] == kind.__name__
    assert from_json(line) == event


def test_that_every_event_has_a_name_of_its_own():
    names = [kind.__name__ for kind in KNOWN_EVENTS]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "line", ["", "{", "[]", "3", '{"event": "Exploded"}', '{"event": "Progress", "done": "x"}']
)
def test_that_a_line_that_is_no_event_is_refused(line):
    with pytest.raises(ValueError):
        from_json(line)


def test_that_a_failure_carries_the_three_parts_of_its_error():
    error = TLStudioError("The folder has moved", "It was not found. Your runs are safe.", "Find it.")

    failed = events.Failed.from_error(error)

    assert (failed.title, failed.message, failed.what_to_try) == (
        error.title,
        error.message,
        error.what_to_try,
    )
    assert str(error) == "The folder has moved. It was not found. Your runs are safe. Find it."
