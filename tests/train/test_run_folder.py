"""A run's folder that is damaged says so; its metrics only ever grow by whole rows."""

import csv
import errno
import os
from dataclasses import replace

import pytest

from tlstudio.train.errors import RunUnreadable
from tlstudio.train.events import EpochDone
from tlstudio.train.run_folder import load_run
from tlstudio.train.run_info import append_metrics, drop_metrics_after, read_info, read_metrics


def test_that_a_run_without_its_file_is_told(tmp_path):
    with pytest.raises(RunUnreadable, match=r"run\.json"):
        read_info(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema": 1}', b"\xff\xfe"])
def test_that_a_damaged_run_file_is_told(tmp_path, content):
    (tmp_path / "run.json").write_bytes(content)

    with pytest.raises(RunUnreadable, match="it is damaged"):
        load_run(tmp_path)


def test_that_damaged_or_missing_weights_are_told(small_set):
    list(small_set.fit(epochs=1))
    best = small_set.run_folder / "best.safetensors"

    best.write_bytes(best.read_bytes()[:-1])
    with pytest.raises(RunUnreadable, match=r"best\.safetensors.*it is damaged"):
        load_run(small_set.run_folder)

    best.unlink()
    with pytest.raises(RunUnreadable, match=r"best\.safetensors.*it is missing"):
        load_run(small_set.run_folder)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("epoch,x\n1,a\n2,b\n3,c\n", "epoch,x\n1,a\n2,b\n"),
        ("epoch,x\n1,a\n2,b", "epoch,x\n1,a\n"),  # the last row was cut off
        ("epoch,x\n1,a\n2,2,b\n", "epoch,x\n1,a\n"),  # a row was cut off, and the next one glued to it
        ("epoch,x\n3,c\n", ""),
        ("", ""),
    ],
)
def test_that_rows_after_the_checkpoint_are_taken_back(tmp_path, before, after):
    (tmp_path / "metrics.csv").write_text(before)
    drop_metrics_after(tmp_path, 2)

    assert (tmp_path / "metrics.csv").read_text() == after


def test_that_a_row_is_taken_back_wherever_it_was_cut_off(tmp_path):
    folder = tmp_path / "0001"
    folder.mkdir()
    one = EpochDone(1, 1, 3, 0.5, 0.5, 0.5, 0.5, 1.0, True, 1e-3, {"ants": (1, 2), 'a "bee"': (1, 2)}, [])
    append_metrics(folder, [one])
    whole = (folder / "metrics.csv").read_bytes()
    append_metrics(folder, [replace(one, epoch=2)])
    longer = (folder / "metrics.csv").read_bytes()

    for length in range(len(whole), len(longer)):
        (folder / "metrics.csv").write_bytes(longer[:length])
        drop_metrics_after(folder, 2)
        assert (folder / "metrics.csv").read_bytes() == whole


@pytest.mark.parametrize("name", ["ants\u2028bees", "ants\x85bees", "ants\nbees", 'ants",bees'])
def test_that_rows_of_classes_with_any_name_stay(tmp_path, name):
    folder = tmp_path / "0001"
    folder.mkdir()
    first = EpochDone(1, 1, 3, 0.5, 0.5, 0.5, 0.5, 1.0, True, 1e-3, {name: (1, 2)}, [])
    append_metrics(folder, [first, replace(first, epoch=2), replace(first, epoch=3)])
    drop_metrics_after(folder, 2)

    assert read_metrics(folder, 3) == (first, replace(first, epoch=2))


def test_that_a_run_of_an_older_version_goes_on_in_the_columns_that_it_has(tmp_path):
    folder = tmp_path / "0001"
    folder.mkdir()
    ranged = EpochDone(1, 1, 3, 0.5, 0.5, 0.5, 0.5, 1.0, True, 1e-3, {"ants": (1, 2)}, [], 0.25, 0.75)
    append_metrics(folder, [ranged])
    with (folder / "metrics.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    places = [place for place, name in enumerate(rows[0]) if not name.startswith("accuracy_")]
    with (folder / "metrics.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[row[place] for place in places] for row in rows])

    append_metrics(folder, [replace(ranged, epoch=2)])

    without = replace(ranged, accuracy_low=None, accuracy_high=None)
    assert read_metrics(folder, 3) == (without, replace(without, epoch=2))


def test_that_rows_that_could_not_be_written_whole_are_not_there(tmp_path, monkeypatch):
    folder = tmp_path / "0001"
    folder.mkdir()
    told = EpochDone(1, 1, 3, 0.5, 0.5, 0.5, 0.5, 1.0, True, 1e-3, {}, [], 0.25, 0.75)
    epochs = [told, replace(told, epoch=2), replace(told, epoch=3, accuracy_low=None, accuracy_high=None)]
    append_metrics(folder, epochs[:1])

    def full(descriptor):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        append_metrics(folder, epochs[1:])
    monkeypatch.undo()
    append_metrics(folder, epochs[1:])

    assert read_metrics(folder, 3) == tuple(epochs)
    assert len((folder / "metrics.csv").read_text(encoding="utf-8").splitlines()) == 1 + 3
