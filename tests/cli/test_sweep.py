"""The sweep in a terminal: what scripts read of it, what people read, and its exit status."""

import contextlib
import io
import json

import pytest
import torch

from tlstudio.cli.choices import freeze_depths
from tlstudio.cli.sweep_words import sweep_sentence
from tlstudio.cli.verbs import main
from tlstudio.cli.words import sentence
from tlstudio.evaluate.events import DepthResult, SweepDone, SweepPlanned
from tlstudio.train.events import RunFailed

DONE = SweepDone(
    depths=[
        DepthResult(0, 0.9, 0.82, 0.95, 0.88, 0.92, 620.0, [5, 6], False),
        DepthResult(3, 0.951, 0.88, 0.98, 0.947, 0.954, 130.0, [1, 2], True),
        DepthResult(5, 0.94, 0.87, 0.97, 0.934, 0.947, 12.0, [3, 4], True),
    ],
    best_depth=3,
    recommended_depth=5,
    next_between=[3, 5],
    sentence="Freeze depth 3 is ahead, but depth 5 (head only) may be just as good.",
    seconds=700.0,
    failed=1,
)


def ask(*arguments):
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        status = main([str(argument) for argument in arguments])
    return status, output.getvalue(), errors.getvalue()


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_that_a_sweep_tells_scripts_its_plan_its_runs_and_its_result(tmp_path, plates_project):
    project = plates_project(tmp_path)
    command = ("sweep", project.folder, "--depths", "4,head", "--seeds", 1, "--epochs", 1)

    status, output, _ = ask(*command, "--json")
    events = [json.loads(line) for line in output.splitlines()]

    assert status == 0
    assert {key: events[0][key] for key in ("event", "depths", "seeds", "epochs", "runs_planned")} == {
        "event": "SweepPlanned", "depths": [4, 5], "seeds": [0], "epochs": 1, "runs_planned": 2,
    }  # fmt: skip
    assert [event["run"] for event in events if event["event"] == "TrainDone"] == [1, 2]
    assert events[-1]["event"] == "SweepDone"
    assert [each["depth"] for each in events[-1]["depths"]] == [4, 5]
    listed = [json.loads(line) for line in ask("runs", project.folder, "--json")[1].splitlines()]
    assert [(run["freeze"], run["state"]) for run in listed[:-1]] == [(4, "done"), (5, "done")]

    again, text, _ = ask(*command)
    assert again == 0
    assert "2 of them done already, 0 to train" in text
    assert "best" in text


@pytest.mark.parametrize(
    ("text", "expected"), [("auto", "auto"), ("0,4, head", [0, 4, "head"]), ("none", [0])]
)
def test_that_depths_are_read_as_people_write_them(text, expected):
    assert freeze_depths(text) == expected


@pytest.mark.parametrize(
    "wrong", [("--depths", "4,deep"), ("--depths", ""), ("--seeds", "0"), ("--epochs", "0")]
)
def test_that_wrong_use_is_status_2(tmp_path, wrong):
    assert ask("sweep", tmp_path, *wrong)[0] == 2


def test_that_a_depth_out_of_range_is_status_1_and_trains_nothing(tmp_path, plates_project):
    project = plates_project(tmp_path)

    status, output, _ = ask("sweep", project.folder, "--depths", "4,77", "--json")

    assert status == 1
    assert json.loads(output.splitlines()[-1])["title"] == "Freeze depth out of range"
    assert list((project.folder / "runs").iterdir()) == []


def test_that_the_plan_is_said_in_a_sentence():
    planned = SweepPlanned([0, 3, 5], [0, 1], 20, 6, 2)

    assert sweep_sentence(planned) == (
        "Freeze depths 0, 3, 5 with 2 seeds each: 6 runs of 20 epochs, 2 of them done already, 4 to train."
    )


def test_that_the_result_is_a_table_with_ranges_and_what_can_be_chance():
    lines = sweep_sentence(DONE).splitlines()

    assert lines[1].split("  ")[0] == "Freeze depth"
    assert "90.0%  82.0% … 95.0%" in lines[2]
    assert lines[2].endswith("5, 6")
    assert lines[3].endswith("best")
    assert lines[4].endswith("recommended")
    assert "A run between 3 and 5 may tell more." in lines[6]
    assert lines[-1] == "The sweep took about 12 min. 1 run failed."


def test_that_a_failed_run_says_that_the_others_go_on():
    failed = RunFailed("Memory does not suffice", "The memory was full.", "Freeze more groups.", run=4)

    assert sentence(failed) == (
        "Run 4 failed, the others go on. Memory does not suffice.\nThe memory was full.\nFreeze more groups."
    )
