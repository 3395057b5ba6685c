"""The two parts of a cut network give what the whole network gives, to the last bit."""

import copy
import os
import time
from functools import partial
from itertools import pairwise

import pytest
import timm
import torch
from torch import nn

from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES
from tlstudio.model.cut import between, cut
from tlstudio.model.errors import CannotCut
from tlstudio.model.freeze import freeze, train_mode
from tlstudio.model.network import create

ALL_DEPTHS = [(name, depth) for name, row in TEST_BACKBONES.items() for depth in range(row.head_depth + 1)]
EVERY_DEPTH = "TLSTUDIO_EVERY_DEPTH" in os.environ
"""The whole table at every position of the slider takes an hour."""

SMALLEST = {
    row.family: row.architecture for row in sorted(BACKBONES.values(), key=lambda row: -row.parameters)
}
"""The architecture of each family that has the fewest values."""

ARCHITECTURES = list({name.partition(".")[0]: name for name in reversed(BACKBONES)}.values())
"""A backbone of each; others differ by their weights."""

DROPPING = {"test_resnet": {"drop_rate": 0.3}, "test_vit": {"drop_path_rate": 0.3, "proj_drop_rate": 0.2}}


def noise(images, size_px=64, seed=0):
    return torch.randn(images, 3, size_px, size_px, generator=torch.Generator().manual_seed(seed))


def small_size_of(network, row):
    """Pixels at which a backbone of the table is quick to try: convolutions take images of any size."""
    own = row.preprocessing.input_px
    return own if network.pretrained_cfg.get("fixed_input_size") else min(own, 128)


def gradients(network, frozen, forward):
    """Logits and gradients of one step in train mode, always with the same random draws."""
    train_mode(network, frozen)
    network.zero_grad()
    torch.manual_seed(7)
    logits = forward()
    nn.functional.cross_entropy(logits, torch.tensor([0, 1, 2, 1][: len(logits)])).backward()
    found = {name: each.grad for name, each in network.named_parameters() if each.grad is not None}
    return logits.detach(), found


def assert_equal_in_both_modes(network, depth, size_px, images=2):
    """Compares the whole network with its parts, and gives them; the buffers are put back in between."""
    parts = cut(network, depth, size_px)
    assert parts.depth == depth
    inputs = noise(images, size_px)
    frozen = freeze(network, depth)

    network.eval()
    with torch.no_grad():
        assert torch.equal(parts.suffix(*parts.prefix(inputs)), network(inputs))

    before = buffers_of(network)
    logits, of_whole = gradients(network, frozen, lambda: network(inputs))
    after = buffers_of(network)
    for name, buffer in network.named_buffers():
        buffer.copy_(before[name])
    logits_of_parts, of_parts = gradients(network, frozen, lambda: parts.suffix(*parts.prefix(inputs)))
    assert torch.equal(logits_of_parts, logits)
    assert of_parts.keys() == of_whole.keys()
    assert all(torch.equal(of_parts[name], of_whole[name]) for name in of_whole)
    assert all(torch.equal(after[name], buffer) for name, buffer in network.named_buffers())
    return parts


def buffers_of(network):
    return {name: buffer.clone() for name, buffer in network.named_buffers()}


@pytest.mark.parametrize(("name", "depth"), ALL_DEPTHS)
def test_that_the_parts_give_the_outputs_and_gradients_of_the_whole(name, depth):
    assert_equal_in_both_modes(create(TEST_BACKBONES[name], 3, seed=1), depth, 64)


