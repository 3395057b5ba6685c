"""No share says more than its images allow, and counts agree with their nouns."""

import pytest

from tlstudio.amounts import counted, percent


@pytest.mark.parametrize(
    ("fraction", "images", "expected"),
    [
        (0.934, 512, "93.4%"),
        (0.934, 50, "93%"),
        (1.0, 512, "100%"),
        (0.9999, 512, "99.9%"),
        (0.999, 50, "99%"),
        (0.004, 512, "< 1%"),
        (0.0, 512, "0%"),
    ],
)
def test_that_percentages_say_no_more_than_the_images_allow(fraction, images, expected):
    assert percent(fraction, images) == expected


@pytest.mark.parametrize(("count", "expected"), [(1, "1 image"), (0, "0 images"), (3412, "3,412 images")])
def test_that_a_count_agrees_with_its_noun(count: int, expected: str) -> None:
    assert counted(count, "image") == expected
