"""What a run of a project will need at any freeze depth, told at once from what was measured."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tlstudio import this_computer
from tlstudio.errors import ModelError
from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import find_backbone
from tlstudio.model.settings import RANDOM
from tlstudio.project.depth_results import is_same_model
from tlstudio.project.project import Project, Run
from tlstudio.train.cost_memory import known_cost
from tlstudio.train.events import CostMeasured
from tlstudio.train.feature_room import RoomTaken, limit_in_bytes, room_taken
from tlstudio.train.needed import Needed, Work, needed
from tlstudio.train.settings import TrainSettings, with_augmentation


@dataclass(frozen=True)
class Estimate:
    """What was measured, and what the project has already.

    Attributes:
        project: whose settings count.
        cost: of its backbone and images.
        cache_bytes: that kept features may take.
        taken: what its cache holds.
        free_memory: bytes of this computer's; None where that is not known or not what counts.
        free_disk: bytes that the project's folder may grow by; None if that is not known.
    """

    project: Project
    cost: CostMeasured
    cache_bytes: int
    taken: RoomTaken
    free_memory: int | None = None
    free_disk: int | None = None

    @property
    def is_on_graphics(self) -> bool:
        """Whether the memory is a graphics card's."""
        return self.cost.process_bytes == 0

    def at(self, depth: int, train: TrainSettings | None = None) -> Needed:
        """What a run with so many frozen groups needs; with the project's settings if none are given."""
        images = self.project.images
        split = images.split if images is not None else {}
        train_images = split.get("train", 0)
        settings = with_augmentation(train or self.project.settings.train, train_images)
        before = range(depth - 1, 0, -1)
        shallower = next((each for each in before if self._views_kept(each, settings)), 0)
        work = Work(
            depth=depth,
            train=settings,
            train_images=train_images,
            validation_images=split.get("validation", 0),
            cache_bytes=self.cache_bytes,
            views_kept=self._views_kept(depth, settings),
            shallower_depth=shallower,
            shallower_views=self._views_kept(shallower, settings) if shallower else 0,
            is_decoded=self.taken.images > 0 and any(self._decoders()),
            is_tried=any(run.started.frozen_groups == depth for run in self._decoders()),
        )
        found = needed(self.cost, work)
        # Where the cache was deleted or given to others, what earlier runs kept is there no more.
        is_gone = found.kept_bytes > self.taken.features
        return needed(self.cost, replace(work, views_kept=0, shallower_views=0)) if is_gone else found

    def _views_kept(self, depth: int, settings: TrainSettings) -> int:
        return max((_views(run) for run in self._keepers(depth, settings)), default=0)

    def _keepers(self, depth: int, settings: TrainSettings) -> Iterator[Run]:
        """Runs that have kept the same features as a new one would."""
        model = self.project.settings.model
        for run in self._decoders():
            is_alike = is_same_model(run, model, "") and run.augmentation == settings.augmentation
            # Random layers are others with each seed.
            is_same_start = model.weights != RANDOM or run.train.seed == settings.seed
            if run.started.is_kept and run.started.frozen_groups == depth and is_alike and is_same_start:
                yield run

    def _decoders(self) -> Iterator[Run]:
        """Runs of the backbone on the present images."""
        for run in self.project.runs:
            if not self.project.is_stale(run) and run.model.backbone == self.cost.backbone:
                yield run


def estimate_of(project: Project, cache_gb: float | None = None) -> Estimate | None:
    """What can be told of the project's runs; None as long as its backbone was not measured here.

    Args:
        project: scanned.
        cache_gb: see `limit_in_bytes`.
    """
    cache = project.folder / "cache"
    backbone = _known_backbone(project)
    if backbone is None or project.images is None:
        return None
    cost = known_cost(cache, backbone, project.settings.train, project.images.fingerprint)
    # Of another version, perhaps, which cut the network into other groups.
    if cost is None or len(cost.network.trainable) != backbone.head_depth + 1:
        return None
    estimate = Estimate(project, cost, limit_in_bytes(cache, cache_gb), room_taken(cache))
    memory = None if estimate.is_on_graphics else this_computer.free_memory()
    return replace(estimate, free_memory=memory, free_disk=this_computer.free_disk(project.folder))


def _known_backbone(project: Project) -> Backbone | None:
    """The backbone that is chosen, if this version knows it."""
    try:
        return find_backbone(project.settings.model.backbone)
    except ModelError:
        return None


def _views(run: Run) -> int:
    return min(run.started.views, len(run.epochs))
