"""The steps of the wizard summed up."""

from dataclasses import replace
from pathlib import Path

import pytest

from tlstudio.app.overview import Running, next_step, overview, state_of
from tlstudio.evaluate.events import EvaluateDone
from tlstudio.model.settings import ModelSettings
from tlstudio.project.project import Project

EMPTY = Project(Path("/p/Insects"))


def marks(project, running=None):
    return [state.mark for state in overview(project, running or Running())]


def after(bench, *events):
    project = EMPTY
    for event in (bench.scanned, *events):
        project = project.after(event)
    return project


def test_that_an_empty_project_asks_for_images_first():
    assert marks(EMPTY) == ["to do", "locked", "locked", "locked", "locked"]
    assert next_step(EMPTY) == "data"


def test_that_images_open_the_model_and_training(bench):
    project = after(bench)

    assert marks(project) == ["done", "to do", "to do", "locked", "locked"]
    assert overview(project)[0].summary == "40 images, 2 classes"
    assert next_step(project) == "model"


def test_that_a_class_with_too_few_images_is_to_be_looked_at(bench):
    project = EMPTY.after(replace(bench.scanned, class_counts={"ants": 37, "bees": 3}))

    assert marks(project)[0] == "look at it"


def test_that_a_run_shows_its_epoch_and_how_far_it_is(bench):
    project = after(bench, bench.started(), bench.epoch(1), bench.epoch(2))

    train = overview(project, Running("train"))[2]

    assert (train.summary, train.mark, train.fraction) == ("Run 1: epoch 3 of 5", "running", 0.4)
    assert overview(project, Running("train", is_paused=True))[2].summary == "Run 1: paused"


@pytest.mark.parametrize(
    ("images", "words"),
    [(76, "1 run, best 65 of 76"), (999, "1 run, best 854 of 999"), (1_000, "1 run, best 85.5%")],
)
def test_that_the_best_is_a_count_until_it_gets_too_long_for_the_rail(bench, images, words):
    started = replace(bench.started(), validation_images=images)
    epochs = [replace(bench.epoch(number), validation_accuracy=0.855) for number in (1, 2)]
    project = after(bench, started, *epochs, bench.finished())

    assert overview(project)[2].summary == words


def test_that_a_finished_run_opens_evaluation_and_export(bench):
    project = after(bench, bench.started(), bench.epoch(1), bench.epoch(2), bench.finished())

    assert marks(project) == ["done", "done", "done", "to do", "to do"]
    assert next_step(project) == "evaluate"
    assert state_of(project)[0] == "Trained, not evaluated"


def test_that_an_evaluated_project_tells_its_count_without_praise(bench):
    project = after(bench, bench.started(), bench.epoch(1), bench.epoch(2), bench.finished())
    judged = EvaluateDone(1, "test", 1_310, 1_204, 0.919, 0.9, 0.94, 0.919, [], [], 1)

    assert state_of(project.after(judged)) == ("Evaluated, 1,204 of 1,310 right", "neutral", "target")


def test_that_a_depth_that_was_recommended_is_no_choice_yet(bench):
    project = after(bench).with_settings(model=ModelSettings(freeze=2))  # 28 training images
    chosen = project.with_settings(model=ModelSettings(freeze=1))

    assert (overview(project)[1].summary, overview(project)[1].mark) == ("Choose a starting point", "to do")
    assert (overview(chosen)[1].summary, overview(chosen)[1].mark) == ("ResNet-10, partly frozen", "done")


def test_that_a_run_that_was_cut_short_is_where_to_go_on(bench):
    project = after(bench, bench.started(), bench.epoch(1)).with_running_as("interrupted")

    assert marks(project)[2] == "look at it"
    assert next_step(project) == "train"
    assert state_of(project)[0] == "Training can continue"


@pytest.mark.parametrize(("step", "place"), [("scan", 0), ("evaluate", 3), ("export", 4)])
def test_that_the_running_step_is_marked(bench, step, place):
    project = after(bench, bench.started(), bench.epoch(1), bench.finished())

    assert marks(project, Running(step, 0.5))[place] == "running"
