"""Training: epoch after epoch, with the best weights and the newest state always safe on the disk.

Every epoch is a function of the state at its start, the seed and its number, so a run that was broken off
continues from its last checkpoint to the very same numbers (on a CPU; graphics cards round differently).
"""

import math
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tlstudio.data.table import ImageRow
from tlstudio.errors import TLStudioError
from tlstudio.events import Event, Noted
from tlstudio.metrics import grouped_interval, numbered
from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import find_backbone
from tlstudio.model.freeze import train_mode, trainable_parameters
from tlstudio.model.pretrained import settled_weights
from tlstudio.model.settings import RANDOM, ModelSettings
from tlstudio.train.augment import AUGMENTATIONS
from tlstudio.train.batches import batches, seed_step
from tlstudio.train.begin import Ready, Sets, decode, get_ready
from tlstudio.train.checkpoint import Checkpoint, Place, load_checkpoint
from tlstudio.train.errors import CheckpointUnreadable, LossNotFinite, RunUnreadable, saving
from tlstudio.train.events import BatchDone, EpochDone, RunStarted, TrainDone
from tlstudio.train.feature_room import MOST_BYTES
from tlstudio.train.features import Feed
from tlstudio.train.keeper import Keeper
from tlstudio.train.mixup import draw_mix
from tlstudio.train.run_folder import LAST_NAME, PREVIOUS_NAME
from tlstudio.train.run_info import RunInfo, State, drop_metrics_after, read_info, versions
from tlstudio.train.settings import TrainSettings, applied, with_augmentation
from tlstudio.train.standardise import standardise
from tlstudio.train.step import Trainee, take_step
from tlstudio.train.tally import Tally
from tlstudio.train.validate import validate
from tlstudio.train.validation_file import ValidationAnswer
from tlstudio.work_clock import CLOCK

SECONDS_BETWEEN_EVENTS = 0.1

Epoch = tuple[Place, EpochDone, tuple[ValidationAnswer, ...]]


@dataclass(frozen=True)
class Course:
    """What stays the same through all epochs of a run."""

    run: int
    settings: TrainSettings
    classes: tuple[str, ...]
    train: Feed
    validation: Feed
    validation_groups: NDArray[np.int64]
    views: int


def fit(
    model: ModelSettings,
    train: TrainSettings,
    rows: Sequence[ImageRow],
    classes: Sequence[str],
    data_root: Path,
    run_folder: Path,
    cache_folder: Path,
    data_fingerprint: str,
    run: int,
    resume: bool = False,  # noqa: FBT001, FBT002 - part of a fixed signature
    cache_bytes: int = MOST_BYTES,
    first_start: RunStarted | None = None,
) -> Iterator[Event]:
    """Train a network on the rows of the train split, keep the weights that do best on the validation split.

    What frozen layers make of the images is kept in the cache folder, in `cache_bytes` at most. A run that
    goes on is what its run.json says it is; where that is damaged, what its first start reported.

    Yields:
        Progress, Noted, RunStarted, BatchDone, BatchHalved, EpochDone; last TrainDone. Closing stops the
        run; its best weights and last checkpoint stay.

    Raises:
        TLStudioError: of any kind; what the run's folder holds stays whole.
    """
    backbone = find_backbone(model.backbone)
    backbone.depth(model.freeze)  # a depth out of range is refused before any work
    known = _known_info(run_folder) if resume else None
    checkpoint = load_checkpoint(run_folder) if resume else None
    if known is not None and checkpoint is None:
        _require_nothing_done(run_folder, known)
    begun = known.started if known else first_start if checkpoint else None
    chosen, train = train, _with_augmentation(train, rows, begun)
    if begun is not None and begun.weights == RANDOM:
        model = replace(model, weights=RANDOM)  # also if those that were missing came since
    elif checkpoint is None:
        settled = settled_weights(model, backbone)
        if settled != model:
            yield Noted(f"The weights of {backbone.title} are missing from this installation.")
        model = settled
    classes = known.classes if known else tuple(classes)
    with saving("the run's folder"):
        run_folder.mkdir(parents=True, exist_ok=True)
        cache_folder.mkdir(parents=True, exist_ok=True)
    sets = yield from decode(rows, classes, data_root, cache_folder, backbone.preprocessing)
    views = (begun.views or None) if begun else None
    began = CLOCK.seconds()
    ready = yield from get_ready(
        backbone, model, train, sets, len(classes), cache_folder, cache_bytes, checkpoint, views
    )
    with closing(ready.boundary):
        course = _course(run, train, classes, backbone, sets, ready)
        if checkpoint is None and _has_lasting_features(model, backbone):
            standardise(ready.trainee, course.train, train.batch_size, train.seed)
        sets = replace(sets, seconds=sets.seconds + CLOCK.seconds() - began)
        place = _place(checkpoint, ready.trainee, sets)
        started = _started(run, train, model, backbone, sets, ready, place, begun, data_fingerprint)
        keeper = Keeper(run_folder, _info(known, started, model, chosen, classes, backbone), place)
        with saving("the run's folder"):
            drop_metrics_after(run_folder, place.epoch)
            keeper.say("running")
        try:
            yield started
            while place.epoch < train.epochs and not _is_patience_over(place, train):
                place, done, answers = yield from _epoch(course, ready.trainee, place)
                keeper.keep(place, done, ready.trainee, answers)
                yield done
            keeper.save("done")
        except BaseException as error:
            _keep_broken_off(keeper, error)
            raise
    if ready.boundary.problem:
        yield Noted(
            "Not everything that the frozen layers made of the images was kept, so some of it was computed "
            f"anew: {ready.boundary.problem}."
        )
    yield TrainDone(
        run=run,
        best_epoch=place.best_epoch,
        validation_accuracy=place.best_accuracy,
        seconds=place.seconds,
        seconds_preparing=place.seconds_preparing,
        trainable_parameters=started.trainable_parameters,
        stopped_early=place.epoch < train.epochs,
        views=min(course.views, place.epoch),
    )


