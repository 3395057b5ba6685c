"""How good a run is on the images that it never saw."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tlstudio.data.table import ImageRow, Split
from tlstudio.errors import reason_of
from tlstudio.evaluate.answers import Answers, ask
from tlstudio.evaluate.errors import ClassUnknown, EvaluationNotSaved, NoTestImages
from tlstudio.evaluate.evaluation_file import EVALUATION_NAME, write_evaluation
from tlstudio.evaluate.events import ClassResult, EvaluateDone
from tlstudio.evaluate.predictions import PREDICTIONS_NAME, Prediction, write_predictions
from tlstudio.events import Event
from tlstudio.metrics import (
    Counts,
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    grouped_interval,
    numbered,
    sensitivity,
    specificity,
)
from tlstudio.train.run_folder import TrainedRun, load_run

SPLIT: Split = "test"


def assess(
    run_folder: Path,
    rows: Sequence[ImageRow],
    data_root: Path,
    cache_folder: Path,
    times_seen: int,
    run: int,
) -> Iterator[Event]:
    """Judge a run's best weights on the test split; predictions.csv and evaluation.json go into its folder.

    Yields:
        Progress, Noted; last EvaluateDone.

    Raises:
        NoTestImages: if the run's table has none.
        TLStudioError: if the run or its images can't be read, or the result can't be written.
    """
    test = [row for row in rows if row.split == SPLIT]
    if not test:
        raise NoTestImages
    trained = load_run(run_folder)
    for row in test:
        if row.class_name not in trained.classes:
            raise ClassUnknown(row.class_name)
    answers = yield from ask(trained, test, data_root, cache_folder, "Judging test images")
    done = judgement(answers, trained.classes, run=run, times_seen=times_seen)
    learned = {row.group for row in rows if row.split not in (SPLIT, "")}
    shared = {row.group for row in answers.rows} & learned
    left_out = sum(not row.is_set_aside for row in test) - len(answers.rows)
    done = replace(done, views=trained.info.views_seen, shared_groups=len(shared), left_out=left_out)
    _write(run_folder, trained, answers, done)
    yield done


def judgement(answers: Answers, classes: Sequence[str], *, run: int, times_seen: int) -> EvaluateDone:
    """The answers counted against the labels, with 95 % intervals by the groups that the images belong to."""
    labels = [classes.index(row.class_name) for row in answers.rows]
    confusion = confusion_matrix(labels, answers.predicted, len(classes))
    images, correct = int(confusion.sum()), int(np.trace(confusion))
    right = np.asarray(labels) == answers.predicted
    groups = numbered(row.group for row in answers.rows)
    low, high = grouped_interval(right, groups)
    return EvaluateDone(
        run=run,
        split=SPLIT,
        images=images,
        correct=correct,
        accuracy=accuracy(confusion),
        accuracy_low=low,
        accuracy_high=high,
        balanced_accuracy=balanced_accuracy(confusion),
        classes=[
            _class_result(confusion, index, name, _intervals_of(answers, labels, groups, index))
            for index, name in enumerate(classes)
        ],
        confusion=confusion.tolist(),
        times_seen=times_seen,
        groups=count_groups(answers.rows),
    )


def count_groups(rows: Sequence[ImageRow]) -> int:
    """How many the images belong to; 0 where each is its own."""
    groups = {row.group for row in rows}
    return len(groups) if len(groups) < len(rows) else 0


Interval = tuple[float, float]


def _intervals_of(
    answers: Answers, labels: Sequence[int], groups: NDArray[np.int64], index: int
) -> tuple[Interval, Interval]:
    """Of a class: in which its sensitivity and its specificity plausibly lie."""
    truth, called = np.asarray(labels) == index, answers.predicted == index
    return grouped_interval(called[truth], groups[truth]), grouped_interval(~called[~truth], groups[~truth])


def _class_result(
    confusion: Counts, index: int, name: str, intervals: tuple[Interval, Interval]
) -> ClassResult:
    images = int(confusion[index].sum())
    found = int(confusion[index, index])
    false_alarms = int(confusion[:, index].sum()) - found
    (sensitivity_low, sensitivity_high), (specificity_low, specificity_high) = intervals
    return ClassResult(
        name=name,
        images=images,
        found=found,
        false_alarms=false_alarms,
        sensitivity=_finite(sensitivity(confusion)[index]),
        sensitivity_low=sensitivity_low,
        sensitivity_high=sensitivity_high,
        specificity=_finite(specificity(confusion)[index]),
        specificity_low=specificity_low,
        specificity_high=specificity_high,
    )


def _finite(share: float) -> float:
    """0 for a class without images, whose interval 0 … 1 says that nothing is known; JSON has no NaN."""
    return float(share) if np.isfinite(share) else 0.0


def _write(run_folder: Path, trained: TrainedRun, answers: Answers, done: EvaluateDone) -> None:
    predictions = [
        Prediction(row.path, row.group, row.class_name, trained.classes[index], tuple(map(float, shares)))
        for row, index, shares in zip(answers.rows, answers.predicted, answers.probabilities, strict=True)
    ]
    name = PREDICTIONS_NAME
    try:
        write_predictions(run_folder, trained.classes, predictions)
        name = EVALUATION_NAME
        info = trained.info
        write_evaluation(run_folder, done, best_epoch=info.best_epoch, data_fingerprint=info.data_fingerprint)
    except OSError as error:
        raise EvaluationNotSaved(name, reason_of(error)) from error
