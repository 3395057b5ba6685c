"""A request to a child process survives its line of JSON, and nothing else passes for one."""

from pathlib import Path

import pytest

from tlstudio.data.settings import DataSettings
from tlstudio.export.settings import ExportSettings
from tlstudio.model.settings import ModelSettings
from tlstudio.project.project import Settings
from tlstudio.run.request import Request
from tlstudio.train.settings import TrainSettings


def test_that_a_request_comes_back_with_paths_as_text() -> None:
    line = Request("export", "/data/Bücher 📷", {"to": Path("a/b.onnx"), "run": None}).to_json()

    assert Request.from_json(line) == Request("export", "/data/Bücher 📷", {"to": "a/b.onnx", "run": None})
    assert "\n" not in line


def test_that_the_settings_come_along_as_they_were():
    settings = Settings(
        DataSettings(root="/data", folders=("a", "b"), group_pattern=r"P(\d)"),
        ModelSettings("resnet18", "head", "random"),
        TrainSettings(epochs=3, learning_rate=0.01, augmentation="none"),
        ExportSettings(contact="me"),
    )
    request = Request("train", "/project", {}, settings)

    assert Request.from_json(request.to_json()) == request


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        '{"step": "train"}',
        '{"step": "rm", "project": null, "options": {}}',
        '{"step": "train", "project": 3, "options": {}}',
    ],
)
def test_that_anything_else_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Request.from_json(line)
