"""A run reports what it does, keeps its best weights, and leaves what is frozen alone."""

import csv
import errno
import json
import math
import shutil
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tlstudio import atomic
from tlstudio.data.images import read_image
from tlstudio.data.preprocess import prepare
from tlstudio.events import Noted, Progress
from tlstudio.metrics import grouped_interval
from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.errors import FreezeDepthOutOfRange, UnknownBackbone, WeightsNotFound
from tlstudio.model.groups import parameter_groups
from tlstudio.model.network import create
from tlstudio.model.predict import probabilities
from tlstudio.train import features, settings
from tlstudio.train import fit as fitting
from tlstudio.train import step as stepping
from tlstudio.train.errors import BatchTooSmall, LossNotFinite, MemoryTooSmall, NothingToTrainOn, RunNotSaved
from tlstudio.train.events import BatchDone, BatchHalved, EpochDone, RunStarted, TrainDone
from tlstudio.train.run_folder import load_run
from tlstudio.train.run_info import read_info
from tlstudio.train.settings import TrainSettings, with_augmentation
from tlstudio.train.validation_file import (
    VALIDATION_NAME,
    ValidationAnswer,
    read_validation,
    write_validation,
)
from tlstudio.work_clock import CLOCK


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_that_a_run_goes_from_its_start_over_every_epoch_to_its_end(small_set):
    events = list(small_set.fit(epochs=3))
    kinds = [type(event) for event in events if type(event) not in (Progress, Noted, BatchDone)]
    started, done = of(RunStarted, events)[0], events[-1]

    assert kinds == [RunStarted, EpochDone, EpochDone, EpochDone, TrainDone]
    assert [event.epoch for event in of(EpochDone, events)] == [1, 2, 3]
    assert (started.train_images, started.validation_images, started.epochs_done) == (10, 4, 0)
    assert started.trainable_parameters == TEST_BACKBONES["test_resnet"].trainable_parameters(0, 2)
    assert (started.precision, started.weights, started.device) == ("float32", "random", "CPU, 1 thread")
    assert done.best_epoch == [event.epoch for event in of(EpochDone, events) if event.is_best][-1]
    assert not done.stopped_early


def test_that_a_pause_takes_no_time_of_a_run(small_set, monkeypatch):
    clock, away = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock() + away[0])
    monkeypatch.setattr(fitting, "SECONDS_BETWEEN_EVENTS", 0.0)
    events = []
    for event in small_set.fit(epochs=2):
        events.append(event)
        with CLOCK.paused():
            away[0] += 1e6

    assert of(BatchDone, events)
    assert all(event.seconds < 1e3 for event in of(EpochDone, events))
    assert events[-1].seconds < 1e3
    assert read_info(small_set.run_folder).seconds < 1e3


def test_that_the_answers_of_the_best_epoch_are_kept_image_by_image(small_set):
    events = list(small_set.fit(epochs=4, augmentation="none"))
    answers = read_validation(small_set.run_folder)
    best = of(EpochDone, events)[events[-1].best_epoch - 1]
    trained = load_run(small_set.run_folder)
    p = trained.preprocessing

    assert [(row.path, row.group, row.label) for row in answers] == [
        (row.path, row.group, row.class_name) for row in small_set.rows if row.split == "validation"
    ]
    assert sum(row.is_right for row in answers) / len(answers) == best.validation_accuracy
    for row in answers:
        pixels = np.stack([prepare(read_image(small_set.root / row.path), p)])
        shares = probabilities(trained.network, pixels, p)[0]
        assert row.predicted == trained.classes[int(shares.argmax())]
        assert row.probability == pytest.approx(float(shares.max()), abs=1e-4)


@pytest.mark.parametrize("damage", ["missing", "empty", "cut off", "other columns", "not text"])
def test_that_a_damaged_list_of_answers_counts_as_none(tmp_path, damage):
    answers = [ValidationAnswer(f"dark/{number}.png", "lot", "dark", "light", 0.75) for number in (1, 2)]
    write_validation(tmp_path, answers)
    path = tmp_path / VALIDATION_NAME
    whole = path.read_bytes()
    assert read_validation(tmp_path) == tuple(answers)
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(
            {"empty": b"", "cut off": whole[:-20], "other columns": b"a,b\n1,2\n", "not text": b"\xff" * 50}[
                damage
            ]
        )

    assert read_validation(tmp_path) == ()


def test_that_two_classes_of_dark_and_light_are_told_apart(small_set):
    best = max(
        event.validation_accuracy for event in of(EpochDone, small_set.fit(epochs=6, augmentation="none"))
    )

    assert best == 1.0