def _with_augmentation(
    train: TrainSettings, rows: Sequence[ImageRow], begun: RunStarted | None
) -> TrainSettings:
    """The settings with the augmentation of the run's first start, or what "auto" stands for."""
    if begun is not None and begun.augmentation:
        return replace(train, augmentation=begun.augmentation)
    return with_augmentation(train, sum(row.split == "train" for row in rows))


def _keep_broken_off(keeper: Keeper, error: BaseException) -> None:
    """Save what there is of a run that ends before its time.

    Raises:
        TLStudioError: if that is not possible and the run was only asked to stop.
    """
    if isinstance(error, GeneratorExit):
        keeper.save("stopped")
        return
    state: State = "failed" if isinstance(error, Exception) else "stopped"
    with suppress(OSError, TLStudioError):  # a full disk: the first error is the one to tell
        keeper.save(state)


def _course(
    run: int, train: TrainSettings, classes: tuple[str, ...], backbone: Backbone, sets: Sets, ready: Ready
) -> Course:
    preprocessing, boundary = backbone.preprocessing, ready.boundary
    augmentation = applied(train)
    augment = None if augmentation == "none" else AUGMENTATIONS[augmentation](preprocessing)
    # Views that may be kept are the same in every run, so that runs of other seeds share them.
    seed = train.seed if boundary.cut is None else 0
    return Course(
        run,
        train,
        classes,
        Feed(sets.train, preprocessing, augment, augmentation, seed, boundary.train),
        Feed(sets.validation, preprocessing, None, "none", seed, boundary.validation),
        numbered(row.group for row in sets.validation.rows),
        boundary.views,
    )


def _has_lasting_features(model: ModelSettings, backbone: Backbone) -> bool:
    """Whether the head's features now tell of those to come; random layers that learn change them."""
    return model.weights != RANDOM or backbone.depth(model.freeze) == backbone.head_depth


def _epoch(course: Course, trainee: Trainee, place: Place) -> Generator[Event, None, Epoch]:
    """Show every training image once, then judge.

    Returns:
        The new place, the report, and the answers about the validation images if they are the best so far.
    """
    began = CLOCK.seconds()
    epoch, settings, labels_of_all = place.epoch + 1, course.settings, course.train.source.labels
    tally, last_event = Tally(), began
    train_mode(trainee.network, trainee.frozen)
    order = batches(len(labels_of_all), settings.batch_size, settings.seed, epoch)
    fed = course.train.batches(order, place.epoch % course.views)
    for number, (indices, inputs) in enumerate(zip(order, fed, strict=True)):
        labels = torch.from_numpy(labels_of_all[indices])
        seed_step(settings.seed, epoch, number)
        mix = draw_mix(len(indices), settings.mixup, settings.seed, epoch, number)
        step = yield from take_step(trainee, inputs, labels, course.run, mix)
        tally.add(len(indices), step)
        now = CLOCK.seconds()
        if now - last_event >= SECONDS_BETWEEN_EVENTS:
            last_event = now
            speed = tally.images / (now - began)
            share = tally.images / len(labels_of_all)
            yield BatchDone(course.run, epoch, share, _finite(tally.loss, epoch), tally.accuracy, speed)
    train_loss, train_accuracy = _finite(tally.loss, epoch), tally.accuracy
    learning_rate = trainee.learning_rate
    judged = yield from validate(trainee, course.validation, course.classes)
    seconds = CLOCK.seconds() - began
    is_best = place.is_beaten_by(judged.accuracy, judged.loss)
    low, high = grouped_interval(judged.is_right.numpy(), course.validation_groups)
    done = EpochDone(
        run=course.run,
        epoch=epoch,
        epochs=settings.epochs,
        train_loss=train_loss,
        train_accuracy=train_accuracy,
        validation_loss=_finite(judged.loss, epoch),
        validation_accuracy=judged.accuracy,
        seconds=seconds,
        is_best=is_best,
        learning_rate=learning_rate,
        found=judged.found,
        samples=judged.samples,
        accuracy_low=low,
        accuracy_high=high,
    )
    answers = judged.answers(course.validation.source, course.classes) if is_best else ()
    return _after(place, done, trainee), done, answers


