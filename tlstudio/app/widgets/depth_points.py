"""What a backbone's runs say about its freeze depth; functions of facts, without Qt."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tlstudio.app.model_choice import title_of
from tlstudio.app.widgets.run_kinds import RunKind, contenders, kinds_of
from tlstudio.app.widgets.run_rows import comparable, head_depth
from tlstudio.evaluate.compare import Standing, compare
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


def finished(project: Project) -> list[Run]:
    """The runs on the present images that have ended; one that can go on may become another yet."""
    return [run for run in comparable(project) if run.state not in ("running", "paused", "interrupted")]


def start_of(run: Run) -> tuple[str, str]:
    """Backbone and weights that it began with."""
    return RunKind((run,)).start


def depth_curve(project: Project, run: Run | None = None, *, is_quick: bool = False) -> DepthCurve | None:
    """The backbone of that run if it was trained at several depths, else the one with the most depths.

    Args:
        project: as it is now.
        run: that is looked at.
        is_quick: go by likely ranges alone, without the answers about each image.
    """
    alike: dict[tuple[str, str], dict[int, RunKind]] = defaultdict(dict)
    for kind in kinds_of(finished(project)):
        if head_depth(kind.first) is not None:
            # Of several kinds at one depth, the best choice of settings stands for it.
            alike[kind.start].setdefault(kind.depth, kind)
    if not alike:
        return None
    wanted = alike.get(start_of(run), {}) if run is not None else {}
    if len(wanted) < 2:
        wanted = max(
            alike.values(), key=lambda kinds: (len(kinds), max(kind.first.number for kind in kinds.values()))
        )
    return _curve(None if is_quick else project, [wanted[depth] for depth in sorted(wanted)])


def _curve(project: Project | None, kinds: Sequence[RunKind]) -> DepthCurve:
    standings = _standings(project, kinds)
    # Of several seeds the answers tell more than the mean of their ranges.
    ranges = [(each.low, each.high) for each in standings] if standings else [kind.likely for kind in kinds]
    points = tuple(
        DepthPoint(kind.depth, kind.accuracy, low, high, tuple(run.number for run in kind.runs))
        for kind, (low, high) in zip(kinds, ranges, strict=True)
    )
    best = max(range(len(points)), key=lambda place: (points[place].accuracy, points[place].depth))
    # Those that may be as good as the best one: by the same images, or else by its likely range.
    alike = (
        [each.can_be_chance for each in standings]
        if standings
        else [kind.accuracy >= ranges[best][0] for kind in kinds]
    )
    first = last = best
    while first > 0 and alike[first - 1]:
        first -= 1
    while last < len(points) - 1 and alike[last + 1]:
        last += 1
    return DepthCurve(
        backbone=title_of(kinds[0].backbone),
        groups=head_depth(kinds[0].first) or 0,
        images=kinds[0].images,
        points=points,
        likely=(points[first].depth, points[last].depth),
    )


def _standings(project: Project | None, kinds: Sequence[RunKind]) -> list[Standing]:
    """How each depth stands by its answers about the same images; none where these are not known."""
    ordered = sorted(range(len(kinds)), key=lambda place: (kinds[place].accuracy, place), reverse=True)
    found = compare(contenders(project, [kinds[place] for place in ordered])) if project is not None else None
    if found is None:
        return []
    standings = found.standings[::-1]
    return [standings[ordered.index(place)] for place in range(len(kinds))]
