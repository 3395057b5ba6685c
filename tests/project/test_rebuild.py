import shutil
from dataclasses import replace

import pytest

from tlstudio import steps
from tlstudio.project.file import (
    DAMAGED_NAME,
    FILE_NAME,
    PREVIOUS_NAME,
    open_project,
    save_project,
)
from tlstudio.train.run_info import METRICS_NAME


@pytest.fixture(scope="module")
def trained(tmp_path_factory, plates_project):
    """A project with one finished, evaluated run of two epochs on drawn images."""
    project = plates_project(tmp_path_factory.mktemp("rebuild"))
    for step in (steps.train, steps.evaluate):
        for event in step(project):
            project = project.after(event)
    save_project(project)
    return project


@pytest.fixture
def project(trained, tmp_path):
    shutil.copytree(trained.folder, tmp_path / "project")
    return trained


def test_that_a_project_whose_files_are_lost_is_rebuilt_from_its_runs(project, tmp_path):
    (tmp_path / "project" / FILE_NAME).unlink()
    (tmp_path / "project" / PREVIOUS_NAME).unlink()

    rebuilt = open_project(tmp_path / "project")

    assert rebuilt.recovered_from == "runs"
    assert rebuilt.images == replace(project.images, group_pattern=None, split_by="")
    (run,), (known,) = rebuilt.runs, project.runs
    assert (run.state, run.best_epoch, run.model, run.train) == (
        "done",
        known.best_epoch,
        known.model,
        known.train,
    )
    assert [epoch.validation_loss for epoch in run.epochs] == [
        epoch.validation_loss for epoch in known.epochs
    ]
    assert run.evaluation == known.evaluation
    assert rebuilt.times_test_seen == 1


def test_that_a_damaged_file_is_kept_aside_when_the_rebuilt_project_is_saved(project, tmp_path):
    (tmp_path / "project" / PREVIOUS_NAME).unlink()
    (tmp_path / "project" / FILE_NAME).write_text('{"schema_ver')

    save_project(open_project(tmp_path / "project"))

    assert (tmp_path / "project" / DAMAGED_NAME).read_text() == '{"schema_ver'
    assert open_project(tmp_path / "project").recovered_from == ""


def test_that_an_epoch_saved_but_not_reported_is_found_again(project, tmp_path):
    (run,) = project.runs
    cut = replace(run, state="running", epochs=run.epochs[:1], best_epoch=1)
    save_project(replace(project, folder=tmp_path / "project", runs=(cut,)))

    (opened,) = open_project(tmp_path / "project").runs

    assert opened.state == "interrupted"
    assert [epoch.epoch for epoch in opened.epochs] == [1, 2]
    assert opened.best_epoch == run.best_epoch


def test_that_an_older_file_is_brought_up_to_its_images_and_its_judgements(project, tmp_path):
    folder = tmp_path / "project"
    images = replace(project.images, fingerprint="of another reading", classes=["one"])
    older = replace(project, folder=folder, images=images, times_test_seen=0)
    for _ in range(2):
        save_project(older)
    (folder / FILE_NAME).write_text("{")

    opened = open_project(folder)

    assert opened.recovered_from == "previous"
    assert (opened.images.fingerprint, opened.images.classes) == (
        project.images.fingerprint,
        project.images.classes,
    )
    assert opened.times_test_seen == 1


@pytest.mark.parametrize("state", ["running", "failed"])
def test_that_an_epoch_reported_but_not_saved_does_not_count(project, tmp_path, state):
    (run,) = project.runs
    lost = replace(run.epochs[-1], epoch=3, validation_accuracy=1.0, is_best=True)
    ahead = replace(run, state=state, epochs=(*run.epochs, lost), best_epoch=3)
    save_project(replace(project, folder=tmp_path / "project", runs=(ahead,)))

    (opened,) = open_project(tmp_path / "project").runs

    assert [epoch.epoch for epoch in opened.epochs] == [1, 2]
    assert opened.best == run.best


def test_that_a_metrics_line_cut_off_is_left_out(project, tmp_path):
    metrics = tmp_path / "project" / "runs" / "0001" / METRICS_NAME
    metrics.write_bytes(metrics.read_bytes()[:-20])
    (tmp_path / "project" / FILE_NAME).unlink()
    (tmp_path / "project" / PREVIOUS_NAME).unlink()

    (run,) = open_project(tmp_path / "project").runs

    assert [epoch.epoch for epoch in run.epochs] == [1]
