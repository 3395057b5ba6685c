"""Numbers in sentences: counts before percent, and no figure that claims too much."""

import pytest

from tlstudio.cli.words import RUN_HEADER, duration, run_row, share, table
from tlstudio.run.events import RunListed


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (24, 25, "96%"),
        (25, 25, "100%"),
        (482, 512, "94.1%"),
        (9_999, 10_000, "99.9%"),
        (1, 10_000, "< 1%"),
        (0, 512, "0%"),
        (0, 0, "–"),
    ],
)
def test_that_a_share_is_all_or_nothing_only_if_it_is(part: int, whole: int, expected: str) -> None:
    assert share(part, whole) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.42, "0.4 s"), (42.4, "42 s"), (660, "about 11 min"), (7_500, "about 2 h 5 min")],
)
def test_that_a_time_is_said_as_people_say_it(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


def test_that_a_table_sets_words_left_and_numbers_right() -> None:
    assert table(("Class", "Images"), [("blast", "7"), ("monocyte", "112")]) == (
        "Class     Images\n"
        "blast          7\n"
        "monocyte     112"
    )  # fmt: skip


def a_run(judged: str, correct: int | None, images: int | None) -> dict[str, str]:
    """The listed run of which that split is known, a cell for each column."""
    counts = {"validation": (None, None), "test": (None, None), judged: (correct, images)}
    facts = {
        f"{split}_{name}": value
        for split, (right, of) in counts.items()
        for name, value in (("correct", right), ("images", of), ("accuracy", right and of and right / of))
    }
    run = RunListed(
        run=1, state="done", backbone="resnet18", freeze=3, weights="random", epochs_done=5, epochs=5,
        best_epoch=4, exported=None, is_stale=False, is_resumable=False,
        started_at="2026-01-02T03:04:05+00:00", seconds=42.0, views=1, **facts,
    )  # fmt: skip
    return dict(zip(RUN_HEADER, run_row(run), strict=True))


@pytest.mark.parametrize("column", ["Validation", "Test"])
@pytest.mark.parametrize(
    ("correct", "images", "expected"),
    [
        (1_999, 2_000, "1,999 of 2,000 (99.9%)"),
        (2_000, 2_000, "2,000 of 2,000 (100%)"),
        (24, 25, "24 of 25 (96%)"),
        (None, None, "–"),
    ],
)
def test_that_a_run_is_listed_with_how_many_images_it_got_right(
    column: str, correct: int | None, images: int | None, expected: str
) -> None:
    assert a_run(column.lower(), correct, images)[column] == expected
