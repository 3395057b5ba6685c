"""What runs will need, in a terminal: a line for each freeze depth, then the result."""

import contextlib
import io
import json

import pytest
import torch

from tlstudio.cli.verbs import main
from tlstudio.model.backbones import find_backbone
from tlstudio.train import network_cost


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(network_cost, "STEP_SECONDS", 0.05)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def ask(*arguments):
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
        status = main([str(argument) for argument in arguments])
    return status, output.getvalue()


def test_that_every_depth_is_told_measured_once(tmp_path, plates_project):
    project = plates_project(tmp_path)
    positions = find_backbone("test_resnet").head_depth + 1

    status, first = ask("estimate", project.folder, "--json")
    _, again = ask("estimate", project.folder)

    events = [json.loads(line) for line in first.splitlines()]
    told = [event for event in events if event["event"] == "DepthEstimated"]
    assert status == 0
    assert [event["freeze_depth"] for event in told] == list(range(positions))
    assert all(event["seconds"] > 0 and event["memory_bytes"] > 0 for event in told)
    assert events[-1] == {**events[-1], "event": "EstimateDone", "depths": positions, "epochs": 2}
    assert again.count("of memory") == positions
    assert "For 2 epochs on CPU" in again
