"""A project that follows a step is saved after every event that changes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tlstudio.errors import TrainError
from tlstudio.events import Event, Progress
from tlstudio.project.file import create_project, open_project
from tlstudio.project.project import Project, RunState
from tlstudio.run.events import StepDied
from tlstudio.run.follow import follow, take
from tlstudio.train.events import EpochDone, RunStarted

STARTED = RunStarted(
    run=1,
    started_at="2026-01-01T00:00:00Z",
    epochs=3,
    epochs_done=0,
    device="CPU",
    precision="float32",
    batch_size=4,
    frozen_groups=0,
    trainable_parameters=10,
    total_parameters=10,
    train_images=8,
    validation_images=2,
    weights="random",
    data_fingerprint="f",
)
EPOCH = EpochDone(
    run=1,
    epoch=1,
    epochs=3,
    train_loss=0.5,
    train_accuracy=0.5,
    validation_loss=0.5,
    validation_accuracy=0.5,
    seconds=1.0,
    is_best=True,
    learning_rate=0.1,
    found={"a": (1, 2)},
    samples=[],
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "project")


def state_on_disk(project: Project) -> RunState:
    """What stands in the file; opening alone would call a running run interrupted."""
    return open_project(project.folder).runs[0].state


def test_that_each_event_comes_with_the_project_after_it(project: Project) -> None:
    followed = list(follow(project, iter([Progress("Reading", 1, 2), STARTED, EPOCH])))

    assert [event for _, event in followed] == [Progress("Reading", 1, 2), STARTED, EPOCH]
    assert [len(after.runs) for after, _ in followed] == [0, 1, 1]
    assert followed[-1][0].runs[0].best_epoch == 1


def test_that_the_project_is_saved_before_its_event_is_passed_on(project: Project) -> None:
    for after, event in follow(project, iter([STARTED, EPOCH])):
        saved = open_project(project.folder)
        assert len(saved.runs[0].epochs) == len(after.runs[0].epochs), event


def test_that_progress_alone_writes_nothing(project: Project) -> None:
    before = (project.folder / "project.tlstudio").stat().st_mtime_ns

    list(follow(project, iter([Progress("Reading", 1, 2)])))

    assert (project.folder / "project.tlstudio").stat().st_mtime_ns == before


def test_that_a_failed_run_is_saved_with_its_reason(project: Project) -> None:
    def failing() -> Iterator[Event]:
        yield STARTED
        raise TrainError("Not a number", "The loss became impossible.", "")

    with pytest.raises(TrainError):
        list(follow(project, failing()))

    run = open_project(project.folder).runs[0]
    assert run.state == "failed"
    assert run.failure == "Not a number. The loss became impossible."


def test_that_an_interrupted_run_is_saved_as_paused_and_its_step_closed(project: Project) -> None:
    closed = []

    def endless() -> Iterator[Event]:
        try:
            yield STARTED
            raise KeyboardInterrupt
        finally:
            closed.append(True)

    with pytest.raises(KeyboardInterrupt):
        list(follow(project, endless()))

    assert closed == [True]
    assert state_on_disk(project) == "paused"


def test_that_a_run_whose_process_died_can_be_resumed(project: Project) -> None:
    started = take(take(project, STARTED), EPOCH)

    died = take(started, StepDied("Training stopped unexpectedly", "Its process ended by itself."))

    assert died.runs[0].state == "interrupted"
    assert died.runs[0].is_resumable
