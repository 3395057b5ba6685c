"""The table of backbones says what the networks are."""

import math
import subprocess
import sys

import pytest
import timm
import torch

from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES, find_backbone
from tlstudio.model.errors import FreezeDepthOutOfRange, UnknownBackbone
from tlstudio.model.groups import parameter_groups
from tlstudio.model.network import create, timm_name
from tlstudio.model.recommend import recommended_depth
from tlstudio.model.settings import ModelSettings

ALL = {**BACKBONES, **TEST_BACKBONES}
BUNDLED = {name for name, row in BACKBONES.items() if row.weights.bundled}
PUBLISHED = [name for name, row in ALL.items() if row.weights.repo.startswith("timm/")]
ELSEWHERE = [name for name in BACKBONES if name not in (*BUNDLED, *PUBLISHED)]
OWN_SIZE = {"vit_small_patch14_dinov2", *TEST_BACKBONES, *BUNDLED}  # run at another size than timm's
COMMERCIAL_LICENCES = {"Apache-2.0", "MIT", "BSD-3-Clause", "CC-BY-4.0", "DINOv3 License"}
FAMILIES = {
    "ResNet", "VGG", "Inception", "MobileNet", "EfficientNet", "FasterNet", "RegNet", "DenseNet", "ConvNeXt",
    "Vision Transformer", "DINOv2", "DINOv3", "Swin Transformer",
}  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_that_the_row_counts_the_groups_and_parameters_of_a_network_with_one_number_for_each_class(name):
    row = ALL[name]
    size_px = row.preprocessing.input_px
    with torch.device("meta"), torch.no_grad():  # shapes tell it all
        network = create(row, 3).eval()
        logits = network(torch.zeros(1, 3, size_px, size_px))
    sizes = {key: value.numel() for key, value in network.named_parameters()}
    groups = [
        (group.name, sum(sizes[key] for key in group.parameters)) for group in parameter_groups(network)
    ]

    assert [(group.name, group.parameters) for group in row.groups] == groups[:-1]
    assert groups[-1] == ("classifier", 3 * (row.features + 1))
    assert row.trainable_parameters(0, 3) == sum(sizes.values())
    assert row.trainable_parameters("head", 3) == 3 * (row.features + 1)
    assert logits.shape == (1, 3)


@pytest.mark.parametrize("name", PUBLISHED)
def test_that_the_row_prepares_images_as_the_weights_were_pretrained(name):
    row, published = ALL[name], timm.get_pretrained_cfg(name)
    preprocessing = row.preprocessing

    assert published.crop_mode == "center"
    assert (preprocessing.mean, preprocessing.std) == (published.mean, published.std)
    assert preprocessing.interpolation == published.interpolation
    if name not in OWN_SIZE:
        assert preprocessing.input_px == published.input_size[-1]
        assert preprocessing.resize_px == math.floor(published.input_size[-1] / published.crop_pct)


@pytest.mark.parametrize("name", PUBLISHED)
def test_that_the_licence_is_the_one_that_timm_publishes(name):
    row, published = ALL[name], timm.get_pretrained_cfg(name)

    assert row.licence.lower().replace(" ", "-") == published.license
    assert row.weights.repo == published.hf_hub_id
    assert row.weights.classes == published.num_classes
    assert row.source == f"https://huggingface.co/{published.hf_hub_id}"
    assert row.name == name


@pytest.mark.parametrize("name", ALL)
def test_that_the_weights_may_be_used_for_profit_and_say_where_they_come_from(name):
    weights = ALL[name].weights

    assert weights.licence in COMMERCIAL_LICENCES
    assert not weights.is_non_commercial
    assert weights.source
    assert weights.trained_on
    assert weights.name
    assert bool(weights.repo) != bool(weights.bundled)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_that_weights_from_elsewhere_are_of_an_architecture_that_timm_has(name):
    row = BACKBONES[name]

    assert timm.is_model(row.architecture)
    assert timm_name(row) == row.architecture
    assert row.imagenet_accuracy is None


def test_that_the_table_has_every_family_and_one_made_for_medical_images():
    assert {row.family for row in BACKBONES.values()} == FAMILIES
    assert len(BACKBONES) >= 20
    assert "tissue" in BACKBONES["resnet18.tiatoolbox-kather100k"].weights.trained_on


def test_that_the_default_of_new_projects_is_the_first_row():
    assert ModelSettings().backbone == next(iter(BACKBONES))
    default = ModelSettings()
    assert default.freeze == recommended_depth(BACKBONES[default.backbone], default.weights, 100)


def test_that_resnet18_has_a_stem_four_stages_and_a_classifier():
    row = BACKBONES["resnet18"]

    assert [group.name for group in row.groups] == ["stem", "layer1", "layer2", "layer3", "layer4"]
    assert row.depth("head") == 5
    assert row.depth(4) == 4
    # the last stage has 8,393,728 values (two blocks of 512 channels), a head for two classes 1,026
    assert row.trainable_parameters(4, 2) == 8_393_728 + 1_026


@pytest.mark.parametrize("depth", [-1, 6])
def test_that_a_depth_outside_the_slider_is_refused_with_the_range(depth):
    with pytest.raises(FreezeDepthOutOfRange, match=r"resnet18 can freeze 0 to 5 groups"):
        BACKBONES["resnet18"].depth(depth)


def test_that_an_unknown_name_is_answered_with_the_closest():
    with pytest.raises(UnknownBackbone, match=r"Did you mean resnet18"):
        find_backbone("resnet-18")


def test_that_the_networks_for_tests_are_found_but_not_offered():
    assert find_backbone("test_resnet").name == "test_resnet"
    assert not set(BACKBONES) & set(TEST_BACKBONES)


def test_that_the_table_loads_without_torch():
    program = "import sys, tlstudio.model.backbones; print('torch' in sys.modules or 'timm' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert printed.stdout.strip() == "False"


def test_that_the_same_seed_makes_the_same_network_and_leaves_other_draws_alone():
    row = TEST_BACKBONES["test_resnet"]
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, second, other = create(row, 2, seed=1), create(row, 2, seed=1), create(row, 2, seed=2)

    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(first.fc.weight, second.fc.weight)
    assert not torch.equal(first.fc.weight, other.fc.weight)
