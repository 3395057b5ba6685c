"""How fast which group learns, by hand."""

import copy
import math

import pytest
import torch

from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.freeze import freeze
from tlstudio.model.network import create
from tlstudio.train.optimize import (
    make_average,
    make_optimizer,
    make_schedule,
    peak_learning_rate,
    quicken_norms,
)
from tlstudio.train.settings import TrainSettings

SETTINGS = TrainSettings(epochs=5, learning_rate=0.01, layer_decay=0.5, weight_decay=0.1, warmup_epochs=1)


def network(depth=0, name="test_resnet"):
    made = create(TEST_BACKBONES[name], 2)
    freeze(made, depth)
    return made


def scales(made, *, is_pretrained=True):
    names = {id(parameter): name for name, parameter in made.named_parameters()}
    groups = make_optimizer(made, SETTINGS, is_pretrained=is_pretrained).param_groups
    return {
        names[id(p)]: (group["lr_scale"], group["weight_decay"]) for group in groups for p in group["params"]
    }


def test_that_each_group_learns_half_as_fast_as_the_one_above_it():
    found = scales(network())

    assert found["fc.weight"] == (1.0, 0.1)
    assert found["layer4.0.conv1.weight"] == (0.5, 0.1)
    assert found["layer1.0.conv1.weight"] == (0.5**4, 0.1)
    assert found["conv1.0.weight"] == (0.5**5, 0.1)


def test_that_norms_biases_and_positions_are_not_decayed():
    assert scales(network())["bn1.weight"] == (0.5**5, 0.0)
    assert scales(network())["fc.bias"] == (1.0, 0.0)
    assert scales(network(name="test_vit"))["pos_embed"][1] == 0.0


@pytest.mark.parametrize("depth", [1, 5])
def test_that_the_optimizer_holds_what_is_trained_and_nothing_else(depth):
    made = network(depth)

    assert set(scales(made)) == {name for name, p in made.named_parameters() if p.requires_grad}


def test_that_random_weights_learn_alike_in_every_group():
    assert {scale for scale, _ in scales(network(), is_pretrained=False).values()} == {1.0}


def test_that_the_learning_rate_rises_in_a_line_and_falls_as_a_half_cosine():
    optimizer = make_optimizer(network(5), SETTINGS, is_pretrained=True)
    schedule = make_schedule(optimizer, SETTINGS, steps_per_epoch=10)

    def rate(step):
        schedule.step_update(step)
        return optimizer.param_groups[0]["lr"]

    lowest, peak = 0.0001, 0.01
    assert rate(0) == pytest.approx(lowest)
    assert rate(5) == pytest.approx((lowest + peak) / 2)
    # timm's cosine counts from step 0, warm-up included
    expected = lowest + 0.5 * (peak - lowest) * (1 + math.cos(math.pi * 25 / 50))
    assert rate(25) == pytest.approx(expected)
    assert rate(49) < 0.0002
    assert rate(5) == pytest.approx((lowest + peak) / 2)  # a function of the step alone


@pytest.mark.parametrize("epochs", [1, 2])
def test_that_a_run_shorter_than_the_warm_up_learns_too(epochs):
    settings = TrainSettings(epochs=epochs, warmup_epochs=5, learning_rate=0.01)
    optimizer = make_optimizer(network(5), settings, is_pretrained=True)
    schedule = make_schedule(optimizer, settings, steps_per_epoch=4)
    rates = []
    for step in range(4 * epochs):
        schedule.step_update(step)
        rates.append(optimizer.param_groups[0]["lr"])

    assert max(rates) > 0.005


def test_that_norm_statistics_arrive_within_an_epoch_of_a_small_set():
    made = network()
    quicken_norms(made, steps_per_epoch=6)

    assert (1 - made.bn1.momentum) ** 6 == pytest.approx(0.05)


@pytest.mark.parametrize(("steps", "expected"), [(1, 0.5), (1000, 0.1)])
def test_that_norms_are_neither_hectic_nor_slower_than_usual(steps, expected):
    made = network()
    quicken_norms(made, steps)

    assert made.bn1.momentum == expected


def test_that_an_average_of_equal_weights_is_those_weights():
    made = network()
    average = make_average(made)
    before = {name: tensor.clone() for name, tensor in made.state_dict().items()}
    for step in range(1, 200, 7):
        average.update(made, step=step)

    assert all(torch.equal(before[name], tensor) for name, tensor in average.module.state_dict().items())


@pytest.mark.parametrize("name", TEST_BACKBONES)
def test_that_a_head_alone_takes_larger_steps_unless_the_user_chose(name):
    head = TEST_BACKBONES[name].head_depth

    # What `TrainSettings.learning_rate` promises. 0.02 was measured: after 20 epochs of two small sets a head
    # alone was right about .87 and .99 of the validation images, and about .78 and .945 with 0.001.
    assert peak_learning_rate(network(head, name), TrainSettings()) == 0.02
    assert peak_learning_rate(network(head - 1, name), TrainSettings()) == 0.001
    assert peak_learning_rate(network(0, name), TrainSettings()) == 0.001
    assert peak_learning_rate(network(head, name), TrainSettings(learning_rate=0.005)) == 0.005


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
def test_that_it_is_torchs_adamw_to_the_last_bit(layout):
    torch.manual_seed(0)
    ours = network().to(memory_format=layout)
    theirs = copy.deepcopy(ours)
    optimizer = make_optimizer(ours, SETTINGS, is_pretrained=False)
    expected = torch.optim.AdamW(
        [
            {**group, "params": [theirs.get_parameter(name) for name in names]}
            for group, names in _named(optimizer, ours)
        ],
        fused=True,
    )
    for _ in range(3):
        gradients = [torch.randn(each.shape).contiguous() for each in ours.parameters()]
        for made in (ours, theirs):
            for parameter, gradient in zip(made.parameters(), gradients, strict=True):
                parameter.grad = torch.empty_like(parameter).copy_(gradient)
        optimizer.step()
        expected.step()

    assert all(
        torch.equal(one, other) for one, other in zip(ours.parameters(), theirs.parameters(), strict=True)
    )
    saved = optimizer.state_dict()["state"][0]["exp_avg"]
    assert saved.shape == optimizer.param_groups[0]["params"][0].shape


def _named(optimizer, made):
    names = {id(parameter): name for name, parameter in made.named_parameters()}
    for group in optimizer.param_groups:
        yield (
            {k: v for k, v in group.items() if k in ("lr", "weight_decay")},
            [names[id(p)] for p in group["params"]],
        )