def _finite(loss: float, epoch: int) -> float:
    """The loss.

    Raises:
        LossNotFinite: if it is no number.
    """
    if not math.isfinite(loss):
        raise LossNotFinite(epoch)
    return loss


def _after(place: Place, done: EpochDone, trainee: Trainee) -> Place:
    """The place at the end of an epoch."""
    moved = replace(
        place,
        epoch=done.epoch,
        seconds=place.seconds + done.seconds,
        epochs_without_gain=place.epochs_without_gain + 1,
        images_at_a_time=trainee.images_at_a_time,
        scaler=trainee.scaler.state_dict() if trainee.scaler.is_enabled() else {},
    )
    if not done.is_best:
        return moved
    return replace(
        moved,
        best_epoch=done.epoch,
        best_accuracy=done.validation_accuracy,
        best_loss=done.validation_loss,
        epochs_without_gain=0,
    )


def _is_patience_over(place: Place, settings: TrainSettings) -> bool:
    patience = settings.early_stop_epochs
    return patience is not None and place.epochs_without_gain >= patience


def _place(checkpoint: Checkpoint | None, trainee: Trainee, sets: Sets) -> Place:
    place = checkpoint.place if checkpoint else Place()
    return replace(
        place,
        seconds=place.seconds + sets.seconds,
        seconds_preparing=place.seconds_preparing + sets.seconds,
        precision=trainee.precision,
        device=trainee.device.type,
        images_at_a_time=trainee.images_at_a_time,
    )


def _started(
    run: int,
    train: TrainSettings,
    model: ModelSettings,
    backbone: Backbone,
    sets: Sets,
    ready: Ready,
    place: Place,
    begun: RunStarted | None,
    data_fingerprint: str,
) -> RunStarted:
    network = ready.trainee.network
    return RunStarted(
        run=run,
        started_at=begun.started_at if begun else datetime.now(UTC).isoformat(timespec="seconds"),
        epochs=train.epochs,
        epochs_done=place.epoch,
        device=ready.device_title,
        precision=ready.trainee.precision,
        batch_size=-(-len(sets.train.labels) // ready.trainee.steps_per_epoch),
        frozen_groups=backbone.depth(model.freeze),
        trainable_parameters=trainable_parameters(network),
        total_parameters=sum(parameter.numel() for parameter in network.parameters()),
        train_images=len(sets.train.labels),
        validation_images=len(sets.validation.labels),
        weights=begun.weights if begun else ready.weights_file,
        data_fingerprint=begun.data_fingerprint if begun else data_fingerprint,
        views=ready.boundary.views,
        is_kept=ready.boundary.train is not None and ready.boundary.train.store is not None,
        weights_sha256=begun.weights_sha256 if begun else ready.weights_sha256,
        seed=train.seed,
        augmentation=applied(train),
    )


def _info(
    known: RunInfo | None,
    started: RunStarted,
    model: ModelSettings,
    train: TrainSettings,
    classes: tuple[str, ...],
    backbone: Backbone,
) -> RunInfo:
    """What run.json will say; a resumed run keeps what its first start wrote."""
    if known is not None:
        return known
    depth = backbone.depth(model.freeze)
    return RunInfo(
        schema=1,
        run=started.run,
        state="running",
        started=started,
        model=model,
        train=train,
        classes=classes,
        preprocessing=backbone.preprocessing,
        data_fingerprint=started.data_fingerprint,
        seed=train.seed,
        weights_file=started.weights,
        weights_sha256=started.weights_sha256,
        frozen_groups=tuple(group.name for group in backbone.groups[:depth]),
        versions=versions(),
    )


def _require_nothing_done(run_folder: Path, known: RunInfo) -> None:
    """Starting again would take what a run had reached; only one that ended in its first save had nothing.

    Raises:
        CheckpointUnreadable: if it had done epochs.
    """
    is_damaged = any((run_folder / name).exists() for name in (LAST_NAME, PREVIOUS_NAME))
    if known.epochs_done and (is_damaged or known.state != "running"):
        raise CheckpointUnreadable(known.run)


def _known_info(run_folder: Path) -> RunInfo | None:
    """run.json of a run that goes on; None if it is damaged, as the project knows the settings too."""
    try:
        return read_info(run_folder)
    except RunUnreadable:
        return None
