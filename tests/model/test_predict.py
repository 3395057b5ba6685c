"""What a network says, by hand."""

import numpy as np
import pytest
import torch

from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.network import create
from tlstudio.model.predict import logits, probabilities

P = Preprocessing(2, 2, "bilinear", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


class Means(torch.nn.Module):
    """The mean red and green of an image as logits."""

    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(1))

    def forward(self, images):
        return images.mean((2, 3))[:, :2] * self.scale


def test_that_probabilities_are_the_softmax_of_logits():
    crops = np.zeros((1, 2, 2, 3), np.uint8)
    crops[..., 0] = 255  # red 1, green −1 after normalisation

    assert logits(Means(), crops, P).tolist() == [[1.0, -1.0]]
    # 1 / (1 + e⁻²)
    assert probabilities(Means(), crops, P)[0] == pytest.approx([0.880797, 0.119203], abs=1e-6)


def test_that_the_batch_size_changes_nothing():
    network = create(TEST_BACKBONES["test_resnet"], 3).train()
    crops = np.random.default_rng(0).integers(0, 256, (5, 64, 64, 3)).astype(np.uint8)
    row = TEST_BACKBONES["test_resnet"].preprocessing
    found = probabilities(network, crops, row, batch_size=2)

    assert found == pytest.approx(probabilities(network, crops, row), abs=1e-6)
    assert found.sum(1) == pytest.approx(np.ones(5), abs=1e-6)
    assert not network.training
