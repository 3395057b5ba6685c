"""A run that was broken off goes on to the very same numbers."""

import os
import shutil
from dataclasses import asdict

import pytest
from safetensors.torch import load_file, save_file

from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.network import create
from tlstudio.train import keeper
from tlstudio.train.checkpoint import load_checkpoint
from tlstudio.train.errors import CheckpointUnreadable
from tlstudio.train.events import BatchDone, EpochDone, RunStarted, TrainDone
from tlstudio.train.run_info import read_info, read_metrics

SETTINGS = {"epochs": 3, "augmentation": "strong"}


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def numbers(event):
    return {key: value for key, value in asdict(event).items() if key != "seconds"}


def run_until(events, epochs):
    """Iterate until so many epochs were reported."""
    seen = []
    for event in events:
        seen += of(EpochDone, [event])
        if len(seen) == epochs:
            break
    return seen


@pytest.mark.parametrize(
    ("name", "freeze", "is_averaged"),
    [
        ("test_resnet", 0, False),
        ("test_resnet", 0, True),
        ("test_resnet", "head", False),
        ("test_vit", 0, False),
        ("test_vit", "head", True),
    ],
)
def test_that_a_resumed_run_ends_as_the_unbroken_one(small_set, name, freeze, is_averaged):
    settings = {**SETTINGS, "is_averaged": is_averaged, "model": name, "freeze": freeze}
    unbroken, broken = small_set.elsewhere("unbroken"), small_set.elsewhere("broken")
    expected = of(EpochDone, unbroken.fit(**settings))

    events = broken.fit(**settings)
    first = run_until(events, 1)
    del events
    resumed = list(broken.fit(**settings, resume=True))

    assert of(RunStarted, resumed)[0].epochs_done == 1
    assert [numbers(event) for event in [*first, *of(EpochDone, resumed)]] == [numbers(e) for e in expected]
    for file in ("best.safetensors", "last.safetensors"):
        ours, theirs = load_file(broken.run_folder / file), load_file(unbroken.run_folder / file)
        assert all((ours[key] == theirs[key]).all() for key in theirs)


def test_that_a_run_broken_within_an_epoch_repeats_only_that_epoch(small_set, monkeypatch):
    monkeypatch.setattr("tlstudio.train.fit.SECONDS_BETWEEN_EVENTS", 0.0)
    unbroken, broken = small_set.elsewhere("unbroken"), small_set.elsewhere("broken")
    expected = of(EpochDone, unbroken.fit(**SETTINGS))
    for event in broken.fit(**SETTINGS):
        if isinstance(event, BatchDone) and event.epoch == 2 and event.fraction > 0.5:
            break

    resumed = of(EpochDone, broken.fit(**SETTINGS, resume=True))

    assert [numbers(event) for event in resumed] == [numbers(event) for event in expected[1:]]


def test_that_a_damaged_checkpoint_falls_back_to_the_one_before(small_set, monkeypatch):
    monkeypatch.setattr("tlstudio.train.keeper.FIRST_SECONDS", 0.0)  # the first epoch is saved at once
    expected = of(EpochDone, small_set.elsewhere("unbroken").fit(**SETTINGS))
    run_until(small_set.fit(**SETTINGS), 2)
    last = small_set.run_folder / "last.safetensors"
    last.write_bytes(last.read_bytes()[:-9])

    resumed = of(EpochDone, small_set.fit(**SETTINGS, resume=True))

    assert [numbers(event) for event in resumed] == [numbers(event) for event in expected[1:]]
    rows = (small_set.run_folder / "metrics.csv").read_text(encoding="utf-8").splitlines()
    assert [row.partition(",")[0] for row in rows] == ["epoch", "1", "2", "3"]


def test_that_a_run_killed_while_it_saves_tells_every_epoch_that_its_checkpoint_holds(
    small_set, tmp_path, monkeypatch
):
    monkeypatch.setattr("tlstudio.train.keeper.FIRST_SECONDS", 0.0)
    moments = []

    def replaced(path, *arguments):
        replacing(path, *arguments)
        moments.append(shutil.copytree(small_set.run_folder, tmp_path / "moments" / str(len(moments))))

    replacing = os.replace
    monkeypatch.setattr(os, "replace", replaced)
    list(small_set.fit(**SETTINGS))

    for moment in moments:
        info = read_info(moment) if (moment / "run.json").exists() else None
        checkpoint = load_checkpoint(moment)
        known = {event.epoch for event in read_metrics(moment.rename(moment.parent / "0001"), 3)}
        assert known >= set(range(1, info.epochs_done + 1) if info else ())
        assert (info.epochs_done if info else 0) >= (checkpoint.place.epoch if checkpoint else 0)
        shutil.rmtree(moment.parent / "0001")
    assert len(moments) > 3 * 2


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_that_an_epoch_that_could_not_be_taken_over_is_repeated_whole(small_set, monkeypatch, error):
    expected = of(EpochDone, small_set.elsewhere("unbroken").fit(**SETTINGS))
    broken = small_set.elsewhere("broken")

    def at_the_second(*arguments):
        copies.append(1)
        if len(copies) == 2:
            raise error
        return state_of(*arguments)

    copies, state_of = [], keeper.state_of
    monkeypatch.setattr(keeper, "state_of", at_the_second)
    with pytest.raises(error):
        list(broken.fit(**SETTINGS))
    monkeypatch.undo()
    resumed = list(broken.fit(**SETTINGS, resume=True))

    assert of(RunStarted, resumed)[0].epochs_done == 1
    assert [numbers(event) for event in of(EpochDone, resumed)] == [numbers(event) for event in expected[1:]]


