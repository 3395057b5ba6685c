"""Options of the command line become settings that the network can have."""

import pytest
import typer

from tlstudio.cli.choices import chosen_model, early_stop, freeze_depth, pattern
from tlstudio.errors import ModelError
from tlstudio.model.settings import FreezeDepth, ModelSettings


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


def test_that_random_weights_are_all_trained_unless_asked_otherwise() -> None:
    stored = ModelSettings("resnet10t", 3, "random")

    chosen = chosen_model(stored, backbone="resnet18", freeze=None, weights=None)

    assert chosen == ModelSettings("resnet18", 0, "random")


def test_that_pretrained_weights_train_the_last_group_and_the_classifier_unless_asked_otherwise() -> None:
    stored = ModelSettings("resnet18", 0, "random")

    chosen = chosen_model(stored, backbone=None, freeze=None, weights="/models/resnet18.safetensors")

    assert chosen == ModelSettings("resnet18", 4, "/models/resnet18.safetensors")


def test_that_a_stored_depth_stays_while_the_network_does() -> None:
    stored = ModelSettings("resnet18", 2, "random")

    assert chosen_model(stored, backbone=None, freeze=None, weights=None) == stored
    assert chosen_model(stored, backbone="resnet18", freeze="head", weights=None).freeze == "head"


@pytest.mark.parametrize(("backbone", "freeze"), [("resnet18", 9), ("resnet19", 0)])
def test_that_a_network_that_does_not_exist_is_told_before_anything_starts(
    backbone: str, freeze: FreezeDepth
) -> None:
    with pytest.raises(ModelError):
        chosen_model(ModelSettings(), backbone=backbone, freeze=freeze, weights=None)
