"""The verbs between the project and the engine."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tlstudio import steps
from tlstudio.data.table import read_table
from tlstudio.errors import TLStudioError
from tlstudio.events import Event
from tlstudio.project.file import IMAGES_NAME, create_project
from tlstudio.project.project import Project
from tlstudio.train import step
from tlstudio.train.errors import MemoryFull


@pytest.fixture
def project(tmp_path, plates_project):
    return plates_project(tmp_path, epochs=1)


def after(project: Project, events) -> Project:
    for event in events:
        assert isinstance(event, Event)
        project = project.after(event)
    return project


def test_that_a_run_refused_before_it_began_leaves_no_folder(project):
    refused = project.with_settings(model=replace(project.settings.model, freeze=77))

    with pytest.raises(TLStudioError):
        list(steps.train(refused))

    assert list((project.folder / "runs").iterdir()) == []


def test_that_runs_are_numbered_from_one_and_keep_their_own_table(project):
    project = after(project, steps.train(project))
    project = after(project, steps.train(project))

    assert [run.number for run in project.runs] == [1, 2]
    for run in project.runs:
        own = project.run_folder(run.number) / IMAGES_NAME
        assert own.read_bytes() == (project.folder / IMAGES_NAME).read_bytes()


def test_that_images_regrouped_later_never_move_into_an_earlier_runs_test_split(project):
    trained = after(project, steps.train(project))
    reshuffled = trained.with_settings(data=replace(trained.settings.data, seed=5))
    reshuffled = after(reshuffled, steps.scan(reshuffled))
    assert reshuffled.is_stale(reshuffled.runs[0])

    judged = after(reshuffled, steps.evaluate(reshuffled))

    predictions = (judged.run_folder(1) / "predictions.csv").read_text(encoding="utf-8").splitlines()[1:]
    own = (judged.run_folder(1) / IMAGES_NAME).read_text(encoding="utf-8").splitlines()[1:]
    tested = {line.split(",")[0] for line in own if line.split(",")[3] == "test"}
    assert {line.split(",")[0] for line in predictions} == tested


def test_that_images_read_again_stay_in_their_split_until_another_split_is_asked_for(project, draw_plates):
    before = splits_of(project)
    draw_plates(Path(project.settings.data.root), per_class=12)

    again = after(project, steps.scan(project))
    assert again.images.images > project.images.images
    assert splits_of(again).items() >= before.items()

    reshuffled = again.with_settings(data=replace(again.settings.data, seed=5))
    assert not splits_of(after(reshuffled, steps.scan(reshuffled))).items() >= before.items()


def test_that_an_image_that_was_out_of_reach_for_a_while_comes_back_to_the_split_of_the_runs(project):
    before = splits_of(project)
    trained = after(project, steps.train(project))
    path = next(path for path, split in before.items() if split == "test")
    image = Path(project.settings.data.root) / path
    content = image.read_bytes()
    image.unlink()
    without = after(trained, steps.scan(trained))
    assert path not in splits_of(without)

    image.write_bytes(content)
    back = after(without, steps.scan(without))

    assert splits_of(back)[path] == "test"


def splits_of(project):
    return {row.path: row.split for row in read_table(project.folder / IMAGES_NAME)}


def test_that_the_test_split_is_counted_each_time_it_is_looked_at(project):
    project = after(project, steps.train(project))
    project = after(project, steps.evaluate(project))
    project = after(project, steps.evaluate(project))

    assert project.times_test_seen == 2
    stored = json.loads((project.run_folder(1) / "evaluation.json").read_text(encoding="utf-8"))
    assert stored["result"]["times_seen"] == 2


@pytest.mark.parametrize("step", [steps.evaluate, steps.resume])
def test_that_a_step_without_a_run_says_what_to_do(project, step):
    with pytest.raises(TLStudioError) as raised:
        list(step(project))

    assert raised.value.what_to_try


def test_that_training_before_any_scan_says_what_to_do(tmp_path):
    with pytest.raises(TLStudioError, match="No images yet"):
        list(steps.train(create_project(tmp_path / "project")))


def test_that_a_lost_image_list_says_what_to_do(project):
    (project.folder / IMAGES_NAME).unlink()

    with pytest.raises(TLStudioError, match=r"images\.csv can't be used"):
        list(steps.train(project))


def test_that_a_run_without_space_keeps_no_features(project):
    frozen = project.with_settings(model=replace(project.settings.model, freeze="head"))

    events = list(steps.train(frozen, cache_gb=0))

    assert any("kept features is 0 GB" in getattr(event, "message", "") for event in events)
    assert not (project.folder / "cache" / "features").exists()


def test_that_a_memory_that_is_full_where_no_batch_can_be_halved_is_told_as_such(project, monkeypatch):
    def full(*_arguments):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 344.00 MiB")

    monkeypatch.setattr(step, "_update", full)  # where AdamW makes its two values for each weight

    with pytest.raises(MemoryFull, match="best weights so far are kept"):
        list(steps.train(project))