def test_that_a_first_epoch_that_could_not_be_taken_over_was_not_done(small_set, monkeypatch):
    def full(*_arguments):
        raise MemoryError

    monkeypatch.setattr(keeper, "state_of", full)
    with pytest.raises(MemoryError):
        list(small_set.fit(**SETTINGS))

    assert (read_info(small_set.run_folder).epochs_done, read_info(small_set.run_folder).best_epoch) == (0, 0)


@pytest.mark.parametrize("is_damaged", [True, False])
def test_that_a_finished_run_whose_checkpoint_is_lost_does_not_start_again(small_set, is_damaged):
    list(small_set.fit(**SETTINGS))
    for checkpoint in small_set.run_folder.glob("last*.safetensors"):
        if is_damaged:
            checkpoint.write_bytes(b"")
        else:
            checkpoint.unlink()
    before = {file.name: file.read_bytes() for file in small_set.run_folder.iterdir()}

    with pytest.raises(CheckpointUnreadable, match="are kept"):
        list(small_set.fit(**SETTINGS, resume=True))

    assert {file.name: file.read_bytes() for file in small_set.run_folder.iterdir()} == before


def test_that_a_run_without_a_checkpoint_starts_again_from_its_first_epoch(small_set):
    for event in small_set.fit(**SETTINGS):
        if isinstance(event, RunStarted):
            break

    resumed = list(small_set.fit(**SETTINGS, resume=True))

    assert [event.epoch for event in of(EpochDone, resumed)] == [1, 2, 3]


def test_that_a_run_whose_run_json_is_damaged_goes_on_as_what_it_was(small_set, tmp_path):
    """Taken for one of random weights, all its groups would learn at one rate, and its card would say so."""
    weights = tmp_path / "w.safetensors"
    save_file(create(TEST_BACKBONES["test_resnet"], 2).state_dict(), weights)
    options = {"weights": weights, "freeze": 2, "epochs": 4}
    whole = of(EpochDone, small_set.elsewhere("whole").fit(**options))
    first = break_off(small_set.fit(**options), epochs=2)
    damaged = small_set.run_folder / "run.json"
    damaged.write_text("{")
    again = break_off(small_set.fit(**options, resume=True, first_start=first[0]), epochs=1)
    rest = list(small_set.fit(**options, resume=True, first_start=first[0]))

    info = read_info(small_set.run_folder)
    assert (info.weights_file, info.weights_sha256) == (first[0].weights, first[0].weights_sha256)
    assert info.weights_sha256
    assert (info.started.started_at, again[0].views) == (first[0].started_at, first[0].views)
    learned = [epoch.train_loss for part in (first, again, rest) for epoch in of(EpochDone, part)]
    assert learned == pytest.approx([epoch.train_loss for epoch in whole], abs=1e-6)


def break_off(run, epochs):
    """The events of a run that is closed after so many more epochs, from RunStarted on."""
    told = []
    for event in run:
        told.append(event)
        if len(of(EpochDone, told)) == epochs:
            run.close()
    return [event for event in told if isinstance(event, RunStarted | EpochDone)]


def test_that_resuming_needs_neither_the_weights_file_nor_the_images(small_set, tmp_path):
    weights = tmp_path / "w.safetensors"
    save_file(create(TEST_BACKBONES["test_resnet"], 2).state_dict(), weights)
    run_until(small_set.fit(**SETTINGS, weights=weights), 1)
    weights.unlink()
    shutil.rmtree(small_set.root)

    resumed = list(small_set.fit(**SETTINGS, weights=weights, resume=True))

    assert of(RunStarted, resumed)[0].weights == "w.safetensors"
    assert [event.epoch for event in of(EpochDone, resumed)] == [2, 3]


def test_that_patience_goes_on_where_it_was(small_set):
    settings = {"epochs": 30, "early_stop_epochs": 3, "learning_rate": 1e-9}
    expected = of(EpochDone, small_set.elsewhere("unbroken").fit(**settings))
    run_until(small_set.fit(**settings), len(expected) - 1)

    resumed = list(small_set.fit(**settings, resume=True))

    assert len(of(EpochDone, resumed)) == 1
    assert resumed[-1].stopped_early


def test_that_resuming_a_finished_run_only_reports_its_end(small_set):
    end = list(small_set.fit(**SETTINGS))[-1]

    resumed = list(small_set.fit(**SETTINGS, resume=True))

    assert of(EpochDone, resumed) == []
    assert isinstance(resumed[-1], TrainDone)
    assert (resumed[-1].best_epoch, resumed[-1].validation_accuracy) == (
        end.best_epoch,
        end.validation_accuracy,
    )
    info = read_info(small_set.run_folder)
    assert (info.state, info.best_epoch, info.epochs_done) == ("done", end.best_epoch, 3)


def test_that_a_resumed_run_stopped_before_a_new_epoch_stands_where_it_stood(small_set):
    run_until(small_set.fit(**SETTINGS), 1)
    before = read_info(small_set.run_folder)

    for event in small_set.fit(**SETTINGS, resume=True):
        if isinstance(event, RunStarted):
            break

    after = read_info(small_set.run_folder)
    assert (after.state, after.best_epoch, after.epochs_done) == ("stopped", before.best_epoch, 1)
