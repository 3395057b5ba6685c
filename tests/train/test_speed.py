"""A backbone is timed as training would run it, in bounded time."""

import time

import pytest
import torch

from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.network import create
from tlstudio.train import precision, speed
from tlstudio.train.errors import MemoryTooSmall
from tlstudio.train.speed import probe

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(speed, "FORWARD_SECONDS", 0.02)
    monkeypatch.setattr(speed, "TRAINING_SECONDS", 0.05)


@pytest.fixture
def images_seen(monkeypatch):
    """How many images each pass through a network was given, and in which mode."""
    seen = []

    def watched(backbone, classes):
        network = create(backbone, classes)
        network.register_forward_pre_hook(lambda module, given: seen.append((len(given[0]), module.training)))
        return network

    monkeypatch.setattr(speed, "create", watched)
    return seen


@pytest.mark.parametrize("name", TEST_BACKBONES)
def test_that_every_family_is_timed_answering_and_learning(name):
    pace = probe(TEST_BACKBONES[name], CPU)

    assert pace.forward > 0
    assert pace.training > 0
    assert pace.precision == "float32"


def test_that_both_are_timed_with_several_images_in_the_mode_of_their_use(images_seen, monkeypatch):
    monkeypatch.setattr(speed, "LONGEST_SINGLE", 60)

    probe(TEST_BACKBONES["test_resnet"], CPU)

    assert images_seen[0] == (1, False)
    assert set(images_seen[2:]) == {(4, True), (4, False)}


def test_that_a_slow_network_is_asked_about_one_image_at_a_time(images_seen, monkeypatch):
    monkeypatch.setattr(speed, "LONGEST_SINGLE", 0)

    probe(TEST_BACKBONES["test_convnext"], CPU)

    assert {images for images, _ in images_seen} == {1}


def test_that_a_huge_network_takes_no_more_than_three_passes(images_seen, monkeypatch):
    for name in ("LONGEST_SINGLE", "HUGE_SINGLE", "TRAINING_SECONDS"):
        monkeypatch.setattr(speed, name, 0)

    pace = probe(TEST_BACKBONES["test_convnext"], CPU)

    assert images_seen == [(1, False), (1, True)]
    assert pace.forward > 0
    assert pace.training > 0


def test_that_norms_that_cannot_learn_from_one_image_get_two(images_seen, monkeypatch):
    monkeypatch.setattr(speed, "LONGEST_SINGLE", 0)
    monkeypatch.setattr(speed, "create", _with_a_norm_of_features)

    assert probe(TEST_BACKBONES["test_resnet"], CPU).training > 0


def _with_a_norm_of_features(backbone, classes):
    network = create(backbone, classes)
    network.fc = torch.nn.Sequential(torch.nn.BatchNorm1d(backbone.features), network.fc)
    return network


@pytest.mark.parametrize(("gain", "expected"), [(1.4, "bfloat16"), (1.2, "float32")])
def test_that_half_precision_is_chosen_as_training_would(monkeypatch, gain, expected):
    monkeypatch.setattr(precision, "SMALLEST_PARAMETERS", 0)
    monkeypatch.setattr(speed, "_seconds", lambda *_, **__: 1e-3)
    step = {"float32": gain, "bfloat16": 1.0}
    monkeypatch.setattr(speed, "_step_seconds", lambda network, inputs, chosen, budget: step[chosen])

    assert probe(TEST_BACKBONES["test_resnet"], CPU).precision == expected


def test_that_half_precision_that_is_only_imitated_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(precision, "SMALLEST_PARAMETERS", 0)
    seconds = iter([0.01, 0.1])
    monkeypatch.setattr(speed, "_seconds", lambda *_, **__: next(seconds, 0.01))
    tried = []
    monkeypatch.setattr(
        speed, "_step_seconds", lambda network, inputs, chosen, budget: tried.append(chosen) or 1.0
    )

    assert probe(TEST_BACKBONES["test_resnet"], CPU).precision == "float32"
    assert tried == ["float32"]


class Full(torch.nn.Module):
    """Has room for so many images."""

    def __init__(self, room):
        super().__init__()
        self.room = room
        self.inner = create(TEST_BACKBONES["test_resnet"], 2)

    def forward(self, images):
        if len(images) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self.inner(images)


def test_that_fewer_images_are_taken_where_the_memory_is_full(monkeypatch):
    full = Full(1)
    monkeypatch.setattr(speed, "create", lambda *_: full)
    monkeypatch.setattr(
        speed, "make_optimizer", lambda network, *_, **__: torch.optim.AdamW(network.parameters())
    )

    assert probe(TEST_BACKBONES["test_resnet"], CPU).forward > 0


def test_that_a_network_with_no_room_at_all_is_told(monkeypatch):
    monkeypatch.setattr(speed, "create", lambda *_: Full(0))

    with pytest.raises(MemoryTooSmall):
        probe(TEST_BACKBONES["test_resnet"], CPU)


def test_that_the_median_of_the_turns_counts_and_not_the_first(monkeypatch):
    clock = iter([0.2, 0.01, 0.03, 0.011, 0.012, 0.012])
    monkeypatch.setattr(speed, "_timed", lambda *_: next(clock))
    now = iter(range(5))
    monkeypatch.setattr(speed.time, "perf_counter", lambda: next(now))

    assert speed._seconds(lambda: None, CPU, budget=4.01) == pytest.approx(0.0115)


def test_that_a_first_turn_beyond_the_budget_is_the_answer():
    turns = []

    def slow():
        turns.append(1)
        until = time.perf_counter() + 0.3
        while time.perf_counter() < until:
            pass

    assert speed._seconds(slow, CPU, budget=0.1) >= 0.3
    assert len(turns) == 1
