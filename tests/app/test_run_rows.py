"""What the table of runs and the chart of depths make of a project's runs."""

import importlib.util
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("made_project", Path(__file__).with_name("made_project.py"))
made = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made)

from tlstudio.app.widgets.column_widths import Wish, share_out
from tlstudio.app.widgets.depth_chart import depth_labels, y_stops
from tlstudio.app.widgets.depth_points import DepthCurve, DepthPoint, depth_curve
from tlstudio.app.widgets.painted_axes import spread
from tlstudio.app.widgets.run_kinds import kinds_of
from tlstudio.app.widgets.run_lines import run_lines
from tlstudio.app.widgets.run_rows import (
    default_ticks,
    in_order,
    is_clearly_less,
    rarest_class,
    run_rows,
    run_state,
)
from tlstudio.app.widgets.run_ticks import RunTicks
from tlstudio.app.widgets.run_verdict import verdict
from tlstudio.app.widgets.sweep_words import DepthsUnclear, depths_in
from tlstudio.data.events import ImagesScanned
from tlstudio.model.settings import ModelSettings
from tlstudio.project.project import Project
from tlstudio.train.events import BatchDone
from tlstudio.train.settings import TrainSettings

IMAGES = ImagesScanned(50, made.CLASSES, 0, 50, {"train": 30}, dict.fromkeys(made.CLASSES, 25), "f", None)


def a_run(number, accuracy, *, frozen=3, seed=0, images=200, found=(20, 25), backbone="resnet50", **more):
    run = made.a_run(number, accuracy, **more)
    epochs = tuple(
        replace(done, found={"Blast cell": found, "Lymphocyte": (150, 175)}) for done in run.epochs
    )
    started = replace(run.started, frozen_groups=frozen, validation_images=images)
    model, train = ModelSettings(backbone, frozen), TrainSettings(seed=seed)
    return replace(run, started=started, epochs=epochs, model=model, train=train)


def project_of(*runs):
    return Project(Path("/p/Blood smear"), images=IMAGES, runs=runs)


def rows_of(*runs):
    return run_rows(project_of(*runs), "Blast cell")


def test_that_a_row_says_counts_as_people_read_them():
    (row,) = rows_of(a_run(1, 0.9451))

    assert (row.name, row.backbone, row.frozen_words) == ("Run 1", "ResNet-50", "3 of 5")
    assert (row.accuracy_words, row.found_words) == ("94.5%", "20 of 25")
    assert (row.time_words, row.size_words) == ("1 min", "94 MB")
    assert "189 of 200 Validation images right, very likely between 90 and 97%" in row.tip


def test_that_a_backbone_of_another_version_keeps_its_name_and_depth():
    (row,) = rows_of(a_run(1, 0.9, backbone="future_net"))

    assert (row.backbone, row.groups, row.frozen_words) == ("future_net", None, "3 frozen")


def test_that_a_class_is_marked_where_clearly_fewer_of_it_are_found():
    rows = rows_of(
        a_run(1, 0.9, found=(18, 25)), a_run(2, 0.9, found=(21, 25)), a_run(3, 0.9, found=(23, 25))
    )

    # Against 23 of 25, by hand: z = 0.20 / 0.109 = 1.84 for 18 of 25, 0.88 for 21 of 25; 1.64 is the limit.
    assert [row.is_worse for row in rows] == [True, False, False]


def test_that_with_few_images_only_a_large_lack_is_marked():
    assert not is_clearly_less((7, 9), (9, 9))
    assert is_clearly_less((4, 9), (9, 9))
    assert not is_clearly_less((9, 9), (9, 9))


def test_that_seeds_are_told_where_runs_differ_by_them_alone():
    rows = rows_of(a_run(1, 0.9), a_run(2, 0.9, seed=1), a_run(3, 0.9, frozen=0, seed=2))

    assert [row.seed for row in rows] == [0, 1, None]


def test_that_the_class_with_the_fewest_validation_images_is_counted():
    assert rarest_class(project_of(a_run(1, 0.9))) == "Blast cell"
    assert rarest_class(project_of()) == ""


def test_that_the_best_is_taken_unless_the_user_chose_another():
    runs = a_run(1, 0.9), a_run(2, 0.8)

    assert [row.is_taken for row in run_rows(project_of(*runs), "")] == [True, False]
    assert [row.is_taken for row in run_rows(project_of(*runs).with_chosen_run(2), "")] == [False, True]


@pytest.mark.parametrize(
    ("state", "epochs", "words"),
    [
        ("done", 20, "Finished"),
        ("done", 12, "Stopped early"),
        ("stopped", 3, "Stopped"),
        ("paused", 3, "Paused"),
        ("interrupted", 3, "Can continue"),
        ("failed", 0, "Failed, details"),
        ("running", 3, "Epoch 4 of 20"),
    ],
)
def test_that_a_state_is_said_in_words(state, epochs, words):
    assert run_state(made.a_run(1, state=state, epochs=epochs)).words == words


