"""Numbers in sentences: counts before percent, and no figure that claims too much."""

import pytest

from tlstudio.cli.words import RUN_HEADER, counted, duration, percent, run_row, table
from tlstudio.run.events import RunListed


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


def a_run(
    validation_accuracy: float | None = None, correct: int | None = None, images: int | None = None
) -> dict[str, str]:
    run = RunListed(
        run=1, state="done", backbone="resnet18", freeze=3, weights="random", epochs_done=5, epochs=5,
        best_epoch=4, validation_accuracy=validation_accuracy,
        test_accuracy=correct / images if correct is not None and images else None, test_correct=correct,
        test_images=images, exported=None, is_stale=False, is_resumable=False,
        started_at="2026-01-02T03:04:05+00:00", seconds=42.0, views=1,
    )  # fmt: skip
    return dict(zip(RUN_HEADER, run_row(run), strict=True))


@pytest.mark.parametrize(
    ("accuracy", "expected"),
    [(1_999 / 2_000, "> 99.9%"), (1.0, "100.0%"), (0.9412, "94.1%"), (None, "–")],
)
def test_that_a_run_was_right_on_all_of_validation_only_if_it_was(
    accuracy: float | None, expected: str
) -> None:
    assert a_run(validation_accuracy=accuracy)["Validation"] == expected


@pytest.mark.parametrize(
    ("correct", "images", "expected"),
    [
        (1_999, 2_000, "1,999 of 2,000 (> 99.9%)"),
        (2_000, 2_000, "2,000 of 2,000 (100.0%)"),
        (24, 25, "24 of 25 (96%)"),
        (None, None, "–"),
    ],
)
def test_that_a_run_is_listed_with_how_many_test_images_it_got_right(
    correct: int | None, images: int | None, expected: str
) -> None:
    assert a_run(correct=correct, images=images)["Test"] == expected
