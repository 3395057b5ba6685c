"""A training process killed at a random moment, again and again: nothing is lost, nothing differs."""

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys

import pytest

TLSTUDIO = (sys.executable, "-m", "tlstudio")
TRIES = int(os.environ.get("TLSTUDIO_KILLS", "4"))
"""More of them are a matter of patience: TLSTUDIO_KILLS=20 takes about five minutes."""
EPOCHS = 6


@pytest.fixture(scope="module")
def untrained(tmp_path_factory, plates_project):
    """A project of 24 drawn images, ready to train for a few seconds."""
    folder = tmp_path_factory.mktemp("killed")
    return plates_project(folder, 12, epochs=EPOCHS, batch_size=4, early_stop_epochs=None).folder


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
    subprocess.run([*TLSTUDIO, "train", str(whole)], check=True, capture_output=True)
    expected = metrics(whole)
    assert [epoch for epoch, _ in expected] == list(range(1, EPOCHS + 1))

    for attempt in range(TRIES):
        project = tmp_path / f"try {attempt}"
        shutil.copytree(untrained, project)
        moment = random.Random(attempt)
        training = subprocess.Popen(
            [*TLSTUDIO, "train", str(project), "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        last_epoch = moment.randrange(0, EPOCHS)  # kill some lines after this many finished epochs
        lines_more = moment.randrange(0, 6)
        done = 0
        for line in training.stdout:
            done += json.loads(line)["event"] == "EpochDone"
            lines_more -= done >= last_epoch
            if lines_more < 0:
                break
        training.send_signal(signal.SIGKILL)
        training.wait()
        training.stdout.close()

        resumed = subprocess.run(
            [*TLSTUDIO, "resume", str(project), "--json"],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        result = json.loads(resumed.stdout.splitlines()[-1])
        if result["event"] == "Failed" and result["title"] == "Nothing to continue":
            # Killed before the run had begun; a new one gives the same numbers.
            subprocess.run([*TLSTUDIO, "train", str(project)], check=True, capture_output=True)

        assert [epoch for epoch, _ in metrics(project)] == [epoch for epoch, _ in expected]
        for (_, found), (_, wanted) in zip(metrics(project), expected, strict=True):
            assert found == pytest.approx(wanted, abs=1e-6)
        shutil.rmtree(project)
