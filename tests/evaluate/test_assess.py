"""A run is judged on the images that it never saw, and what was found is kept."""

import csv
import json
from dataclasses import replace

import made_run
import numpy as np
import pytest

import tlstudio
from tlstudio.data.images import read_image
from tlstudio.data.preprocess import prepare
from tlstudio.data.table import ImageRow
from tlstudio.errors import DataError, TLStudioError
from tlstudio.evaluate.answers import Answers
from tlstudio.evaluate.assess import assess, judgement
from tlstudio.evaluate.errors import ClassUnknown, EvaluationNotSaved, NoTestImages
from tlstudio.evaluate.evaluation_file import read_evaluation
from tlstudio.evaluate.events import EvaluateDone
from tlstudio.evaluate.predictions import read_predictions
from tlstudio.events import Noted, Progress
from tlstudio.metrics import grouped_interval, wilson_interval
from tlstudio.model.predict import probabilities
from tlstudio.train.run_folder import load_run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judged")
    rows = made_run.make_images(folder / "data", splits=("train", "validation", "test"))
    return made_run.make_run(folder, "test_resnet", rows, folder / "data")


@pytest.fixture(scope="module")
def events(made):
    return list(assess(**made.arguments(), times_seen=3, run=1))


def judged(labels, predicted, classes, groups=()):
    """The judgement of answers that are sure of `predicted`."""
    rows = tuple(
        ImageRow(f"{i}.png", classes[label], groups[i] if groups else f"{i}.png", "test", "", 1, 1)
        for i, label in enumerate(labels)
    )
    return judgement(Answers(rows, np.eye(len(classes))[predicted]), classes, run=4, times_seen=1)


def test_that_the_numbers_are_those_worked_out_by_hand():
    done = judged([0, 0, 0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 0, 2, 2], ("a", "b", "c"))

    assert (done.run, done.split, done.images, done.correct, done.times_seen) == (4, "test", 8, 6, 1)
    assert done.confusion == [[3, 1, 0], [1, 1, 0], [0, 0, 2]]
    assert done.accuracy == 0.75
    assert done.balanced_accuracy == pytest.approx((3 / 4 + 1 / 2 + 1) / 3)
    # Wilson 1927 for 6 of 8, as statsmodels' proportion_confint(6, 8, method="wilson") gives it.
    assert (done.accuracy_low, done.accuracy_high) == pytest.approx((0.409275, 0.928520), abs=1e-5)
    first = done.classes[0]
    assert (first.name, first.images, first.found, first.false_alarms) == ("a", 4, 3, 1)
    assert (first.sensitivity, first.specificity) == (0.75, 0.75)


def test_that_images_of_one_group_count_together_in_every_interval():
    labels, predicted, patients = [0] * 8 + [1] * 4, [0] * 6 + [1] * 2 + [1] * 4, list("ppqqrrssxxyy")
    done = judged(labels, predicted, ("a", "b"), patients)

    right = np.equal(labels, predicted)
    first = done.classes[0]
    assert done.groups == 6
    assert (done.accuracy_low, done.accuracy_high) == grouped_interval(
        right, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    )
    assert (first.sensitivity_low, first.sensitivity_high) == grouped_interval(
        right[:8], [0, 0, 1, 1, 2, 2, 3, 3]
    )
    assert (first.specificity_low, first.specificity_high) == grouped_interval([1] * 4, [0, 0, 1, 1])
    assert first.sensitivity_low < wilson_interval(6, 8)[0]


def test_that_images_without_groups_are_not_told_as_groups():
    assert judged([0, 1, 1], [0, 1, 0], ("a", "b")).groups == 0


def test_that_test_groups_that_training_has_seen_are_counted_and_told(made):
    rows = made.arguments()["rows"]
    test = [row for row in rows if row.split == "test"]
    shared = [replace(row, group=test[0].group) if row.split == "train" else row for row in rows]
    *_, torn = assess(**{**made.arguments(), "rows": shared}, times_seen=1, run=1)
    *_, whole = assess(**made.arguments(), times_seen=1, run=1)

    assert (torn.shared_groups, whole.shared_groups) == (1, 0)
    assert torn.caution.startswith("1 group of test images stands in training or validation too")
    assert whole.caution == ""


def test_that_a_class_without_images_is_left_open_and_spoils_no_mean():
    done = judged([0, 1], [0, 1], ("a", "b", "c"))

    nobody = done.classes[2]
    assert (nobody.images, nobody.sensitivity_low, nobody.sensitivity_high) == (0, 0.0, 1.0)
    assert done.balanced_accuracy == 1.0
    assert "NaN" not in json.dumps([vars(row) for row in done.classes])


