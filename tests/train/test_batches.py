"""Batches are fair, and a function of seed and epoch."""

import numpy as np
import pytest
import torch

from tlstudio.train.batches import batches, class_weights
from tlstudio.train.validate import sample_places


@pytest.mark.parametrize(
    ("count", "size", "sizes"),
    [(10, 4, [4, 3, 3]), (300, 32, [30] * 10), (4, 32, [4]), (1, 1, [1]), (3, 2, [2, 1]), (9, 32, [5, 4])],
)
def test_that_batches_are_nearly_equal_and_hold_every_image_once(count, size, sizes):
    made = batches(count, size, seed=1, epoch=1)

    assert [len(batch) for batch in made] == sizes
    assert sorted(np.concatenate(made).tolist()) == list(range(count))


def test_that_every_epoch_and_seed_has_its_own_order():
    def order(seed, epoch):
        return np.concatenate(batches(20, 5, seed, epoch)).tolist()

    assert order(1, 1) == order(1, 1)
    assert len({tuple(order(seed, epoch)) for seed in (1, 2) for epoch in (1, 2)}) == 4


def test_that_rare_classes_count_more():
    # six images, two classes that occur: 6 / (2 × 4) and 6 / (2 × 2); the third does not occur
    weights = class_weights(np.array([0, 0, 0, 0, 1, 1]), 3)

    assert torch.equal(weights, torch.tensor([0.75, 1.5, 0.0]))


def test_that_samples_are_taken_from_every_class_in_turn():
    assert sample_places([0, 0, 0, 0, 0, 1, 1, 2]) == [0, 5, 7, 1, 6, 2]
    assert sample_places([1]) == [0]
    assert sample_places([]) == []
