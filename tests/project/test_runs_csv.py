import csv
import io
from dataclasses import replace

from tlstudio.data.events import ImagesScanned
from tlstudio.model.settings import ModelSettings
from tlstudio.project.file import create_project
from tlstudio.project.project import Run
from tlstudio.project.runs_csv import runs_csv
from tlstudio.train.events import EpochDone, RunStarted
from tlstudio.train.settings import TrainSettings


def a_run(number, weights="random"):
    started = RunStarted(
        number, "2026-01-01", 5, 0, "CPU", "float32", 8, 3, 9, 90, 28, 50, weights.split("/")[-1], "f"
    )
    found = {"ants, red": (20, 25), "bees": (24, 25)}
    epoch = EpochDone(number, 1, 5, 0.5, 0.8, 0.4, 0.88, 1.5, True, 1e-3, found, [])
    settings = ModelSettings("resnet18", 3, weights)
    return Run(number, "done", settings, TrainSettings(seed=4), "f", started, (epoch,), 1, 1.5)


def rows_of(*runs, folder, fingerprint="f"):
    images = ImagesScanned(78, ["ants, red", "bees"], 0, 78, {"train": 28}, {}, fingerprint, None)
    project = replace(create_project(folder), images=images, runs=runs)
    return list(csv.DictReader(io.StringIO(runs_csv(project))))


def test_that_each_run_is_one_row_with_its_interval_and_its_classes(tmp_path):
    row = rows_of(a_run(1), folder=tmp_path / "Insects")[0]

    assert (row["run"], row["backbone"], row["frozen groups"], row["groups"]) == ("1", "resnet18", "3", "5")
    assert (row["validation accuracy"], row["right"], row["validation images"]) == ("0.880000", "44", "50")
    # Wilson's interval of 44 of 50 at 95 %, by hand.
    assert (row["low"][:5], row["high"][:5]) == ("0.761", "0.943")
    assert (row["ants, red: found"], row["ants, red: images"]) == ("20", "25")
    assert (row["seed"], row["images changed since"]) == ("4", "no")


def test_that_the_interval_is_the_one_by_groups_that_the_epoch_reported(tmp_path):
    run = a_run(1)
    of_groups = replace(run, epochs=(replace(run.epochs[0], accuracy_low=0.11, accuracy_high=0.99),))

    row = rows_of(of_groups, folder=tmp_path / "Insects")[0]

    assert (row["low"], row["high"]) == ("0.110000", "0.990000")


def test_that_the_augmentation_is_the_one_that_the_run_used(tmp_path):
    run = a_run(1)
    told = replace(run, started=replace(run.started, augmentation="none"))
    older = replace(run, train=replace(run.train, augmentation="light"))

    rows = rows_of(told, older, folder=tmp_path / "Insects")

    assert [row["augmentation"] for row in rows] == ["none", "light"]


def test_that_a_class_is_not_taken_for_a_formula(tmp_path):
    run = a_run(1)
    run = replace(run, epochs=(replace(run.epochs[0], found={"=1+1": (20, 25)}),))

    assert rows_of(run, folder=tmp_path / "Insects")[0]["'=1+1: found"] == "20"


def test_that_every_run_says_last_what_it_is_not_for(tmp_path):
    rows = rows_of(a_run(1), a_run(2), folder=tmp_path / "Insects")

    assert [list(row)[-1] for row in rows] == ["notice", "notice"]
    assert {row["notice"] for row in rows} == {"For research and teaching. Not a medical device."}


def test_that_a_run_without_an_epoch_has_empty_figures(tmp_path):
    bare = replace(a_run(2), epochs=(), best_epoch=0, state="failed")

    row = rows_of(a_run(1), bare, folder=tmp_path / "Insects")[1]

    assert (row["state"], row["validation accuracy"], row["bees: found"]) == ("failed", "", "")


def test_that_no_path_stands_in_the_table(tmp_path):
    text = str(rows_of(a_run(1, "/home/ada/weights.safetensors"), folder=tmp_path / "Insects"))

    assert "ada" not in text
    assert str(tmp_path) not in text


def test_that_runs_on_other_images_are_marked(tmp_path):
    row = rows_of(a_run(1), folder=tmp_path / "Insects", fingerprint="other")[0]

    assert row["images changed since"] == "yes"
