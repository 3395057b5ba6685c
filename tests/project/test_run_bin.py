"""Deleted runs lie in the bin, whole, until they are put back or their time is over."""

import os
import shutil
from dataclasses import replace

import pytest

from tlstudio.model.settings import ModelSettings
from tlstudio.project import run_bin as module
from tlstudio.project.errors import ProjectReadOnly, RunIsRunning, RunNotDeleted, RunNotPutBack, RunNotThere
from tlstudio.project.file import create_project, open_project, save_project
from tlstudio.project.project import Run
from tlstudio.project.run_bin import (
    DAYS,
    binned_runs,
    empty_bin,
    put_back,
    room_in_bin,
    throw_away,
    tidy_bin,
)
from tlstudio.train.events import EpochDone, RunStarted
from tlstudio.train.settings import TrainSettings


def a_run(number, state="done"):
    started = RunStarted(number, "2026-01-01", 5, 0, "CPU", "float32", 8, 0, 9, 9, 28, 6, "random", "f")
    epoch = EpochDone(number, 1, 5, 0.5, 0.8, 0.4, 0.88, 1.5, True, 1e-3, {"ants": (3, 4)}, [])
    return Run(number, state, ModelSettings(), TrainSettings(), "f", started, (epoch,), 1)


@pytest.fixture
def project(tmp_path):
    made = replace(create_project(tmp_path / "Insects"), runs=(a_run(1), a_run(2), a_run(3, "running")))
    save_project(made)
    for run in made.runs:
        folder = made.run_folder(run.number)
        folder.mkdir()
        (folder / "best.safetensors").write_bytes(b"weights")
    return made


def files(project, folder="runs"):
    root = project.folder / folder
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def numbers(runs):
    return [run.number for run in runs]


IN_BIN = ["0002/deleted.json", "0002/run/best.safetensors"]


def test_that_a_deleted_run_is_in_the_bin_and_no_longer_in_the_project(project):
    changed = throw_away(project, 2)

    assert numbers(changed.runs) == [1, 3]
    assert numbers(open_project(project.folder).runs) == [1, 3]
    assert files(project) == ["0001/best.safetensors", "0003/best.safetensors"]
    assert files(project, "bin") == IN_BIN
    assert [binned.run for binned in binned_runs(changed)] == [project.runs[1]]
    assert room_in_bin(changed) > len(b"weights")


def test_that_a_run_is_put_back_as_it_was(project):
    changed = put_back(throw_away(project.with_chosen_run(2), 2), 2)

    assert changed == project.with_chosen_run(2)
    assert open_project(project.folder).runs[1] == project.runs[1]
    assert len(files(project)) == 3
    assert files(project, "bin") == []


def test_that_no_later_run_gets_the_number_of_a_deleted_one(project):
    throw_away(project, 2)

    assert project.run_folder(2).is_dir()
    assert list(project.run_folder(2).iterdir()) == []


def test_that_the_best_is_taken_when_the_chosen_run_is_deleted(project):
    assert throw_away(project.with_chosen_run(2), 2).chosen_run is None
    assert throw_away(project.with_chosen_run(1), 1).chosen_run is None


def test_that_a_run_whose_folder_is_lost_can_be_deleted_and_put_back(project):
    shutil.rmtree(project.run_folder(2))

    changed = throw_away(project, 2)

    assert numbers(changed.runs) == [1, 3]
    assert numbers(put_back(changed, 2).runs) == [1, 2, 3]


def test_that_a_run_in_training_is_kept(project):
    with pytest.raises(RunIsRunning, match="Run 3"):
        throw_away(project, 3)

    assert len(files(project)) == 3


def test_that_a_run_that_is_not_there_is_named(project):
    with pytest.raises(RunNotThere, match="no run 9"):
        throw_away(project, 9)
    with pytest.raises(RunNotPutBack, match="no longer in the bin"):
        put_back(project, 9)


