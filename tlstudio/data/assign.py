"""Whole groups are dealt out to splits so that every class keeps its share."""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping

from tlstudio.data.table import Split

SWAPS_PER_GROUP = 20
MOST_SWAPS = 4000
"""About a fifth of a second for three classes, which brings 364 blood smears to 70.0 : 15.0 : 15.0 %."""

Counts = Mapping[str, int]
"""Class → how many images of it."""


def assign(
    groups: Mapping[str, Counts],
    fractions: Mapping[Split, float],
    seed: int,
    kept: Mapping[str, Split] | None = None,
) -> dict[str, Split]:
    """A split for every group, the same for the same groups and seed.

    Largest groups first, equals in the seed's order, each to where it brings the share of its classes
    closest to what is asked. Then pairs change places while that helps, and groups are moved until every
    class with enough groups is in every split.

    Args:
        groups: name → its images of each class.
        fractions: of each split, above 0; they are scaled to add up to 1. A class with fewer groups than
            splits goes to the first ones named, so name them by importance.
        seed: decides among equals.
        kept: groups that stay where they were, but for those of training that fill a gap.
    """
    dealt = _Deal(groups, fractions)
    for name, split in (kept or {}).items():
        if name in groups and split in fractions:
            dealt.put(name, split)
    names = sorted(name for name in groups if name not in dealt.split_of)
    lots = random.Random(seed)  # noqa: S311 (no secret)
    lots.shuffle(names)
    names.sort(key=lambda name: -sum(groups[name].values()))
    for name in names:
        dealt.put(name, min(fractions, key=lambda split: dealt.cost(name, split)))
    dealt.improve(names, lots)
    dealt.fill_gaps(names)
    # Where kept groups leave a gap, what was learned from may be judged on next; never the other way round.
    dealt.fill_gaps([name for name in kept or {} if dealt.split_of.get(name) == "train"])
    return dealt.split_of


class _Deal:
    """Groups on their way to splits."""

    def __init__(self, groups: Mapping[str, Counts], fractions: Mapping[Split, float]) -> None:
        self.groups = groups
        self.splits = list(fractions)
        self.split_of: dict[str, Split] = {}
        totals: Counter[str] = Counter()
        self.groups_of_class: dict[str, list[str]] = defaultdict(list)
        for name in sorted(groups):
            totals.update(groups[name])
            for class_name in groups[name]:
                self.groups_of_class[class_name].append(name)
        whole = sum(fractions.values())
        self.wanted = {
            split: {c: fraction / whole * total for c, total in totals.items()}
            for split, fraction in fractions.items()
        }
        self.images: dict[Split, Counter[str]] = {split: Counter() for split in fractions}
        self.groups_in: dict[Split, Counter[str]] = {split: Counter() for split in fractions}
        # A class counts by its share, so that a rare one is dealt as evenly as a common one.
        self.weight = {class_name: 1.0 / total**2 for class_name, total in totals.items()}

    def put(self, name: str, split: Split) -> None:
        """Deal a group, or move it."""
        before = self.split_of.get(name)
        if before is not None:
            self.images[before].subtract(self.groups[name])
            self.groups_in[before].subtract(self.groups[name].keys())
        self.split_of[name] = split
        self.images[split].update(self.groups[name])
        self.groups_in[split].update(self.groups[name].keys())

    def cost(self, name: str, split: Split) -> float:
        """How much the sum of squared share errors grows if the group came into the split."""
        return sum(
            self.weight[c] * n * (2 * (self.images[split][c] - self.wanted[split][c]) + n)
            for c, n in self.groups[name].items()
        )

    def improve(self, names: list[str], lots: random.Random) -> None:
        """Let groups of different size change places or move while that evens out the shares."""
        if len({tuple(sorted(self.groups[name].items())) for name in names}) <= len(self.weight):
            return  # groups of one kind, such as single images, are dealt as evenly as can be
        for _ in range(min(SWAPS_PER_GROUP * len(names), MOST_SWAPS, 100_000 // len(self.weight))):
            first, second = lots.choice(names), lots.choice(names)
            a, b = self.split_of[first], self.split_of[second]
            if a == b:
                continue
            before = self.total_cost()
            self.put(first, b)
            if self.total_cost() < before - 1e-12:
                continue
            self.put(second, a)
            if self.total_cost() >= before - 1e-12:
                self.put(first, a)
                self.put(second, b)

    def total_cost(self) -> float:
        """The sum of squared errors of every class's share in every split."""
        return sum(
            weight * (self.images[split][c] - self.wanted[split][c]) ** 2
            for split in self.splits
            for c, weight in self.weight.items()
        )

    def fill_gaps(self, movable: list[str]) -> None:
        """Move the cheapest groups until no class is missing from a split that it has a group for."""
        for _ in range(len(self.splits) * len(self.groups_of_class) + 1):
            gaps = self._gaps()
            moved = False
            for class_name, split in gaps:
                donor = self._donor(class_name, split, set(movable))
                if donor is not None:
                    self.put(donor, split)
                    moved = True
                    break
            if not moved:
                return

    def _gaps(self) -> list[tuple[str, Split]]:
        return [
            (class_name, split)
            for class_name, names in sorted(self.groups_of_class.items(), key=lambda item: len(item[1]))
            for split in self.splits[: len(names)]
            if self.groups_in[split][class_name] == 0
        ]

    def _donor(self, class_name: str, split: Split, movable: set[str]) -> str | None:
        """The group that costs least to move into the split and leaves no other gap behind."""
        candidates = [name for name in self.groups_of_class[class_name] if name in movable]
        allowed = [name for name in candidates if not self._leaves_gap(name)]
        return min(allowed, key=lambda name: (self.cost(name, split), name), default=None)

    def _leaves_gap(self, name: str) -> bool:
        split = self.split_of[name]
        place = self.splits.index(split)
        return any(
            self.groups_in[split][c] == 1 and place < len(self.groups_of_class[c]) for c in self.groups[name]
        )