def depths_to_try(row):
    """Two inside the smallest backbone of each family and its head, the head of its sisters; or all."""
    if EVERY_DEPTH:
        return range(row.head_depth + 1)
    inside = [row.head_depth // 2, row.head_depth - 1] if row.architecture in SMALLEST.values() else []
    return [*inside, row.head_depth]


NARROW = {
    "vgg11": {"mlp_ratio": 1 / 64},
    "vgg16": {"mlp_ratio": 1 / 64},
    "vit_small_patch14_dinov2": {"embed_dim": 96},
    "vit_small_patch16_dinov3": {"embed_dim": 96},
    "swin_tiny_patch4_window7_224": {"embed_dim": 24},
}
"""For timm: the same steps with a tenth of the values, for those that are slow."""


def network_of(row):
    options = {} if EVERY_DEPTH else NARROW.get(row.architecture, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timm, "create_model", partial(timm.create_model, **options))
        return create(row, 3, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(3600 if EVERY_DEPTH else 300)
@pytest.mark.parametrize("name", BACKBONES if EVERY_DEPTH else ARCHITECTURES)
def test_that_each_backbone_is_cut_where_the_slider_can_stand_and_its_cuts_lead_on(name):
    row = BACKBONES[name]
    network = network_of(row)
    size_px = small_size_of(network, row)

    cuts = [assert_equal_in_both_modes(network, depth, size_px) for depth in depths_to_try(row)]

    for shallow, deep in pairwise(each for each in cuts if each.depth > 0):
        between(shallow, deep, size_px)  # compares


@pytest.mark.parametrize("name", DROPPING)
def test_that_dropout_of_the_trained_part_draws_as_in_the_whole_network(name):
    network = timm.create_model(
        name, num_classes=3, **{"img_size": 64} if "vit" in name else {}, **DROPPING[name]
    )
    row = TEST_BACKBONES[name]

    for depth in range(row.head_depth + 1):
        assert_equal_in_both_modes(network, depth, 64)


def test_that_dropout_before_the_classifier_is_not_frozen():
    network = timm.create_model("test_resnet", num_classes=3, drop_rate=0.5)
    parts = cut(network, 5, 64)
    frozen = freeze(network, 5)
    features = parts.prefix(noise(4))
    train_mode(network, frozen)

    assert not torch.equal(parts.suffix(*features), parts.suffix(*features))
    network.eval()
    assert torch.equal(parts.suffix(*features), parts.suffix(*features))


@pytest.mark.parametrize("images", [1, 2, 5])
@pytest.mark.parametrize("name", TEST_BACKBONES)
def test_that_the_number_of_images_is_free(name, images):
    network = create(TEST_BACKBONES[name], 3).eval()
    inputs = noise(images)

    for depth in range(TEST_BACKBONES[name].head_depth + 1):
        parts = cut(network, depth, 64)
        features = parts.prefix(inputs)
        assert [tuple(each.shape) for each in features] == [(images, *each.shape) for each in parts.crossing]
        with torch.no_grad():
            assert torch.equal(parts.suffix(*features), network(inputs))


@pytest.mark.parametrize("name", TEST_BACKBONES)
def test_that_steps_through_the_suffix_leave_the_frozen_part_byte_identical(name):
    row = TEST_BACKBONES[name]
    network = create(row, 3)
    names, depth = list(network.state_dict()), row.head_depth // 2
    parts = cut(network, depth, 64)
    frozen = freeze(network, depth)
    before = copy.deepcopy(network.state_dict())
    optimizer = torch.optim.AdamW([p for p in network.parameters() if p.requires_grad], lr=0.01)
    for _ in range(2):  # some weights start at zero, where the first step leaves others alone
        network.train()  # wakes the frozen norms; the prefix has to put them to sleep again
        features = parts.prefix(noise(4))
        train_mode(network, frozen)
        nn.functional.cross_entropy(parts.suffix(*features), torch.tensor([0, 1, 2, 1])).backward()
        optimizer.step()

    after = network.state_dict()
    assert list(after) == names
    standing = {key for module in frozen for key in keys_of(network, module)}
    assert all(torch.equal(before[key], after[key]) for key in standing)
    trained = [key for key, each in network.named_parameters() if each.requires_grad]
    assert all(not torch.equal(before[key], after[key]) for key in trained)


def keys_of(network, module):
    prefix = next(name for name, each in network.named_modules() if each is module)
    return [f"{prefix}.{key}" for key in module.state_dict()]


def assert_bridged(network, head_depth, size_px=64, images=3):
    """Every boundary leads on to every deeper one, to the last bit."""
    cuts = {depth: cut(network, depth, size_px) for depth in range(1, head_depth + 1)}
    inputs = noise(images, size_px, seed=5)
    for shallow, deep in [(one, other) for one in cuts for other in cuts if one < other]:
        bridge = between(cuts[shallow], cuts[deep], size_px)
        found = bridge(*(each.clone() for each in cuts[shallow].prefix(inputs)))
        expected = cuts[deep].prefix(inputs)
        assert len(found) == len(expected)
        assert all(torch.equal(*pair) for pair in zip(found, expected, strict=True))
        assert not any(each.requires_grad for each in found)


@pytest.mark.parametrize("name", TEST_BACKBONES)
def test_that_every_boundary_leads_on_to_every_deeper_one(name):
    row = TEST_BACKBONES[name]
    network = create(row, 3, seed=1)
    train_mode(network, freeze(network, row.head_depth))
    modes = [module.training for module in network.modules()]

    assert_bridged(network, row.head_depth)

    assert [module.training for module in network.modules()] == modes


def test_that_cutting_leaves_the_network_and_all_random_draws_as_they_were():
    network = create(TEST_BACKBONES["test_efficientnet"], 3)
    train_mode(network, freeze(network, 3))
    modes = [module.training for module in network.modules()]
    attributes = [set(vars(module)) for module in network.modules()]
    before = copy.deepcopy(network.state_dict())
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)

    cut(network, 3, 64)

    assert torch.equal(torch.rand(4), expected)
    assert [module.training for module in network.modules()] == modes
    assert [set(vars(module)) for module in network.modules()] == attributes
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())


