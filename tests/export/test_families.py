"""One network of every family of timm is built, grouped, frozen and trained by a step."""

import os
import warnings

import pytest
import torch
from torch import nn

from tlstudio.export.inspect_network import described
from tlstudio.model.catalogue import catalogue
from tlstudio.model.freeze import freeze, train_mode
from tlstudio.model.groups import parameter_groups
from tlstudio.model.network import create

LARGEST = 4e13
"""Values times pixels; families whose smallest network has more are named, and not walked."""

QUICK = 4e11
"""Larger ones are walked if TLSTUDIO_EVERY_FAMILY is set, as together they would take half an hour."""

CLASSES = 3


def cost(model):
    return model.parameters * model.input_px**2


def smallest_of_families():
    found = {}
    for model in sorted(catalogue(), key=cost):
        found.setdefault(model.family, model)
    return found


SMALLEST = smallest_of_families()
WALKED = {family: model for family, model in SMALLEST.items() if cost(model) <= LARGEST}
TOO_LARGE = sorted(set(SMALLEST) - set(WALKED))


def frozen_state(network, standing):
    """Parameters that take no gradient and everything in the modules that stand still, as copies."""
    of_standing = {id(each) for module in standing for each in module.state_dict(keep_vars=True).values()}
    return {
        name: each.detach().clone()
        for name, each in network.state_dict(keep_vars=True).items()
        if id(each) in of_standing or (isinstance(each, nn.Parameter) and not each.requires_grad)
    }


def step(network, size_px):
    images = torch.randn(2, 3, size_px, size_px, generator=torch.Generator().manual_seed(0))
    logits = network(images)
    assert logits.shape == (2, CLASSES)
    loss = nn.functional.cross_entropy(logits, torch.tensor([0, 1]))
    loss.backward()
    torch.optim.AdamW([each for each in network.parameters() if each.requires_grad], 1e-4).step()
    return float(loss)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("family", sorted(WALKED))
def test_that_a_network_of_the_family_trains_with_its_first_groups_frozen(family):
    model = WALKED[family]
    if cost(model) > QUICK and "TLSTUDIO_EVERY_FAMILY" not in os.environ:
        pytest.skip("its smallest network is large; set TLSTUDIO_EVERY_FAMILY to walk it")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the network's own code
        row = described(model.name, model)
        network = create(row, CLASSES)
        groups = parameter_groups(network)
        standing = freeze(network, row.head_depth - 1)
        before = frozen_state(network, standing)
        train_mode(network, standing)
        loss = step(network, row.preprocessing.input_px)

    grouped = sorted(name for group in groups for name in group.parameters)
    assert grouped == sorted(name for name, _ in network.named_parameters())
    assert len(groups) >= 3
    assert loss == pytest.approx(loss)  # and no NaN
    after = network.state_dict()
    assert before
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_that_nine_of_ten_families_are_small_enough_to_be_walked():
    print(f"{len(WALKED)} of {len(SMALLEST)} families; too large here: {', '.join(TOO_LARGE)}")

    assert len(WALKED) >= 0.9 * len(SMALLEST)
