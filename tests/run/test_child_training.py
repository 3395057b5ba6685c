"""A real training run in a child process: killed, kept, resumed."""

import os
import signal
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from tlstudio.data.settings import DataSettings
from tlstudio.model.settings import ModelSettings
from tlstudio.project.file import create_project, open_project, save_project
from tlstudio.project.project import Project
from tlstudio.run.events import StepDied
from tlstudio.run.follow import follow, take
from tlstudio.run.here import run_here
from tlstudio.run.process import StepProcess
from tlstudio.train.events import EpochDone, RunStarted, TrainDone
from tlstudio.train.run_info import read_info
from tlstudio.train.settings import TrainSettings

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A scanned project of 2 × 10 images of 32 px that would train for a long time."""
    for label, name in enumerate(("bright", "dark")):
        (tmp_path / "images" / name).mkdir(parents=True)
        for number in range(10):
            image = Image.new("RGB", (32, 32), (200 - 150 * label, 3 * number, 90))
            image.save(tmp_path / "images" / name / f"{number}.png")
    project = create_project(tmp_path / "project").with_settings(
        data=DataSettings(root=str(tmp_path / "images"), is_independent=True),
        model=ModelSettings("test_resnet", 0, "random"),
        train=TrainSettings(epochs=400, batch_size=4, early_stop_epochs=None, device="cpu"),
    )
    save_project(project)
    for after, _ in follow(project, run_here("scan", project)):
        project = after
    return project


@pytest.mark.slow
def test_that_a_child_trains_what_was_chosen_when_it_was_asked_and_tells_what_one_here_tells(
    project: Project,
) -> None:
    asked = replace(project.settings, train=replace(project.settings.train, epochs=2, seed=7))
    process = StepProcess("train", project.folder, {}, asked)
    later = project.with_settings(train=replace(project.settings.train, epochs=1, batch_size=8))
    save_project(later)
    in_child = list(process)
    here = list(run_here("train", replace(project, settings=asked)))

    info = read_info(project.run_folder(1))
    assert (info.train.epochs, info.train.seed, info.train.batch_size) == (2, 7, 4)
    assert isinstance(in_child[-1], TrainDone)
    assert isinstance(here[-1], TrainDone)
    losses = [
        [event.validation_loss for event in events if isinstance(event, EpochDone)]
        for events in (in_child, here)
    ]
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)


@pytest.mark.slow
def test_that_a_killed_training_keeps_its_epochs_and_goes_on_where_it_was(project: Project) -> None:
    process = StepProcess("train", project.folder)
    epochs = []
    for event in process:
        project = take(project, event)
        if isinstance(event, EpochDone):
            epochs.append(event)
        if isinstance(event, EpochDone) and (project.run_folder(1) / "last.safetensors").is_file():
            assert process.process_id is not None
            os.kill(process.process_id, signal.SIGKILL)

    assert isinstance(event, StepDied)
    (run,) = open_project(project.folder).runs
    assert run.state == "interrupted"
    # Epochs of less than half a second are written a few at a time; those that were not are repeated.
    known = min(len(run.epochs), len(epochs))
    assert known >= 1
    assert [epoch.train_loss for epoch in run.epochs[:known]] == [
        epoch.train_loss for epoch in epochs[:known]
    ]

    with closing(run_here("resume", open_project(project.folder))) as resumed:
        started = next(event for event in resumed if isinstance(event, RunStarted))
    assert started.run == 1
    # A kill between run.json and the checkpoint: the epochs in between are told, and repeated.
    assert 1 <= started.epochs_done <= len(run.epochs)


@pytest.mark.slow
def test_that_a_stopped_training_keeps_its_best_weights(project: Project) -> None:
    process = StepProcess("train", project.folder)
    for event in process:
        project = take(project, event)
        if isinstance(event, EpochDone):
            process.stop(grace_seconds=60)  # a slow machine needs more than the usual ten

    run = open_project(project.folder).runs[0]
    assert run.state == "stopped"
    assert run.best is not None
    assert (project.run_folder(1) / "best.safetensors").is_file()
