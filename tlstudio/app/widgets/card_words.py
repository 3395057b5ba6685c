"""What the model card says, read off a run and its results."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tlstudio import __version__
from tlstudio.amounts import counted, percent
from tlstudio.app.model_choice import title_of
from tlstudio.data.events import ImagesScanned
from tlstudio.data.table import ImageRow, are_grouped
from tlstudio.evaluate.events import EvaluateDone
from tlstudio.export.events import ExportDone
from tlstudio.project.project import Run

WEAK_POINTS = 3
FEW_IMAGES = 10
"""Fewer images of a class than this in the test split say little about it."""


@dataclass(frozen=True)
class CardText:
    """The parts of the card that the app fills in.

    Attributes:
        results_title: with how many images, where there are any.
        fingerprint: short; the whole of it is in `sha256`.
    """

    made_for: str
    learned_from: str
    results_title: str
    results: str
    weak_points: str
    how_made: str
    fingerprint: str
    sha256: str


def card_text(run: Run, images: ImagesScanned | None, rows: Sequence[ImageRow]) -> CardText:
    """The card of one run.

    Args:
        run: with at least one finished epoch.
        images: what the project's scan reported.
        rows: the run's own table; empty if it is not there.
    """
    return CardText(
        made_for=_made_for(run, images),
        learned_from=_learned_from(run, rows),
        results_title=_results_title(run.evaluation),
        results=_results(run.evaluation),
        weak_points=_weak_points(run.evaluation),
        how_made=_how_made(run),
        fingerprint=_fingerprint(run.exported),
        sha256=run.exported.sha256 if run.exported else "",
    )


def _made_for(run: Run, images: ImagesScanned | None) -> str:
    classes = [result.name for result in run.evaluation.classes] if run.evaluation else []
    if not classes and run.best is not None:
        classes = list(run.best.found)
    if not classes and images is not None:
        classes = images.classes
    return f"Sorting images into {counted(len(classes), 'class', 'classes')}: {', '.join(classes)}."


def _learned_from(run: Run, rows: Sequence[ImageRow]) -> str:
    training = [row for row in rows if row.split == "train"]
    total = counted(len(training) or run.started.train_images, "Training image")
    if not training:
        return f"{total}."
    counts = Counter(row.class_name for row in training)
    each = ", ".join(f"{name} {number:,}" for name, number in sorted(counts.items()))
    groups = counted(len({row.group for row in training}), "group")
    of_groups = f" from {groups}" if are_grouped(rows) else ""
    return f"{total}{of_groups}. {each}."


def _results_title(evaluation: EvaluateDone | None) -> str:
    if evaluation is None:
        return "Results on unseen images"
    kind = "test image" if evaluation.shared_groups else "unseen image"
    return f"Results on {counted(evaluation.images, kind)}"


def _results(evaluation: EvaluateDone | None) -> str:
    if evaluation is None:
        return "Not evaluated yet."
    n = evaluation.images
    low, high = (
        percent(bound, n).rstrip("%") for bound in (evaluation.accuracy_low, evaluation.accuracy_high)
    )
    by = f", by {evaluation.groups:,} groups" if evaluation.groups else ""
    said = f"{evaluation.correct:,} of {n:,} right, {percent(evaluation.accuracy, n)} ({low} to {high}%{by})."
    judged = [result for result in evaluation.classes if result.images]
    if len(judged) > 1:
        least = min(judged, key=lambda result: result.sensitivity)
        said += f" Least found: {least.name}, {least.found:,} of {least.images:,}."
    if evaluation.times_seen > 1:
        said += f" The test split was looked at {evaluation.times_seen} times."
    return " ".join(part for part in (said, evaluation.caution, evaluation.incomplete) if part)


def _weak_points(evaluation: EvaluateDone | None) -> str:
    if evaluation is None:
        return "Known once the run has been evaluated."
    names = [result.name for result in evaluation.classes]
    mixed = [
        (count / max(1, sum(row)), count, sum(row), names[true], names[called])
        for true, row in enumerate(evaluation.confusion)
        for called, count in enumerate(row)
        if called != true and count
    ]
    mixed.sort(key=lambda mistake: (-mistake[0], -mistake[1]))
    said = [
        f"Calls {count:,} of {of:,} {true} images “{called}”."
        for _, count, of, true, called in mixed[:WEAK_POINTS]
    ]
    if not said:
        said = [f"No mistake on these {evaluation.images:,} images; others may show some."]
    few = [result.name for result in evaluation.classes if result.images < FEW_IMAGES]
    if few:
        shown = ", ".join(few[:WEAK_POINTS]) + (" and others" if len(few) > WEAK_POINTS else "")
        said.append(f"Fewer than {FEW_IMAGES} test images of {shown}.")
    said.append("Not tested on images from elsewhere.")
    return " ".join(said)


def _how_made(run: Run) -> str:
    start = "from random weights" if run.started.weights == "random" else f"from {run.started.weights}"
    parts = [
        f"{title_of(run.model.backbone)} {start}",
        f"{counted(run.started.frozen_groups, 'block')} frozen",
        f"epoch {run.best_epoch} of {len(run.epochs)} kept",
        f"seed {run.train.seed}",
        f"TL Studio {__version__}",
    ]
    return ", ".join(parts) + "."


def _fingerprint(exported: ExportDone | None) -> str:
    if exported is None:
        return "Known once the file is saved."
    start = exported.sha256[:16]
    return " ".join(start[place : place + 4] for place in range(0, 16, 4)) + " … (SHA-256)"
