import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location("made_project", Path(__file__).with_name("made_project.py"))
made = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made)

from dataclasses import replace

import pytest

from tlstudio.app.widgets.card_words import card_text
from tlstudio.app.widgets.export_words import (
    compared_split,
    compared_words,
    difference,
    empty_parts,
    exportable,
    file_name,
    milliseconds,
    parity_rows,
    progress_words,
    run_line,
)
from tlstudio.app.widgets.probability_bars import ranked, sureness
from tlstudio.events import Progress
from tlstudio.project.project import Project


@pytest.mark.parametrize(
    ("probability", "expected"),
    [(1.0, "> 99%"), (0.9999, "> 99%"), (0.972, "97%"), (0.5, "50%"), (0.0099, "< 1%"), (0.0, "< 1%")],
)
def test_that_one_answer_is_never_called_certain(probability, expected):
    assert sureness(probability) == expected


def test_that_the_most_probable_class_stands_first():
    assert [name for name, _ in ranked({"a": 0.2, "b": 0.7, "c": 0.1})] == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(4e-6, "0.000 004"), (0.0123456, "0.012 346"), (1e-9, "under 0.000 001"), (1.0, "1.000 000")],
)
def test_that_small_differences_are_written_in_plain_digits(value, expected):
    assert difference(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(9.2, "9 ms"), (0.42, "0.4 ms"), (0.001, "0.1 ms"), (1_234, "1.2 s")]
)
def test_that_short_times_keep_a_unit_to_read(value, expected):
    assert milliseconds(value) == expected


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("Blood smear", "blood-smear-run6.onnx"),
        ("Zellen (1)/..", "zellen-1-run6.onnx"),
        ("!!!", "model-run6.onnx"),
    ],
)
def test_that_a_file_is_named_after_project_and_run(tmp_path, folder, expected):
    assert file_name(Project(tmp_path / folder.split("/")[0]), made.a_run(6)) == expected


def test_that_runs_without_a_finished_epoch_can_not_be_saved(tmp_path):
    runs = (made.a_run(1), made.a_run(2, epochs=0), made.a_run(3))

    assert [run.number for run in exportable(Project(tmp_path, runs=runs))] == [3, 1]
    assert exportable(None) == []


def test_that_a_run_is_chosen_by_how_many_validation_images_it_got_right():
    assert run_line(made.a_run(6, 0.9)) == "Run 6, 9 of 10 on Validation"


def test_that_the_comparison_is_told_in_whole_images(tmp_path):
    found = parity_rows(made.an_export(tmp_path / "a.onnx", images=512), "test")

    assert [(row.value, row.is_fine) for row in found] == [
        ("512 of 512", True), ("0.000 004", True), ("9 ms", None),
    ]  # fmt: skip


def test_that_without_test_images_the_validation_images_are_compared():
    table = [replace(row, split="validation") if row.split == "test" else row for row in made.rows(test=10)]

    assert compared_split(made.rows(test=10)) == ("test", 10)
    assert compared_split(table) == ("validation", 10)


def test_that_only_the_parts_that_nobody_wrote_are_called_empty():
    assert empty_parts("", " ") == "2 parts of the model card are empty."
    assert empty_parts("x", "") == "1 part of the model card is empty."
    assert empty_parts("x", "y") == ""


def test_that_progress_without_a_total_has_no_fraction():
    assert progress_words(Progress("Reading", 3, 0)) == ("Reading", "3 so far", None)
    assert progress_words(Progress("Comparing answers", 120, 480)) == (
        "Comparing answers",
        "120 of 480",
        0.25,
    )


def test_that_the_card_counts_what_the_run_learned_from():
    text = card_text(made.a_run(), None, made.rows(train=30, groups=5))

    assert text.learned_from == "30 Training images from 5 groups. Blast cell 15, Lymphocyte 15."
    assert text.made_for == "Sorting images into 2 classes: Blast cell, Lymphocyte."


def test_that_images_without_groups_are_not_called_groups():
    one, *others = made.rows()
    copy = replace(others[0], group=one.group)

    for table in ([one, *others], [one, copy, *others[1:]]):
        assert card_text(made.a_run(), None, table).learned_from.startswith("30 Training images. ")


def test_that_the_card_gives_counts_an_interval_and_the_weakest_class():
    text = card_text(made.a_run(evaluation=made.an_evaluation(times_seen=3)), None, made.rows())

    assert text.results_title == "Results on 40 unseen images"
    assert text.results == (
        "34 of 40 right, 85% (70 to 93%). Least found: Lymphocyte, 16 of 20. "
        "The test split was looked at 3 times."
    )


def test_that_the_card_names_the_largest_confusions_first():
    text = card_text(made.a_run(evaluation=made.an_evaluation()), None, ())

    assert text.weak_points == (
        "Calls 4 of 20 Lymphocyte images “Blast cell”. Calls 2 of 20 Blast cell images “Lymphocyte”. "
        "Not tested on images from elsewhere."
    )


def test_that_few_test_images_are_a_weak_point():
    evaluation = made.an_evaluation(confusion=((4, 0), (0, 30)))

    assert (
        "Fewer than 10 test images of Blast cell."
        in card_text(made.a_run(evaluation=evaluation), None, ()).weak_points
    )


def test_that_the_card_of_a_run_that_was_not_evaluated_says_so():
    text = card_text(made.a_run(), None, ())

    assert text.results == "Not evaluated yet."
    assert text.fingerprint == "Known once the file is saved."


def test_that_the_card_says_when_test_images_are_not_new_or_not_all_there():
    judged = replace(made.an_evaluation(), groups=9, shared_groups=2, left_out=3)
    text = card_text(made.a_run(evaluation=judged), None, made.rows())

    assert text.results_title == "Results on 40 test images"
    assert "(70 to 93%, by 9 groups)" in text.results
    assert "2 groups of test images stand in training or validation too" in text.results
    assert "3 of 43 test images were left out" in text.results


def test_that_a_comparison_says_which_images_it_lacks():
    exported = replace(made.an_export("m.onnx", images=38), left_out=2)

    assert compared_words(exported, "test") == (
        "38 of 40 test images were run through both; the others can't be read any more."
    )
