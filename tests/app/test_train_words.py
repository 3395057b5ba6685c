import pytest

from tlstudio.amounts import counted
from tlstudio.app.widgets.amounts import (
    brief_count,
    duration,
    in_millions,
    megabytes,
    round_number,
    share_in_millions,
)
from tlstudio.app.widgets.chart_scale import accuracy_floor, epoch_steps, loss_ceiling, steps
from tlstudio.app.widgets.time_left import TimeLeft


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (20, "less than a minute"),
        (60, "about 1 min"),
        (150, "about 3 min"),
        (360, "about 6 min"),
        (6_000, "about 1 h 40 min"),
        (7_200, "about 2 h"),
    ],
)
def test_that_times_are_rounded_as_they_deserve(seconds, expected):
    assert duration(seconds) == expected


def test_that_values_are_counted_in_millions():
    assert share_in_millions(15_000_000, 23_500_000) == "15 of 23.5 million"
    assert share_in_millions(1_539, 4_900_000) == "1,539 of 4.9 million"
    assert share_in_millions(4_900_000, 4_900_000) == "all 4.9 million"
    assert share_in_millions(500, 90_000) == "500 of 90,000"
    assert in_millions(23_500_000) == "23.5 million"


def test_that_small_amounts_are_written_short():
    assert [brief_count(number) for number in (940, 12_400, 1_210_000, 14_900_000)] == [
        "940", "12 k", "1.2 M", "15 M",
    ]  # fmt: skip
    assert [round_number(number) for number in (0.4, 7.2, 33_592)] == ["less than 1", "7", "34,000"]
    assert megabytes(25_000_000) == "100 MB"
    assert [counted(number, "class", "classes") for number in (1, 2_000)] == ["1 class", "2,000 classes"]


def test_that_no_time_is_said_before_two_percent_or_ten_seconds():
    left = TimeLeft(epochs=10)

    left.reached(1, 0.1, elapsed=5)  # 1 %, 5 s

    assert left.seconds is None
    assert left.words() == "Working out the time"


def test_that_two_percent_or_ten_seconds_are_enough_for_an_estimate():
    early, slow = TimeLeft(epochs=10), TimeLeft(epochs=10)

    early.reached(1, 0.2, elapsed=6)  # 0.2 of 10 epochs in 6 s: 30 s an epoch, 9.8 epochs remain
    slow.reached(1, 0.1, elapsed=10)

    assert early.seconds == pytest.approx(294)
    assert early.words() == "About 5 min left"
    assert slow.seconds == pytest.approx(990)


def test_that_whole_epochs_set_the_pace_and_are_smoothed():
    left = TimeLeft(epochs=10)

    left.took(1, 60)
    left.took(2, 30)  # 0.7 × 60 + 0.3 × 30 = 51 s an epoch, 8 remain

    assert left.seconds == pytest.approx(408)
    assert left.fraction == pytest.approx(0.2)


def test_that_an_estimate_that_grows_is_owned_up_to():
    left = TimeLeft(epochs=10)
    left.took(1, 60)
    left.words()

    left.took(2, 300)

    assert left.words() == "About 18 min left"
    assert left.is_longer_than_thought


def test_that_a_resumed_run_is_timed_from_where_it_went_on():
    left = TimeLeft(epochs=10, epochs_done=5)

    left.reached(6, 0.5, elapsed=15)

    assert left.seconds == pytest.approx(4.5 * 30)


def test_that_axes_are_fixed_by_the_number_of_classes():
    assert [accuracy_floor(classes) for classes in (2, 3, 4, 5)] == [0.4, 0.2, 0.2, 0.0]
    assert accuracy_floor(2, [0.35]) == 0.0
    assert [loss_ceiling(classes) for classes in (2, 3, 5, 100)] == [1.0, 1.5, 2.0, 6.0]
    assert loss_ceiling(2, [2.4]) == 3.0


def test_that_axis_labels_are_few_and_round():
    assert steps(0.4, 1.0) == [0.4, 0.6, 0.8, 1.0]
    assert steps(0.0, 1.0) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert steps(0.0, 1.5) == [0.0, 0.5, 1.0, 1.5]
    assert epoch_steps(20) == [0, 5, 10, 15, 20]
    assert epoch_steps(3) == [0, 1, 2, 3]
