import math

import pytest

from tlstudio.app.widgets.judgement import judge
from tlstudio.train.events import EpochDone


def epochs(train_loss, train_accuracy, validation_loss, validation_accuracy):
    rows = zip(train_loss, train_accuracy, validation_loss, validation_accuracy, strict=True)
    count = len(train_loss)
    return [EpochDone(1, place + 1, count, *row, 1.0, False, 1e-3, {}, []) for place, row in enumerate(rows)]


def falling(count):
    return [1.0 - 0.1 * place for place in range(count)]


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
    assert judge(epochs(falling(3), [0.9, 0.91, 0.92], [0.3] * 3, [0.900, 0.901, 0.903])).kind == "slow"


def test_that_four_steps_within_03_points_are_level():
    validation = [0.900, 0.901, 0.902, 0.901, 0.902]  # 0.2 points between lowest and highest

    said = judge(epochs(falling(5), [0.9] * 5, [0.3] * 5, validation))

    assert said.kind == "flat"
    assert "0.2 points over the last 4 epochs" in said.sentence


def test_that_one_step_beyond_03_points_is_not_level():
    validation = [0.905, 0.901, 0.902, 0.901, 0.902]  # 0.4 points

    assert judge(epochs(falling(5), [0.9] * 5, [0.3] * 5, validation)).kind == "slow"


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


def test_that_a_loss_of_exactly_three_times_is_not_unstable():
    assert judge(epochs([1.0, 3.0], [0.5, 0.5], [1.0, 1.0], [0.5, 0.5])).kind == "early"


def test_that_an_old_jump_is_forgotten_after_two_calm_epochs():
    said = judge(epochs([1, 4, 0.9, 0.8], [0.5, 0.4, 0.6, 0.7], [0.5] * 4, [0.5, 0.4, 0.6, 0.7]))

    assert said.kind == "rising"


def test_that_no_change_is_not_called_a_rise_of_nothing():
    said = judge(epochs(falling(3), [0.8, 0.85, 0.9], [0.3] * 3, [1.0, 1.0, 1.0]))

    assert said.sentence == "Validation accuracy stayed the same over the last 2 epochs."
    assert said.reason.startswith("It is better on Validation than on Training images.")