def test_that_features_carry_no_gradient_and_the_modes_come_back():
    network = create(TEST_BACKBONES["test_resnet"], 3).train()
    parts = cut(network, 2, 64)
    (features,) = parts.prefix(noise(2))

    assert not features.requires_grad
    assert all(module.training for module in network.modules())


def test_that_a_cut_goes_on_another_network_of_the_same_structure():
    network = create(TEST_BACKBONES["test_resnet"], 3, seed=1).eval()
    other = create(TEST_BACKBONES["test_resnet"], 3, seed=2).eval()
    parts = cut(network, 3, 64).on(other)

    with torch.no_grad():
        assert torch.equal(parts.suffix(*parts.prefix(noise(2))), other(noise(2)))


def test_that_the_crossing_tells_what_must_be_kept_for_an_image():
    parts = cut(create(TEST_BACKBONES["test_resnet"], 3), 4, 64)
    (crossing,) = parts.crossing

    assert crossing.shape == (192, 4, 4)
    assert crossing.is_channels_last
    assert parts.bytes_per_image(is_half=True) == 2 * 192 * 4 * 4
    assert parts.bytes_per_image(is_half=False) == 4 * 192 * 4 * 4


@pytest.mark.parametrize("name", TEST_BACKBONES)
def test_that_cutting_takes_less_than_making_the_network_fifteen_times_and_says_nothing(name, capfd):
    row = TEST_BACKBONES[name]
    network = create(row, 3)
    cut(network, 2, 64)  # the first one loads torch.fx
    seconds = {"made": [], "cut": []}
    for _ in range(3):
        for what, step in (("made", lambda: create(row, 3)), ("cut", lambda: cut(network, 2, 64))):
            began = time.process_time()
            step()
            seconds[what].append(time.process_time() - began)

    # Measured: as making it three to five times, some 0.05 s. Seconds alone would judge the computer.
    assert min(seconds["cut"]) < 15 * min(seconds["made"])
    assert capfd.readouterr() == ("", "")


class Rows(nn.Module):
    """Three linear layers upon the mean colours, in three groups; subclasses put things in between."""

    pretrained_cfg = {"classifier": "last"}  # noqa: RUF012

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Linear(3, 8)
        self.second = nn.Linear(8, 8)
        self.last = nn.Linear(8, 3)

    def group_matcher(self, coarse=True):
        return {"stem": "^first", "blocks": r"^second"}

    def get_classifier(self):
        return self.last

    def forward_features(self, images):
        return self.second(self.first(images.mean((2, 3))))

    def forward_head(self, features, pre_logits=False):
        return features if pre_logits else self.last(features)

    def forward(self, images):
        return self.forward_head(self.forward_features(images))


class Overwriting(Rows):
    def forward(self, images):
        return self.last(self.second(self.first(images.mean((2, 3))).relu_()))


class WritingLate(Rows):
    """The suffix begins by writing into what crosses."""

    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout(0.5, inplace=True)

    def forward(self, images):
        return self.last(self.drop(self.second(self.first(images.mean((2, 3))))))


class TwoWays(Rows):
    """Early features go around the second layer."""

    def forward(self, images):
        early = self.first(images.mean((2, 3)))
        return self.last(self.second(early) + early.tanh())


