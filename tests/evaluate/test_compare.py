"""Which run is ahead is said together with whether that can be chance."""

import math

import pytest

from tlstudio.evaluate.compare import Contender, compare
from tlstudio.metrics import wilson_interval
from tlstudio.train.validation_file import ValidationAnswer


def answers(right, group=str):
    """One answer for each letter: r is right, x is wrong."""
    return tuple(
        ValidationAnswer(f"a/{place}.png", group(place), "ant", "ant" if letter == "r" else "bee", 0.9)
        for place, letter in enumerate(right)
    )


def run(number, right, **options):
    return Contender(f"Run {number}", f"Run {number}", {0: answers(right, **options)})


def depth(number, *rights):
    return Contender(
        f"Freeze depth {number}", f"depth {number}", {seed: answers(each) for seed, each in enumerate(rights)}
    )


def test_that_few_images_that_make_the_difference_can_be_chance():
    found = compare([run(4, "r" * 478 + "x" * 34), run(6, "r" * 484 + "x" * 28)])

    # six images that only one of them has right: as far as it goes, 2 of 64 ways
    assert math.isclose(found.standings[0].behind.p_value, 2 / 64)
    assert found.title == "Run 6 is ahead."

    crossed = compare(
        [run(4, "rrr" + "x" * 9 + "r" * 475 + "x" * 25), run(6, "xxx" + "r" * 9 + "r" * 475 + "x" * 25)]
    )
    assert crossed.best == 1
    assert crossed.standings[0].can_be_chance
    assert crossed.title == "Run 6 is ahead, but Run 4 may be just as good."
    assert crossed.text == "Only 6 of the 512 validation images make the difference, which can be chance."


def test_that_many_images_that_make_the_difference_are_hardly_chance():
    found = compare(
        [run(1, "r" * 300 + "x" * 212), run(2, "r" * 280 + "x" * 232), run(3, "r" * 200 + "x" * 312)]
    )

    assert [each.can_be_chance for each in found.standings] == [True, False, False]
    assert found.title == "Run 1 is ahead."
    assert found.text == (
        "It gets 20 more of the 512 validation images right than Run 2. Chance seldom does that."
    )


def test_that_every_run_that_may_be_as_good_is_named_the_best_of_them_first():
    found = compare([run(1, "rrrrxxxxxx"), run(2, "rrrrrrrrrr"), run(3, "rrrrrrrrxx"), run(4, "rrrrrrrrrx")])

    assert found.title == "Run 2 is ahead, but Run 4 and Run 3 may be just as good."
    assert found.text == "Only 1 of the 10 validation images makes the difference, which can be chance."


def test_that_equal_runs_are_called_so_and_the_last_is_the_best():
    found = compare([run(1, "rrxx"), run(2, "xrrx"), run(3, "xxxr")])

    assert found.best == 1
    assert found.title == "Run 2 is as accurate as Run 1."
    assert found.text == "Each gets 2 of the 4 validation images right."


def test_that_seeds_are_averaged_and_their_spread_is_shown():
    found = compare([depth(0, "rrxx", "rrrr"), depth(3, "rrrr", "rrrr")])
    shallow, deep = found.standings

    assert (shallow.accuracy, shallow.lowest, shallow.highest) == (0.75, 0.5, 1.0)
    assert (shallow.low, shallow.high) == wilson_interval(3, 4)
    assert deep.behind is None
    assert found.title == "Freeze depth 3 is ahead, but depth 0 may be just as good."
    assert found.text == "Only 1 of the 4 validation images makes the difference, which can be chance."


def test_that_a_difference_between_images_is_said_to_be_about_so_many():
    found = compare([depth(1, "rrrxx", "rrrrx", "rrrrx"), depth(2, "rrrrr", "rrrrr", "rrrrr")])

    assert found.text == "Only about 1 of the 5 validation images makes the difference, which can be chance."
    less = compare([depth(1, "rrrxx", "rrrrx", "rrrrx"), depth(2, "rrrrx", "rrrrx", "rrrrx")])
    assert less.text == (
        "Less than one of the 5 validation images makes the difference, which can be chance."
    )


def test_that_seeds_are_compared_with_the_same_seeds():
    first = Contender("A", "A", {0: answers("rrrx"), 1: answers("rrrr"), 2: answers("xxxx")})
    second = Contender("B", "B", {1: answers("rrrr"), 7: answers("xxrx")})
    found = compare([first, second])

    assert found.best == 1
    assert found.standings[0].behind.difference == 0.0  # by seed 1 alone
    strangers = compare(
        [Contender("A", "A", {0: answers("rrxx")}), Contender("B", "B", {1: answers("rrrr")})]
    )
    assert strangers.standings[0].behind is None
    assert strangers.standings[0].can_be_chance


def test_that_images_of_one_patient_are_one_observation():
    right, wrong = "r" * 24, "r" * 12 + "x" * 12
    alone = compare([run(1, wrong), run(2, right)])
    by_patient = compare(
        [
            run(1, wrong, group=lambda place: str(place // 6)),
            run(2, right, group=lambda place: str(place // 6)),
        ]
    )

    assert not alone.standings[0].can_be_chance
    assert by_patient.standings[0].behind.p_value == 2 / 4
    assert by_patient.standings[0].can_be_chance


def test_that_a_single_run_has_nobody_to_be_compared_with():
    found = compare([run(1, "rx")])

    assert found.title == "Run 1 is the only one to compare so far."
    assert found.text == ""


@pytest.mark.parametrize(
    "contenders",
    [
        [],
        [run(1, "")],
        [run(1, "rr"), run(2, "rrr")],
        [run(1, "rr"), run(2, "rr", group=lambda place: "one")],
        [run(1, "rr"), Contender("Run 2", "Run 2", {})],
    ],
)
def test_that_answers_about_other_images_are_not_compared(contenders):
    assert compare(contenders) is None
