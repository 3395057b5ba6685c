"""Sums over an epoch are those of its batches, by their sizes."""

import math

import pytest
import torch

from tlstudio.train.step import StepDone
from tlstudio.train.tally import Tally


def step(losses, correct):
    return StepDone(torch.tensor(losses), torch.tensor(correct))


def test_that_a_batch_counts_by_its_images_and_its_pieces_together():
    tally = Tally()

    tally.add(3, step([0.5, 0.25], [1, 1]))  # in two pieces: a mean loss of 0.75 over three images

    assert (tally.images, tally.loss, tally.accuracy) == (3, 0.75, pytest.approx(2 / 3))

    tally.add(1, step([1.75], [0]))

    assert (tally.images, tally.loss, tally.accuracy) == (4, 1.0, 0.5)  # (3 × 0.75 + 1.75) / 4


def test_that_a_loss_that_is_no_number_shows_in_the_mean():
    tally = Tally()
    tally.add(2, step([math.nan], [0]))
    tally.add(2, step([1.0], [2]))

    assert math.isnan(tally.loss)
    assert tally.accuracy == 0.5