def test_that_a_run_that_trains_shows_how_far_it_is_within_an_epoch():
    run = made.a_run(1, state="running", epochs=4)

    assert run_state(run, BatchDone(1, 5, 0.5, 1.0, 0.5, 9.0)).fraction == pytest.approx(4.5 / 20)


def test_that_runs_on_other_images_say_so_and_come_last_by_accuracy():
    rows = rows_of(a_run(1, 0.7), a_run(2, 0.99, fingerprint="older"), a_run(3, 0.8))

    ordered = in_order(rows, "accuracy", is_descending=True)

    assert [row.number for row in ordered] == [3, 1, 2]
    assert (ordered[2].is_stale, ordered[2].state.words) == (True, "Other images")


def test_that_equals_are_listed_newest_first():
    rows = rows_of(a_run(1, 0.7), a_run(2, 0.7), a_run(3, 0.7))

    assert [row.number for row in in_order(rows, "size", is_descending=True)] == [3, 2, 1]
    assert [row.number for row in in_order(rows, "run", is_descending=False)] == [1, 2, 3]


def test_that_the_best_of_each_kind_is_ticked_at_first():
    runs = [a_run(1, 0.8), a_run(2, 0.9), a_run(3, 0.7, frozen=0), a_run(4, 0.99, fingerprint="older")]

    assert default_ticks(project_of(*runs), 5) == [2, 3]
    assert default_ticks(project_of(made.a_run(1, epochs=0, state="running")), 5) == [1]


def test_that_a_tick_keeps_its_colour_and_a_sixth_is_refused():
    ticks = RunTicks()
    ticks.put([11, 12, 13, 14, 15])

    assert not ticks.toggle(16)
    assert ticks.toggle(12)
    assert ticks.toggle(16)
    assert (ticks.place(16), ticks.place(13)) == (1, 2)

    ticks.keep([13, 16])
    assert ticks.numbers() == [16, 13]


def test_that_the_curves_of_ticked_runs_share_round_axes():
    ticks = RunTicks()
    ticks.put([2, 1])
    project = project_of(a_run(1, 0.83), a_run(2, 0.91, epochs=7))

    lines = run_lines(project, ticks, "accuracy")

    assert [(line.name, line.place, len(line.points)) for line in lines.lines] == [
        ("Run 2", 0, 7),
        ("Run 1", 1, 2),
    ]
    assert (lines.epochs, lines.low, lines.high) == (7, 0.8, 1.0)
    assert [(line.name, words) for line, words in lines.values_at(2)] == [
        ("Run 2", "91.0%"),
        ("Run 1", "83.0%"),
    ]


def test_that_a_loss_that_is_no_number_has_no_place_in_the_chart():
    run = a_run(1, 0.8, epochs=3)
    run = replace(run, epochs=(*run.epochs[:2], replace(run.epochs[2], validation_loss=float("nan"))))
    ticks = RunTicks()
    ticks.put([1])

    assert len(run_lines(project_of(run), ticks, "loss").lines[0].points) == 2


def test_that_the_likely_range_is_the_one_by_groups_and_the_augmentation_is_told():
    run = a_run(1, 0.945)
    of_groups = replace(
        run,
        epochs=tuple(replace(epoch, accuracy_low=0.11, accuracy_high=0.99) for epoch in run.epochs),
        started=replace(run.started, augmentation="light"),
    )

    (row,) = rows_of(of_groups)

    assert "very likely between 11 and 99%" in row.tip
    assert "light augmentation" in row.tip
    assert kinds_of([of_groups])[0].likely == (0.11, 0.99)


def test_that_runs_are_alike_by_the_augmentation_that_they_had():
    chosen, automatic = a_run(1, 0.90), a_run(2, 0.92, seed=1)
    chosen = replace(chosen, train=replace(chosen.train, augmentation="light"))
    light = replace(automatic, started=replace(automatic.started, augmentation="light"))
    none = replace(automatic, started=replace(automatic.started, augmentation="none"))

    assert len(kinds_of([chosen, light])) == 1
    assert len(kinds_of([chosen, none])) == 2


def test_that_each_depth_is_one_point_the_mean_of_its_seeds():
    runs = [a_run(1, 0.90, frozen=0), a_run(2, 0.92, frozen=3), a_run(3, 0.96, frozen=3, seed=1)]

    curve = depth_curve(project_of(*runs))

    assert [(point.depth, round(point.accuracy, 3), point.runs) for point in curve.points] == [
        (0, 0.9, (1,)),
        (3, 0.94, (3, 2)),
    ]
    # Wilson at 95 % for 184 and 192 of 200, 0.874 to 0.950 and 0.923 to 0.980: the mean.
    assert (round(curve.best.low, 3), round(curve.best.high, 3)) == (0.899, 0.965)
    assert (curve.best.depth, curve.gap) == (3, (0, 3))


