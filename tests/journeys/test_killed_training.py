"""A training process killed at one moment after another: nothing is lost, nothing differs."""

import contextlib
import csv
import io
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys

import pytest
import torch

from tlstudio.cli.verbs import main
from tlstudio.train.checkpoint import load_checkpoint

EPOCHS = 6
MOMENTS = [(3, 3), (1, 4), (0, 0)]
"""How many epochs are finished and how many lines come after them; at (0, 0) no run has begun."""

OTHERS = [moment for moment in itertools.product(range(EPOCHS), range(6)) if moment not in MOMENTS]
random.Random(0).shuffle(OTHERS)
TRIES = int(os.environ.get("TLSTUDIO_KILLS", len(MOMENTS)))
"""More of them are a matter of patience: TLSTUDIO_KILLS=20 takes about four minutes."""


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    """Here and in the child, so that both add in the same order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def untrained(tmp_path_factory, plates_project):
    """A project of 24 drawn images, ready to train for a few seconds."""
    folder = tmp_path_factory.mktemp("killed")
    return plates_project(folder, 12, epochs=EPOCHS, batch_size=4, early_stop_epochs=None).folder


def tlstudio(*arguments):
    """The verb in this process, which has loaded torch: its exit status and its events."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
        status = main([*map(str, arguments), "--json"])
    return status, [json.loads(line) for line in output.getvalue().splitlines()]


def train_and_kill(project, last_epoch, lines_more):
    """Train in a process of its own, and kill it some lines after so many finished epochs."""
    training = subprocess.Popen(
        [sys.executable, "-m", "tlstudio", "train", str(project), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    done = 0
    for line in training.stdout:
        done += json.loads(line)["event"] == "EpochDone"
        lines_more -= done >= last_epoch
        if lines_more < 0:
            break
    training.send_signal(signal.SIGKILL)
    training.wait()
    training.stdout.close()


def metrics(project):
    newest = max((project / "runs").iterdir())
    with (newest / "metrics.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    numbers = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
    return [(int(row["epoch"]), [float(row[name]) for name in numbers]) for row in rows]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_that_a_run_resumed_after_sigkill_equals_the_unbroken_one_every_time(untrained, tmp_path):
    whole = tmp_path / "whole"
    shutil.copytree(untrained, whole)
    assert tlstudio("train", whole)[0] == 0
    expected = metrics(whole)
    assert [epoch for epoch, _ in expected] == list(range(1, EPOCHS + 1))

    for last_epoch, lines_more in [*MOMENTS, *OTHERS][:TRIES]:
        project = tmp_path / f"{lines_more} lines after {last_epoch}"
        shutil.copytree(untrained, project)
        train_and_kill(project, last_epoch, lines_more)

        saved = load_checkpoint(project / "runs" / "0001")
        status, events = tlstudio("resume", project)
        if events[-1].get("title") == "Nothing to continue":
            # Killed before the run had begun; a new one gives the same numbers.
            assert tlstudio("train", project)[0] == 0
        else:
            assert status == 0
            (started,) = (event for event in events if event["event"] == "RunStarted")
            assert started["epochs_done"] == (saved.place.epoch if saved else 0)

        assert [epoch for epoch, _ in metrics(project)] == [epoch for epoch, _ in expected]
        for (_, found), (_, wanted) in zip(metrics(project), expected, strict=True):
            assert found == pytest.approx(wanted, abs=1e-6)
        shutil.rmtree(project)