def test_that_epochs_tell_what_was_found_and_show_the_same_samples(small_set):
    first, second = of(EpochDone, small_set.fit())
    found, images = zip(*second.found.values(), strict=True)

    assert list(second.found) == ["dark", "light"]
    assert images == (2, 2)
    assert sum(found) / 4 == second.validation_accuracy
    # four validation images, the classes in turn
    expected = ["dark/5.png", "light/5.png", "dark/6.png", "light/6.png"]
    assert [sample.path for sample in first.samples] == expected
    assert [sample.path for sample in second.samples] == expected
    assert all(0.5 <= sample.probability <= 1 for sample in second.samples)


def test_that_the_metrics_file_holds_what_was_reported(small_set):
    events = of(EpochDone, small_set.fit())
    with (small_set.run_folder / "metrics.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    assert [int(row["epoch"]) for row in rows] == [1, 2]
    assert [float(row["validation_loss"]) for row in rows] == [event.validation_loss for event in events]
    assert json.loads(rows[1]["found"]) == {name: list(pair) for name, pair in events[1].found.items()}


def test_that_the_run_file_tells_how_the_run_can_be_repeated(small_set):
    list(small_set.fit(freeze=2, seed=7))
    info = read_info(small_set.run_folder)

    assert (info.state, info.seed, info.classes) == ("done", 7, ("dark", "light"))
    assert (info.data_fingerprint, info.frozen_groups) == ("0f", ("stem", "layer1"))
    assert set(info.versions) >= {"tlstudio", "python", "torch", "timm"}
    assert info.preprocessing == TEST_BACKBONES["test_resnet"].preprocessing


def test_that_nothing_in_the_run_folder_names_a_place_of_this_computer(small_set, tmp_path):
    weights = tmp_path / "start.safetensors"
    save_file(create(TEST_BACKBONES["test_resnet"], 2).state_dict(), weights)
    started = of(RunStarted, small_set.fit(weights=weights))[0]
    written = [path for path in small_set.run_folder.iterdir() if path.is_file()]

    assert started.weights == "start.safetensors"
    assert len(read_info(small_set.run_folder).weights_sha256) == 64
    assert [path.name for path in written if str(tmp_path).encode() in path.read_bytes()] == []


def test_that_the_best_weights_give_the_best_epochs_answers_again(small_set):
    events = list(small_set.fit(epochs=3))
    best = of(EpochDone, events)[events[-1].best_epoch - 1]
    trained = load_run(small_set.run_folder)

    assert trained.classes == ("dark", "light")
    assert trained.info.best_epoch == best.epoch
    assert not trained.network.training
    for sample in best.samples:
        pixels = prepare(read_image(small_set.root / sample.path), trained.preprocessing)
        row = probabilities(trained.network, pixels[None], trained.preprocessing)[0]
        assert trained.classes[row.argmax()] == sample.predicted
        assert row.max() == pytest.approx(sample.probability, abs=1e-5)


@pytest.mark.parametrize("place", ["none", "middle", "head"])
@pytest.mark.parametrize("name", TEST_BACKBONES)
def test_that_training_leaves_frozen_parameters_and_buffers_byte_identical(small_set, name, place):
    row = TEST_BACKBONES[name]
    depth = {"none": 0, "middle": row.head_depth // 2, "head": row.head_depth}[place]
    network = create(row, 2, seed=0)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    frozen = {key for group in parameter_groups(network)[:depth] for key in group.parameters}
    modules = {key.rpartition(".")[0] for key in frozen}
    frozen |= {key for key in before if key.rpartition(".")[0] in modules}

    list(small_set.fit(model=name, freeze="head" if place == "head" else depth, epochs=1, is_averaged=True))

    for file in ("best.safetensors", "last.safetensors"):
        after = load_file(small_set.run_folder / file)
        after = {key.removeprefix("weights/"): value for key, value in after.items() if "average/" not in key}
        changed = [key for key in before if not torch.equal(before[key], after[key])]
        assert sorted(set(changed) & frozen) == []
        assert set(changed) >= set(parameter_groups(network)[-1].parameters)


def test_that_the_likely_range_of_an_epoch_counts_groups_where_images_share_them(small_set, monkeypatch):
    validation = [row.path for row in small_set.rows if row.split == "validation"]
    group = dict(zip(validation, ("alone", "three", "three", "three"), strict=True))
    rows = tuple(replace(row, group=group.get(row.path, row.path)) for row in small_set.rows)
    real = fitting.validate

    def first_one_wrong(*arguments):
        judged = yield from real(*arguments)
        return replace(judged, is_right=torch.tensor([False, True, True, True]))

    monkeypatch.setattr(fitting, "validate", first_one_wrong)
    epoch = of(EpochDone, small_set.fit(epochs=1, rows=rows))[0]

    assert (epoch.accuracy_low, epoch.accuracy_high) == grouped_interval([0, 1, 1, 1], [0, 1, 1, 1])
    assert (epoch.accuracy_low, epoch.accuracy_high) != grouped_interval([0, 1, 1, 1], [1, 1, 1, 0])


@pytest.mark.parametrize(
    ("images", "options", "expected"),
    [
        (100, {}, "none"),
        (101, {}, "light"),
        (100, {"views": 2}, "none"),
        (101, {"augmentation": "none"}, "none"),
        (100, {"augmentation": "strong"}, "strong"),
    ],
)
def test_that_the_automatic_augmentation_goes_by_the_number_of_images(images, options, expected):
    assert with_augmentation(TrainSettings(**options), images).augmentation == expected


def test_that_a_run_tells_what_the_automatic_augmentation_was_and_stays_with_it(small_set, monkeypatch):
    events = small_set.fit(epochs=3)
    first = next(event for event in events if isinstance(event, EpochDone))
    events.close()
    monkeypatch.setattr(settings, "FEW_IMAGES", 0)  # another version, where ten images are not few
    resumed = list(small_set.fit(epochs=3, resume=True))
    info = read_info(small_set.run_folder)

    assert first.epoch == 1
    assert of(RunStarted, resumed)[0].augmentation == info.augmentation == "none"
    assert info.train.augmentation == "auto"


def test_that_a_pretrained_start_changes_the_numbers_and_is_told(small_set, tmp_path):
    save_file(create(TEST_BACKBONES["test_resnet"], 5, seed=9).state_dict(), tmp_path / "start.safetensors")

    events = list(small_set.fit(weights=tmp_path / "start.safetensors", epochs=1))

    assert "Starts from start.safetensors" in of(Noted, events)[0].message
    assert of(RunStarted, events)[0].weights == "start.safetensors"


def test_that_random_weights_are_told_and_frozen_random_layers_warned_of(small_set):
    free = of(Noted, small_set.fit(epochs=1))[0].message
    frozen = of(Noted, small_set.elsewhere("b").fit(epochs=1, freeze="head"))[0].message

    assert "random weights" in free
    assert "frozen" not in free
    assert "frozen layers are random too" in frozen


def test_that_training_stops_when_accuracy_no_longer_rises(small_set):
    events = list(small_set.fit(epochs=30, early_stop_epochs=2, learning_rate=1e-9))

    assert events[-1].stopped_early
    assert len(of(EpochDone, events)) == events[-1].best_epoch + 2


def test_that_the_same_seed_gives_the_same_numbers_and_another_seed_others(small_set):
    def losses(name, seed):
        return [
            event.train_loss
            for event in of(EpochDone, small_set.elsewhere(name).fit(seed=seed, augmentation="strong"))
        ]

    assert losses("a", 1) == losses("b", 1)
    assert losses("a", 1) != losses("c", 2)


def test_that_a_stopped_fit_keeps_the_best_weights(small_set):
    events = small_set.fit(epochs=9)
    for event in events:
        if isinstance(event, EpochDone):
            break
    events.close()

    assert read_info(small_set.run_folder).state == "stopped"
    assert load_run(small_set.run_folder).info.best_epoch == 1


def test_that_a_loss_that_is_no_number_ends_the_run_and_keeps_the_best(small_set, monkeypatch):
    real = stepping._gradients

    def broken(trainee, *batch):
        done = real(trainee, *batch)
        return done if trainee.step < 3 else replace(done, loss=torch.full_like(done.loss, math.nan))

    monkeypatch.setattr(stepping, "_gradients", broken)
    with pytest.raises(LossNotFinite, match="error became impossible to compute in epoch 2"):
        list(small_set.fit())

    assert read_info(small_set.run_folder).state == "failed"
    assert load_run(small_set.run_folder).info.best_epoch == 1


def out_of_memory_above(images, monkeypatch):
    """As on a device whose memory holds so many images."""
    real = stepping.on_device

    def limited(inputs, device):
        if len(inputs) > images:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return real(inputs, device)

    monkeypatch.setattr(stepping, "on_device", limited)


def test_that_a_batch_too_large_for_the_memory_is_halved_and_no_image_lost(small_set, monkeypatch):
    seen = []
    real = features.augmented
    monkeypatch.setattr(features, "augmented", lambda *a: (seen.extend(a[1].tolist()), real(*a))[1])
    out_of_memory_above(2, monkeypatch)
    events = list(small_set.fit(batch_size=8, epochs=1, augmentation="light"))

    # ten images are two batches of five: five → two at a time, in three pieces
    assert of(BatchHalved, events) == [BatchHalved(run=1, batch_size=2, accumulated=3)]
    assert isinstance(events[-1], TrainDone)
    assert sorted(seen) == list(range(10))


def test_that_halving_changes_no_gradient_where_there_are_no_batch_statistics(small_set, monkeypatch):
    whole = of(EpochDone, small_set.elsewhere("a").fit(model="test_vit", epochs=1))[0]
    real = fitting.get_ready

    def small(*options):
        ready = yield from real(*options)
        ready.trainee.images_at_a_time = 2
        return ready

    monkeypatch.setattr(fitting, "get_ready", small)
    pieces = of(EpochDone, small_set.elsewhere("b").fit(model="test_vit", epochs=1))[0]

    assert pieces.train_loss == pytest.approx(whole.train_loss, abs=1e-5)
    assert pieces.validation_loss == pytest.approx(whole.validation_loss, abs=1e-4)


def test_that_not_even_one_image_in_memory_is_an_error_in_words(small_set, monkeypatch):
    out_of_memory_above(0, monkeypatch)

    with pytest.raises(MemoryTooSmall, match=r"one image of 64 × 64 pixels"):
        list(small_set.fit())


def test_that_a_full_disk_while_saving_leaves_the_older_files_whole(small_set, monkeypatch):
    monkeypatch.setattr("tlstudio.train.keeper.FIRST_SECONDS", 0.0)  # the first epoch is saved at once
    events = small_set.fit(epochs=9)
    while not isinstance(next(events), EpochDone):
        pass
    files = {path.name: path.read_bytes() for path in small_set.run_folder.iterdir()}

    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic, "_sync", full)
    with pytest.raises(RunNotSaved, match="no space left on device"):
        list(events)
    monkeypatch.undo()

    # the row that was appended is dropped when the run goes on
    assert (small_set.run_folder / "best.safetensors").read_bytes() == files["best.safetensors"]
    assert load_run(small_set.run_folder).info.best_epoch == 1
    assert [event.epoch for event in of(EpochDone, small_set.fit(epochs=3, resume=True))] == [2, 3]


def test_that_a_stop_whose_last_epochs_can_not_be_saved_says_so(small_set, monkeypatch):
    monkeypatch.setattr("tlstudio.train.keeper.seconds_until_next", lambda _: 1e9)
    events = small_set.fit(epochs=9)
    while not (isinstance(event := next(events), EpochDone) and event.epoch == 2):
        pass

    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic, "_sync", full)
    with pytest.raises(RunNotSaved, match="no space left on device"):
        events.close()


