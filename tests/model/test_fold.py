"""What the frozen part computes stays the same when BatchNorm goes into the convolutions before it."""

import threading

import pytest
import torch
from torch import nn

from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES
from tlstudio.model.cut import Cut, cut
from tlstudio.model.fold import QuickPrefix, fold_norms, shorten_weights
from tlstudio.model.network import create

NORMED = ("resnet10t", "mobilenetv3_small_100", "fasternet_t0", "regnety_004")
NORMLESS = ("VGG", "Vision Transformer", "DINOv2", "DINOv3", "Swin Transformer", "ConvNeXt")
"""Families without BatchNorm: nothing of them is folded."""

ARCHITECTURES = {name.partition(".")[0]: name for name in reversed(BACKBONES)}.values()
"""A backbone of each; others differ by their weights."""


def network_of(backbone):
    """With norms that do something, as after training."""
    network = create(backbone, 2, seed=1).eval()
    draw = torch.Generator().manual_seed(2)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1, generator=draw)
            module.running_var.uniform_(0.5, 2, generator=draw)
            if module.affine:
                module.weight.data.uniform_(0.5, 1.5, generator=draw)
                module.bias.data.normal_(0, 0.1, generator=draw)
    return network


def prefix_of(backbone, depth=None, size_px=None):
    size_px = size_px or backbone.preprocessing.input_px
    return cut(network_of(backbone), depth or backbone.head_depth, size_px)


def images_for(parts):
    return torch.randn(3, 3, parts.input_px, parts.input_px, generator=torch.Generator().manual_seed(3))


def norms_in(parts):
    steps = [module for module in parts._parts.modules if isinstance(module, nn.BatchNorm2d)]
    return len(set(steps))


def assert_same(found, expected, most=1e-5):
    for one, other in zip(found, expected, strict=True):
        assert float((one - other).norm()) <= most * float(other.norm())


@pytest.mark.parametrize("name", NORMED)
def test_that_every_norm_behind_a_convolution_is_folded_and_the_features_stay_the_same(name):
    parts = prefix_of(BACKBONES[name])
    folded = fold_norms(parts)
    images = images_for(parts)

    assert norms_in(parts) > 0
    assert norms_in(folded) == 0 if name != "fasternet_t0" else norms_in(folded) < norms_in(parts)
    assert_same(folded.prefix(images), parts.prefix(images))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ARCHITECTURES if BACKBONES[name].family not in NORMLESS])
def test_that_the_features_of_the_whole_table_stay_the_same(name):
    parts = prefix_of(BACKBONES[name], size_px=128)  # quicker; convolutions take images of any size

    assert_same(fold_norms(parts).prefix(images_for(parts)), parts.prefix(images_for(parts)))


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_that_a_cut_in_the_middle_is_folded_likewise(depth):
    parts = prefix_of(TEST_BACKBONES["test_resnet"], depth)
    folded = fold_norms(parts)

    assert norms_in(folded) < norms_in(parts)
    assert_same(folded.prefix(images_for(parts)), parts.prefix(images_for(parts)))


def test_that_the_network_itself_does_not_change_by_a_bit():
    parts = prefix_of(BACKBONES["resnet10t"])
    before = {name: tensor.clone() for name, tensor in parts.network.state_dict().items()}
    modules = [*parts.network.named_modules()]
    output = parts.network(images_for(parts))
    fold_norms(parts)

    assert [*parts.network.named_modules()] == modules
    assert all(torch.equal(before[name], tensor) for name, tensor in parts.network.state_dict().items())
    assert torch.equal(parts.network(images_for(parts)), output)


def test_that_what_is_not_folded_is_shared_and_not_copied():
    parts = prefix_of(BACKBONES["resnet10t"])
    folded = fold_norms(parts)

    assert folded.network.get_classifier().weight is parts.network.get_classifier().weight


def test_that_a_network_without_norms_behind_convolutions_is_left_as_it_is():
    parts = prefix_of(TEST_BACKBONES["test_vit"])

    assert fold_norms(parts) is parts


def test_that_nothing_is_folded_where_what_a_convolution_gives_goes_elsewhere_too():
    class Reused(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3, padding=1, bias=False)
            self.bn = nn.BatchNorm2d(3).eval()
            self.bn.running_mean.fill_(0.5)

        def forward(self, images):
            seen = self.conv(images)
            return (self.bn(seen) + seen,)

    network = Reused().eval()

    class Whole:
        """A cut whose prefix is the whole of it."""

        input_px = 16

        def __init__(self, network):
            self.network = network

        def on(self, network):
            return Whole(network)

        def prefix(self, images):
            with torch.no_grad():
                return self.network(images)

    parts = Whole(network)
    assert fold_norms(parts) is parts


@pytest.mark.parametrize("name", ["test_vit", "test_resnet"])
def test_that_rounding_weights_once_changes_no_bit_of_the_features(name):
    parts = prefix_of(TEST_BACKBONES[name])
    short = shorten_weights(parts, torch.bfloat16)
    rounded = [each for each in short.prefix_modules if isinstance(each, nn.Linear | nn.Conv2d)]

    assert short is not parts
    assert {each.weight.dtype for each in rounded if isinstance(each, nn.Linear | nn.Conv2d)} == {
        torch.bfloat16
    }
    assert all(each.weight.dtype == torch.float32 for each in parts.prefix_modules if hasattr(each, "weight"))
    with torch.autocast("cpu", torch.bfloat16):
        found, expected = short.prefix(images_for(parts)), parts.prefix(images_for(parts))
    assert all(map(torch.equal, found, expected))


def test_that_nothing_is_folded_before_it_is_used(monkeypatch):
    parts = prefix_of(TEST_BACKBONES["test_resnet"])
    computed = []
    real = Cut.prefix
    monkeypatch.setattr(Cut, "prefix", lambda self, images: computed.append(self) or real(self, images))
    prefix = QuickPrefix(parts, torch.float32)

    assert computed == []
    prefix(images_for(parts))
    first = len(computed)
    prefix(images_for(parts))
    assert len(computed) == first + 1


def test_that_in_float16_nothing_is_folded():
    parts = prefix_of(TEST_BACKBONES["test_resnet"])

    assert QuickPrefix(parts, torch.float16)._quick is parts


def test_that_a_network_that_cannot_be_copied_computes_as_it_is():
    parts = prefix_of(TEST_BACKBONES["test_resnet"])
    expected = parts.prefix(images_for(parts))
    parts.network.lock = threading.Lock()

    found = QuickPrefix(parts, torch.float32)(images_for(parts))

    assert all(map(torch.equal, found, expected))
