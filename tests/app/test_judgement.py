import math
from dataclasses import replace

import pytest

from tlstudio.app.widgets import judgement
from tlstudio.train.events import EpochDone


def epochs(train_loss, train_accuracy, validation_loss, validation_accuracy):
    rows = zip(train_loss, train_accuracy, validation_loss, validation_accuracy, strict=True)
    count = len(train_loss)
    return [EpochDone(1, place + 1, count, *row, 1.0, False, 1e-3, {}, []) for place, row in enumerate(rows)]


def falling(count):
    return [1.0 - 0.1 * place for place in range(count)]


def judge(epochs, images=1000, *, is_running=True, **facts):
    return judgement.judge(epochs, images, is_running=is_running, **facts)


def right(*counts, images, train_accuracy=0.8):
    """Epochs that got so many of the validation images right, while the training loss falls."""
    steps = len(counts)
    return epochs(
        falling(steps), [train_accuracy] * steps, [0.5] * steps, [count / images for count in counts]
    )


def test_that_no_epoch_is_no_judgement():
    assert judge([]).kind == "waiting"


def test_that_two_epochs_are_too_few():
    assert judge(epochs([1, 0.9], [0.5, 0.6], [1, 0.9], [0.5, 0.6])).kind == "early"


def test_that_07_points_over_two_epochs_are_called_rising_with_the_number():
    said = judge(epochs(falling(3), [0.93, 0.94, 0.95], [0.3, 0.28, 0.25], [0.924, 0.928, 0.931]))

    assert said.kind == "rising"
    assert said.sentence == "Still learning. Validation accuracy rose 0.7 points over the last 2 epochs."
    assert said.reason == "The two curves stay close, so it is not just memorising your images."


def test_that_exactly_03_points_are_not_rising():
    said = judge(epochs(falling(3), [0.9, 0.91, 0.92], [0.3] * 3, [0.900, 0.901, 0.903]))

    assert said.kind == "moved"
    assert said.sentence == (
        "Validation moved by 3 of 1,000 images over the last 2 epochs, which may be chance."
    )


def test_that_four_steps_within_03_points_are_level():
    validation = [0.900, 0.901, 0.902, 0.901, 0.902]  # 0.2 points between lowest and highest

    said = judge(epochs(falling(5), [0.9] * 5, [0.3] * 5, validation))

    assert said.kind == "flat"
    assert said.sentence == (
        "Level. Validation moved by 2 of 1,000 images over the last 4 epochs, which may be chance."
    )


def test_that_one_step_beyond_03_points_is_not_level():
    validation = [0.905, 0.901, 0.902, 0.901, 0.902]  # 0.4 points

    assert judge(epochs(falling(5), [0.9] * 5, [0.3] * 5, validation)).kind == "moved"


def test_that_training_up_and_validation_down_with_a_gap_above_5_points_is_learning_by_heart():
    said = judge(epochs(falling(3), [0.95, 0.97, 0.99], [0.3, 0.33, 0.36], [0.92, 0.91, 0.90]))

    assert said.kind == "by_heart"
    assert "fell 2.0 points" in said.sentence
    assert "9.0 points better on Training" in said.reason
    assert "may" in said.sentence


def test_that_a_gap_of_exactly_5_points_is_not_by_heart():
    said = judge(epochs(falling(3), [0.93, 0.94, 0.95], [0.3] * 3, [0.92, 0.91, 0.90]))

    assert said.kind == "falling"


def test_that_one_fall_alone_is_not_by_heart():
    said = judge(epochs(falling(3), [0.95, 0.97, 0.99], [0.3] * 3, [0.91, 0.92, 0.90]))

    assert said.kind == "falling"


def test_that_a_training_loss_that_does_not_fall_is_not_learning():
    said = judge(epochs([0.69, 0.70, 0.69], [0.5, 0.5, 0.5], [0.69] * 3, [0.5, 0.52, 0.54]))

    assert said.kind == "not_learning"
    assert "0.69 to 0.69" in said.sentence