def test_that_only_test_images_are_judged_and_progress_is_told(events):
    assert isinstance(events[-1], EvaluateDone)
    assert (events[-1].images, events[-1].times_seen) == (9, 3)
    assert Progress("Judging test images", 9, 9) in events


def test_that_each_answer_is_the_networks_for_the_original_file(made, events):
    trained = load_run(made.run_folder)

    predictions = read_predictions(made.run_folder)

    assert [row.path for row in predictions] == [row.path for row in made.rows if row.split == "test"]
    for row in predictions:
        image = prepare(read_image(made.data_root / row.path), trained.preprocessing)
        expected = probabilities(trained.network, image[None], trained.preprocessing)[0]
        assert row.probabilities == pytest.approx(expected, abs=2e-6)
        assert row.predicted == trained.classes[int(expected.argmax())]


def test_that_the_table_is_readable_without_this_program(made, events):
    with (made.run_folder / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert list(rows[0])[:4] == ["path", "group", "label", "predicted"]
    assert [f"probability of {name}" for name in made_run.CLASSES] == list(rows[0])[4:]
    assert events[-1].correct == sum(row["label"] == row["predicted"] for row in rows)
    assert not any(row["path"].startswith(("/", "..")) for row in rows)


def test_that_the_judgement_is_kept_for_the_weights_that_it_is_about(made, events):
    content = json.loads((made.run_folder / "evaluation.json").read_text(encoding="utf-8"))

    assert content["notice"] == tlstudio.RESEARCH_NOTICE
    assert read_evaluation(made.run_folder, best_epoch=2) == events[-1]
    assert read_evaluation(made.run_folder, best_epoch=3) is None


@pytest.mark.parametrize("content", [None, b"", b"{}", b"[1]", b'{"best_epoch": 2, "result": {"run": "x"}}'])
def test_that_a_damaged_judgement_counts_as_none(tmp_path, content):
    if content is not None:
        (tmp_path / "evaluation.json").write_bytes(content)

    assert read_evaluation(tmp_path, best_epoch=2) is None


def test_that_no_test_image_is_told_in_a_sentence(made):
    run = replace(made, rows=tuple(row for row in made.rows if row.split != "test"))

    with pytest.raises(NoTestImages) as caught:
        list(assess(**run.arguments(), times_seen=1, run=1))

    assert isinstance(caught.value, TLStudioError)
    assert caught.value.title == "No test images"
    assert "unchanged" in caught.value.message
    assert caught.value.what_to_try


def test_that_a_class_that_was_never_learned_is_told(made):
    run = replace(made, rows=(*made.rows, replace(made.rows[-1], path="x.png", class_name="Neu")))

    with pytest.raises(ClassUnknown, match="“Neu”"):
        list(assess(**run.arguments(), times_seen=1, run=1))


def test_that_the_cache_answers_when_the_images_are_gone(made, events):
    run = replace(made, data_root=made.data_root / "unplugged")

    assert list(assess(**run.arguments(), times_seen=3, run=1))[-1] == events[-1]


def test_that_an_image_that_vanished_is_noted_and_left_out(made, tmp_path):
    gone = replace(made.rows[-1], path="gone.png", sha256="0" * 64)
    run = replace(made, rows=(*made.rows, gone), cache_folder=tmp_path)

    told = list(assess(**run.arguments(), times_seen=1, run=1))

    assert told[-1].images == 9
    assert told[-1].left_out == 1
    assert told[-1].incomplete.startswith("1 of 10 test images was left out")
    assert any(isinstance(event, Noted) and "gone.png" in event.message for event in told)


def test_that_a_lost_folder_and_cache_are_told(made, tmp_path):
    run = replace(made, data_root=tmp_path / "unplugged", cache_folder=tmp_path / "cache")

    with pytest.raises(DataError):
        list(assess(**run.arguments(), times_seen=1, run=1))


def test_that_a_result_that_cannot_be_written_is_told(made, events, tmp_path):
    folder = tmp_path / "0001"
    folder.mkdir()
    for name in ("run.json", "best.safetensors"):
        (folder / name).write_bytes((made.run_folder / name).read_bytes())
    (folder / "predictions.csv").mkdir()
    run = replace(made, run_folder=folder)

    with pytest.raises(EvaluationNotSaved, match=r"predictions\.csv"):
        list(assess(**run.arguments(), times_seen=1, run=1))
