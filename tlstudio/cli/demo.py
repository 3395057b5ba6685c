"""The demo: a sample set is drawn, learned, judged, exported and answered, with nothing else needed."""

import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from tlstudio.cli.new import make_project
from tlstudio.cli.printing import Printer
from tlstudio.cli.running import run_apart, run_step, writable
from tlstudio.data.samples import SAMPLES, draw_sample
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import ImageRow, read_table
from tlstudio.export.events import Predicted
from tlstudio.model.settings import ModelSettings
from tlstudio.project.errors import ProjectFolderTaken
from tlstudio.project.file import IMAGES_NAME, save_project
from tlstudio.project.project import Project
from tlstudio.run.events import DemoDone
from tlstudio.train.settings import TrainSettings

SAMPLE = "blood-cells"
MODEL = ModelSettings(backbone="resnet10t", freeze=0)
TRAIN = TrainSettings(epochs=3, batch_size=16, early_stop_epochs=None)
"""From the bundled weights; 75 of 75 test images were right."""

PREDICTED_IMAGES = 12


def show(folder: Path | None, printer: Printer) -> None:
    """Go through all steps in a folder that is made for it.

    Raises:
        TLStudioError: what a step raises.
        typer.Exit: if asking the exported model failed, which is shown.
    """
    started = time.monotonic()
    folder = _free_folder() if folder is None else folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectFolderTaken(folder)
    images_folder, project_folder = folder / "images", folder / "project"
    for event in draw_sample(SAMPLE, images_folder):
        printer.show(event)
    settings = DataSettings(root=str(images_folder.absolute()), group_pattern=SAMPLES[SAMPLE].group_pattern)
    for event in make_project(project_folder, settings):
        printer.show(event)
    model = project_folder / "exports" / "blood-cells.onnx"
    with writable(project_folder) as opened:
        project = _worked_through(opened, model, printer)
    rows = _some_test_images(project)
    answers = _predicted([images_folder / row.path for row in rows], model, printer)
    printer.show(_summary(folder, model, project, rows, answers, time.monotonic() - started))


def _worked_through(project: Project, model: Path, printer: Printer) -> Project:
    project = project.with_settings(model=MODEL, train=TRAIN)
    save_project(project)
    project = run_step(project, "train", printer)
    project = run_step(project, "evaluate", printer)
    return run_step(project, "export", printer, to=model)


def _predicted(images: Sequence[Path], model: Path, printer: Printer) -> list[Predicted]:
    """The exported model's answers, from a process that never loads torch."""
    events = run_apart("predict", printer, model=model, images=[str(path) for path in images])
    return [event for event in events if isinstance(event, Predicted)]


def _summary(
    folder: Path,
    model: Path,
    project: Project,
    rows: Sequence[ImageRow],
    answers: Sequence[Predicted],
    seconds: float,
) -> DemoDone:
    run = project.run()
    if run is None or run.evaluation is None or project.images is None:
        raise AssertionError("every step came to its end")
    judged = run.evaluation
    right = sum(row.class_name == answer.label for row, answer in zip(rows, answers, strict=True))
    return DemoDone(
        project=str(folder / "project"),
        images_folder=str(folder / "images"),
        model=str(model),
        images=project.images.images,
        test_images=judged.images,
        accuracy=judged.accuracy,
        accuracy_low=judged.accuracy_low,
        accuracy_high=judged.accuracy_high,
        predicted=len(answers),
        predicted_right=right,
        seconds=seconds,
    )


def _some_test_images(project: Project) -> list[ImageRow]:
    """A few test images, spread over the table and so over the classes."""
    rows = [row for row in read_table(project.folder / IMAGES_NAME) if row.split == "test"]
    return rows[:: max(1, len(rows) // PREDICTED_IMAGES)][:PREDICTED_IMAGES]


def _free_folder() -> Path:
    names = ("demo" if number == 1 else f"demo-{number}" for number in count(1))
    return next(Path(name) for name in names if not Path(name).exists())
