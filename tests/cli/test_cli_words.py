"""Numbers in sentences: counts before percent, and no figure that claims too much."""

import pytest

from tlstudio.cli.words import counted, duration, percent, table


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (24, 25, "96%"),
        (25, 25, "100%"),
        (482, 512, "94.1%"),
        (9_999, 10_000, "> 99.9%"),
        (1, 10_000, "< 1%"),
        (0, 512, "0.0%"),
        (0, 0, "–"),
    ],
)
def test_that_a_share_is_all_or_nothing_only_if_it_is(part: int, whole: int, expected: str) -> None:
    assert percent(part, whole) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.42, "0.4 s"), (42.4, "42 s"), (660, "about 11 min"), (7_500, "about 2 h 5 min")],
)
def test_that_a_time_is_said_as_people_say_it(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


@pytest.mark.parametrize(("count", "expected"), [(1, "1 image"), (0, "0 images"), (3412, "3,412 images")])
def test_that_a_count_agrees_with_its_noun(count: int, expected: str) -> None:
    assert counted(count, "image") == expected


def test_that_a_table_sets_words_left_and_numbers_right() -> None:
    assert table(("Class", "Images"), [("blast", "7"), ("monocyte", "112")]) == (
        "Class     Images\n"
        "blast          7\n"
        "monocyte     112"
    )  # fmt: skip
