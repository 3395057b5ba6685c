"""Backbones are measured one after the other, whatever becomes of one of them."""

import pytest
import torch

from tlstudio.events import Noted, Progress
from tlstudio.model.backbones import BACKBONES
from tlstudio.model.errors import UnknownBackbone
from tlstudio.model.events import SpeedMeasured, SpeedNotMeasured, SpeedsMeasured
from tlstudio.model.speeds import known_speed, known_speeds
from tlstudio.model.weight_store import models_folder
from tlstudio.train import measure, speed
from tlstudio.train.device import ChosenDevice
from tlstudio.train.errors import MemoryTooSmall, NoSpeedMeasured
from tlstudio.train.measure import measure_speed
from tlstudio.train.speed import Pace


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(speed, "FORWARD_SECONDS", 0.02)
    monkeypatch.setattr(speed, "TRAINING_SECONDS", 0.05)


@pytest.fixture
def paces(monkeypatch):
    """Lets a test say what the probe of a backbone gives: a pace, or an error."""
    given = {}

    def rehearsed(backbone, device):
        answer = given.get(backbone.name, Pace(100, 30, "float32"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(measure, "probe", rehearsed)
    return given


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_that_each_is_measured_told_and_remembered():
    events = list(measure_speed(["test_resnet", "test_vit", "test_resnet"]))

    measured = of(SpeedMeasured, events)
    assert [event.name for event in measured] == ["test_resnet", "test_vit"]
    for event in measured:
        known = known_speed(event.name)
        assert (known.images_per_second, known.device) == (event.images_per_second, event.device)
        assert known.training_images_per_second == event.training_images_per_second
    assert isinstance(events[-1], SpeedsMeasured)
    assert (events[-1].backbones, events[-1].left_out) == (2, [])
    assert Progress("Measuring speed", 2, 2) in events


def test_that_without_a_name_the_whole_table_is_measured(paces):
    events = list(measure_speed())

    assert [event.name for event in of(SpeedMeasured, events)] == list(BACKBONES)


def test_that_those_that_fail_are_named_and_the_others_go_on(paces):
    paces["test_vit"] = MemoryTooSmall(64)
    paces["test_convnext"] = RuntimeError("Unknown model (test_convnext)\nand more")

    events = list(measure_speed(["test_vit", "test_resnet", "test_convnext", "test_efficientnet"]))

    assert of(SpeedNotMeasured, events) == [
        SpeedNotMeasured("test_vit", "Not even one image at a time fits into the memory."),
        SpeedNotMeasured(
            "test_convnext", "It can't be built or trained here: Unknown model (test_convnext)."
        ),
    ]
    assert events[-1].backbones == 2
    assert events[-1].left_out == ["test_vit", "test_convnext"]
    assert set(known_speeds()) == {"test_resnet", "test_efficientnet"}


def test_that_measuring_none_at_all_is_an_error(paces):
    paces["test_vit"] = RuntimeError("no")

    with pytest.raises(NoSpeedMeasured, match=r"test_vit can't be timed on this computer\. It"):
        list(measure_speed(["test_vit"]))


def test_that_an_unknown_name_is_told_before_anything_is_measured(paces):
    with pytest.raises(UnknownBackbone):
        next(measure_speed(["test_resnet", "resnet19"]))


def test_that_stopping_between_two_keeps_what_was_measured(paces):
    events = measure_speed(["test_resnet", "test_vit"])
    while not isinstance(next(events), SpeedMeasured):
        pass
    events.close()

    assert set(known_speeds()) == {"test_resnet"}


def test_that_a_model_folder_that_takes_no_file_is_told_at_the_end(paces):
    models_folder().parent.mkdir(parents=True, exist_ok=True)
    models_folder().write_text("a file lies there")

    events = list(measure_speed(["test_resnet", "test_vit"]))

    assert len(of(SpeedMeasured, events)) == 2
    assert "can't be remembered" in of(Noted, events)[-1].message


@pytest.mark.parametrize(("percent", "is_told"), [(80, True), (10, False)])
def test_that_a_busy_computer_is_told(paces, monkeypatch, percent, is_told):
    monkeypatch.setattr(measure.psutil, "cpu_percent", lambda _: percent)
    monkeypatch.setattr(measure, "choose_device", lambda _: ChosenDevice(torch.device("cpu"), "CPU"))

    events = list(measure_speed(["test_resnet"]))

    assert any("busy" in note.message for note in of(Noted, events)) == is_told
