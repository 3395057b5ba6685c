"""The runs of a depth sweep: which to train, in which order, and which the project has already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tlstudio.evaluate.events import SweepDone
from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import find_backbone
from tlstudio.model.settings import RANDOM, FreezeDepth
from tlstudio.model.speeds import known_speed
from tlstudio.project.depth_results import (
    LEAST_DEPTHS,
    comparable,
    depth_results,
    is_measured,
    is_same_model,
    sha256_of_weights,
)
from tlstudio.project.estimate import estimate_of
from tlstudio.project.project import Project, Run, frozen_at
from tlstudio.train.settings import with_augmentation

Depths = Literal["auto"] | Sequence[FreezeDepth]

AFFORDABLE_SECONDS = 900.0
"""What a sweep may take by the estimate before shallow depths, which cost most, are left out."""

SHARES = ((0, 1 / 3, 2 / 3, 1), (1 / 4, 1 / 2, 3 / 4, 1), (1 / 2, 3 / 4, 1))
"""Which depths are tried, as shares of the slider: the widest of these that is affordable."""


@dataclass(frozen=True)
class SweepPlan:
    """What a sweep shall train.

    Attributes:
        depths: frozen groups, ascending.
        seeds: each depth is trained once from each.
        epochs: of each run.
        weights_sha256: of the file that all begin with; empty if they are random or it is not known.
    """

    depths: tuple[int, ...]
    seeds: tuple[int, ...]
    epochs: int
    weights_sha256: str

    @property
    def order(self) -> tuple[tuple[int, int], ...]:
        """Depth and seed of each run as they are trained.

        Shallow depths come first, as deeper ones begin with what they have kept; nothing frozen, which
        keeps nothing and takes longest, comes last.
        """
        depths = sorted(self.depths, key=lambda depth: (depth == 0, depth))
        return tuple((depth, seed) for depth in depths for seed in self.seeds)

    def chosen(self, project: Project, depth: int, seed: int) -> Project:
        """The project with the settings of that run chosen; for the run only, never to be saved."""
        settings = project.settings
        return project.with_settings(
            model=frozen_at(settings.model, depth),
            train=replace(settings.train, seed=seed, epochs=self.epochs),
        )


def plan_sweep(
    project: Project, depths: Depths = "auto", seeds: int = 3, epochs: int | None = None
) -> SweepPlan:
    """The runs of a sweep with the project's settings; its seed is the first of the seeds.

    Raises:
        ModelError: if the backbone is unknown or has no such depth.
    """
    model, train = project.settings.model, project.settings.train
    backbone = find_backbone(model.backbone)
    epochs = epochs or train.epochs
    if depths == "auto":
        chosen = _spread(project, backbone, seeds, epochs)
    else:
        chosen = [backbone.depth(depth) for depth in depths]
    return SweepPlan(
        depths=tuple(sorted(set(chosen))),
        seeds=tuple(range(train.seed, train.seed + max(1, seeds))),
        epochs=epochs,
        weights_sha256=sha256_of_weights(model),
    )


def needs_speed(project: Project) -> bool:
    """Whether it takes the backbone's speed, which is not known, to tell what is affordable."""
    model = project.settings.model
    is_asked = model.weights != RANDOM and known_speed(model.backbone) is None
    return is_asked and estimate_of(project) is None


def known_run(project: Project, plan: SweepPlan, depth: int, seed: int) -> Run | None:
    """The run of the plan that the project has already: a finished one, else one that can go on."""
    chosen = plan.chosen(project, depth, seed).settings
    images = project.images.split["train"] if project.images is not None else 0
    train = replace(with_augmentation(chosen.train, images), device="auto")
    alike = [
        run
        for run in reversed(project.runs)
        if not project.is_stale(run)
        and run.started.frozen_groups == depth
        and is_same_model(run, chosen.model, plan.weights_sha256)
        and comparable(run) == train
    ]
    done = (run for run in alike if is_measured(project, run))
    return next(done, None) or next((run for run in alike if run.is_resumable or run.state == "failed"), None)


def swept(project: Project, plan: SweepPlan) -> SweepDone | None:
    """What the finished runs of the plan come to; None if none is finished."""
    found = {}
    for depth, seed in plan.order:
        run = known_run(project, plan, depth, seed)
        if run is not None and run.state == "done":
            found[depth, seed] = run
    return depth_results(project, found)


def _spread(project: Project, backbone: Backbone, seeds: int, epochs: int) -> list[int]:
    """Depths over the whole slider, or over its cheaper part where the whole is not affordable."""
    for shares in SHARES:
        depths = _at(shares, backbone.head_depth)
        # Random layers have learned nothing, so there the shallow depths are those that matter.
        is_wide = project.settings.model.weights == RANDOM
        if is_wide or _seconds(project, backbone, depths, seeds, epochs) <= AFFORDABLE_SECONDS:
            return depths
    return depths


def _at(shares: Sequence[float], head: int) -> list[int]:
    depths = {int(share * head + 0.5) for share in shares}
    for depth in range(head, -1, -1):  # a short slider
        if len(depths) >= LEAST_DEPTHS:
            break
        depths.add(depth)
    return sorted(depths)


def _seconds(project: Project, backbone: Backbone, depths: Sequence[int], seeds: int, epochs: int) -> float:
    """What the runs may take: by what was measured for this project, else by the backbone's speed."""
    estimate = estimate_of(project)
    if estimate is None:
        return seeds * _seconds_by_speed(project, backbone, depths, epochs)
    train = replace(project.settings.train, epochs=epochs)
    found = [estimate.at(depth, train) for depth in depths]
    # What the first seed has kept, the others find there.
    return sum(each.seconds + (seeds - 1) * (each.seconds - each.filling) for each in found)


def _seconds_by_speed(project: Project, backbone: Backbone, depths: Sequence[int], epochs: int) -> float:
    """One run of each depth, every group counted alike."""
    speed = known_speed(backbone.name)
    if speed is None or project.images is None:
        return float("inf")
    split = project.images.split
    trained = split["train"] / speed.training_images_per_second
    answered = split["validation"] / speed.images_per_second
    return sum(epochs * (1 - depth / backbone.head_depth) * (trained + answered) for depth in depths)
