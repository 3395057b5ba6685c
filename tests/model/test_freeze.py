"""Frozen means frozen: parameters and statistics alike."""

import pytest
import torch
from torch import nn

from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.freeze import freeze, train_mode, trainable_parameters
from tlstudio.model.groups import parameter_groups
from tlstudio.model.network import create

PLACES = ["none", "first", "middle", "head"]


def depth_of(place, row):
    return {"none": 0, "first": 1, "middle": row.head_depth // 2, "head": row.head_depth}[place]


def steps_in_training(network, frozen, steps=2):
    optimizer = torch.optim.AdamW([p for p in network.parameters() if p.requires_grad], lr=0.01)
    for step in range(steps):
        torch.manual_seed(step)
        train_mode(network, frozen)
        loss = nn.functional.cross_entropy(network(torch.randn(4, 3, 64, 64)), torch.tensor([0, 1, 0, 1]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def bytes_of(network):
    return {name: tensor.detach().numpy().tobytes() for name, tensor in network.state_dict().items()}


def frozen_tensors(network, depth):
    """Names of every parameter in the first groups and of every buffer beside them."""
    parameters = [name for group in parameter_groups(network)[:depth] for name in group.parameters]
    modules = {name.rpartition(".")[0] for name in parameters}
    buffers = [name for name, _ in network.named_buffers() if name.rpartition(".")[0] in modules]
    return set(parameters) | set(buffers)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", TEST_BACKBONES)
def test_that_frozen_parameters_and_buffers_stay_byte_identical(name, place):
    row = TEST_BACKBONES[name]
    network = create(row, 2, seed=3)
    depth = depth_of(place, row)
    frozen = freeze(network, depth)
    before = bytes_of(network)

    steps_in_training(network, frozen)

    after = bytes_of(network)
    still = frozen_tensors(network, depth) & set(before)
    assert {name: before[name] for name in still} == {name: after[name] for name in still}
    trained = [name for group in parameter_groups(network)[depth:] for name in group.parameters]
    assert all(before[name] != after[name] for name in trained)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", TEST_BACKBONES)
def test_that_as_many_values_are_trained_as_the_table_says(name, place):
    row = TEST_BACKBONES[name]
    network = create(row, 2)
    depth = depth_of(place, row)
    freeze(network, depth)

    assert trainable_parameters(network) == row.trainable_parameters(depth, 2)


def test_that_frozen_norms_sleep_again_after_train():
    network = create(TEST_BACKBONES["test_resnet"], 2)
    frozen = freeze(network, 2)
    network.train()

    train_mode(network, frozen)

    assert not network.bn1.training
    assert not any(module.training for module in network.layer1.modules())
    assert all(module.training for module in network.layer2.modules())


def test_that_freezing_less_wakes_what_was_frozen_before():
    network = create(TEST_BACKBONES["test_resnet"], 2)
    freeze(network, 5)

    train_mode(network, freeze(network, 0))

    assert all(parameter.requires_grad for parameter in network.parameters())
    assert all(module.training for module in network.modules())