def test_that_a_still_loss_at_98_percent_is_not_called_not_learning():
    said = judge(epochs([0.4, 0.4, 0.4], [0.98, 0.98, 0.98], [0.5] * 3, [0.95, 0.96, 0.97]))

    assert said.kind == "rising"


@pytest.mark.parametrize("jump", [3.1, math.nan, math.inf])
def test_that_a_loss_more_than_three_times_the_one_before_is_unstable(jump):
    assert judge(epochs([1.0, jump], [0.5, 0.5], [1.0, 1.0], [0.5, 0.5])).kind == "unstable"


@pytest.mark.parametrize(("last", "than"), [(60, "no better"), (59, "worse")])
def test_that_a_run_that_guesses_is_told_so_and_not_that_its_curves_are_close(last, than):
    guessing = [
        replace(epoch, found={"dark": (0, 40), "light": (last, 60)})
        for epoch in right(59, 59, last, images=100, train_accuracy=0.6)
    ]

    said = judge(guessing, 100)

    assert said.reason == f"It is {than} than always saying “light”."


def test_that_curves_that_lay_apart_a_moment_ago_are_not_called_close():
    rows = epochs(falling(3), [0.37, 0.72, 0.44], [0.5] * 3, [0.40, 0.42, 0.44])

    assert judge(rows).reason == ""


def test_that_validation_swinging_there_and_back_is_unstable_and_no_chance():
    said = judge(right(500, 900, 500, images=1000))

    assert said.kind == "unstable"
    assert said.sentence == (
        "Unstable. Validation accuracy swung by 400 of 1,000 images within the last 2 epochs."
    )
    assert said.reason.endswith("A lower learning rate may help.")


@pytest.mark.parametrize(
    ("counts", "images"),
    [
        ((500, 560, 500), 1000),  # Wilson at 500 of 1,000: .469 to .531, so 62 images wide
        ((900, 945, 900), 1000),  # wider than its range (38), but not by 5 points
        ((10, 14, 10), 20),  # 20 points, within a range of .30 to .70
        ((500, 700, 900), 1000),  # not back
    ],
)
def test_that_what_may_be_chance_or_goes_one_way_is_no_swing(counts, images):
    assert judge(right(*counts, images=images), images).kind != "unstable"


def test_that_a_loss_of_exactly_three_times_is_not_unstable():
    assert judge(epochs([1.0, 3.0], [0.5, 0.5], [1.0, 1.0], [0.5, 0.5])).kind == "early"


def test_that_an_old_jump_is_forgotten_after_two_calm_epochs():
    said = judge(epochs([1, 4, 0.9, 0.8], [0.5, 0.4, 0.6, 0.7], [0.5] * 4, [0.5, 0.4, 0.6, 0.7]))

    assert said.kind == "rising"


def test_that_no_change_is_not_called_a_rise_of_nothing():
    said = judge(epochs(falling(3), [0.8, 0.85, 0.9], [0.3] * 3, [1.0, 1.0, 1.0]))

    assert said.sentence == "Validation accuracy stayed the same over the last 2 epochs."
    assert said.reason.startswith("It is better on Validation than on Training images.")


@pytest.mark.parametrize(
    ("is_changed", "why"),
    [(True, "Random changes may make those harder."), (False, "Those are counted while it learns.")],
)
def test_that_random_changes_are_blamed_only_where_there_are_some(is_changed, why):
    course = epochs(falling(3), [0.8, 0.85, 0.9], [0.3] * 3, [1.0, 1.0, 1.0])

    said = judge(course, is_changed=is_changed)

    assert said.reason == f"It is better on Validation than on Training images. {why}"


def test_that_two_images_more_of_few_are_rising_and_told_before_their_points():
    said = judge(right(15, 17, 17, images=22), 22)

    assert said.kind == "rising"
    assert said.sentence == (
        "Still learning. Validation accuracy rose by 2 of 22 images (9 points) over the last 2 epochs."
    )


