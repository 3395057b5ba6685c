"""How good a run is on the images that it never saw."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tlstudio.data.table import ImageRow, Split
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
    sensitivity,
    specificity,
    wilson_interval,
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
    done = replace(done, views=trained.info.views_seen)
    _write(run_folder, trained, answers, done)
    yield done


def judgement(answers: Answers, classes: Sequence[str], *, run: int, times_seen: int) -> EvaluateDone:
    """The answers counted against the labels, with 95 % Wilson intervals."""
    labels = [classes.index(row.class_name) for row in answers.rows]
    confusion = confusion_matrix(labels, answers.predicted, len(classes))
    images, correct = int(confusion.sum()), int(np.trace(confusion))
    low, high = wilson_interval(correct, images)
    return EvaluateDone(
        run=run,
        split=SPLIT,
        images=images,
        correct=correct,
        accuracy=accuracy(confusion),
        accuracy_low=low,
        accuracy_high=high,
        balanced_accuracy=balanced_accuracy(confusion),
        classes=[_class_result(confusion, index, name) for index, name in enumerate(classes)],
        confusion=confusion.tolist(),
        times_seen=times_seen,
    )


def _class_result(confusion: Counts, index: int, name: str) -> ClassResult:
    images = int(confusion[index].sum())
    others = int(confusion.sum()) - images
    found = int(confusion[index, index])
    false_alarms = int(confusion[:, index].sum()) - found
    sensitivity_low, sensitivity_high = wilson_interval(found, images)
    specificity_low, specificity_high = wilson_interval(others - false_alarms, others)
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
        raise EvaluationNotSaved(name, (error.strerror or "unknown reason").lower()) from error
