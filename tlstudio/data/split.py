"""Every image gets a split, its whole group with it; splits that the folders give are kept."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tlstudio.data.assign import assign
from tlstudio.data.errors import FractionsDontFit, TooFewGroups, TooFewImages, listed
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import SPLITS, Split

IN_WORDS: dict[Split, str] = {"train": "training", "validation": "validation", "test": "test"}


@dataclass(frozen=True)
class SplitImage:
    """What splitting needs to know about a readable image."""

    path: str
    class_name: str
    group: str
    sha256: str
    given: Split | Literal[""] = ""


@dataclass(frozen=True)
class Splitting:
    """The split of every image.

    Attributes:
        splits: path → split.
        groups: path → group, where images of equal content share one.
        copies: sentences for people about copies and groups that given folders tear apart, which the table of
            images tells as well.
        notes: about everything else.
    """

    splits: dict[str, Split]
    groups: dict[str, str]
    copies: tuple[str, ...]
    notes: tuple[str, ...]


def split_images(
    images: Sequence[SplitImage],
    settings: DataSettings,
    kept: Mapping[str, Split] | None = None,
    *,
    is_regrouped: bool = False,
) -> Splitting:
    """Splits that keep groups whole, classes in their share, and what the folders give.

    Args:
        images: readable ones, of at least two classes.
        settings: shares and seed.
        kept: path → split of images that were split before; their groups stay there. Groups of several splits
            that an image joins go where they can't be learned from: to the test, else to validation.
        is_regrouped: groups are made by another rule than those of `kept` were, so that one of several splits
            is dealt anew.

    Raises:
        DataError: if a class or the groups are too few, or the shares don't fit.
    """
    train, validation = settings.train_fraction, settings.validation_fraction
    if not (0 < train < 1 and 0 < validation < 1 and train + validation < 0.9999):
        raise FractionsDontFit(train, validation)
    given = {image.given for image in images if image.given}
    are_dealt = given <= {"train"}
    groups, copies = join_copies(images, are_dealt=are_dealt)
    stay = _kept_groups(images, groups, kept or {}, is_regrouped=is_regrouped)
    if are_dealt:
        shares: dict[Split, float] = {
            "train": train,
            "test": 1 - train - validation,
            "validation": validation,
        }
        notes: list[str] = []
        splits = _deal(images, groups, shares, settings.seed, stay, notes)
        return Splitting(splits, groups, tuple(copies), tuple(notes))
    return _complete(images, groups, settings, stay, copies)


def join_copies(images: Sequence[SplitImage], *, are_dealt: bool) -> tuple[dict[str, str], list[str]]:
    """Path → group, where groups that hold a file of equal content are one; and what to say about it.

    Args:
        images: all.
        are_dealt: whether no given folder can tear copies apart.
    """
    leader: dict[str, str] = {image.group: image.group for image in images}

    def find(group: str) -> str:
        while leader[group] != group:
            leader[group] = leader[leader[group]]
            group = leader[group]
        return group

    by_content: dict[str, list[SplitImage]] = defaultdict(list)
    for image in images:
        by_content[image.sha256].append(image)
    copies = [same for same in by_content.values() if len(same) > 1]
    for same in copies:
        first, *others = sorted({find(image.group) for image in same})
        for other in others:
            leader[other] = first
    notes = []
    extra = sum(len(same) - 1 for same in copies)
    if extra:
        is_or_are = "image is an exact copy" if extra == 1 else "images are exact copies"
        together = "; copies stay in the same split" if are_dealt else ""
        notes.append(f"{extra:,} {is_or_are} of others{together}.")
    torn = [same[0].path for same in copies if len({image.class_name for image in same}) > 1]
    if torn:
        notes.append(
            f"The same picture lies in two classes, such as {listed(torn, 1)}; one label must be wrong."
        )
    return {image.path: find(image.group) for image in images}, notes


def _complete(
    images: Sequence[SplitImage],
    groups: dict[str, str],
    settings: DataSettings,
    stay: Mapping[str, Split],
    copies: Sequence[str],
) -> Splitting:
    """The given splits as they are, a missing one taken from where it leaks nothing."""
    given = {image.given for image in images}
    splits: dict[str, Split] = {image.path: image.given for image in images if image.given}
    _require_in_training(images)
    copies, notes = (*copies, *_leaks(images, groups)), list[str]()
    if "test" not in given:
        held_out = [image for image in images if image.given == "validation"]
        halves: dict[Split, float] = {"test": 0.5, "validation": 0.5}
        splits |= _deal(held_out, groups, halves, settings.seed, stay, notes)
        notes.append(
            "There is no test folder, so the validation images were divided in half: one half chooses the "
            "best epoch, the other is the test. The training images stay exactly as given."
        )
    elif "validation" not in given:
        learning = [image for image in images if image.given == "train"]
        share = settings.validation_fraction / (settings.train_fraction + settings.validation_fraction)
        parts: dict[Split, float] = {"train": 1 - share, "validation": share}
        splits |= _deal(learning, groups, parts, settings.seed, stay, notes)
        notes.append(
            f"There is no validation folder, so {share:.0%} of the training images choose the best epoch. "
            "The test images stay exactly as given."
        )
    return Splitting(splits, groups, copies, tuple(notes))


def _deal(
    images: Sequence[SplitImage],
    groups: Mapping[str, str],
    shares: Mapping[Split, float],
    seed: int,
    stay: Mapping[str, Split],
    notes: list[str],
) -> dict[str, Split]:
    """Path → split for images that no folder decides about."""
    per_class = Counter(image.class_name for image in images)
    for class_name, count in sorted(per_class.items()):
        if count < len(shares):
            raise TooFewImages(class_name, count, len(shares))
    contents: dict[str, Counter[str]] = defaultdict(Counter)
    for image in images:
        contents[groups[image.path]][image.class_name] += 1
    if len(contents) < len(shares):
        raise TooFewGroups(len(contents), len(shares))
    dealt = assign(contents, shares, seed, stay)
    present = set(dealt.values())
    if present != set(shares):
        raise TooFewGroups(len(contents), len(shares))
    notes += _unjudged(contents, dealt, shares)
    return {image.path: dealt[groups[image.path]] for image in images}


def _kept_groups(
    images: Iterable[SplitImage], groups: Mapping[str, str], kept: Mapping[str, Split], *, is_regrouped: bool
) -> dict[str, Split]:
    """Group → the split that it stays in; SPLITS are in the order in which they are held out."""
    earlier: dict[str, set[Split]] = defaultdict(set)
    for image in images:
        if image.path in kept:
            earlier[groups[image.path]].add(kept[image.path])
    return {
        group: max(splits, key=SPLITS.index)
        for group, splits in earlier.items()
        if len(splits) == 1 or not is_regrouped
    }


def _unjudged(
    contents: Mapping[str, Counter[str]], dealt: Mapping[str, Split], shares: Mapping[Split, float]
) -> list[str]:
    """What to say about classes that are missing from a split because their groups are too few."""
    groups_of: dict[str, list[str]] = defaultdict(list)
    for group, counts in contents.items():
        for class_name in counts:
            groups_of[class_name].append(group)
    notes = []
    for class_name, names in sorted(groups_of.items()):
        present = {dealt[name] for name in names}
        missing = [IN_WORDS[split] for split in SPLITS if split in shares and split not in present]
        if not missing:
            continue
        if len(names) == 1:
            notes.append(
                f"All images of “{class_name}” belong to one group, so it is in {IN_WORDS[present.pop()]} "
                "only: how well it is found on new groups can't be judged."
            )
        else:
            notes.append(
                f"The images of “{class_name}” belong to {len(names)} groups that can't be in every split; "
                f"it is missing from {' and '.join(missing)}."
            )
    return notes


def _leaks(images: Iterable[SplitImage], groups: Mapping[str, str]) -> list[str]:
    given: dict[str, set[str]] = defaultdict(set)
    for image in images:
        given[groups[image.path]].add(image.given)
    leaks = sorted(group for group, splits in given.items() if len(splits) > 1)
    if not leaks:
        return []
    stand = "group stands" if len(leaks) == 1 else "groups stand"
    return [
        f"{len(leaks):,} {stand} in more than one of the given splits, such as {listed(leaks, 1)}. "
        "The folders are kept as they are, but the result will look better than it is."
    ]


def _require_in_training(images: Iterable[SplitImage]) -> None:
    images = list(images)
    learned = Counter(image.class_name for image in images if image.given == "train")
    for class_name in sorted({image.class_name for image in images}):
        if not learned[class_name]:
            raise TooFewImages(class_name, 0, 1)