def test_that_a_run_repeated_from_the_same_seed_counts_once_and_one_that_can_go_on_not_yet():
    again, unfinished = a_run(2, 0.94), a_run(3, 0.80, seed=1, state="paused")

    curve = depth_curve(project_of(a_run(1, 0.94), again, unfinished))
    said = verdict(project_of(a_run(1, 0.94), again), curve)

    assert [(point.accuracy, point.runs) for point in curve.points] == [(0.94, (2,))]
    assert said.title == "These 2 runs are the same one, repeated with the same seed."


def test_that_runs_with_other_settings_do_not_mix_in_a_mean():
    longer = a_run(2, 0.96)
    longer = replace(longer, train=replace(longer.train, epochs=99))

    (point,) = depth_curve(project_of(a_run(1, 0.90), longer)).points

    assert (point.accuracy, point.runs) == (0.96, (2,))


def test_that_the_chart_stays_with_the_backbone_of_the_run_that_is_looked_at():
    small = [a_run(number, 0.8, frozen=number, backbone="resnet18") for number in (1, 2)]
    large = [a_run(number, 0.9, frozen=number) for number in (3, 4, 5)]
    lonely = a_run(6, 0.9, backbone="resnet34")
    project = project_of(*small, *large, lonely)

    assert depth_curve(project, small[0]).backbone == "ResNet-18"
    assert depth_curve(project, large[0]).backbone == "ResNet-50"
    assert depth_curve(project, lonely).backbone == "ResNet-50"
    assert depth_curve(project_of()) is None


def test_that_runs_on_other_images_and_unfinished_ones_are_no_points():
    runs = [
        a_run(1, 0.9),
        a_run(2, 0.9, frozen=1, fingerprint="older"),
        a_run(3, 0.9, frozen=2, state="running"),
    ]

    assert [point.depth for point in depth_curve(project_of(*runs)).points] == [3]


def points(*pairs):
    return tuple(DepthPoint(depth, share, share - 0.03, share + 0.03, (depth,)) for depth, share in pairs)


def test_that_neighbouring_depths_leave_nothing_to_be_tried_between_them():
    curve = DepthCurve("ResNet-50", 5, 200, points((1, 0.8), (2, 0.9), (3, 0.85)), (2, 3))

    assert curve.gap is None


def test_that_the_axis_of_depths_names_both_ends_and_what_was_measured():
    curve = DepthCurve("ViT Tiny", 13, 200, points((3, 0.8), (11, 0.9)), (11, 11))

    assert [words for _, words in depth_labels(curve)] == ["0", "3", "5", "10", "11", "13"]


def test_that_the_axis_of_accuracies_is_round_and_holds_all_ranges():
    curve = DepthCurve("ViT Tiny", 13, 200, points((3, 0.83), (11, 0.97)), (11, 11))

    assert y_stops(curve) == [0.8, 0.85, 0.9, 0.95, 1.0]


def test_that_names_are_moved_apart_in_their_order():
    assert spread([100.0, 104.0, 200.0], 18, 0, 300) == [93.0, 111.0, 200.0]
    assert spread([104.0, 100.0], 18, 0, 300) == [111.0, 93.0]
    assert spread([2.0, 4.0], 18, 0, 300) == [9.0, 27.0]
    apart = spread([150.0] * 5, 18, 0, 300)
    assert all(b - a >= 17.9 for a, b in pairwise(apart))


def test_that_columns_get_what_they_need_then_what_they_can_use_then_equal_parts():
    wishes = [Wish(40, 40, is_fixed=True), Wish(50, 100), Wish(60, 60)]

    assert share_out(150, wishes) == [40, 50, 60]
    assert share_out(175, wishes) == [40, 75, 60]
    assert share_out(240, wishes) == [40, 120, 80]


def test_that_columns_that_can_be_left_out_go_first_in_a_narrow_table():
    wishes = [Wish(50, 50), Wish(50, 50, rank=2), Wish(50, 50, rank=1)]

    assert share_out(149, wishes) == [74, 75, 0]
    assert share_out(60, wishes) == [60, 0, 0]


@pytest.mark.parametrize(
    ("text", "depths"),
    [("auto", (0, 5)), ("", (0, 5)), ("0, 2, 4", (0, 2, 4)), ("4 2;2", (2, 4)), ("none head", (0, 5))],
)
def test_that_depths_are_read_as_people_write_them(text, depths):
    assert depths_in(text, 5, (0, 5)) == depths


@pytest.mark.parametrize(
    ("text", "said"), [("two", "“two” is no number"), ("6", "has 5 blocks"), ("-1", "“-1”")]
)
def test_that_depths_that_are_none_are_named(text, said):
    with pytest.raises(DepthsUnclear, match=said):
        depths_in(text, 5, (0, 5))
