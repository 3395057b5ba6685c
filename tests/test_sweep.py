"""A sweep trains a few depths from a few seeds, keeps every run, and says which depth is ahead."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tlstudio import steps
from tlstudio.data.events import ImagesScanned
from tlstudio.errors import TLStudioError
from tlstudio.evaluate.events import SweepDone, SweepPlanned
from tlstudio.events import Stopped
from tlstudio.model.backbones import find_backbone
from tlstudio.model.errors import FreezeDepthOutOfRange
from tlstudio.model.speeds import new_speed, remember
from tlstudio.project.depth_results import measured
from tlstudio.project.file import open_project
from tlstudio.project.project import Project
from tlstudio.project.rebuild import rebuilt_project
from tlstudio.project.sweep_plan import plan_sweep
from tlstudio.run.follow import follow
from tlstudio.run.process import StepProcess
from tlstudio.train import fit as fitting
from tlstudio.train.errors import MemoryTooSmall
from tlstudio.train.events import EpochDone, RunFailed, RunStarted


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def untrained(tmp_path_factory, plates_project):
    return plates_project(tmp_path_factory.mktemp("untrained"), epochs=2, early_stop_epochs=None)


@pytest.fixture(scope="module")
def two_depths(untrained, tmp_path_factory):
    """The project after a sweep of depths 3 and 5 from two seeds, and every event; a test changes a copy."""
    project = copied(untrained, tmp_path_factory.mktemp("two") / "project")
    return run(project, steps.sweep(project, depths=[3, "head"], seeds=2, epochs=1))


@pytest.fixture(scope="module")
def three_depths(two_depths, tmp_path_factory):
    """The same after a sweep of depths 3, 4 and 5, which trained depth 4."""
    project = copied(two_depths[0], tmp_path_factory.mktemp("three") / "project")
    return run(project, steps.sweep(project, depths=[3, 4, 5], seeds=2, epochs=1))


@pytest.fixture
def project(untrained, tmp_path):
    return copied(untrained, tmp_path / "project")


def copied(project, folder):
    shutil.copytree(project.folder, folder)
    return replace(project, folder=folder)


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def run(project, events):
    """Every event, and the project after them as a window or a terminal keeps it."""
    seen = []
    for event in events:
        project = project.after(event)
        seen.append(event)
    return project, seen


def test_that_each_depth_is_trained_from_each_seed_on_the_same_split(untrained, two_depths):
    after, events = two_depths
    planned, done = events[0], events[-1]

    assert planned == SweepPlanned([3, 5], [0, 1], 1, 4, 0)
    assert [(each.frozen_groups, each.seed, each.epochs) for each in of(RunStarted, events)] == [
        (3, 0, 1), (3, 1, 1), (5, 0, 1), (5, 1, 1),
    ]  # fmt: skip
    assert [(each.model.freeze, each.train.seed, each.train.epochs) for each in after.runs] == [
        (3, 0, 1), (3, 1, 1), (5, 0, 1), (5, 1, 1),
    ]  # fmt: skip
    assert {each.state for each in after.runs} == {"done"}
    assert after.settings == untrained.settings
    assert isinstance(done, SweepDone)
    assert [(each.depth, each.runs) for each in done.depths] == [(3, [1, 2]), (5, [3, 4])]
    assert done.best_depth in (3, 5)
    assert done.recommended_depth >= done.best_depth
    assert done.sentence.startswith(f"Freeze depth {done.best_depth}")
    assert done.failed == 0
    tables = {(after.run_folder(each.number) / "images.csv").read_bytes() for each in after.runs}
    assert len(tables) == 1
    for result in done.depths:
        accuracies = [after.run(number).best.validation_accuracy for number in result.runs]
        assert result.validation_accuracy == pytest.approx(sum(accuracies) / 2)
        assert (result.lowest, result.highest) == (min(accuracies), max(accuracies))
        assert result.accuracy_low <= result.validation_accuracy <= result.accuracy_high


def test_that_a_project_rebuilt_from_its_runs_knows_their_depths_and_seeds(two_depths, tmp_path):
    after = copied(two_depths[0], tmp_path / "project")

    rebuilt = rebuilt_project(after.folder, after.folder / "images.csv")

    assert [(each.model.freeze, each.train) for each in rebuilt.runs] == [
        (each.model.freeze, each.train) for each in after.runs
    ]


def test_that_the_shallowest_boundary_comes_first_and_nothing_frozen_last(untrained):
    plan = plan_sweep(untrained, [0, 5, 2], seeds=2)

    assert plan.depths == (0, 2, 5)
    assert plan.order == ((2, 0), (2, 1), (5, 0), (5, 1), (0, 0), (0, 1))


def test_that_the_same_sweep_again_trains_nothing(two_depths, tmp_path):
    after, first = copied(two_depths[0], tmp_path / "project"), two_depths[1]
    again, second = run(after, steps.sweep(after, depths=[5, 3, "head"], seeds=2, epochs=1))

    assert second[0] == replace(first[0], runs_already_done=4)
    assert of(RunStarted, second) == []
    assert again == after
    assert replace(second[-1], seconds=0) == replace(first[-1], seconds=0)


@pytest.mark.parametrize(
    "change",
    [
        {"model": {"weights": "pretrained"}},
        {"train": {"learning_rate": 0.002}},
        {"train": {"seed": 9}},
        {"data": "regrouped"},
    ],
)
def test_that_runs_of_other_settings_or_images_are_not_taken(two_depths, change):
    after, _ = two_depths
    if change == {"data": "regrouped"}:
        changed = after.after(replace(after.images, fingerprint="another"))
    else:
        ((step, values),) = change.items()
        changed = after.with_settings(**{step: replace(getattr(after.settings, step), **values)})

    planned = next(
        each for each in steps.sweep(changed, depths=[5], seeds=1, epochs=1) if isinstance(each, SweepPlanned)
    )

    assert planned.runs_already_done == 0


def test_that_another_device_and_a_longer_sweep_take_the_runs_that_there_are(two_depths):
    after, _ = two_depths
    changed = after.with_settings(train=replace(after.settings.train, device="auto"))

    planned = next(iter(steps.sweep(changed, depths=[5, 4], seeds=3, epochs=1)))

    assert (planned.runs_planned, planned.runs_already_done) == (6, 2)


@pytest.mark.parametrize(("chosen", "already_done"), [("none", 1), ("light", 0)])
def test_that_runs_are_taken_by_the_augmentation_that_they_had(two_depths, chosen, already_done):
    after, seen = two_depths
    changed = after.with_settings(train=replace(after.settings.train, augmentation=chosen))

    planned = next(iter(steps.sweep(changed, depths=[5], seeds=1, epochs=1)))

    assert after.settings.train.augmentation == "auto"
    assert of(RunStarted, seen)[0].augmentation == "none"
    assert planned.runs_already_done == already_done


def test_that_a_stopped_sweep_keeps_its_runs_and_goes_on_where_it_was(project, tmp_path):
    whole = copied(project, tmp_path / "whole")
    _, expected = run(whole, steps.sweep(whole, depths=[4, 5], seeds=1))
    events = steps.sweep(project, depths=[4, 5], seeds=1)
    first = []
    for event in events:
        project = project.after(event)
        first.append(event)
        if len(of(EpochDone, first)) == 3:
            break
    events.close()
    project = project.after(Stopped("sweep"))
    assert [each.state for each in project.runs] == ["done", "paused"]
    assert (project.run_folder(project.runs[1].number) / "best.safetensors").exists()

    after, second = run(project, steps.sweep(project, depths=[4, 5], seeds=1))

    assert second[0].runs_already_done == 1
    assert [(each.run, each.epochs_done) for each in of(RunStarted, second)] == [(project.runs[1].number, 1)]
    assert [each.state for each in after.runs] == ["done", "done"]
    assert [each.validation_accuracy for each in second[-1].depths] == [
        each.validation_accuracy for each in expected[-1].depths
    ]


def test_that_a_run_that_fails_is_reported_and_the_others_go_on(project, monkeypatch):
    real = fitting.get_ready

    def short_of_memory(backbone, model, *arguments):
        if model.freeze == 4:
            raise MemoryTooSmall(64)
        return (yield from real(backbone, model, *arguments))

    monkeypatch.setattr(fitting, "get_ready", short_of_memory)
    after, events = run(project, steps.sweep(project, depths=[3, 4, 5], seeds=1, epochs=1))
    (failed,) = of(RunFailed, events)

    assert failed.title == "Memory does not suffice"
    assert [each.depth for each in events[-1].depths] == [3, 5]
    assert events[-1].failed == 1
    assert [each.state for each in after.runs] == ["done", "done"]


@pytest.mark.parametrize("error", [MemoryTooSmall(64), RuntimeError("CUDA out of memory"), MemoryError()])
def test_that_a_run_that_fails_in_the_middle_is_kept_as_failed(project, monkeypatch, error):
    real = fitting.validate

    def fails_for_the_first(trainee, feed, classes):
        if not broken:
            broken.append(1)
            raise error
        return (yield from real(trainee, feed, classes))

    broken = []
    monkeypatch.setattr(fitting, "validate", fails_for_the_first)
    after, events = run(project, steps.sweep(project, depths=[4, 5], seeds=1, epochs=1))

    assert [each.state for each in after.runs] == ["failed", "done"]
    assert "Memory does not suffice" in after.runs[0].failure
    assert [each.run for each in of(RunFailed, events)] == [1]
    again, second = run(after, steps.sweep(after, depths=[4, 5], seeds=1, epochs=1))
    assert [each.run for each in of(RunStarted, second)] == [1]
    assert [each.state for each in again.runs] == ["done", "done"]


def test_that_what_would_be_refused_every_time_ends_the_sweep(project):
    nowhere = project.with_settings(model=replace(project.settings.model, weights="nowhere.safetensors"))

    with pytest.raises(TLStudioError):
        list(steps.sweep(nowhere, depths=[4, 5], seeds=2))

    assert list((project.folder / "runs").iterdir()) == []


def test_that_a_fault_of_the_program_is_not_taken_for_a_failed_run(project, monkeypatch):
    def at_fault(*arguments):
        raise ZeroDivisionError
        yield

    monkeypatch.setattr(fitting, "validate", at_fault)

    with pytest.raises(ZeroDivisionError):
        list(steps.sweep(project, depths=[4, 5], seeds=1))


def test_that_depths_out_of_range_are_refused_before_any_run(untrained):
    with pytest.raises(FreezeDepthOutOfRange):
        list(steps.sweep(untrained, depths=[5, 9]))


@pytest.mark.slow
def test_that_a_sweep_runs_in_a_child_process_and_is_saved(project):
    events = StepProcess("sweep", project.folder, {"depths": [4, "head"], "seeds": 1, "epochs": 1})
    seen = [event for _, event in follow(project, iter(events))]

    assert isinstance(seen[-1], SweepDone)
    saved = open_project(project.folder)
    assert [(each.model.freeze, each.state) for each in saved.runs] == [(4, "done"), (5, "done")]
    assert saved.settings == project.settings


# How deep: resnet18 has five groups, and an epoch with d of them frozen takes 1 − d/5 of a whole one. A whole
# epoch of n training images and n/5 validation images takes n/100 + n/1500 seconds at 100 and 300 a second.
# A sweep of three seeds may take 900 seconds.


def with_speed(images_per_second, training):
    speed = new_speed(find_backbone("resnet18"), "CPU", images_per_second, training, "float32")
    remember(speed)


def large(images):
    split = {"train": images, "validation": images // 5, "test": 9}
    scanned = ImagesScanned(images, ["a", "b"], 0, images, split, {"a": images, "b": 0}, "f", None)
    project = Project(Path("/p"), images=scanned)
    return project.with_settings(
        model=replace(project.settings.model, backbone="resnet18", weights="pretrained")
    )


def test_that_auto_takes_the_whole_slider_where_that_is_affordable():
    with_speed(300, 100)

    # Thirds of the slider: 3 seeds × 20 epochs × 2.13 s × (1 + 3/5 + 2/5 + 0) = 256 s
    assert plan_sweep(large(200)).depths == (0, 2, 3, 5)


def test_that_auto_leaves_shallow_depths_out_where_they_cost_too_much():
    with_speed(300, 100)

    # 3 seeds × 8 epochs × 21.3 s = 512 s: thirds would take twice that, quarters take
    # 4/5 + 2/5 + 1/5 + 0 of it, 717 s
    assert plan_sweep(large(2_000), epochs=8).depths == (1, 3, 4, 5)
    # 3 seeds × 20 epochs × 533 s: nothing is affordable, and the deeper half of the slider is the cheapest
    assert plan_sweep(large(50_000)).depths == (3, 4, 5)


def test_that_auto_takes_cheap_depths_where_the_speed_is_unknown():
    assert plan_sweep(large(200)).depths == (3, 4, 5)


def test_that_auto_takes_shallow_depths_of_random_weights(untrained):
    assert plan_sweep(untrained).depths == (0, 2, 3, 5)  # thirds; test_resnet has five groups too


# What is known afterwards


def test_that_a_finished_sweep_tells_a_depth_until_the_images_change(untrained, three_depths):
    assert measured(untrained) is None
    after, events = three_depths

    assert measured(after).recommended_depth == events[-1].recommended_depth
    assert measured(after).depths == events[-1].depths
    other = after.with_settings(train=replace(after.settings.train, epochs=9))
    assert measured(other).recommended_depth == events[-1].recommended_depth
    assert measured(after.after(replace(after.images, fingerprint="another"))) is None
    backbone = replace(after.settings.model, backbone="test_vit", freeze=0)
    assert measured(after.with_settings(model=backbone)) is None
    unknown = replace(after.settings.model, backbone="of_tomorrow")
    assert measured(after.with_settings(model=unknown)) is None


def test_that_two_depths_tell_too_little(two_depths):
    after, _ = two_depths

    assert measured(after) is None


def test_that_depths_without_all_seeds_are_left_out_of_what_is_measured(three_depths, tmp_path):
    after = copied(three_depths[0], tmp_path / "project")
    more, _ = run(after, steps.sweep(after, depths=[2], seeds=1, epochs=1))

    assert [each.depth for each in measured(more).depths] == [3, 4, 5]


def test_that_answers_of_another_epoch_count_as_none(three_depths, tmp_path):
    after = copied(three_depths[0], tmp_path / "project")
    assert measured(after) is not None
    path = after.run_folder(1) / "validation.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]).replace("Sound,Sound", "Sound,Scratch"), encoding="utf-8")

    assert measured(after) is None
