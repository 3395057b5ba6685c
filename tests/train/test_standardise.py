"""A head learns as if its features were standardised; the network that is kept has no layer more."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.freeze import freeze
from tlstudio.model.network import create
from tlstudio.train.batches import batches
from tlstudio.train.begin import decode
from tlstudio.train.checkpoint import Checkpoint, Place, restore, state_of
from tlstudio.train.features import Feed
from tlstudio.train.optimize import make_optimizer, make_schedule
from tlstudio.train.settings import TrainSettings
from tlstudio.train.standardise import standardise
from tlstudio.train.standardised_head import StandardisedHead
from tlstudio.train.step import Trainee, take_step

CENTRE, SCALE = torch.tensor([50.0, -3.0, 0.2, 7.0]), torch.tensor([0.1, 2.0, 30.0, 1.0])
LABELS = torch.arange(24) % 3


def some_features():
    """Four features of very different place and spread; each class has a place of its own."""
    places = 3 * torch.eye(3, 4)[LABELS]
    return CENTRE + (places + torch.randn(24, 4, generator=torch.Generator().manual_seed(1))) / SCALE


def a_head():
    torch.manual_seed(2)
    return nn.Linear(4, 3)


def made(head, optimizer):
    own = StandardisedHead(head, CENTRE, SCALE)
    own.train_with(optimizer)
    return own


def learn(layer, optimizer, features, own=None, steps=40):
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(layer(features), LABELS)
        loss.backward()
        if own is not None:
            own.take_gradients()
        optimizer.step()
        if own is not None:
            own.write_back()
    return float(loss.detach())


def test_that_the_layers_own_values_are_taken_as_those_for_standardised_features():
    head, features = a_head(), some_features()
    expected = head((features - CENTRE) * SCALE)

    made(head, torch.optim.AdamW(head.parameters())).write_back()

    assert torch.allclose(head(features), expected, atol=1e-4)


def test_that_what_is_learned_does_not_depend_on_how_large_features_are():
    def loss(factor):
        head = a_head()
        own = StandardisedHead(head, factor * CENTRE, SCALE / factor)
        optimizer = torch.optim.AdamW(head.parameters(), lr=0.02)
        own.train_with(optimizer)
        own.write_back()
        return learn(head, optimizer, factor * some_features(), own)

    assert loss(30.0) == pytest.approx(loss(1.0), rel=1e-3)


def test_that_it_learns_what_a_layer_on_standardised_features_learns():
    head, features = a_head(), some_features()
    optimizer = torch.optim.AdamW(head.parameters(), lr=0.02)
    own = made(head, optimizer)
    own.write_back()
    reference = nn.Linear(4, 3)
    reference.load_state_dict({"weight": own.weight.detach().clone(), "bias": own.bias.detach().clone()})

    learn(head, optimizer, features, own)
    standardised = (features - CENTRE) * SCALE
    learn(reference, torch.optim.AdamW(reference.parameters(), lr=0.02), standardised)

    assert torch.allclose(head(features), reference(standardised), atol=1e-3)


def test_that_it_learns_far_more_of_such_features_than_the_layer_itself():
    head, features, itself = a_head(), some_features(), a_head()
    optimizer = torch.optim.AdamW(head.parameters(), lr=0.02)
    own = made(head, optimizer)

    loss = learn(head, optimizer, features, own)
    of_itself = learn(itself, torch.optim.AdamW(itself.parameters(), lr=0.02), features)

    assert loss < 0.5 < of_itself


def test_that_the_learning_rate_and_the_decay_are_those_of_the_layer():
    network = create(TEST_BACKBONES["test_resnet"], 2)
    optimizer = make_optimizer(network, TrainSettings(weight_decay=0.1), is_pretrained=True)
    before = [(len(group["params"]), group["weight_decay"]) for group in optimizer.param_groups]
    features = network.fc.in_features
    own = StandardisedHead(network.fc, torch.zeros(features), torch.ones(features))

    own.train_with(optimizer)

    assert [(len(group["params"]), group["weight_decay"]) for group in optimizer.param_groups] == before
    of_weight = [group for group in optimizer.param_groups if any(p is own.weight for p in group["params"])]
    assert [group["weight_decay"] for group in of_weight] == [0.1]


def trainee_of(network, frozen=()):
    optimizer = make_optimizer(network, TrainSettings(), is_pretrained=True)
    return Trainee(
        network=network,
        frozen=frozen,
        optimizer=optimizer,
        schedule=make_schedule(optimizer, TrainSettings(), 1),
        average=None,
        scaler=torch.amp.GradScaler("cpu", enabled=False),
        device=torch.device("cpu"),
        precision="float32",
        weights=torch.ones(2),
        label_smoothing=0.0,
        images_at_a_time=4,
        steps_per_epoch=1,
        input_px=32,
    )


@pytest.fixture
def feed(small_set):
    preprocessing = TEST_BACKBONES["test_resnet"].preprocessing
    events = decode(small_set.rows, ("dark", "light"), small_set.root, small_set.cache_folder, preprocessing)
    while True:
        try:
            next(events)
        except StopIteration as end:
            return Feed(end.value.train, preprocessing, None, "none", 0, None)


def standardised(trainee, feed):
    standardise(trainee, feed, batch_size=4, seed=0)
    return trainee.head


def features_of(network, feed):
    images = feed.batch(np.arange(10), 0)[0]
    with torch.no_grad():
        return network.eval().forward_head(network.forward_features(images), pre_logits=True)


def test_that_features_are_brought_to_mean_0_and_one_spread(feed):
    network = create(TEST_BACKBONES["test_resnet"], 2, seed=3)
    features = features_of(network, feed)
    frozen = freeze(network, 5)  # so that BatchNorm goes by its statistics, as in features_of

    own = standardised(trainee_of(network, frozen), feed)

    brought = (features - own.centre) * own.scale
    assert torch.allclose(brought.mean(0), torch.zeros(brought.shape[1]), atol=1e-3)
    assert float(brought.std(0, correction=0).max()) < 0.3


def test_that_a_spread_is_made_of_deviation_mean_deviation_and_rounding(feed, monkeypatch):
    network = create(TEST_BACKBONES["test_resnet"], 2)
    half = network.fc.in_features // 2
    shown = itertools.count()

    def two_kinds(images):
        """One half of the features are −1 and 1 in turn, the other half 48.2 and 54.2."""
        turns = torch.tensor([[2.0 * (next(shown) % 2) - 1] for _ in images])  # (N, 1)
        return torch.cat([turns.expand(-1, half), 51.2 + 3 * turns.expand(-1, half)], 1)[:, :, None, None]

    monkeypatch.setattr(network, "forward_features", two_kinds)

    own = standardised(trainee_of(network), feed)

    # Deviations 1 and 3, so 2 in the mean, a tenth of which is added to each, and a 64th of the means 0 and
    # 51.2: 0.3 / (1 + 0.2 + 0) = 0.25 and 0.3 / (3 + 0.2 + 0.8) = 0.075
    assert own.centre.tolist() == pytest.approx([0.0] * half + [51.2] * half, abs=1e-4)
    assert own.scale.tolist() == pytest.approx([0.25] * half + [0.075] * half, rel=1e-4)


def test_that_looking_at_the_features_leaves_the_network_as_it_was(feed):
    network = create(TEST_BACKBONES["test_resnet"], 2, seed=3)
    before = {name: value.clone() for name, value in network.state_dict().items()}

    standardised(trainee_of(network), feed)

    changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {"fc.weight", "fc.bias"}
    assert not network.fc._forward_pre_hooks


def test_that_a_feature_that_hardly_moves_is_not_blown_up_beyond_what_rounding_leaves(feed):
    network = create(TEST_BACKBONES["test_resnet"], 2, seed=3)
    nn.init.constant_(network.layer4[-1].bn2.bias, 100.0)  # every feature some 100, and moves by less than 1

    own = standardised(trainee_of(network), feed)

    assert float((own.centre.abs() * own.scale).max()) < 0.3 * 64


def test_that_features_are_taken_as_layers_that_learn_give_them(feed):
    network = create(TEST_BACKBONES["test_resnet"], 2, seed=3)
    by_batch = create(TEST_BACKBONES["test_resnet"], 2, seed=3).train()
    batch = batches(10, 10, seed=0, epoch=1)
    with torch.no_grad():  # two batches of five
        given = [by_batch.forward_features(feed.batch(indices, 0)[0]).mean((2, 3)) for indices in batch]

    trainee = trainee_of(network)
    standardise(trainee, feed, batch_size=10, seed=0)

    assert torch.allclose(trainee.head.centre, torch.cat(given).mean(0), atol=1e-4)


def test_that_a_batch_of_one_image_is_left_to_the_step_to_tell_of(feed):
    network = create(TEST_BACKBONES["test_resnet"], 2, seed=3)
    single_values = nn.BatchNorm2d(network.fc.in_features)
    network.layer4 = nn.Sequential(network.layer4, nn.AdaptiveAvgPool2d(1), single_values)
    trainee = trainee_of(network)

    standardise(trainee, feed, batch_size=1, seed=0)

    assert trainee.head is None


def test_that_a_head_that_is_no_linear_layer_learns_itself(feed):
    network = create(TEST_BACKBONES["test_resnet"], 2)
    network.get_classifier = lambda: nn.Conv2d(4, 2, 1)

    assert standardised(trainee_of(network), feed) is None


def test_that_a_head_that_is_not_called_as_a_layer_learns_itself(feed):
    network = create(TEST_BACKBONES["test_resnet"], 2)
    unused = nn.Linear(4, 2)
    network.get_classifier = lambda: unused

    assert standardised(trainee_of(network), feed) is None


def test_that_any_other_fault_is_not_passed_over(feed, monkeypatch):
    network = create(TEST_BACKBONES["test_resnet"], 2)
    trainee = trainee_of(network)

    def broken(*_):
        raise ValueError("something else")

    monkeypatch.setattr(network, "forward_features", broken)

    with pytest.raises(ValueError, match="something else"):
        standardise(trainee, feed, batch_size=4, seed=0)


def test_that_features_without_spread_are_left_alone(feed):
    network = create(TEST_BACKBONES["test_resnet"], 2)
    for parameter in network.parameters():
        nn.init.zeros_(parameter)

    assert standardised(trainee_of(network), feed) is None


def test_that_a_batch_in_pieces_gives_the_same_step(feed):
    def after(pieces_of):
        network = create(TEST_BACKBONES["test_vit"], 2, seed=3)
        trainee = trainee_of(network)
        standardise(trainee, feed, batch_size=4, seed=0)
        trainee.images_at_a_time = pieces_of
        images = feed.batch(np.arange(4), 0)
        for _ in take_step(trainee, images, torch.tensor([0, 1, 0, 1]), run=1):
            pass
        return network.head.weight.detach()

    assert torch.allclose(after(4), after(2), atol=1e-5)


def test_that_a_checkpoint_brings_it_back():
    def fresh():
        network = create(TEST_BACKBONES["test_resnet"], 3, seed=3)
        network.fc = a_head()
        return network, torch.optim.AdamW(network.fc.parameters(), lr=0.02)

    network, optimizer = fresh()
    own = made(network.fc, optimizer)
    learn(network.fc, optimizer, some_features(), own)
    checkpoint = Checkpoint(Place(), state_of(network, optimizer, None, own))
    learn(network.fc, optimizer, some_features(), own, steps=3)

    again, its_optimizer = fresh()
    its_own = restore(checkpoint, again, its_optimizer, None)
    learn(again.fc, its_optimizer, some_features(), its_own, steps=3)

    assert torch.equal(again.fc.weight, network.fc.weight)
    assert torch.equal(again.fc.bias, network.fc.bias)