@pytest.mark.parametrize("counts", [(8, 8, 9), (9, 9, 8), (9, 10, 9), (8, 8, 8, 9, 9)])
def test_that_one_image_is_neither_a_rise_nor_a_fall_nor_the_same(counts):
    said = judge(right(*counts, images=14), 14)

    assert said.sentence.endswith(
        f"Validation moved by 1 of 14 images over the last {len(counts) - 1} epochs, which may be chance."
    )


def test_that_a_fall_of_two_of_few_images_is_told_in_images():
    said = judge(right(12, 13, 10, images=14), 14)

    assert said.kind == "falling"
    assert said.sentence == "Validation accuracy fell by 2 of 14 images (14 points) over the last 2 epochs."


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((15, 22, 21), "Validation accuracy rose by 6 of 22 images (27 points) over the last 2 epochs"),
        ((21, 15, 16), "Validation accuracy fell by 5 of 22 images (23 points) over the last 2 epochs"),
    ],
)
def test_that_a_trend_says_where_the_last_epoch_went_against_it(counts, sentence):
    said = judge(right(*counts, images=22), 22)

    assert said.sentence == f"{sentence}, but not in the last one."


def test_that_five_equal_epochs_are_level_and_the_same():
    said = judge(right(9, 9, 9, 9, 9, images=14), 14)

    assert said.kind == "flat"
    assert said.sentence == "Level. Validation accuracy stayed the same over the last 4 epochs."


def test_that_one_image_twice_lost_is_by_heart_only_while_training_rises():
    course = epochs(falling(3), [0.90, 0.95, 1.0], [0.3] * 3, [12 / 14, 11 / 14, 10 / 14])

    said = judge(course, 14)

    assert said.kind == "by_heart"
    assert "Validation accuracy fell by 2 of 14 images (14 points) over the last 2 epochs" in said.sentence
    assert said.reason.startswith("It is 29 points better on Training images.")


ENDED = [
    (right(15, 17, 17, images=22), 22, "Validation accuracy rose by 2 of 22 images (9 points)"),
    (right(9, 9, 9, 9, 9, images=14), 14, "Validation accuracy stayed the same over the last 4 epochs."),
    (right(8, 8, 9, images=14), 14, "Validation moved by 1 of 14 images"),
    (epochs([1, 0.9], [0.5, 0.6], [1, 0.9], [0.5, 0.6]), 14, "Too few epochs to tell."),
    ([], 14, "Nothing to judge."),
    (epochs([0.69] * 3, [0.5] * 3, [0.69] * 3, [0.5] * 3), 14, "Training loss did not fall"),
    (epochs([1, 4], [0.5] * 2, [1, 1], [0.5] * 2), 14, "Training loss jumped from 1.00 to 4.00"),
    (
        epochs(falling(3), [0.90, 0.95, 1.0], [0.3] * 3, [12 / 14, 11 / 14, 10 / 14]),
        14,
        "It may have learned by heart. Validation accuracy fell",
    ),
]


@pytest.mark.parametrize(("course", "images", "words"), ENDED)
def test_that_a_run_that_has_ended_is_told_as_something_past(course, images, words):
    said = judge(course, images, is_running=False)

    assert said.sentence.startswith(words)
    assert " is " not in f"{said.sentence} {said.reason}".replace("epoch is kept", "")


def test_that_the_reason_of_a_run_that_has_ended_is_past_as_well():
    course = right(8, 8, 9, images=14, train_accuracy=0.92)

    assert judge(course, 14, is_running=False).reason == (
        "It was 28 points better on Training images, so it may have memorised some of them."
    )


def test_that_a_swing_is_told_however_few_groups_the_images_come_from():
    swung = right(110, 180, 100, images=200)
    of_one_group = [replace(epoch, accuracy_low=0.0, accuracy_high=1.0) for epoch in swung]

    assert judge(of_one_group, 200).kind == judge(swung, 200).kind == "unstable"
