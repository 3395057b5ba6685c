"""Which backbone to start from, with the reason in a sentence."""

from pathlib import Path

import pytest

from tlstudio.model.backbones import BACKBONES
from tlstudio.model.recommend import MADE_FOR, UNMEASURED_PARAMETERS, recommend, recommended_depth
from tlstudio.model.settings import PRETRAINED, RANDOM
from tlstudio.model.speeds import Speed
from tlstudio.model.weight_store import WeightsState

BUNDLED = {"resnet10t": WeightsState("bundled", Path("resnet10t.safetensors"), 9_800_000)}


def here(*names):
    """Those weights are on this computer, and the bundled ones; all others would take a download."""
    elsewhere = {name: WeightsState("download", None, 1) for name in BACKBONES}
    return elsewhere | {name: WeightsState("here", Path(name), 1) for name in names} | BUNDLED


def speed(training):
    return Speed("", 224, "CPU, 2 threads", "x86_64", "2.15", 3 * training, training, "float32")


def test_that_without_any_download_it_is_the_bundled_one():
    found = recommend(588, 3, here())

    assert found.name == "resnet10t"
    assert "588 training images in 3 classes" in found.reason
    assert "needs no download" in found.reason
    assert "this machine" in found.reason


def test_that_it_is_the_bundled_one_even_if_its_file_is_missing():
    assert recommend(588, 3, {}).name == "resnet10t"


def test_that_what_is_not_here_is_never_recommended():
    assert recommend(588, 3, here(), {"convnext_tiny": speed(500)}).name == "resnet10t"


def test_that_the_network_that_knows_most_is_recommended_of_those_that_are_here():
    speeds = {"resnet18": speed(60), "convnext_tiny": speed(40)}

    found = recommend(588, 3, here("resnet18", "convnext_tiny"), speeds)

    assert found.name == "convnext_tiny"
    assert "40 images a second" in found.reason


def test_that_a_network_that_would_take_hours_here_is_passed_over():
    speeds = {"resnet18": speed(60), "convnext_tiny": speed(4)}

    # 20 epochs of 588 images at 4 a second take 49 minutes
    assert recommend(588, 3, here("resnet18", "convnext_tiny"), speeds).name == "resnet18"


def test_that_a_large_network_of_unknown_speed_is_passed_over():
    assert BACKBONES["resnet50"].parameters > UNMEASURED_PARAMETERS > BACKBONES["resnet18"].parameters
    assert recommend(588, 3, here("resnet18", "resnet50")).name == "resnet18"


def test_that_a_network_made_for_tissue_is_recommended_for_tissue_only():
    weights = here("resnet18", "resnet18.tiatoolbox-kather100k")

    assert recommend(588, 3, weights, kind="tissue").name == "resnet18.tiatoolbox-kather100k"
    assert "made for images of this kind" in recommend(588, 3, weights, kind="tissue").reason
    assert recommend(588, 3, weights).name == "resnet18"


@pytest.mark.parametrize("images", [None, 0, 1, 999, 1_000, 2_000_000])
def test_that_the_reason_is_whole_sentences_for_any_number_of_images(images):
    reason = recommend(images, 2, here()).reason

    assert reason.endswith(".")
    assert "None" not in reason
    assert "1 training images" not in reason


def test_that_the_table_of_special_networks_names_rows():
    assert set(MADE_FOR) <= set(BACKBONES)


def test_that_nothing_is_recommended_to_be_frozen_with_random_weights():
    depths = [recommended_depth(BACKBONES["resnet18"], RANDOM, images) for images in (10, 1_000, 100_000)]

    assert depths == [0, 0, 0]


@pytest.mark.parametrize("weights", [PRETRAINED, "/media/stick/mine.safetensors"])
def test_that_fewer_images_recommend_more_frozen_groups_of_what_knows_photographs(weights):
    images = (299, 300, 4_999, 5_000, 20_000)

    assert [recommended_depth(BACKBONES["resnet18"], weights, count) for count in images] == [5, 4, 4, 2, 0]


@pytest.mark.parametrize(("name", "depth"), [("resnet10t", 0), ("resnet18", 5)])
def test_that_before_images_are_known_the_recommendation_is_that_for_a_usual_set(name, depth):
    assert recommended_depth(BACKBONES[name], PRETRAINED, 0) == depth


def test_that_little_of_what_knows_drawn_scenes_is_recommended_to_stay():
    assert [recommended_depth(BACKBONES["resnet10t"], PRETRAINED, count) for count in (69, 70)] == [2, 0]
