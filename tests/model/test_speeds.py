"""Measured speeds are remembered for what they were measured on, and for nothing else."""

import json
from dataclasses import replace

import pytest

from tlstudio.model import speeds
from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.speeds import known_speed, known_speeds, new_speed, remember
from tlstudio.model.weight_store import models_folder

TINY = TEST_BACKBONES["test_resnet"]
VIT = TEST_BACKBONES["test_vit"]


def speed(backbone=TINY, device="CPU, 2 threads", forward=123.456, training=45.678):
    return new_speed(backbone, device, forward, training, "float32")


def test_that_nothing_is_known_at_first():
    assert known_speed("test_resnet") is None
    assert not models_folder().exists()


def test_that_a_measurement_is_known_afterwards_at_three_digits():
    remember(speed())

    known = known_speed("test_resnet")

    assert (known.images_per_second, known.training_images_per_second) == (123, 45.7)
    assert (known.device, known.input_px, known.precision) == ("CPU, 2 threads", 64, "float32")


def test_that_a_newer_measurement_takes_the_place_of_the_older():
    remember(speed(forward=10))
    remember(speed(VIT))
    remember(speed(forward=20))

    assert known_speed("test_resnet").images_per_second == 20
    assert set(known_speeds()) == {"test_resnet", "test_vit"}
    assert len(json.loads((models_folder() / "speeds.json").read_text())) == 2


def test_that_speeds_are_those_of_the_device_that_was_measured_last():
    remember(speed(device="NVIDIA RTX A2000", forward=900))
    remember(speed(VIT, device="CPU, 2 threads"))
    assert set(known_speeds()) == {"test_vit"}

    remember(speed(VIT, device="NVIDIA RTX A2000"))
    assert known_speed("test_resnet").images_per_second == 900


@pytest.mark.parametrize(
    "other", [{"processor": "Abacus"}, {"torch": "1.0"}, {"input_px": 96}, {"name": "gone"}]
)
def test_that_a_measurement_of_something_else_is_not_taken_for_it(other):
    remember(replace(speed(), **other))

    assert known_speeds() == {}


def test_that_another_computer_s_measurements_are_kept_beside_ones_own():
    remember(speed(forward=10))
    remember(replace(speed(forward=20), processor="Abacus"))

    assert known_speed("test_resnet").images_per_second == 10
    assert len(json.loads((models_folder() / "speeds.json").read_text())) == 2


DAMAGED = {
    "empty": "",
    "no JSON": "{",
    "another shape": '{"test_resnet": 3}',
    "a text for a number": '[{"name": "test_resnet"}]',
    "no number": "NaN",
    "zero": None,
    "infinite": None,
}


@pytest.mark.parametrize("name", DAMAGED)
def test_that_a_damaged_memory_is_empty_and_written_anew(name):
    remember(speed())
    file = models_folder() / "speeds.json"
    rates = {"zero": "0", "infinite": "Infinity"}
    text = DAMAGED[name]
    file.write_text(file.read_text().replace("123.0", rates[name]) if text is None else text)

    assert known_speeds() == {}

    remember(speed(VIT))
    assert set(known_speeds()) == {"test_vit"}


def test_that_a_memory_of_absurd_size_is_not_read(monkeypatch):
    remember(speed())
    monkeypatch.setattr(speeds, "LARGEST_BYTES", 10)

    assert known_speeds() == {}


def test_that_the_oldest_measurements_are_forgotten(monkeypatch):
    monkeypatch.setattr(speeds, "MOST", 2)
    for backbone in ("test_resnet", "test_vit", "test_convnext"):
        remember(speed(TEST_BACKBONES[backbone]))

    assert set(known_speeds()) == {"test_vit", "test_convnext"}
