"""A run's state in words: chip, purpose line, headline, message; functions of facts, without Qt."""

from dataclasses import dataclass
from typing import Literal

from tlstudio.amounts import counted, percent
from tlstudio.app.widgets.amounts import duration
from tlstudio.app.widgets.live_run import LiveRun
from tlstudio.events import Failed, Progress
from tlstudio.model.backbones import BACKBONES
from tlstudio.project.project import Project, Run
from tlstudio.train.events import BatchHalved

Phase = Literal["none", "starting", "training", "paused", "stopping"]
Action = Literal["go_on", "discard", "start", "stop_now", "keep_training", "see_model", "see_data"]
Tone = Literal["neutral", "accent", "ok", "warn", "bad"]
MessageTone = Literal["accent", "ok", "warn", "bad"]
Message = tuple[MessageTone, str, str, tuple[tuple[str, Action], ...]]

CHIPS: dict[str, tuple[str, Tone, str]] = {
    "running": ("Training", "accent", "arrows-clockwise"),
    "paused": ("Paused", "neutral", "pause"),
    "stopping": ("Stopping", "neutral", "stop"),
    "interrupted": ("Interrupted", "warn", "warning"),
    "done": ("Finished", "ok", "check-circle"),
    "stopped": ("Stopped, best kept", "neutral", "stop"),
    "failed": ("Failed", "bad", "x-circle"),
}


@dataclass(frozen=True)
class RunSummary:
    """What the progress card says.

    Attributes:
        headline: the largest text.
        detail: under it.
        fraction: of the bar; None for a bar that only moves.
    """

    headline: str
    detail: str
    fraction: float | None


@dataclass(frozen=True)
class Situation:
    """Everything that the words depend on.

    Attributes:
        run: that is shown, or None before the first.
        phase: of the training step: "none" if it does not work now.
        failure: of the newest training.
        is_failure_of_run: or it came before a run had begun.
    """

    project: Project | None
    run: Run | None
    live: LiveRun | None
    phase: Phase
    progress: Progress | None = None
    failure: Failed | None = None
    is_failure_of_run: bool = True
    halved: BatchHalved | None = None
    note: str = ""
    asks_to_stop: bool = False


def chip(now: Situation) -> tuple[str, Tone, str] | None:
    """Text, tone and icon beside the page's title."""
    if now.phase == "starting":
        return ("Getting ready", "accent", "arrows-clockwise")
    if now.phase in ("paused", "stopping"):
        return CHIPS[now.phase]
    if now.phase == "training":
        return CHIPS["running"]
    if now.failure is not None and now.is_failure_of_run:
        return CHIPS["failed"]
    if now.run and now.run.state == "stopped" and now.run.best is None:
        return ("Stopped", "neutral", "stop")
    return CHIPS.get(now.run.state) if now.run else None


def purpose(now: Situation) -> str:
    """The line under the page's title: which run this is."""
    if now.run is None:
        return ""
    model = now.run.model
    backbone = BACKBONES.get(model.backbone)
    title = backbone.title if backbone else model.backbone
    frozen, parts = now.run.started.frozen_groups, [f"Run {now.run.number}: {title}"]
    if frozen == 0:
        parts.append("everything relearns")
    elif backbone is not None and frozen >= backbone.head_depth:
        parts.append("only the decision relearns")
    elif backbone is not None:
        parts.append(f"{backbone.head_depth - frozen} of {counted(backbone.head_depth, 'block')} relearn")
    if now.run.train.is_class_weighted:
        parts.append("classes balanced")
    parts.append(f"{now.run.started.device}, {now.run.started.precision}")
    return ", ".join(parts)


def goes_on(run: Run | None) -> bool:
    """Whether to speak of the run in the present: it runs, or is still to come."""
    return run is None or run.state == "running"


def summary(now: Situation) -> RunSummary:
    """What the progress card says."""
    if now.phase == "starting" or (now.phase == "training" and now.progress is not None):
        return _preparing(now.progress)
    if now.run is None:
        return RunSummary("Not started yet", "Start training to see it learn here.", 0.0)
    if now.phase in ("training", "paused", "stopping") and now.live is not None:
        return _learning(now, now.live)
    return _ended(now.run)