def test_that_training_goes_on_when_the_images_vanish_after_decoding(small_set):
    events = small_set.fit(epochs=3)
    while not isinstance(next(events), EpochDone):
        pass
    shutil.rmtree(small_set.root)

    assert isinstance(list(events)[-1], TrainDone)


@pytest.mark.parametrize("split", ["train", "validation"])
def test_that_an_empty_split_is_refused(small_set, split):
    rows = [row for row in small_set.rows if row.split != split]

    with pytest.raises(NothingToTrainOn):
        list(small_set.fit(rows=rows))


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"model": "resnet1"}, UnknownBackbone),
        ({"freeze": 99}, FreezeDepthOutOfRange),
        ({"weights": "gone.safetensors"}, WeightsNotFound),
    ],
)
def test_that_what_can_not_be_built_is_refused_before_a_run_starts(small_set, options, error):
    with pytest.raises(error):
        list(small_set.fit(**options))

    assert not (small_set.run_folder / "run.json").exists()


def test_that_batch_norm_over_single_values_is_an_error_in_words(small_set, monkeypatch):
    def single(*_):
        raise ValueError("Expected more than 1 value per channel when training, got input size [1, 9, 1, 1]")

    monkeypatch.setattr(stepping, "_gradients", single)
    with pytest.raises(BatchTooSmall):
        list(small_set.fit(batch_size=1))


def test_that_the_average_is_judged_and_kept(small_set):
    plain = of(EpochDone, small_set.elsewhere("a").fit())
    averaged = of(EpochDone, small_set.elsewhere("b").fit(is_averaged=True))

    assert [event.train_loss for event in plain] == [event.train_loss for event in averaged]
    assert plain[1].validation_loss != averaged[1].validation_loss
