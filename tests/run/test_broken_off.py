"""A run that is broken off while it saves: the project tells of it what its folder holds, and it goes on."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tlstudio.events import Stopped
from tlstudio.project.file import open_project
from tlstudio.project.project import Project
from tlstudio.run.follow import follow, take
from tlstudio.run.here import run_here
from tlstudio.run.process import StepProcess
from tlstudio.train import keeper
from tlstudio.train.events import EpochDone
from tlstudio.train.run_info import read_info

MakeProject = Callable[..., Project]


def test_that_ctrl_c_within_a_save_loses_no_epoch(
    plates_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = plates_project(tmp_path, epochs=3, early_stop_epochs=None)
    write = keeper.write_tensors
    writes: list[int] = []

    def interrupted(path: Path, tensors: Any, facts: Any) -> None:
        writes.append(1)
        if len(writes) == 1:
            raise KeyboardInterrupt
        write(path, tensors, facts)

    monkeypatch.setattr(keeper, "FIRST_SECONDS", 0.0)  # every epoch is saved as it ends
    monkeypatch.setattr(keeper, "write_tensors", interrupted)
    with pytest.raises(KeyboardInterrupt):
        for _ in follow(project, run_here("train", project)):
            pass

    paused = open_project(project.folder)
    assert paused.runs[0].state == "paused"
    assert [epoch.epoch for epoch in paused.runs[0].epochs] == [1]  # it was saved as the run was left
    assert paused.runs[0].best is not None
    *_, (done, _) = follow(paused, run_here("resume", paused))
    assert [epoch.epoch for epoch in done.runs[0].epochs] == [1, 2, 3]
    assert done.runs[0].best is not None


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_that_a_stop_that_ends_in_a_kill_leaves_the_epochs_whose_weights_are_there(
    plates_project: MakeProject, tmp_path: Path
) -> None:
    project = plates_project(tmp_path, epochs=400, early_stop_epochs=None)
    process = StepProcess("train", project.folder)
    assert process.process_id is not None
    for event in process:
        project = take(project, event)
        if isinstance(event, EpochDone) and event.epoch == 3:
            os.kill(process.process_id, signal.SIGSTOP)  # it hangs, and can't answer
            process.stop(grace_seconds=0.1)

    assert event == Stopped("train")
    info = read_info(project.run_folder(1))
    (run,) = project.runs
    assert run.state == "stopped"
    assert max((epoch.epoch for epoch in run.epochs), default=0) == info.epochs_done
    assert run.best_epoch == info.best_epoch
    assert replace(run, epochs=()) == replace(open_project(project.folder).runs[0], epochs=())
