"""Events as sentences for a terminal: counts before percent, a likely range beside a headline figure."""

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tlstudio import RESEARCH_NOTICE
from tlstudio.amounts import bound, counted, percent
from tlstudio.data.events import ImagesScanned
from tlstudio.evaluate.events import ClassResult, EvaluateDone
from tlstudio.events import Event, Failed, Noted, Stopped
from tlstudio.export.events import ExportDone, ImageUnreadable, PredictDone, Predicted
from tlstudio.project.events import ProjectCreated
from tlstudio.run.events import BackboneListed, DemoDone, DoctorDone, RunListed
from tlstudio.train.events import BatchHalved, EpochDone, RunFailed, RunStarted, TrainDone


def sentence(event: Event) -> str:
    """What the event says to a person; empty if it says nothing by itself. May have several lines."""
    match event:
        case Failed():
            return _failed(event)
        case Noted():
            return event.message
        case Stopped():
            return "Stopped; what was finished is kept."
        case ImagesScanned() | ProjectCreated():
            return _scanned(event)
        case RunStarted() | BatchHalved() | EpochDone() | TrainDone():
            return _training(event)
        case EvaluateDone():
            return _evaluated(event)
        case ExportDone():
            return _exported(event)
        case Predicted():
            share = event.probabilities.get(event.label, 0.0)
            return f"{event.image}: {event.label}, {_sureness(share)} sure"
        case ImageUnreadable():
            return f"{event.image}: not read. {event.reason}."
        case PredictDone():
            return _predicted(event)
        case DoctorDone():
            return _looked_over(event)
        case DemoDone():
            return _shown(event)
    return ""


def _failed(event: Failed) -> str:
    title = event.title
    if isinstance(event, RunFailed):
        title = f"{f'Run {event.run}' if event.run else 'A run'} failed, the others go on. {title}"
    details = f"\nDetails:\n{event.details}" if event.details else ""
    parts = (f"{title}.", event.message, event.what_to_try, details)
    return "\n".join(part for part in parts if part)


def share(part: int, whole: int) -> str:
    """How many of so many in percent; a dash of none."""
    return "–" if whole == 0 else percent(part / whole, whole)


def duration(seconds: float) -> str:
    """A time for people: "42 s", "about 11 min", "about 2 h 5 min"."""
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"about {minutes} min" if minutes < 60 else f"about {minutes // 60} h {minutes % 60} min"


def rate(a_second: float) -> str:
    """How many a second, at two digits or more: "0.31", "4.2", "1,234"."""
    return f"{a_second:,.0f}" if a_second >= 10 else f"{a_second:.2g}"


