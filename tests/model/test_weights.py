"""Weights files go in whole or not at all, and never run anything."""

import hashlib
import json
import os
import struct

import pytest
import torch
from safetensors.torch import save_file

from tlstudio.errors import ModelError
from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.errors import WeightsCarryCode, WeightsDoNotFit, WeightsNotFound, WeightsUnreadable
from tlstudio.model.network import build, create
from tlstudio.model.settings import ModelSettings
from tlstudio.model.weights import load_weights

ROW = TEST_BACKBONES["test_resnet"]


def saved(network, path):
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, path)
    return path


def same(one, two, without=()):
    ours, theirs = one.state_dict(), two.state_dict()
    return all(torch.equal(ours[name], theirs[name]) for name in ours if not name.startswith(without or "-"))


@pytest.mark.parametrize("name", TEST_BACKBONES)
def test_that_weights_load_and_the_classifier_of_other_classes_is_left_out(name, tmp_path):
    row = TEST_BACKBONES[name]
    path = saved(create(row, 5, seed=1), tmp_path / "five classes.safetensors")
    network = create(row, 2, seed=2)

    loaded = load_weights(network, path)

    head = ("fc.", "head.fc.") if name in ("test_resnet", "test_convnext") else ("head.", "classifier.")
    assert same(network, create(row, 5, seed=1), without=head)
    assert same(build(ModelSettings(name, weights=str(path)), 2, seed=2), network)
    assert len(loaded.left_out) == 2
    assert loaded.file == "five classes.safetensors"
    assert loaded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert loaded.loaded == len(network.state_dict()) - 2


def test_that_a_classifier_of_the_same_shape_is_taken_too(tmp_path):
    path = saved(create(ROW, 2, seed=1), tmp_path / "w.safetensors")
    network = create(ROW, 2, seed=2)

    assert load_weights(network, path).left_out == ()
    assert same(network, create(ROW, 2, seed=1))


def test_that_a_torch_file_is_taken_by_way_of_another_process(tmp_path, converted_here):
    torch.save({"model": create(ROW, 2, seed=1).state_dict(), "epoch": 3}, tmp_path / "w.pth")
    network = create(ROW, 2, seed=2)

    load_weights(network, tmp_path / "w.pth")

    assert converted_here == ["w.pth"]
    assert same(network, create(ROW, 2, seed=1))


def test_that_half_precision_becomes_full(tmp_path):
    path = tmp_path / "w.safetensors"
    halved = {name: tensor.half() for name, tensor in create(ROW, 2, seed=1).state_dict().items()}
    save_file(halved, path)
    network = create(ROW, 2, seed=2)

    load_weights(network, path)

    assert {tensor.dtype for tensor in network.parameters()} == {torch.float32}
    assert torch.equal(network.conv1[0].weight, halved["conv1.0.weight"].float())


class Hostile:
    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return (os.system, (self.command,))


def test_that_a_file_that_would_run_a_program_is_refused_without_running_it(tmp_path, converted_here):
    trace = tmp_path / "it ran"
    path = tmp_path / "weights.bin"
    torch.save({"fc.weight": Hostile(f"touch '{trace}'")}, path)
    network = create(ROW, 2, seed=2)

    with pytest.raises(WeightsCarryCode, match="opening it would run a program"):
        load_weights(network, path)

    assert converted_here == ["weights.bin"]
    assert not trace.exists()
    assert same(network, create(ROW, 2, seed=2))


@pytest.mark.parametrize("other", ["test_vit", "test_convnext", "test_efficientnet"])
def test_that_weights_of_another_network_load_nothing_and_say_how_much_matched(tmp_path, other):
    path = saved(create(TEST_BACKBONES[other], 2), tmp_path / "w.safetensors")
    network = create(ROW, 2, seed=2)

    with pytest.raises(WeightsDoNotFit, match=r"fits \d+ of the \d+ tensors of ResNet"):
        load_weights(network, path)

    assert same(network, create(ROW, 2, seed=2))


@pytest.mark.parametrize("change", ["missing", "other shape", "left over"])
def test_that_one_tensor_that_does_not_fit_keeps_all_out(tmp_path, change):
    tensors = {name: tensor.contiguous() for name, tensor in create(ROW, 2, seed=1).state_dict().items()}
    if change == "missing":
        del tensors["layer1.0.conv1.weight"]
    elif change == "other shape":
        tensors["layer1.0.conv1.weight"] = torch.zeros(1, 1, 3, 3)
    else:  # as in a deeper network of the same family
        tensors["layer1.1.conv1.weight"] = torch.zeros(1, 1, 3, 3)
    save_file(tensors, tmp_path / "w.safetensors")
    network = create(ROW, 2, seed=2)

    with pytest.raises(WeightsDoNotFit, match=r"layer1\.[01]\.conv1\.weight"):
        load_weights(network, tmp_path / "w.safetensors")

    assert same(network, create(ROW, 2, seed=2))


LARGE_HEADER = struct.pack("<Q", 2_000_000) + b"{" + b" " * 2_000_000
NOT_WEIGHTS = {
    "empty.safetensors": b"",
    "empty.pt": b"",
    "zipped.safetensors": b"PK\x03\x04" + bytes(100),
    "page.safetensors": b"<!DOCTYPE html><html>Sign in</html>",
    "page.pth": b"\n<html></html>",
    "pointer.safetensors": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
    "noise.safetensors": bytes(range(256)) * 8,
    "short.safetensors": b"\x01\x02",
    "large header.safetensors": LARGE_HEADER,
    "list.safetensors": struct.pack("<Q", 2) + b"[]",
    "lying.safetensors": struct.pack("<Q", 70)
    + json.dumps({"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}}).encode().ljust(70),
}


@pytest.mark.parametrize("name", NOT_WEIGHTS)
def test_that_what_is_no_weights_file_is_named_and_loads_nothing(tmp_path, name):
    (tmp_path / name).write_bytes(NOT_WEIGHTS[name])

    with pytest.raises(WeightsUnreadable, match=name):
        load_weights(create(ROW, 2), tmp_path / name)


def test_that_a_web_page_is_recognised(tmp_path):
    (tmp_path / "w.pth").write_bytes(NOT_WEIGHTS["page.pth"])

    with pytest.raises(WeightsUnreadable, match="it is a web page"):
        load_weights(create(ROW, 2), tmp_path / "w.pth")


def test_that_a_file_cut_anywhere_is_refused(tmp_path):
    path = saved(create(ROW, 2, seed=1), tmp_path / "w.safetensors")
    whole = path.read_bytes()

    for part in (1, 7, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:part])
        with pytest.raises(ModelError):
            load_weights(create(ROW, 2, seed=2), path)


def test_that_a_missing_file_is_named_without_its_folder(tmp_path):
    with pytest.raises(WeightsNotFound, match=r"“gone\.safetensors” can't be read") as caught:
        load_weights(create(ROW, 2), tmp_path / "gone.safetensors")

    assert str(tmp_path) not in str(caught.value)