def test_that_a_project_that_is_open_elsewhere_keeps_its_runs_and_its_bin(project):
    changed = throw_away(project, 2)
    looked_at = replace(changed, is_read_only=True)
    for action in (
        lambda: throw_away(looked_at, 1),
        lambda: put_back(looked_at, 2),
        lambda: empty_bin(looked_at),
    ):
        with pytest.raises(ProjectReadOnly):
            action()
    tidy_bin(looked_at)

    assert len(files(project)) == 2
    assert files(project, "bin") == IN_BIN


def test_that_a_run_that_another_program_holds_is_kept_whole(project, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module, "_move", refuse)

    with pytest.raises(RunNotDeleted, match="permission denied"):
        throw_away(project, 2)

    assert numbers(open_project(project.folder).runs) == [1, 2, 3]
    assert len(files(project)) == 3
    assert binned_runs(project) == ()


def test_that_a_folder_that_a_run_points_to_is_not_touched(project, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    os.replace(project.run_folder(2), elsewhere)
    project.run_folder(2).symlink_to(elsewhere, target_is_directory=True)

    empty_bin(throw_away(project, 2))

    assert (elsewhere / "best.safetensors").read_bytes() == b"weights"


def test_that_an_emptied_bin_is_empty(project):
    changed = throw_away(throw_away(project, 1), 2)
    assert [binned.run.number for binned in binned_runs(changed)] == [2, 1]

    empty_bin(changed)

    assert binned_runs(changed) == ()
    assert list((project.folder / "bin").iterdir()) == []
    assert len(files(project)) == 1


def test_that_runs_leave_the_bin_when_their_time_is_over(project, monkeypatch):
    now = module.time.time()
    changed = throw_away(project, 2)
    tidy_bin(changed)
    assert files(project, "bin") == IN_BIN

    monkeypatch.setattr(module.time, "time", lambda: now + (DAYS + 1) * 86400)
    tidy_bin(changed)

    assert files(project, "bin") == []


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_that_a_deletion_broken_off_anywhere_loses_nothing(project, monkeypatch, steps):
    """The power fails at the first, second or third of: entry, project, folder."""

    class PowerCut(BaseException):
        pass

    def cut(*_, **__):
        raise PowerCut

    name = {1: "save_project", 2: "_move", 3: None}[steps]
    with monkeypatch.context() as patch:
        if name:
            patch.setattr(module, name, cut)
        try:
            throw_away(project, 2)
        except PowerCut:
            assert name
    again = open_project(project.folder)
    tidy_bin(again)

    if steps == 1:
        assert numbers(again.runs) == [1, 2, 3]
        assert files(project, "bin") == []
    else:
        assert numbers(again.runs) == [1, 3]
        assert files(project, "bin") == IN_BIN
        assert numbers(put_back(again, 2).runs) == [1, 2, 3]
    assert (project.run_folder(2) / "best.safetensors").read_bytes() == b"weights"


def test_that_putting_back_broken_off_leaves_the_run_in_the_bin(project, monkeypatch):
    changed = throw_away(project, 2)
    os.rmdir(project.run_folder(2))
    os.replace(project.folder / "bin" / "0002" / "run", project.run_folder(2))  # and the power fails

    tidy_bin(open_project(project.folder))

    assert files(project, "bin") == IN_BIN
    assert numbers(put_back(changed, 2).runs) == [1, 2, 3]


def test_that_an_older_project_file_that_comes_back_finds_the_files_of_its_run(project):
    throw_away(project, 2)
    save_project(project)  # it lists the run

    tidy_bin(open_project(project.folder))

    assert len(files(project)) == 3
    assert files(project, "bin") == []


def test_that_a_damaged_entry_is_not_listed_and_not_thrown_away_at_once(project):
    changed = throw_away(project, 2)
    (project.folder / "bin" / "0002" / "deleted.json").write_text("{")

    tidy_bin(changed)

    assert binned_runs(changed) == ()
    assert files(project, "bin") == IN_BIN
