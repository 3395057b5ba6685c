"""Products give the gradients that torch's own convolution gives."""

import pytest
import torch
from torch import nn

from tlstudio.model.backbones import BACKBONES
from tlstudio.model.network import create
from tlstudio.train import weight_gradients
from tlstudio.train.precision import in_precision, learning_in
from tlstudio.train.weight_gradients import AsProducts

CPU = torch.device("cpu")
KERNELS = [(3, 1, 1), (3, 2, 1), (1, 1, 0), (1, 2, 0), ((1, 3), 1, (0, 1)), (5, 1, 2), (3, 1, 0)]


@pytest.fixture
def products(monkeypatch):
    """How many there were, also for small kernels."""
    made = []
    real = weight_gradients._windows
    monkeypatch.setattr(weight_gradients, "FEWEST_WEIGHTS", 0)
    monkeypatch.setattr(weight_gradients, "_windows", lambda *given: made.append(given) or real(*given))
    return made


def gradients(convolution, images, mode):
    """Of the images and of the weights, for a loss that differs at every position."""
    images = images.clone().requires_grad_()
    convolution.zero_grad()
    with mode("bfloat16", CPU):
        output = convolution(images)
    draw = torch.Generator().manual_seed(5)
    (output.float() * torch.randn(output.shape, generator=draw)).sum().backward()
    return output.detach(), images.grad, convolution.weight.grad.clone()


@pytest.mark.parametrize(("kernel", "stride", "padding"), KERNELS)
@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
def test_that_the_gradients_are_those_of_a_convolution(products, kernel, stride, padding, layout):
    torch.manual_seed(0)
    convolution = nn.Conv2d(5, 7, kernel, stride, padding, bias=False).to(memory_format=layout)
    images = torch.randn(3, 5, 8, 6).contiguous(memory_format=layout)
    expected = gradients(convolution, images, in_precision)
    assert products == []
    found = gradients(convolution, images, learning_in)

    assert len(products) == 1
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        assert one.shape == other.shape
        torch.testing.assert_close(one, other, rtol=0.01, atol=0.01 * float(other.abs().max()))


def test_that_a_hand_computed_gradient_comes_out(products):
    convolution = nn.Conv2d(1, 1, 2, bias=False)
    images = torch.tensor([[[[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]]])
    with learning_in("bfloat16", CPU):
        convolution(images).sum().backward()

    # each of the four weights has seen the four values of the window's way
    assert convolution.weight.grad.tolist() == [[[[1 + 2 + 4 + 5, 2 + 3 + 5 + 6], [24, 28]]]]
    assert len(products) == 1


OTHERS = {
    "a bias": nn.Conv2d(4, 4, 3),
    "groups": nn.Conv2d(4, 4, 3, bias=False, groups=2),
    "holes": nn.Conv2d(4, 4, 3, bias=False, dilation=2),
    "named padding": nn.Conv2d(4, 4, 3, bias=False, padding="same"),
    "nothing to learn": nn.Conv2d(4, 4, 3, bias=False).requires_grad_(False),
}


@pytest.mark.parametrize("convolution", OTHERS.values(), ids=OTHERS)
def test_that_other_convolutions_are_torchs_own(products, convolution):
    with AsProducts(), torch.autocast("cpu", torch.bfloat16):
        output = convolution(torch.randn(2, 4, 8, 8, requires_grad=True))
    output.float().sum().backward()

    assert products == []


def test_that_a_single_image_without_a_batch_is_torchs_own(products):
    gradients(nn.Conv2d(4, 4, 3, bias=False), torch.randn(4, 8, 8), learning_in)

    assert products == []


def test_that_a_large_map_is_torchs_own(products):
    gradients(nn.Conv2d(4, 4, 3, padding=1, bias=False), torch.randn(1, 4, 9, 8), learning_in)

    assert products == []


def test_that_float32_is_torchs_own(products):
    convolution = nn.Conv2d(4, 4, 3, bias=False)
    with learning_in("float32", CPU):
        convolution(torch.randn(2, 4, 8, 8)).sum().backward()

    assert products == []


def test_that_the_last_stage_of_a_resnet_learns_by_products(products, monkeypatch):
    monkeypatch.setattr(weight_gradients, "FEWEST_WEIGHTS", 2**20)
    row = BACKBONES["resnet10t"]
    network = create(row, 2).train()
    with learning_in("bfloat16", CPU):
        logits = network(torch.randn(2, 3, row.preprocessing.input_px, row.preprocessing.input_px))
    logits.float().sum().backward()

    assert [tuple(images.shape[1:]) for images, *_ in products] == [(512, 5, 5), (256, 9, 9)]
