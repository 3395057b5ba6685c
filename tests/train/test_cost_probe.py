"""A project's costs are measured in small, told, and remembered."""

import shutil
from dataclasses import replace

import pytest
import torch

from tlstudio import steps
from tlstudio.errors import ProjectError
from tlstudio.events import Progress
from tlstudio.model.backbones import find_backbone
from tlstudio.model.network import create
from tlstudio.model.settings import ModelSettings
from tlstudio.project.estimate import estimate_of
from tlstudio.project.file import create_project
from tlstudio.project.sweep_plan import needs_speed, plan_sweep
from tlstudio.train import network_cost
from tlstudio.train.cost_memory import FILE_NAME
from tlstudio.train.events import CostMeasured, TrainDone
from tlstudio.train.settings import TrainSettings


@pytest.fixture(autouse=True, scope="module")
def short():
    """Short steps, and one thread for what is measured once for all tests as well."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network_cost, "STEP_SECONDS", 0.05)
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def unmeasured(tmp_path_factory, plates_project):
    project = plates_project(tmp_path_factory.mktemp("unmeasured"))
    return project.with_settings(model=ModelSettings("test_resnet", "head", "pretrained"))


@pytest.fixture(scope="module")
def measured(unmeasured, tmp_path_factory):
    """The project after it was measured, and what that told; a test changes a copy."""
    project = copied(unmeasured, tmp_path_factory.mktemp("measured") / "project")
    events = list(steps.estimate(project))
    for event in events:
        project = project.after(event)
    return project, events


def copied(project, folder):
    shutil.copytree(project.folder, folder)
    return replace(project, folder=folder)


def test_that_a_project_is_measured_and_its_runs_are_told_of_from_then_on(unmeasured, measured):
    assert estimate_of(unmeasured) is None
    project, events = measured

    cost, head = events[-1], find_backbone("test_resnet").head_depth
    assert isinstance(cost, CostMeasured)
    assert all(isinstance(event, Progress) for event in events[:-1])
    assert cost.network.is_possible
    assert cost.network.shallowest_cut == 1
    assert all(row == sorted(row) for row in cost.network.forward)
    assert cost.network.trainable == sorted(cost.network.trainable, reverse=True)
    assert cost.network.held[0][0] > cost.network.held[0][-1]
    features = find_backbone("test_resnet").features
    assert (cost.network.crossing[0], cost.network.crossing[-1]) == (3 * 64 * 64, features)
    estimate = estimate_of(project)
    assert estimate.cost == cost
    assert estimate.at(head).seconds > 0
    assert not list((project.folder / "cache").glob(".probe-*"))


def test_that_a_project_whose_cache_can_not_be_written_is_measured(unmeasured, tmp_path):
    project = copied(unmeasured, tmp_path / "project")
    shutil.rmtree(project.folder / "cache")
    (project.folder / "cache").write_bytes(b"no folder")

    assert isinstance(list(steps.estimate(project))[-1], CostMeasured)


def test_that_a_network_that_can_not_be_followed_is_known_to_part_from_its_head_alone(monkeypatch):
    backbone = find_backbone("test_resnet")
    network = create(backbone, 2, 0)
    features = network.forward_features
    monkeypatch.setattr(
        network, "forward_features", lambda images: features(images if images.mean() > 0 else -images)
    )

    found = network_cost.network_cost(network, backbone, TrainSettings(), torch.device("cpu"), 4)

    assert found.shallowest_cut == backbone.head_depth


def test_that_a_sweep_dares_to_try_what_is_known_to_be_affordable(unmeasured, measured):
    project, _ = measured

    assert 0 not in plan_sweep(unmeasured).depths
    assert 0 in plan_sweep(project).depths
    assert not needs_speed(project)


def test_that_the_disk_that_a_run_takes_is_foreseen(measured, tmp_path, monkeypatch):
    monkeypatch.setattr("tlstudio.train.keeper.FIRST_SECONDS", 0.0)  # the first epoch is saved at once
    head = find_backbone("test_resnet").head_depth
    project = copied(measured[0], tmp_path / "project")
    project = project.with_settings(model=ModelSettings("test_resnet", "head", "random"))
    before = size_of(project.folder)
    found = estimate_of(project).at(head)

    for event in steps.train(project):
        project = project.after(event)

    assert isinstance(event, TrainDone)
    assert found.disk_bytes == pytest.approx(size_of(project.folder) - before, rel=0.3)
    again = estimate_of(project).at(head)
    assert (again.image_bytes, again.kept_bytes > 0) == (0, found.is_kept)


@pytest.mark.parametrize("content", [b"", b"{\n", b"\xff\xfe", b'{"event": "CostMeasured", "backbone": 3}\n'])
def test_that_damaged_memory_counts_as_none(content, unmeasured, tmp_path):
    project = copied(unmeasured, tmp_path / "project")
    (project.folder / "cache").mkdir(exist_ok=True)
    (project.folder / "cache" / FILE_NAME).write_bytes(content)

    assert estimate_of(project) is None


def test_that_without_images_it_is_refused(tmp_path):
    with pytest.raises(ProjectError):
        list(steps.estimate(create_project(tmp_path / "empty")))


def size_of(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
