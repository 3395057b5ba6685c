import os
from dataclasses import replace

import pytest

from tlstudio.model.settings import ModelSettings
from tlstudio.project import remove_run as module
from tlstudio.project.errors import ProjectReadOnly, RunIsRunning, RunNotDeleted, RunNotThere
from tlstudio.project.file import create_project, open_project, save_project
from tlstudio.project.project import Run
from tlstudio.project.remove_run import remove_run
from tlstudio.train.events import RunStarted
from tlstudio.train.settings import TrainSettings


def a_run(number, state="done"):
    started = RunStarted(number, "2026-01-01", 5, 0, "CPU", "float32", 8, 0, 9, 9, 28, 6, "random", "f")
    return Run(number, state, ModelSettings(), TrainSettings(), "f", started)


@pytest.fixture
def project(tmp_path):
    made = replace(create_project(tmp_path / "Insects"), runs=(a_run(1), a_run(2), a_run(3, "running")))
    save_project(made)
    for run in made.runs:
        folder = made.run_folder(run.number)
        folder.mkdir()
        (folder / "best.safetensors").write_bytes(b"weights")
    return made


def files(project):
    runs = project.folder / "runs"
    return sorted(str(path.relative_to(runs)) for path in runs.rglob("*") if path.is_file())


def test_that_a_deleted_run_is_gone_from_the_project_and_the_disk(project):
    changed = remove_run(project, 2)

    assert [run.number for run in changed.runs] == [1, 3]
    assert [run.number for run in open_project(project.folder).runs] == [1, 3]
    assert files(project) == ["0001/best.safetensors", "0003/best.safetensors"]


def test_that_no_later_run_gets_the_number_of_a_deleted_one(project):
    remove_run(project, 2)

    assert project.run_folder(2).is_dir()
    assert list(project.run_folder(2).iterdir()) == []


def test_that_the_best_is_taken_when_the_chosen_run_is_deleted(project):
    assert remove_run(project.with_chosen_run(2), 2).chosen_run is None
    assert remove_run(project.with_chosen_run(1), 2).chosen_run == 1


def test_that_a_run_whose_folder_is_lost_can_be_deleted(project):
    for path in project.run_folder(2).iterdir():
        path.unlink()
    project.run_folder(2).rmdir()

    assert [run.number for run in remove_run(project, 2).runs] == [1, 3]


def test_that_a_run_in_training_is_kept(project):
    with pytest.raises(RunIsRunning, match="Run 3"):
        remove_run(project, 3)

    assert len(files(project)) == 3


def test_that_a_run_that_is_not_there_is_named(project):
    with pytest.raises(RunNotThere, match="no run 9"):
        remove_run(project, 9)


def test_that_a_project_that_is_open_elsewhere_keeps_its_runs(project):
    with pytest.raises(ProjectReadOnly):
        remove_run(replace(project, is_read_only=True), 2)

    assert len(files(project)) == 3


def test_that_a_run_that_another_program_holds_is_kept_whole(project, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module, "_move_aside", refuse)

    with pytest.raises(RunNotDeleted, match="permission denied"):
        remove_run(project, 2)

    assert [run.number for run in open_project(project.folder).runs] == [1, 2, 3]
    assert len(files(project)) == 3


def test_that_a_folder_that_a_run_points_to_is_not_touched(project, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    os.replace(project.run_folder(2), elsewhere)
    project.run_folder(2).symlink_to(elsewhere, target_is_directory=True)

    remove_run(project, 2)

    assert (elsewhere / "best.safetensors").read_bytes() == b"weights"


def test_that_what_an_earlier_try_has_left_goes_with_the_next(project):
    left = project.folder / "runs" / ".deleted-0002"
    left.mkdir()
    (left / "best.safetensors").write_bytes(b"older")

    remove_run(project, 2)

    assert not left.exists()
