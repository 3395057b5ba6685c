"""Weights packs and own weights by the command line."""

import json

import pytest
import torch
from safetensors.torch import save_file

from tlstudio.cli import main
from tlstudio.model.adopted import adopt
from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.network import create
from tlstudio.model.weight_store import file_sha256, keep_weights

ROW = TEST_BACKBONES["test_resnet"]


@pytest.fixture
def downloaded(tmp_path):
    path = tmp_path / "came.safetensors"
    save_file(create(ROW, 10, seed=1).state_dict(), path)
    keep_weights(ROW, path, "download", file_sha256(path))


def last_event(capsys):
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_that_weights_travel_to_another_machine_and_are_trained_from(
    downloaded, tmp_path, monkeypatch, capsys, draw_plates
):
    stick = tmp_path / "stick"
    assert main(["backbones", "pack", "test_resnet", "--to", str(stick)]) == 0
    assert "On the other machine: tlstudio backbones import FOLDER" in capsys.readouterr().out

    monkeypatch.setenv("TLSTUDIO_MODELS_DIR", str(tmp_path / "other machine"))
    images, project = draw_plates(tmp_path / "images"), tmp_path / "project"
    assert main(["new", str(project), str(images), "--independent"]) == 0
    train = ["train", str(project), "--backbone", "test_resnet", "--weights", "pretrained", "--epochs", "1"]
    assert main(train) == 1
    assert "Pretrained weights not here." in capsys.readouterr().err

    assert main(["backbones", "import", str(stick)]) == 0
    assert "test_resnet was imported, whole by checksum" in capsys.readouterr().out
    assert main([*train, "--freeze", "head", "--json"]) == 0
    assert last_event(capsys)["event"] == "TrainDone"
    assert main(["backbones", "import", str(stick)]) == 0
    assert capsys.readouterr().out == "test_resnet was here already.\n"


def test_that_what_cannot_be_packed_or_imported_ends_with_one(tmp_path, capsys):
    assert main(["backbones", "pack", "test_vit", "--to", str(tmp_path / "stick"), "--json"]) == 1
    assert last_event(capsys)["what_to_try"].endswith("tlstudio backbones download test_vit")
    assert main(["backbones", "import", str(tmp_path), "--json"]) == 1
    assert last_event(capsys)["title"] == "No weights pack"
    assert main(["backbones", "pack", "test_vit"]) == 2


def test_that_a_file_is_held_against_a_backbone(tmp_path, capsys):
    torch.save(create(ROW, 10).state_dict(), tmp_path / "own.pt")
    own = str(tmp_path / "own.pt")

    assert main(["backbones", "match", own, "--backbone", "test_resnet", "--json"]) == 0
    event = last_event(capsys)
    assert (event["event"], event["fits"]) == ("WeightsMatched", True)
    assert main(["backbones", "match", own, "--backbone", "test_resnet"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"own.pt fits test_resnet: {event['matched']} of {event['matched']} tensors.")
    assert "Its classifier is left out, as a new one is trained." in said


def test_that_a_file_of_another_backbone_is_explained(tmp_path, capsys):
    adopt(TEST_BACKBONES["test_efficientnet"])
    own = tmp_path / "own.safetensors"
    save_file(create(TEST_BACKBONES["test_efficientnet"], 10).state_dict(), own)

    assert main(["backbones", "match", str(own), "--backbone", "test_resnet"]) == 0

    said = capsys.readouterr().out
    assert said.startswith("own.safetensors does not fit test_resnet. ")
    assert "The file fits Tiny EfficientNet (test_efficientnet)." in said
    assert "Not in the file (" in said
    assert "Only in the file (" in said
    assert "  … and " in said