class Windows(Rows):
    """Four rows for each image, put together again in the end."""

    def forward(self, images):
        batch, channels, height, width = images.shape
        rows = images.reshape(batch, channels, 4, height // 4 * width).permute(0, 2, 3, 1)
        rows = self.first(rows.reshape(batch * 4, -1, channels).mean(1))
        return self.last(self.second(rows).reshape(batch, 4, -1).mean(1))


class Streams(Rows):
    """Modules hand on lists and numbers, and write into lists that they get."""

    class First(nn.Linear):
        def forward(self, images):
            features = super().forward(images.mean((2, 3)))
            return [features, features.tanh()], images.shape[2], len(features)

    class Second(nn.Linear):
        def forward(self, streams, height, images):
            streams[1] = super().forward(streams[1]) / height
            return streams[0].reshape(images, -1) + streams[1]

    def __init__(self):
        super().__init__()
        self.first, self.second = self.First(3, 8), self.Second(8, 8)

    def forward(self, images):
        streams, height, images = self.first(images)
        return self.last(self.second(streams, height * 2, images))


class Positions(Rows):
    """The trained part adds something that depends on the number of images, but not on what they show."""

    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.ones(1, 8))
        self.register_buffer("scale", torch.full((8,), 0.5), persistent=False)

    def group_matcher(self, coarse=True):
        return {"stem": "^first|^token", "blocks": "^second"}

    def forward(self, images):
        token = self.token.expand(images.shape[0], -1) * self.scale + torch.arange(8)
        return self.last(self.second(self.first(images.mean((2, 3)))) + token)


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("kind", [Rows, Overwriting, WritingLate, TwoWays, Windows, Streams, Positions])
def test_that_unusual_ways_through_a_network_are_cut_too(kind, depth):
    network = kind()

    assert_equal_in_both_modes(network, depth, 8, images=3)
    parts = cut(network.eval(), depth, 8)
    features = parts.prefix(noise(5, 8))
    kept = [each.clone() for each in features]
    with torch.no_grad():
        assert torch.equal(parts.suffix(*features), network(noise(5, 8)))
    assert all(torch.equal(*pair) for pair in zip(features, kept, strict=True))


@pytest.mark.parametrize("kind", [Rows, Overwriting, WritingLate, TwoWays, Windows, Positions])
def test_that_unusual_ways_lead_from_one_boundary_to_the_next(kind):
    assert_bridged(kind(), 2, size_px=8)


def test_that_only_what_depends_on_the_images_crosses():
    parts = cut(Positions(), 2, 8)

    assert [each.shape for each in parts.crossing] == [(8,)]


def test_that_buffers_are_taken_from_where_the_network_has_moved_since():
    network = Positions().eval()
    parts = cut(network, 1, 8)
    network.scale = torch.full((8,), 2.0)

    with torch.no_grad():
        assert torch.equal(parts.suffix(*parts.prefix(noise(2, 8))), network(noise(2, 8)))


class AsksContent(Rows):
    def forward(self, images):
        features = self.first(images.mean((2, 3)))
        return self.last(self.second(features) if features.mean() > 0 else features)


class AsksNumber(Rows):
    def forward(self, images):
        features = self.first(images.mean((2, 3)))
        return self.last(self.second(features) if len(features) > 1 else features)


class Compares(Rows):
    """Features are told against the mean of the batch."""

    def forward(self, images):
        features = self.first(images.mean((2, 3)))
        return self.last(self.second(features - features.mean(0)))


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (AsksContent, "its steps depend on what the images show"),
        (AsksNumber, "its steps depend on how many images there are"),
        (Compares, "the features of an image depend on the images beside it"),
    ],
)
def test_that_a_network_without_a_cut_is_refused_with_the_reason(kind, reason):
    with pytest.raises(CannotCut, match=reason) as caught:
        cut(kind(), 1, 8)

    assert caught.value.reason == reason
    assert "Nothing was changed" in caught.value.message


class AsksInside(Rows):
    """The question is asked within the second group, which a shallower cut does not open."""

    class Inner(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two = nn.Linear(8, 8), nn.Linear(8, 8)

        def forward(self, features):
            return self.two(self.one(features)) if features.mean() > 0 else self.two(features)

    def __init__(self):
        super().__init__()
        self.second = self.Inner()

    def group_matcher(self, coarse=True):
        return {"stem": "^first", "blocks": [(r"^second\.one", (0,)), (r"^second\.two", (1,))]}


def test_that_the_cut_moves_up_where_it_is_not_possible_at_the_depth_itself():
    network = AsksInside().eval()
    parts = cut(network, 2, 8)

    assert parts.depth == 1
    with torch.no_grad():
        assert torch.equal(parts.suffix(*parts.prefix(noise(2, 8))), network(noise(2, 8)))


class AsksInFeatures(Rows):
    def forward_features(self, images):
        features = self.first(images.mean((2, 3)))
        return self.second(features) if features.mean() > 0 else features


def test_that_the_classifier_alone_is_cut_off_by_timms_own_halves():
    network = AsksInFeatures().eval()
    with pytest.raises(CannotCut):
        cut(network, 1, 8)

    parts = cut(network, 2, 8)

    assert [each.shape for each in parts.crossing] == [(8,)]
    with torch.no_grad():
        assert torch.equal(parts.suffix(*parts.prefix(noise(2, 8))), network(noise(2, 8)))
    with pytest.raises(CannotCut):
        between(parts, parts, 8)
