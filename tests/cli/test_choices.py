"""Options of the command line become settings that the network can have."""

from pathlib import Path

import pytest
import typer

from tlstudio.cli.choices import about_missing_weights, chosen_model, early_stop, freeze_depth, pattern
from tlstudio.errors import ModelError
from tlstudio.model.backbones import find_backbone
from tlstudio.model.errors import WeightsNotHere
from tlstudio.model.settings import FreezeDepth, ModelSettings
from tlstudio.model.weight_store import keep_weights


def kept(folder: Path, name: str) -> None:
    """A file in the place of that backbone's weights; nobody looks into it here."""
    (folder / "came").write_bytes(b"weights")
    keep_weights(find_backbone(name), folder / "came", "download", "")


@pytest.mark.parametrize(("text", "expected"), [("0", 0), ("4", 4), ("none", 0), ("head", "head")])
def test_that_a_freeze_depth_is_a_number_or_a_word(text: str, expected: FreezeDepth) -> None:
    assert freeze_depth(text) == expected


@pytest.mark.parametrize("text", ["", "-1", "all", "1.5"])
def test_that_any_other_freeze_depth_is_wrong_use(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        freeze_depth(text)


def test_that_early_stopping_can_be_switched_off() -> None:
    assert early_stop("none") is None
    assert early_stop("3") == 3
    with pytest.raises(typer.BadParameter):
        early_stop("0")


def test_that_a_broken_pattern_is_wrong_use() -> None:
    assert pattern(r"(slide\d+)_") == r"(slide\d+)_"
    with pytest.raises(typer.BadParameter):
        pattern("(slide")


def test_that_a_network_whose_weights_are_not_here_starts_from_random_ones_and_says_how_to_get_them() -> None:
    stored = ModelSettings("resnet10t", 3, "random")

    chosen = chosen_model(stored, 500, backbone="resnet18", freeze=None, weights=None)

    assert chosen == ModelSettings("resnet18", 0, "random")
    assert "tlstudio backbones download resnet18" in about_missing_weights(stored, chosen)


def test_that_a_network_starts_from_its_own_weights_if_they_are_here(tmp_path: Path) -> None:
    kept(tmp_path, "resnet18")

    chosen = chosen_model(
        ModelSettings("resnet10t", 3, "random"), 500, backbone="resnet18", freeze=None, weights=None
    )

    assert chosen == ModelSettings("resnet18", 4, "pretrained")
    assert about_missing_weights(ModelSettings("resnet10t", 3, "random"), chosen) == ""


def test_that_pretrained_weights_that_were_asked_for_and_are_not_here_are_an_error() -> None:
    with pytest.raises(WeightsNotHere, match="tlstudio backbones download resnet18"):
        chosen_model(ModelSettings(), 500, backbone="resnet18", freeze=None, weights="pretrained")


def test_that_a_project_that_chose_random_weights_keeps_them_without_a_word() -> None:
    stored = ModelSettings("resnet10t", 0, "random")

    chosen = chosen_model(stored, 500, backbone=None, freeze=None, weights=None)

    assert chosen == stored
    assert about_missing_weights(stored, chosen) == ""


def test_that_a_weights_file_belongs_to_one_network_and_is_let_go_with_it() -> None:
    stored = ModelSettings("resnet10t", 4, "/models/resnet10t.safetensors")

    assert chosen_model(stored, 500, backbone="resnet18", freeze=None, weights=None).weights == "random"


@pytest.mark.parametrize(("images", "freeze"), [(100, "head"), (500, 4), (50_000, 0)])
def test_that_other_weights_begin_at_the_depth_that_is_recommended_for_so_many_images(
    images: int, freeze: FreezeDepth
) -> None:
    stored = ModelSettings("resnet18", 0, "random")

    chosen = chosen_model(stored, images, backbone=None, freeze=None, weights="/models/resnet18.safetensors")

    assert chosen == ModelSettings("resnet18", freeze, "/models/resnet18.safetensors")


def test_that_another_bundled_backbone_begins_where_the_window_begins() -> None:
    chosen = chosen_model(ModelSettings(), 100, backbone="fasternet_t0", freeze=None, weights=None)

    assert chosen == ModelSettings("fasternet_t0", 0, "pretrained")


def test_that_a_stored_depth_stays_while_the_network_does() -> None:
    stored = ModelSettings("resnet18", 2, "random")

    assert chosen_model(stored, 500, backbone=None, freeze=None, weights=None) == stored
    assert chosen_model(stored, 500, backbone="resnet18", freeze="head", weights=None).freeze == "head"


@pytest.mark.parametrize(("backbone", "freeze"), [("resnet18", 9), ("resnet19", 0)])
def test_that_a_network_that_does_not_exist_is_told_before_anything_starts(
    backbone: str, freeze: FreezeDepth
) -> None:
    with pytest.raises(ModelError):
        chosen_model(ModelSettings(), 500, backbone=backbone, freeze=freeze, weights=None)
