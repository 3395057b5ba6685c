"""A request to a child process survives its line of JSON, and nothing else passes for one."""

from pathlib import Path

import pytest

from tlstudio.run.request import Request


def test_that_a_request_comes_back_with_paths_as_text() -> None:
    line = Request("export", "/data/Bücher 📷", {"to": Path("a/b.onnx"), "run": None}).to_json()

    assert Request.from_json(line) == Request("export", "/data/Bücher 📷", {"to": "a/b.onnx", "run": None})
    assert "\n" not in line


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