def near(path: str) -> str:
    """The path as seen from the working directory, if it lies below it."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their longest cell; numbers stand on the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    is_number = [all(_is_numeric(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, is_number or [False] * len(widths), strict=True)
        ).rstrip()
        for row in (header, *rows)
    )


def run_row(run: RunListed) -> tuple[str, ...]:
    """A run as a row of the table below `RUN_HEADER`."""
    best = _counts(run.validation_correct, run.validation_images)
    test = _counts(run.test_correct, run.test_images)
    state = f"{run.state}, earlier images" if run.is_stale else run.state
    return (
        str(run.run), state, run.backbone, str(run.freeze), f"{run.epochs_done} of {run.epochs}", best, test,
        duration(run.seconds),
    )  # fmt: skip


RUN_HEADER = ("Run", "State", "Backbone", "Freeze depth", "Epochs", "Validation", "Test", "Time")


def backbone_row(backbone: BackboneListed) -> tuple[str, ...]:
    """A backbone as a row of the table below `BACKBONE_HEADER`."""
    accuracy = "–" if backbone.imagenet_accuracy is None else f"{100 * backbone.imagenet_accuracy:.1f}%"
    speed = "–" if backbone.images_per_second is None else f"{rate(backbone.images_per_second)}/s"
    return (
        backbone.name, backbone.title, f"0 … {len(backbone.freeze_groups)}",
        f"{backbone.parameters / 1e6:.1f} M", f"{backbone.input_px} px", accuracy, speed, backbone.good_for,
    )  # fmt: skip


BACKBONE_HEADER = ("Name", "Title", "Freeze depth", "Values", "Input", "ImageNet", "Speed", "Good for")


def _is_numeric(cell: str) -> bool:
    return cell == "–" or cell.replace(",", "").rstrip("%").replace(".", "", 1).strip("<> ").isdigit()


def _counts(correct: int | None, images: int | None) -> str:
    if correct is None or images is None:
        return "–"
    return f"{correct:,} of {images:,} ({share(correct, images)})"


def _sureness(probability: float) -> str:
    return "over 99%" if probability > 0.99 else f"{100 * probability:.0f}%"


def _scanned(event: ImagesScanned | ProjectCreated) -> str:
    split = event.split
    lines = [
        f"{counted(event.images, 'image')} in {counted(len(event.classes), 'class', 'classes')}: "
        f"{', '.join(event.classes)}.",
        f"Training {split['train']:,} · Validation {split['validation']:,} · Test {split['test']:,}"
        + (f", {counted(event.groups, 'group')} kept together." if event.group_pattern else "."),
    ]
    if event.rejected:
        lines.append(
            f"{counted(event.rejected, 'file')} set aside, not deleted; images.csv names the reasons."
        )
    if isinstance(event, ProjectCreated):
        lines.append(f"The project lies in {event.path}.")
    return "\n".join(lines)


def _changes(augmentation: str) -> str:
    return "no augmentation" if augmentation == "none" else f"{augmentation} augmentation"


def _training(event: RunStarted | BatchHalved | EpochDone | TrainDone) -> str:
    match event:
        case RunStarted():
            start = f"Run {event.run}" if not event.epochs_done else f"Run {event.run} goes on"
            weights = "random weights" if event.weights == "random" else event.weights
            seed = f", seed {event.seed}" if event.seed >= 0 else ""
            changes = f", {_changes(event.augmentation)}" if event.augmentation else ""
            return (
                f"{start}: freeze depth {event.frozen_groups}{seed}{changes}; {event.train_images:,} images "
                f"for training, {event.validation_images:,} for validation, from {weights}, on {event.device}"
                f"; adjusts {event.trainable_parameters:,} of {event.total_parameters:,} values."
            )
        case BatchHalved():
            return f"The memory did not suffice; {counted(event.batch_size, 'image')} at a time from here on."
        case EpochDone():
            right = sum(found for found, _ in event.found.values())
            of = sum(images for _, images in event.found.values())
            best = ", best so far" if event.is_best else ""
            return (
                f"Epoch {event.epoch} of {event.epochs}: validation {right} of {of} right "
                f"({share(right, of)}), loss {event.validation_loss:.3f}{best}; "
                f"training {percent(event.train_accuracy)}, loss {event.train_loss:.3f}; "
                f"{duration(event.seconds)}"
            )
        case TrainDone():
            early = " It stopped early, as validation no longer rose." if event.stopped_early else ""
            return (
                f"Run {event.run} is done in {duration(event.seconds)}: epoch {event.best_epoch} was best "
                f"with {percent(event.validation_accuracy)} right on validation, and is kept.{early}"
                f"{_views(event.views)}"
            )


def _views(views: int) -> str:
    return f" It saw each training image in {counted(views, 'view')}." if views else ""


def _evaluated(event: EvaluateDone) -> str:
    head = (
        f"Run {event.run} on {counted(event.images, 'test image')}: {event.correct} of {event.images} right "
        f"({share(event.correct, event.images)}), likely between {bound(event.accuracy_low)}% and "
        f"{bound(event.accuracy_high)}%{f', by {event.groups:,} groups' if event.groups else ''}."
    )
    for warning in (event.caution, event.incomplete):
        head += f" {warning}" if warning else ""
    again = "" if event.times_seen <= 1 else f" The test images were looked at {event.times_seen} times."
    balanced = f"Balanced accuracy {100 * event.balanced_accuracy:.1f}%.{again}{_views(event.views)}"
    classes = table(
        ("Class", "Images", "Found", "False alarms", "Sensitivity", "Specificity"),
        [_class_row(one, event.images) for one in event.classes],
    )
    names = [one.name for one in event.classes]
    confusion = table(
        ("Confusion matrix", *names),
        [(name, *map(str, row)) for name, row in zip(names, event.confusion, strict=True)],
    )
    key = "Rows: true class; columns: predicted."
    return f"{head}\n{balanced}\n\n{classes}\n\n{confusion}\n{key}\n{RESEARCH_NOTICE}"


def _class_row(one: ClassResult, images: int) -> tuple[str, ...]:
    others = images - one.images
    return (
        one.name, str(one.images), str(one.found), str(one.false_alarms),
        share(one.found, one.images), share(others - one.false_alarms, others),
    )  # fmt: skip


def _exported(event: ExportDone) -> str:
    return (
        f"Run {event.run} is saved as {near(event.path)} ({event.megabytes:.1f} MB).\n"
        f"Run by onnxruntime, it gave the same class for {event.same_class} of "
        f"{counted(event.images_compared, 'image')}; the largest difference of a probability was "
        f"{event.largest_difference:.1g}. One image takes {event.milliseconds_per_image:.0f} ms here.\n"
        f"{RESEARCH_NOTICE}"
    )


def _predicted(event: PredictDone) -> str:
    unreadable = f", {event.unreadable} not read" if event.unreadable else ""
    table_at = f" The table lies in {event.csv}." if event.csv else ""
    asked = counted(event.images, "image")
    return f"{asked}{unreadable}, {duration(event.seconds)}.{table_at}\n{RESEARCH_NOTICE}"


def _looked_over(event: DoctorDone) -> str:
    lines = [
        f"{'✓' if check.is_ok else '✗'} {check.name}: {check.message}"
        + (f"\n  {check.what_to_try}" if check.what_to_try else "")
        for check in event.checks
    ]
    wrong = sum(not check.is_ok for check in event.checks)
    end = "Everything is as it should be." if event.is_ok else f"{counted(wrong, 'thing')} to look at."
    versions = ", ".join(f"{name} {version or 'missing'}" for name, version in event.versions.items())
    return "\n".join((*lines, "", f"Versions: {versions}.", end))


def command() -> str:
    """How this program can be started again from here: by its name only if the shell would find it."""
    if shutil.which("tlstudio"):
        return "tlstudio"
    started = Path(sys.argv[0])
    return os.path.relpath(started) if started.name == "tlstudio" else "python -m tlstudio"


def _shown(event: DemoDone) -> str:
    right = round(event.accuracy * event.test_images)
    return (
        f"\nThe demo is done in {duration(event.seconds)}. On {counted(event.test_images, 'test image')} "
        f"{right} answers were right ({share(right, event.test_images)}), likely between "
        f"{bound(event.accuracy_low)}% and {bound(event.accuracy_high)}%.\nThe exported model, run by "
        f"onnxruntime alone, was right for {event.predicted_right} of {event.predicted} of them.\n"
        f"  Images   {event.images_folder}\n  Project  {event.project}\n  Model    {event.model}\n"
        f"See it in the window with: {command()} {shlex.quote(event.project)}"
    )
