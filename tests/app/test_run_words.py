from dataclasses import replace
from pathlib import Path

import pytest

from tlstudio.app.widgets.live_run import LiveRun, accuracy_curves, loss_curves
from tlstudio.app.widgets.run_words import Situation, chip, message, purpose, summary
from tlstudio.data.events import ImagesScanned
from tlstudio.events import Failed, Progress
from tlstudio.model.settings import ModelSettings
from tlstudio.project.project import Project, Run
from tlstudio.train.events import BatchDone, BatchHalved, EpochDone, RunStarted
from tlstudio.train.settings import TrainSettings

IMAGES = ImagesScanned(120, ["a", "b"], 0, 120, {"train": 84, "validation": 18, "test": 18}, {}, "f", None)
STARTED = RunStarted(
    4, "2026-01-01T00:00:00Z", 20, 0, "CPU, 2 threads", "float32", 32, 3, 9, 10, 84, 18, "random", "f"
)
PROJECT = Project(Path("/p"), images=IMAGES)


def epoch(number, accuracy=0.8, *, is_best=False):
    return EpochDone(
        4, number, 20, 0.5, 0.8, 0.6, accuracy, 60.0, is_best, 1e-3, {"a": (7, 9), "b": (8, 9)}, []
    )


def a_run(state="running", epochs=0):
    done = tuple(epoch(number, is_best=number == 1) for number in range(1, epochs + 1))
    return Run(
        4,
        state,
        ModelSettings("resnet50", 3),
        TrainSettings(),
        "f",
        STARTED,
        done,
        min(1, epochs),
        60.0 * epochs,
    )


def situation(state="running", epochs=0, phase="training", **facts):
    run = a_run(state, epochs)
    live = LiveRun(20)
    for done in run.epochs:
        live.take(done, 0.0)
    return Situation(replace(PROJECT, runs=(run,)), run, live, phase, **facts)


def test_that_the_purpose_names_run_network_depth_and_device():
    assert purpose(situation()) == (
        "Run 4: ResNet-50, 2 of 5 blocks relearn, classes balanced, CPU, 2 threads, float32"
    )


def test_that_the_time_left_is_the_headline_and_the_rest_stands_below():
    now = situation(epochs=10)
    now.live.take(BatchDone(4, 11, 0.5, 0.4, 0.8, 212.4), 5.0)

    said = summary(now)

    assert said.headline == "About 10 min left"  # 9.5 epochs of 60 s
    assert said.detail == "Epoch 11 of 20, 212 images a second"
    assert said.fraction == pytest.approx(10.5 / 20)


def test_that_preparing_images_says_how_far_it_is():
    said = summary(situation(progress=Progress("Preparing images", 40, 100)))

    assert (said.headline, said.detail, said.fraction) == ("Preparing images, 40%", "40 of 100", 0.4)


def test_that_preparing_without_a_known_total_counts():
    said = summary(situation(phase="starting", progress=Progress("Loading", 12, 0)))

    assert (said.headline, said.detail, said.fraction) == ("Loading", "12 so far", None)


@pytest.mark.parametrize(
    ("state", "phase", "expected"),
    [
        ("running", "training", "Training"),
        ("running", "paused", "Paused"),
        ("running", "stopping", "Stopping"),
        ("done", "none", "Finished"),
        ("stopped", "none", "Stopped, best kept"),
        ("interrupted", "none", "Interrupted"),
        ("failed", "none", "Failed"),
    ],
)
def test_that_the_chip_says_the_state_in_a_word(state, phase, expected):
    assert chip(situation(state, 2, phase))[0] == expected


def test_that_no_run_has_no_chip():
    assert chip(Situation(PROJECT, None, None, "none")) is None


def test_that_a_run_that_was_cut_short_can_continue_or_be_discarded():
    _tone, title, text, actions = message(situation("interrupted", 6, "none"))

    assert title == "Run 4 was cut short."
    assert "after epoch 6" in text
    assert actions == (("Continue", "go_on"), ("Discard", "discard"))


def test_that_a_failure_says_what_is_safe_and_what_to_do():
    failure = Failed("The memory ran out", "The graphics card has no room.", "Choose a smaller network.")

    tone, title, text, actions = message(situation("failed", 3, "none", failure=failure))

    assert (tone, title) == ("bad", "The memory ran out.")
    assert text == "The graphics card has no room. The best epoch is kept. Choose a smaller network."
    assert [action for _, action in actions] == ["start", "see_model"]


def test_that_a_failure_of_an_earlier_day_is_told_from_the_project():
    run = replace(a_run("failed", 1), failure="The loss grew without end. It stopped in epoch 2.")

    _tone, title, text, _ = message(Situation(replace(PROJECT, runs=(run,)), run, None, "none"))

    assert (title, text) == ("The loss grew without end.", "It stopped in epoch 2. The best epoch is kept.")


def test_that_a_halved_batch_is_told_while_it_goes_on():
    _, title, text, _ = message(situation(halved=BatchHalved(4, 16, 2)))

    assert title == "It goes on with 16 images at a time."
    assert "Nothing is lost" in text


def test_that_changed_images_are_told():
    now = situation("done", 2, "none")
    changed = replace(now.project, images=replace(IMAGES, fingerprint="other"))

    assert "changed since run 4" in message(replace(now, project=changed))[1]


def test_that_a_run_stopped_early_says_so():
    assert summary(situation("done", 8, "none")).headline == "Finished early"
    assert summary(situation("done", 8, "none")).fraction == 1.0


def test_that_a_run_of_fewer_views_than_epochs_says_how_many_it_saw():
    now = situation("done", 20, "none")
    kept = replace(now.run, started=replace(now.run.started, views=4))

    assert "4 views of each image" in summary(replace(now, run=kept)).detail
    assert "view" not in summary(now).detail


def test_that_the_raw_curve_is_thin_and_the_epochs_are_exact():
    live = LiveRun(20)
    for place in range(5_000):
        live.take(BatchDone(4, place // 250 + 1, place % 250 / 250, 0.5, place % 100 / 100, 10.0), place / 10)
    epochs = [epoch(1, 0.7), epoch(2, 0.8)]

    accuracy, loss = accuracy_curves(live, epochs, 2, 3), loss_curves(live, epochs, 2, 3)

    assert len(accuracy.raw) == 600
    assert accuracy.validation == ((1.0, 0.7), (2.0, 0.8))
    assert (accuracy.low, accuracy.high, accuracy.epochs, accuracy.best_epoch) == (0.2, 1.0, 20, 2)
    assert loss.validation == ((1.0, 0.6), (2.0, 0.6))
    assert (loss.low, loss.high) == (0.0, 1.5)
