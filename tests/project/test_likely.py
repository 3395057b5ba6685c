import pytest

from tlstudio.project.likely import likely_range
from tlstudio.train.events import EpochDone


def an_epoch(**reported):
    return EpochDone(1, 1, 5, 0.5, 0.8, 0.4, 0.88, 1.5, True, 1e-3, {}, [], **reported)


def test_that_the_range_is_the_one_that_the_epoch_reported():
    assert likely_range(an_epoch(accuracy_low=0.7, accuracy_high=0.96), 50) == (0.7, 0.96)


def test_that_images_count_where_an_older_version_reported_none():
    # Wilson's interval of 44 of 50 at 95 %, by hand.
    assert likely_range(an_epoch(), 50) == pytest.approx((0.7620, 0.9438), abs=1e-4)
