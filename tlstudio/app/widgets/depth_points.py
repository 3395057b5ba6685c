"""What a backbone's runs say about its freeze depth; functions of facts, without Qt."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from tlstudio.app.widgets.model_choice import title_of
from tlstudio.app.widgets.run_rows import comparable, head_depth
from tlstudio.metrics import wilson_interval
from tlstudio.project.project import Project, Run


@dataclass(frozen=True)
class DepthPoint:
    """One measured depth.

    Attributes:
        depth: frozen groups.
        accuracy: on the validation images; the mean where several seeds were trained.
        low: of the likely range, 0 … 1.
        high: likewise.
        runs: their numbers, the best first.
    """

    depth: int
    accuracy: float
    low: float
    high: float
    runs: tuple[int, ...]


@dataclass(frozen=True)
class DepthCurve:
    """Accuracy against freeze depth of one backbone that began with the same weights.

    Attributes:
        backbone: its title.
        groups: of the backbone; the last depth.
        images: for validation.
        points: by depth.
        likely: the depths, from … to, that may be as good as the best one.
    """

    backbone: str
    groups: int
    images: int
    points: tuple[DepthPoint, ...]
    likely: tuple[int, int]

    @property
    def best(self) -> DepthPoint:
        """The most accurate depth; among equals the one that freezes most, as it trains fastest."""
        return max(self.points, key=lambda point: (point.accuracy, point.depth))

    @property
    def gap(self) -> tuple[int, int] | None:
        """The best depth and its better neighbour, if there is a depth between them to be tried."""
        depths = [point.depth for point in self.points]
        place = depths.index(self.best.depth)
        around = [self.points[near] for near in (place - 1, place + 1) if 0 <= near < len(depths)]
        wide = [point for point in around if abs(point.depth - self.best.depth) > 1]
        if not wide:
            return None
        other = max(wide, key=lambda point: point.accuracy).depth
        return min(other, self.best.depth), max(other, self.best.depth)


def depth_curve(project: Project, run: Run | None = None) -> DepthCurve | None:
    """The backbone of that run if it was trained at several depths, else the one with the most depths."""
    alike: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for known in comparable(project):
        if known.state != "running" and head_depth(known) is not None:
            alike[_key(known)].append(known)
    if not alike:
        return None
    wanted = alike.get(_key(run), []) if run is not None else []
    if len(_depths(wanted)) < 2:
        wanted = max(alike.values(), key=lambda runs: (len(_depths(runs)), max(one.number for one in runs)))
    return _curve(wanted)


def _curve(runs: Sequence[Run]) -> DepthCurve:
    points = tuple(_point(depth, [run for run in runs if _depth(run) == depth]) for depth in _depths(runs))
    curve = DepthCurve(
        backbone=title_of(runs[0].model.backbone),
        groups=head_depth(runs[0]) or 0,
        images=runs[0].started.validation_images,
        points=points,
        likely=(0, 0),
    )
    return replace(curve, likely=_likely(points, curve.best))


def _point(depth: int, runs: Sequence[Run]) -> DepthPoint:
    """Runs of one depth; where they differ by more than their seed, those with the best settings."""
    settings: dict[object, list[Run]] = defaultdict(list)
    for run in runs:
        settings[replace(run.train, seed=0, device="auto")].append(run)
    best = max(settings.values(), key=lambda some: fmean(map(_accuracy, some)))
    accuracy, images = fmean(map(_accuracy, best)), best[0].started.validation_images
    low, high = wilson_interval(round(accuracy * images), images)
    numbers = [run.number for run in sorted(best, key=lambda run: (-_accuracy(run), run.number))]
    return DepthPoint(depth, accuracy, low, high, tuple(numbers))


def _likely(points: Sequence[DepthPoint], best: DepthPoint) -> tuple[int, int]:
    """From the best depth outwards as long as the mean lies in its likely range."""
    place = points.index(best)
    first = last = place
    while first > 0 and points[first - 1].accuracy >= best.low:
        first -= 1
    while last < len(points) - 1 and points[last + 1].accuracy >= best.low:
        last += 1
    return points[first].depth, points[last].depth


def _key(run: Run) -> tuple[str, str]:
    return run.model.backbone, run.started.weights_sha256 or run.started.weights


def _depths(runs: Iterable[Run]) -> list[int]:
    return sorted({_depth(run) for run in runs})


def _depth(run: Run) -> int:
    return run.started.frozen_groups


def _accuracy(run: Run) -> float:
    return run.best.validation_accuracy if run.best else 0.0
