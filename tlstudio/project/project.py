"""The project: a frozen document that changes only by a choice of the user or a report of a step."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from tlstudio.data.events import ImagesScanned
from tlstudio.data.settings import DataSettings
from tlstudio.errors import ModelError
from tlstudio.evaluate.events import EvaluateDone
from tlstudio.events import Event, Failed, Stopped
from tlstudio.export.events import ExportDone
from tlstudio.export.settings import ExportSettings
from tlstudio.model.backbones import find_backbone
from tlstudio.model.settings import ModelSettings
from tlstudio.train.events import EpochDone, RunStarted, TrainDone
from tlstudio.train.settings import AugmentationChoice, TrainSettings

RunState = Literal["running", "paused", "interrupted", "done", "stopped", "failed"]
"""paused: by the user or by closing the window; interrupted: its process ended without a word.

Runs in these two states can be resumed; stopped means that the user keeps the best so far.
"""


@dataclass(frozen=True)
class Run:
    """One training run; everything here can be rebuilt from its folder.

    Attributes:
        number: from 1; its folder is runs/0001.
        model: the settings that it was started with.
        train: likewise.
        data_fingerprint: of the images that it learned from.
        started: what its start reported.
        epochs: what each finished epoch reported.
        best_epoch: 0 before the first epoch is done.
        evaluation: the newest, or None.
        exported: the newest file, or None.
        failure: for people, when state is "failed".
    """

    number: int
    state: RunState
    model: ModelSettings
    train: TrainSettings
    data_fingerprint: str
    started: RunStarted
    epochs: tuple[EpochDone, ...] = ()
    best_epoch: int = 0
    seconds: float = 0.0
    evaluation: EvaluateDone | None = None
    exported: ExportDone | None = None
    failure: str = ""

    @property
    def best(self) -> EpochDone | None:
        """The epoch whose weights are kept, or None before the first is done."""
        return next((epoch for epoch in self.epochs if epoch.epoch == self.best_epoch), None)

    @property
    def augmentation(self) -> AugmentationChoice:
        """What the training images went through."""
        return self.started.augmentation or self.train.augmentation

    @property
    def views_seen(self) -> int:
        """How many views of each training image the run saw; 0 in runs of older versions."""
        return min(self.started.views, max((epoch.epoch for epoch in self.epochs), default=0))

    @property
    def is_resumable(self) -> bool:
        """Whether the run was cut short and can go on."""
        return self.state in ("paused", "interrupted")

    def after(self, event: Event) -> "Run":
        """The run as it is after one of its events."""
        match event:
            case EpochDone():
                best = event.epoch if event.is_best else self.best_epoch
                kept = (past for past in self.epochs if past.epoch < event.epoch)
                epochs = condensed((*kept, event), best)
                seconds = self.seconds + event.seconds
                # The judgement and the file of earlier weights say nothing about better ones.
                run = replace(self, evaluation=None, exported=None) if event.is_best else self
                return replace(run, state="running", epochs=epochs, best_epoch=best, seconds=seconds)
            case TrainDone():
                return replace(self, state="done", best_epoch=event.best_epoch, seconds=event.seconds)
            case Failed():
                failure = " ".join(filter(None, (f"{event.title}.", event.message, event.what_to_try)))
                return replace(self, state="failed", failure=failure)
            case EvaluateDone():
                return replace(self, evaluation=event)
            case ExportDone():
                return replace(self, exported=event)
        return self


@dataclass(frozen=True)
class Settings:
    """Every step's settings."""

    data: DataSettings = field(default_factory=DataSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    train: TrainSettings = field(default_factory=TrainSettings)
    export: ExportSettings = field(default_factory=ExportSettings)


@dataclass(frozen=True)
class Project:
    """A project folder as it stands.

    Attributes:
        folder: where it lies; absolute.
        settings: of every step.
        images: what the newest scan reported, or None before the first.
        runs: by number, ascending.
        chosen_run: the run that evaluation and export take, or None for the best.
        times_test_seen: how often any run was judged on the test split.
        is_read_only: opened beside its owner, or written by a newer version; nothing is saved.
        recovered_from: "previous" or "runs" if the project file was damaged, else empty.
    """

    folder: Path
    settings: Settings = field(default_factory=Settings)
    images: ImagesScanned | None = None
    runs: tuple[Run, ...] = ()
    chosen_run: int | None = None
    times_test_seen: int = 0
    is_read_only: bool = False
    recovered_from: Literal["", "previous", "runs"] = ""

    @property
    def name(self) -> str:
        """The folder's name, which is what the user called it."""
        return self.folder.name

    @property
    def data_root(self) -> Path:
        """The folder that the images' paths are relative to."""
        return Path(self.settings.data.root)

    def run(self, number: int | None = None) -> Run | None:
        """The run of that number; without one the chosen run, else the best finished one.

        The best has the highest validation accuracy; among equals the one that freezes most, then the newest.
        Stale runs come last.
        """
        number = self.chosen_run if number is None else number
        if number is not None:
            return next((run for run in self.runs if run.number == number), None)
        judged = [run for run in self.runs if run.best is not None]
        return max(judged, key=self._rank, default=None)

    def run_folder(self, number: int) -> Path:
        """Where that run keeps its files."""
        return self.folder / "runs" / f"{number:04d}"

    def is_stale(self, run: Run) -> bool:
        """Whether the run learned from images, groups or splits that have changed since."""
        return self.images is None or run.data_fingerprint != self.images.fingerprint

    def with_settings(self, **steps: Any) -> "Project":
        """The project after the user chose: `with_settings(train=replace(settings.train, epochs=5))`."""
        return replace(self, settings=replace(self.settings, **steps))

    def with_chosen_run(self, number: int | None) -> "Project":
        """The project after the user picked the run to evaluate and export."""
        return replace(self, chosen_run=number)

    def without_run(self, number: int) -> "Project":
        """The project without that run; without a chosen run if that was it."""
        runs = tuple(run for run in self.runs if run.number != number)
        return replace(self, runs=runs, chosen_run=None if self.chosen_run == number else self.chosen_run)

    def after(self, event: Event) -> "Project":
        """The project as it is after a step's report; most events change nothing in it."""
        match event:
            case ImagesScanned():
                return replace(self, images=event)
            case RunStarted():
                return self._after_start(event)
            case EvaluateDone():
                return replace(self._with_run(event.run, event), times_test_seen=event.times_seen)
            case EpochDone() | TrainDone() | ExportDone():
                return self._with_run(event.run, event)
            case Failed():
                running = next((run.number for run in self.runs if run.state == "running"), None)
                return self if running is None else self._with_run(running, event)
            case Stopped(step="train" | "resume"):
                return self.with_running_as("stopped")
            case Stopped(step="sweep"):  # the same sweep goes on with it
                return self.with_running_as("paused")
        return self

    def with_running_as(self, state: RunState) -> "Project":
        """The project with any run that is still called running put into `state`."""
        runs = tuple(replace(run, state=state) if run.state == "running" else run for run in self.runs)
        return replace(self, runs=runs)

    def _after_start(self, event: RunStarted) -> "Project":
        known = self.run(event.run)
        if known is not None:  # resumed: its epochs after the checkpoint were lost with the process
            epochs = tuple(epoch for epoch in known.epochs if epoch.epoch <= event.epochs_done)
            best = max((epoch.epoch for epoch in epochs if epoch.is_best), default=0)
            started = replace(
                known, state="running", started=event, epochs=epochs, best_epoch=best, failure=""
            )
        else:
            model, train = _trained_with(self.settings, event)
            started = Run(event.run, "running", model, train, event.data_fingerprint, event)
        others = tuple(run for run in self.runs if run.number != event.run)
        return replace(self, runs=tuple(sorted((*others, started), key=lambda run: run.number)))

    def _with_run(self, number: int, event: Event) -> "Project":
        runs = tuple(run.after(event) if run.number == number else run for run in self.runs)
        return replace(self, runs=runs)

    def _rank(self, run: Run) -> tuple[bool, float, int, int]:
        """Among equally accurate ones the run that freezes most, as it trains fastest, then the newest."""
        accuracy = run.best.validation_accuracy if run.best else 0.0
        return (not self.is_stale(run), accuracy, run.started.frozen_groups, run.number)


def frozen_at(model: ModelSettings, depth: int) -> ModelSettings:
    """The settings with that many groups frozen; as they stand if they say so already, such as by "head"."""
    try:
        is_so = find_backbone(model.backbone).depth(model.freeze) == depth
    except ModelError:  # of another version
        is_so = model.freeze == depth
    return model if is_so else replace(model, freeze=depth)


def _trained_with(chosen: Settings, event: RunStarted) -> tuple[ModelSettings, TrainSettings]:
    """The settings of the run itself: those of a sweep differ from what is chosen in the project."""
    seed = chosen.train.seed if event.seed < 0 else event.seed
    return frozen_at(chosen.model, event.frozen_groups), replace(chosen.train, epochs=event.epochs, seed=seed)


def condensed(epochs: Sequence[EpochDone], best_epoch: int) -> tuple[EpochDone, ...]:
    """The epochs without what is never shown again, as the project's file is written after each of them.

    Sample images are kept of the newest, how many of each class were found of the newest and the best; the
    run's own metrics.csv has them of all.
    """
    return tuple(
        epoch
        if place == len(epochs)
        else replace(epoch, samples=[], found=epoch.found if epoch.epoch == best_epoch else {})
        for place, epoch in enumerate(epochs, 1)
    )
