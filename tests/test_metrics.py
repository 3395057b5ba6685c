import math

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from tlstudio.metrics import (
    METRICS,
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    grouped_interval,
    paired,
    sensitivity,
    sign_flip_p_value,
    specificity,
    wilson_interval,
)

# Three classes of 4, 3 and 3 images: three, two and one of them are found.
LABELS = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
PREDICTED = [0, 0, 0, 1, 1, 1, 2, 2, 0, 0]
CONFUSION = np.array([[3, 1, 0], [0, 2, 1], [2, 0, 1]])


def test_that_rows_of_the_confusion_matrix_are_the_truth():
    assert np.array_equal(confusion_matrix(LABELS, PREDICTED, 3), CONFUSION)


HAND_COMPUTED = {
    "accuracy": 6 / 10,
    "balanced_accuracy": (3 / 4 + 2 / 3 + 1 / 3) / 3,
    "sensitivity": [3 / 4, 2 / 3, 1 / 3],
    "specificity": [4 / 6, 6 / 7, 6 / 7],
}


def test_that_every_metric_was_computed_by_hand():
    assert METRICS.keys() == HAND_COMPUTED.keys()


@pytest.mark.parametrize("name", METRICS)
def test_that_a_metric_equals_the_value_computed_by_hand(name):
    assert np.allclose(METRICS[name].of(CONFUSION), HAND_COMPUTED[name], atol=1e-15)


@pytest.mark.parametrize("name", METRICS)
def test_that_perfect_answers_give_one_and_the_worst_zero(name):
    perfect = confusion_matrix([0, 1, 1], [0, 1, 1], 2)
    worst = confusion_matrix([0, 1, 1], [1, 0, 0], 2)

    assert np.all(np.asarray(METRICS[name].of(perfect)) == 1)
    assert np.all(np.asarray(METRICS[name].of(worst)) == 0)


@pytest.mark.parametrize("name", METRICS)
def test_that_the_order_of_the_images_is_of_no_account(name):
    order = np.random.default_rng(0).permutation(len(LABELS))
    shuffled = confusion_matrix(np.array(LABELS)[order], np.array(PREDICTED)[order], 3)

    assert np.array_equal(METRICS[name].of(shuffled), METRICS[name].of(CONFUSION))
    assert METRICS[name].is_per_class == (np.shape(METRICS[name].of(CONFUSION)) == (3,))


def test_that_the_numbers_equal_those_of_scikit_learn():
    rng = np.random.default_rng(3)
    for classes in (2, 3, 7):
        labels = np.concatenate([np.arange(classes), rng.integers(0, classes, 90)])
        predicted = np.where(rng.random(labels.size) < 0.6, labels, rng.integers(0, classes, labels.size))
        confusion = confusion_matrix(labels, predicted, classes)

        assert np.array_equal(confusion, sklearn_metrics.confusion_matrix(labels, predicted))
        assert math.isclose(accuracy(confusion), sklearn_metrics.accuracy_score(labels, predicted))
        assert math.isclose(
            balanced_accuracy(confusion), sklearn_metrics.balanced_accuracy_score(labels, predicted)
        )
        recalls = sklearn_metrics.recall_score(labels, predicted, average=None)
        assert np.allclose(sensitivity(confusion), recalls)
        for index in range(classes):
            others_left_alone = sklearn_metrics.recall_score(labels != index, predicted != index)
            assert math.isclose(specificity(confusion)[index], others_left_alone)


def test_that_a_class_without_images_has_no_sensitivity_and_does_not_count():
    confusion = confusion_matrix([0, 0, 1], [0, 1, 1], 3)

    assert np.isnan(sensitivity(confusion)[2])
    assert specificity(confusion)[2] == 1
    assert balanced_accuracy(confusion) == (0.5 + 1) / 2


def test_that_no_images_at_all_give_no_number():
    nothing = confusion_matrix([], [], 2)

    assert math.isnan(accuracy(nothing))
    assert math.isnan(balanced_accuracy(nothing))


@pytest.mark.parametrize(("labels", "predicted"), [([0, 2], [0, 1]), ([0, -1], [0, 1]), ([0], [0, 1])])
def test_that_what_is_no_pair_of_labels_is_refused(labels, predicted):
    with pytest.raises(ValueError):
        confusion_matrix(labels, predicted, 2)


