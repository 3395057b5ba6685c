"""A weights file is held against a backbone, and what does not match is told by name."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tlstudio.events import Progress
from tlstudio.model.adopted import adopt
from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES
from tlstudio.model.errors import WeightsCarryCode, WeightsUnreadable
from tlstudio.model.match_weights import match_weights
from tlstudio.model.network import create

ROW = TEST_BACKBONES["test_resnet"]


def saved(tensors, path):
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
    return path


def weights_of(name, classes=10):
    row = BACKBONES.get(name) or TEST_BACKBONES[name]
    return create(row, classes, seed=1).state_dict()


def matched(file, backbone=ROW, **options):
    *before, last = match_weights(backbone, file, **options)
    assert all(isinstance(event, Progress) for event in before)
    return last


@pytest.mark.parametrize("name", TEST_BACKBONES)
def test_that_a_backbones_own_weights_fit_but_for_the_classifier(name, tmp_path):
    tensors = weights_of(name)

    event = matched(saved(tensors, tmp_path / "w.safetensors"), TEST_BACKBONES[name])

    body = [one for one in tensors if not one.endswith("num_batches_tracked")]
    assert event.fits
    assert (event.file, event.backbone, event.reason) == ("w.safetensors", name, "")
    assert event.matched == event.expected == len(body) - len(event.left_out)
    assert len(event.left_out) == 2
    assert event.missing == event.unexpected == event.different == []


@pytest.mark.parametrize("classes", [1, 3])
def test_that_the_classifier_is_left_out_whatever_its_classes(tmp_path, classes):
    file = saved(weights_of("test_resnet", classes=classes), tmp_path / "w.safetensors")

    assert matched(file).left_out == ["fc.weight", "fc.bias"]


def test_that_a_file_without_counters_of_batches_fits_all_the_same(tmp_path):
    tensors = {name: one for name, one in weights_of("test_resnet").items() if "num_batches" not in name}

    event = matched(saved(tensors, tmp_path / "w.safetensors"))

    assert event.fits
    assert event.matched == event.expected


def test_that_a_deeper_sibling_is_told_by_shape_and_named(tmp_path):
    file = saved(weights_of("resnet18"), tmp_path / "w.safetensors")

    event = matched(file, BACKBONES["resnet50"])

    assert not event.fits
    assert 0 < event.matched < event.expected
    assert "layer1.0.conv1.weight is 64×64×3×3 in the file, 64×64×1×1 in ResNet-50" in event.different
    assert "layer1.0.conv1.weight" in event.missing
    assert "layer1.0.conv3.weight" in event.missing
    assert event.fitting_backbone == "resnet18"
    assert event.reason == (
        f"{event.matched} of the {event.expected} tensors of ResNet-50 fit; layer1.0.conv1.weight is "
        "64×64×3×3 in the file, 64×64×1×1 in ResNet-50. The file fits ResNet-18 (resnet18)."
    )


def test_that_tensors_without_a_place_are_listed(tmp_path):
    tensors = weights_of("test_resnet") | {"layer1.1.conv1.weight": torch.zeros(1, 1, 3, 3)}

    event = matched(saved(tensors, tmp_path / "w.safetensors"))

    assert not event.fits
    assert event.unexpected == ["layer1.1.conv1.weight"]
    assert event.matched == event.expected
    assert "layer1.1.conv1.weight of the file has no place in Tiny ResNet" in event.reason


def test_that_missing_tensors_are_counted(tmp_path):
    tensors = {name: one for name, one in weights_of("test_resnet").items() if "layer4" not in name}

    event = matched(saved(tensors, tmp_path / "w.safetensors"))

    assert not event.fits
    assert event.missing
    assert all(name.startswith("layer4.") for name in event.missing)
    assert f"layer4.0.conv1.weight (and {len(event.missing) - 1} more) of Tiny ResNet is not" in event.reason


def test_that_a_file_that_fits_nothing_says_so_without_guessing(tmp_path):
    event = matched(saved({"a.weight": torch.zeros(300, 1000)}, tmp_path / "w.safetensors"))

    assert (event.fits, event.matched, event.fitting_backbone) == (False, 0, "")
    assert event.unexpected == ["a.weight"]


def test_that_a_network_adopted_on_this_computer_is_named_too(tmp_path):
    adopt(TEST_BACKBONES["test_convnext"])
    file = saved(weights_of("test_convnext"), tmp_path / "w.safetensors")

    assert matched(file).fitting_backbone == "test_convnext"


def test_that_an_adopted_network_that_timm_lost_spoils_no_answer(tmp_path):
    adopt(replace(TEST_BACKBONES["test_convnext"], name="test_convnext_of_last_year"))
    file = saved(weights_of("test_convnext"), tmp_path / "w.safetensors")

    event = matched(file)

    assert (event.fits, event.fitting_backbone) == (False, "")


ARCHITECTURES = {name.partition(".")[0]: name for name in reversed(BACKBONES)}.values()
"""A backbone of each; others differ by their weights."""

made_once = cache(create)
"""A network that files are only compared with can be compared with the next one."""


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_that_every_architecture_is_found_by_its_weights_alone(name, monkeypatch):
    with torch.device("meta"):  # names and shapes are compared, for which no values are needed
        tensors = weights_of(name, classes=1000)
    monkeypatch.setattr("tlstudio.model.match_weights.read_tensors", lambda *asked: tensors)
    monkeypatch.setattr("tlstudio.model.match_weights.create", made_once)
    file = Path("w.safetensors")

    assert matched(file, BACKBONES[name]).fits
    event = matched(file)
    assert not event.fits
    assert event.fitting_backbone.partition(".")[0] == BACKBONES[name].architecture


def test_that_a_torch_file_is_matched_by_way_of_another_process(tmp_path, converted_here):
    torch.save({"state_dict": weights_of("test_resnet")}, tmp_path / "w.pt")

    assert matched(tmp_path / "w.pt", cache_folder=tmp_path / "cache").fits
    assert converted_here == ["w.pt"]
    assert len(list((tmp_path / "cache").rglob("*.safetensors"))) == 1


def test_that_a_hidden_program_is_refused_as_in_training(tmp_path, converted_here):
    torch.save(torch.nn.Linear(2, 2), tmp_path / "w.pt")

    with pytest.raises(WeightsCarryCode):
        matched(tmp_path / "w.pt")
    assert converted_here == ["w.pt"]


def test_that_what_is_no_weights_file_is_said_at_once(tmp_path):
    (tmp_path / "w.safetensors").write_bytes(b"<html>")

    with pytest.raises(WeightsUnreadable, match="web page"):
        matched(tmp_path / "w.safetensors")
