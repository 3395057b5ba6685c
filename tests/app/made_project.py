"""A project as it would be after training, without the work; and steps that tell what they are given."""

import hashlib
import threading
from dataclasses import replace
from pathlib import Path

from tlstudio.data.events import ImagesScanned
from tlstudio.data.table import ImageRow, write_table
from tlstudio.evaluate.events import ClassResult, EvaluateDone
from tlstudio.events import Stopped
from tlstudio.export.events import ExportDone
from tlstudio.model.settings import ModelSettings
from tlstudio.project.file import create_project, save_project
from tlstudio.project.project import Run
from tlstudio.train.events import EpochDone, RunStarted
from tlstudio.train.settings import TrainSettings

CLASSES = ["Blast cell", "Lymphocyte"]
SHA256 = "4f9c21ab7e03d5c8" * 4


def a_run(number=1, accuracy=0.9, *, fingerprint="f", state="done", evaluation=None, epochs=2):
    started = RunStarted(
        number, "2026-01-01", 20, 0, "CPU", "float32", 32, 3, 9, 23_500_000, 30, 10, "random", fingerprint
    )
    found = dict.fromkeys(CLASSES, (4, 5))
    done = tuple(
        EpochDone(number, place + 1, 20, 0.5, 0.8, 0.6, accuracy, 30.0, True, 1e-3, found, [])
        for place in range(epochs)
    )
    model = ModelSettings("resnet50", 3)
    return Run(
        number, state, model, TrainSettings(), fingerprint, started, done, epochs, 60.0, evaluation, None
    )


def an_evaluation(run=1, confusion=((18, 2), (4, 16)), times_seen=1):
    correct = sum(row[place] for place, row in enumerate(confusion))
    images = sum(map(sum, confusion))
    classes = [
        ClassResult(name, sum(row), row[place], 0, row[place] / sum(row), 0.0, 1.0, 0.9, 0.8, 1.0)
        for place, (name, row) in enumerate(zip(CLASSES, confusion, strict=True))
    ]
    share = correct / images
    matrix = [list(row) for row in confusion]
    return EvaluateDone(run, "test", images, correct, share, 0.70, 0.93, share, classes, matrix, times_seen)


def an_export(path, run=1, images=40):
    """Of the file as it is there now, or of one that is gone."""
    sha256 = hashlib.sha256(Path(path).read_bytes()).hexdigest() if Path(path).is_file() else SHA256
    return ExportDone(run, str(path), images, images, 4e-6, 94.3, 9.2, sha256)


def rows(train=30, test=10, groups=0):
    return [
        ImageRow(
            path := f"{name}/{place}.png",
            name,
            f"patient {place % groups}" if groups else path,
            "train" if place < train // 2 else "test",
            "0" * 64,
            32,
            32,
        )
        for name in CLASSES
        for place in range((train + test) // 2)
    ]


def a_project(folder, *runs, table=None):
    """A saved project with these runs."""
    split = {"train": 30, "validation": 10, "test": 10}
    images = ImagesScanned(50, CLASSES, 0, 50, split, dict.fromkeys(CLASSES, 25), "f", None)
    project = replace(create_project(folder), images=images, runs=runs)
    for run in runs:
        project.run_folder(run.number).mkdir(parents=True)
        write_table(project.run_folder(run.number) / "images.csv", table or rows())
    save_project(project)
    return project


class Rehearsal:
    """Begins steps that tell what they are given, one event after another, and end when they are let go."""

    def __init__(self, told=()):
        self.begun = []
        self.told = list(told)
        self.let_go = threading.Event()
        self.let_go.set()

    def __call__(self, step, folder, options, settings=None):
        runner = Rehearsed(step, options, self.told.pop(0) if self.told else [], self.let_go)
        self.begun.append(runner)
        return runner


class Rehearsed:
    """One rehearsed step."""

    def __init__(self, step, options, events, let_go):
        self.step, self.options, self.events, self.let_go = step, options, events, let_go
        self.is_killed = False

    def __iter__(self):
        events = self.events(self.options) if callable(self.events) else self.events
        yield from events
        self.let_go.wait(10)
        if self.is_killed:
            yield Stopped(self.step)

    def stop(self, grace_seconds=10.0):
        self.kill()

    def kill(self):
        self.is_killed = True
        self.let_go.set()

    def pause(self):
        pass

    def go_on(self):
        pass