# In percent, to one digit, as scipy.stats.binomtest(…).proportion_ci(method="wilson") gives them.
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (20, 20, 83.9, 100.0),
        (18, 20, 69.9, 97.2),
        (90, 100, 82.6, 94.5),
        (360, 400, 86.7, 92.6),
        (0, 20, 0.0, 16.1),
    ],
)
def test_that_the_wilson_interval_has_the_published_ends(successes, trials, low, high):
    ends = wilson_interval(successes, trials)

    assert [round(100 * end, 1) for end in ends] == [low, high]


def test_that_the_wilson_interval_is_exact_at_its_limits_and_without_trials():
    assert wilson_interval(7, 7)[1] == 1.0
    assert wilson_interval(0, 7)[0] == 0.0
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_that_more_confidence_means_a_wider_interval():
    narrow, wide = wilson_interval(18, 20, 0.90), wilson_interval(18, 20, 0.99)

    assert wide[0] < narrow[0] < 0.9 < narrow[1] < wide[1]


def test_that_more_successes_than_trials_are_refused():
    with pytest.raises(ValueError):
        wilson_interval(3, 2)


# One run each: the first alone is right about five images, the second alone about one. Of the 2**6 ways in
# which six images can fall, 1 + 6 have at most one for the second, and as many at most one for the first.
FIVE_TO_ONE = [1, 1, 1, 1, 1, -1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        (FIVE_TO_ONE, 14 / 64),
        ([1, 1, 1, 1, 1, 1], 2 / 64),
        ([-1, -1, -1, -1, -1, -1], 2 / 64),
        ([1, -1], 1.0),
        ([0, 0, 0], 1.0),
        ([], 1.0),
        # 3 + 2 + 1 and its mirror image are as far as it goes: 2 of 8 ways
        ([3, 2, 1], 2 / 8),
        # 3 + 2 - 1 = 4: 3 + 2 ± 1 and their mirror images, 4 of 8 ways
        ([3, 2, -1], 4 / 8),
    ],
)
def test_that_chance_is_counted_as_by_hand(differences, expected):
    assert math.isclose(sign_flip_p_value(differences), expected)


def test_that_the_test_equals_mcnemars_for_single_images():
    for first, second in ((9, 2), (30, 17), (3, 3), (200, 150)):
        total, fewer = first + second, min(first, second)
        by_binomial = sum(math.comb(total, k) for k in range(fewer + 1)) / 2 ** (total - 1)
        differences = [1] * first + [-1] * second + [0] * 11

        assert math.isclose(sign_flip_p_value(differences), min(1.0, by_binomial), rel_tol=1e-9)


def test_that_very_many_images_are_tested_as_well():
    few, many = [1] * 2050 + [-1] * 1950, [1] * 2051 + [-1] * 1951

    assert math.isclose(sign_flip_p_value(few), sign_flip_p_value(many), rel_tol=0.02)
    assert sign_flip_p_value([2] * 5000) < 1e-9


def test_that_the_paired_interval_is_that_of_a_mean_for_many_images():
    differences = np.array([1] * 60 + [-1] * 40 + [0] * 300)
    mean, deviation = differences.mean(), differences.std()
    found = paired(differences, np.ones(400))

    assert math.isclose(found.difference, 20 / 400)
    assert math.isclose(found.standard_error, deviation / 20, rel_tol=0.05)
    assert math.isclose(found.low, mean - 1.96 * deviation / 20, abs_tol=0.005)
    assert math.isclose(found.high, mean + 1.96 * deviation / 20, abs_tol=0.005)
    assert found.can_be_chance
    assert paired(differences, np.ones(400)) == found


def test_that_two_images_that_contradict_each_other_leave_everything_open():
    found = paired([[1, -1]], [1, 1])

    # drawn twice: both the first one time in four, both the second as often
    assert (found.difference, found.low, found.high, found.p_value) == (0.0, -1.0, 1.0, 1.0)
    assert math.isclose(found.standard_error, math.sqrt(1 / 2), rel_tol=0.05)


def test_that_images_of_one_group_count_as_one_observation():
    alone = paired(np.ones((1, 12)), np.ones(12))
    together = paired([[6, 6]], [6, 6])

    assert alone.difference == together.difference == 1.0
    assert math.isclose(alone.p_value, 2 / 2**12)
    assert math.isclose(together.p_value, 2 / 2**2)
    assert together.can_be_chance
    assert not alone.can_be_chance


