from dataclasses import replace
from pathlib import Path

from tlstudio.data.events import ImagesScanned
from tlstudio.evaluate.events import EvaluateDone
from tlstudio.events import Failed, Stopped
from tlstudio.project.project import Project
from tlstudio.train.events import EpochDone, RunStarted, SamplePrediction, TrainDone

SCANNED = ImagesScanned(
    10, ["ant", "bee"], 0, 10, {"train": 6, "validation": 2, "test": 2}, {"ant": 5, "bee": 5}, "f1", None
)


def started(run, *, fingerprint="f1", epochs_done=0, epochs=3, frozen_groups=2, **more):
    return RunStarted(
        run,
        "2026-11-21T10:00:00Z",
        epochs,
        epochs_done,
        "CPU",
        "float32",
        8,
        frozen_groups,
        10,
        20,
        6,
        2,
        "random",
        fingerprint,
        **more,
    )


def epoch_done(run, epoch, accuracy, *, is_best):
    samples = [SamplePrediction("ant/1.png", "ant", "bee", 0.6)]
    return EpochDone(
        run, epoch, 3, 0.5, 0.9, 0.4, accuracy, 1.5, is_best, 1e-3, {"ant": (1, 1), "bee": (0, 1)}, samples
    )


def trained(run, *accuracies, project=Project(Path("/p"), images=SCANNED)):
    project = project.after(started(run))
    best = 0.0
    for epoch, accuracy in enumerate(accuracies, 1):
        project = project.after(epoch_done(run, epoch, accuracy, is_best=accuracy > best))
        best = max(best, accuracy)
    return project


def test_that_a_choice_gives_a_new_project_and_leaves_the_old_one():
    project = Project(Path("/p"))

    chosen = project.with_settings(train=replace(project.settings.train, epochs=5))

    assert chosen.settings.train.epochs == 5
    assert project.settings.train.epochs == 20


def test_that_a_run_takes_the_settings_it_was_started_with():
    project = Project(Path("/p"), images=SCANNED)
    project = project.with_settings(model=replace(project.settings.model, freeze=4))
    project = project.after(started(1, frozen_groups=4))
    project = project.with_settings(model=replace(project.settings.model, freeze=0))

    assert project.runs[0].model.freeze == 4


def test_that_a_run_of_a_sweep_keeps_its_own_depth_seed_and_epochs():
    project = Project(Path("/p"), images=SCANNED)
    project = project.with_settings(model=replace(project.settings.model, freeze="head"))

    swept = project.after(started(1, frozen_groups=2, epochs=7, seed=5)).after(started(2, frozen_groups=5))

    first, second = swept.runs
    assert (first.model.freeze, first.train.epochs, first.train.seed) == (2, 7, 5)
    assert (second.model.freeze, second.train.seed) == ("head", project.settings.train.seed)
    assert swept.settings == project.settings


def test_that_the_best_epoch_is_the_one_reported_as_best():
    project = trained(1, 0.5, 0.9, 0.7)

    assert project.runs[0].best_epoch == 2
    assert project.runs[0].best.validation_accuracy == 0.9
    assert project.runs[0].seconds == 4.5


def test_that_only_the_newest_epoch_keeps_its_sample_images():
    project = trained(1, 0.5, 0.9)

    assert [len(epoch.samples) for epoch in project.runs[0].epochs] == [0, 1]


def test_that_only_the_newest_and_the_best_epoch_keep_what_was_found_of_each_class():
    """A project of 200 classes and 100 runs would else be written anew by the hundred megabytes."""
    project = trained(1, 0.5, 0.9, 0.7, 0.6)

    assert [bool(epoch.found) for epoch in project.runs[0].epochs] == [False, True, False, True]
    assert project.runs[0].best.found == {"ant": (1, 1), "bee": (0, 1)}


def test_that_the_run_to_evaluate_is_the_chosen_one_or_else_the_best():
    project = trained(2, 0.8, project=trained(1, 0.9))

    assert project.run().number == 1
    assert project.with_chosen_run(2).run().number == 2
    assert project.run(2).number == 2
    assert project.run(7) is None


def test_that_equally_good_runs_give_the_newer_one():
    assert trained(2, 0.9, project=trained(1, 0.9)).run().number == 2


def test_that_of_equally_good_runs_the_one_that_freezes_most_is_taken():
    project = trained(2, 0.9, project=trained(1, 0.9))
    first, second = project.runs
    deeper = replace(first, started=replace(first.started, frozen_groups=4))

    assert replace(project, runs=(deeper, second)).run().number == 1


def test_that_changed_images_make_earlier_runs_stale_and_delete_nothing():
    project = trained(1, 0.9).after(replace(SCANNED, fingerprint="f2"))

    assert project.is_stale(project.runs[0])
    assert len(project.runs) == 1


def test_that_a_stale_run_is_not_preferred_to_a_fresh_one():
    project = trained(1, 0.9).after(replace(SCANNED, fingerprint="f2"))
    project = project.after(started(2, fingerprint="f2")).after(epoch_done(2, 1, 0.6, is_best=True))

    assert project.run().number == 2


def test_that_a_resumed_run_forgets_the_epochs_after_its_checkpoint():
    project = trained(1, 0.5, 0.6, 0.7).with_running_as("interrupted")
    assert project.runs[0].is_resumable

    project = project.after(started(1, epochs_done=2))

    assert [epoch.epoch for epoch in project.runs[0].epochs] == [1, 2]
    assert project.runs[0].state == "running"


def test_that_every_end_of_a_run_has_its_state():
    project = trained(1, 0.5)

    assert project.after(TrainDone(1, 1, 0.5, 3.0, 1.0, 10, False)).runs[0].state == "done"
    assert project.after(Stopped("train")).runs[0].state == "stopped"
    assert project.after(Failed("Out of room", "The disk is full.")).runs[0].state == "failed"
    assert (
        project.after(Failed("Out of room", "The disk is full.")).runs[0].failure
        == "Out of room. The disk is full."
    )


def test_that_looks_at_the_test_split_are_counted():
    judged = EvaluateDone(1, "test", 2, 1, 0.5, 0.1, 0.9, 0.5, [], [[1, 0], [1, 0]], 3)

    project = trained(1, 0.5).after(judged)

    assert project.times_test_seen == 3
    assert project.runs[0].evaluation == judged


def test_that_better_weights_leave_the_judgement_and_the_file_of_earlier_ones_behind():
    judged = EvaluateDone(1, "test", 2, 1, 0.5, 0.1, 0.9, 0.5, [], [[1, 0], [1, 0]], 1)
    project = trained(1, 0.5).after(judged)

    same = project.after(epoch_done(1, 2, 0.4, is_best=False))
    better = project.after(epoch_done(1, 2, 0.8, is_best=True))

    assert same.runs[0].evaluation == judged
    assert better.runs[0].evaluation is None


def test_that_a_failed_run_keeps_what_happened_and_what_to_try():
    failed = Failed("Error impossible to compute", "It was in epoch 2.", "Lower the learning rate.")

    project = trained(1, 0.9).after(failed)

    assert project.runs[0].failure == (
        "Error impossible to compute. It was in epoch 2. Lower the learning rate."
    )