def _preparing(progress: Progress | None) -> RunSummary:
    if progress is None:
        return RunSummary("Getting ready", "Loading the network.", None)
    if not progress.total:
        return RunSummary(progress.what, f"{progress.done:,} so far", None)
    share = progress.done / progress.total
    return RunSummary(
        f"{progress.what}, {percent(share, 1)}", f"{progress.done:,} of {progress.total:,}", share
    )


def _learning(now: Situation, live: LiveRun) -> RunSummary:
    done = now.run.epochs[-1].epoch if now.run and now.run.epochs else 0
    epoch = live.batch.epoch if live.batch else min(done + 1, live.epochs)
    detail = f"Epoch {epoch} of {live.epochs}"
    if live.images_per_second:
        detail += f", {live.images_per_second:,.0f} images a second"
    words = live.left.words()
    if live.left.is_longer_than_thought:
        detail += ". It is taking longer than thought."
    headline = {"paused": "Paused", "stopping": "Stopping"}.get(now.phase, words)
    return RunSummary(headline, detail, live.left.fraction)


def _ended(run: Run) -> RunSummary:
    done, epochs = len(run.epochs), run.started.epochs
    detail = f"{done} of {counted(epochs, 'epoch')}"
    if 0 < run.views_seen < done:  # else every epoch drew a new one
        detail += f", {counted(run.views_seen, 'view')} of each image"
    if run.seconds:
        detail += f", {duration(run.seconds)}"
    headline = {
        "done": "Finished",
        "stopped": "Stopped, best kept" if done else "Stopped",
        "failed": "Training stopped",
        "paused": "Paused",
        "interrupted": "Interrupted",
        "running": "Training",
    }[run.state]
    if run.state == "done" and done < epochs:
        headline = "Finished early"
    return RunSummary(headline, detail, 1.0 if run.state == "done" else done / max(1, epochs))


def message(now: Situation) -> Message | None:
    """Tone, title, text and actions of the message bar; None for nothing to say."""
    if now.asks_to_stop:
        return (
            "warn",
            "Stop before the first epoch is done?",
            "There is no best epoch yet, so nothing of this run would be kept.",
            (("Stop anyway", "stop_now"), ("Keep training", "keep_training")),
        )
    if now.phase == "none" and (now.project is None or now.project.images is None):
        return ("accent", "No images yet.", "Training needs images first.", (("Go to Data", "see_data"),))
    if now.phase in ("starting", "training", "paused", "stopping"):
        return _while_running(now)
    if now.failure is not None or (now.run and now.run.state == "failed"):
        return _failed(now)
    if now.run is not None and now.run.is_resumable:
        return _resumable(now.run)
    if now.project is not None and now.run is not None and now.project.is_stale(now.run):
        text = (
            "It learned from other images, groups or splits than the project has now. Its results are kept."
        )
        return (
            "warn",
            f"The images have changed since run {now.run.number}.",
            text,
            (("Train again", "start"),),
        )
    return None


def _while_running(now: Situation) -> Message | None:
    if now.halved is not None:
        return (
            "accent",
            f"It goes on with {counted(now.halved.batch_size, 'image')} at a time.",
            "The memory did not suffice for more. Nothing is lost; it may take a little longer.",
            (),
        )
    return ("accent", now.note, "", ()) if now.note else None


def _failed(now: Situation) -> Message:
    said = now.failure.message if now.failure is not None else now.run.failure if now.run else ""
    has_best = now.run is not None and now.run.best is not None and now.is_failure_of_run
    is_said = "kept" in said or not has_best
    kept = "" if is_said else " The best epoch is kept."
    actions: tuple[tuple[str, Action], ...] = (("Start again", "start"), ("Change the settings", "see_model"))
    if now.failure is not None:
        text = " ".join(part for part in (now.failure.message + kept, now.failure.what_to_try) if part)
        return ("bad", f"{now.failure.title.rstrip('.')}.", text, actions)
    title, _, text = (now.run.failure if now.run else "").partition(". ")
    return ("bad", f"{title.rstrip('.') or 'Training stopped'}.", text + kept, actions)


def _resumable(run: Run) -> Message:
    done = run.epochs[-1].epoch if run.epochs else 0
    title = f"Run {run.number} was paused." if run.state == "paused" else f"Run {run.number} was cut short."
    safe = f"It can continue after epoch {done}, exactly as if it had not stopped."
    text = safe if done else "It can begin again where it was."
    return (
        "accent" if run.state == "paused" else "warn",
        title,
        text,
        (("Continue", "go_on"), ("Discard", "discard")),
    )