def test_that_seeds_that_disagree_make_a_difference_possible_chance():
    steady = np.tile([1] * 10 + [0] * 40, (3, 1))
    restless = np.array([[1] * 40 + [0] * 10, [-1] * 10 + [0] * 40, [0] * 50])

    assert steady.sum() == restless.sum()
    assert not paired(steady, np.ones(50)).can_be_chance
    found = paired(restless, np.ones(50))
    assert found.p_value < 0.05  # these three networks do differ
    assert found.low < 0 < found.high  # but others trained the same way need not
    assert found.can_be_chance


@pytest.mark.parametrize(
    ("differences", "sizes"), [([1, 0], [1]), ([], []), ([[1], [0]], [1, 1]), ([1, 0], [1, 0])]
)
def test_that_paired_answers_must_fit_their_units(differences, sizes):
    with pytest.raises(ValueError, match="units"):
        paired(differences, sizes)


def test_that_images_that_stand_alone_have_wilsons_interval():
    right = [1] * 17 + [0] * 3

    assert grouped_interval(right, range(20)) == wilson_interval(17, 20)
    assert grouped_interval([], []) == (0.0, 1.0)


def test_that_one_group_tells_nothing_of_others():
    assert grouped_interval([1, 1, 0, 1], [7, 7, 7, 7]) == (0.0, 1.0)


def test_that_grouped_images_count_by_hand():
    """Four patients of five images: 5, 5, 4 and 2 right, 16 of 20.

    Between them: ((5-4)² + (5-4)² + 0 + (2-4)²) · 4/3 / 20 = 0.4; within 0.8 · 0.2 = 0.16: a design effect
    of 2.5, so 8 images count, by Student's t of 3 degrees of freedom (3.182) 8 · (1.960 / 3.182)² = 3.035.
    """
    right = [1] * 5 + [1] * 5 + [1, 1, 1, 1, 0] + [1, 1, 0, 0, 0]
    low, high = grouped_interval(right, np.repeat([3, 1, 9, 4], 5))

    z, n = 1.959964, 3.035
    middle = (0.8 + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(0.16 / n + z * z / (4 * n * n))
    assert (low, high) == pytest.approx((middle - half, middle + half), abs=2e-3)


def test_that_groups_count_and_not_their_images_where_all_are_right():
    low, high = grouped_interval([1] * 500, np.repeat(np.arange(5), 100))

    assert (low, high) == wilson_interval(5, 5)


def test_that_one_mistake_tells_little_of_how_groups_differ():
    """One of 500 wrong: a design effect of at least 1 + 99 / 4, so 19.4 images count, by Student's t 9.7."""
    right = [1] * 499 + [0]
    low, _ = grouped_interval(right, np.repeat(np.arange(5), 100))

    z, n, share = 1.959964, 19.417 * (1.959964 / 2.776) ** 2, 0.998
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    assert low == pytest.approx(middle - half, abs=2e-3)


def test_that_the_interval_holds_the_true_share_where_groups_are_all_right_or_all_wrong():
    rng = np.random.default_rng(5)
    patients = np.repeat(np.arange(10), 50)
    held = 0
    for _ in range(300):
        right = (rng.random(10) < 0.95)[patients]
        low, high = grouped_interval(right, patients)
        held += low <= 0.95 <= high

    assert held / 300 >= 0.95


def test_that_the_interval_holds_the_true_share_as_often_as_it_says():
    """Ten patients of thirty images, whose own shares vary by a tenth about 0.85."""
    rng = np.random.default_rng(4)
    patients = np.repeat(np.arange(10), 30)
    held = {"by group": 0, "by image": 0}
    for _ in range(400):
        shares = rng.beta(0.85 * 11.75, 0.15 * 11.75, 10)
        right = rng.random(300) < shares[patients]
        for name, groups in (("by group", patients), ("by image", np.arange(300))):
            low, high = grouped_interval(right, groups)
            held[name] += low <= 0.85 <= high

    assert 0.90 <= held["by group"] / 400 <= 0.99
    assert held["by image"] / 400 < 0.8


@pytest.mark.parametrize(
    ("freedom", "value"), [(1, 12.706), (2, 4.303), (3, 3.182), (5, 2.571), (9, 2.262), (30, 2.042)]
)
def test_that_students_quantiles_are_those_of_the_printed_table(freedom, value):
    from tlstudio.metrics import _student

    assert _student(1.959964, freedom) == pytest.approx(value, rel=0.01)
