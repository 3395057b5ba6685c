"""How many steps an epoch has, by hand."""

import pytest

from tlstudio.train.steps import steps_per_epoch


@pytest.mark.parametrize(("images", "steps"), [(256, 8), (257, 9), (3200, 100)])
def test_that_a_large_set_takes_as_few_as_the_batch_size_allows(images, steps):
    assert steps_per_epoch(images, 32) == steps


@pytest.mark.parametrize(("images", "steps"), [(50, 8), (100, 8), (255, 8), (32, 8), (31, 7), (9, 2), (8, 2)])
def test_that_a_small_set_takes_eight_of_at_least_four_images(images, steps):
    assert steps_per_epoch(images, 32) == steps


@pytest.mark.parametrize("images", [1, 2, 3, 4, 7])
def test_that_fewer_images_than_for_two_steps_are_one(images):
    assert steps_per_epoch(images, 32) == 1


def test_that_a_small_batch_size_is_kept():
    assert steps_per_epoch(10, 1) == 10
