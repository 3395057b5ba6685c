"""What the check-up of the images tells: each finding says what, why it matters, and what can be done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tlstudio.amounts import counted
from tlstudio.data.errors import listed
from tlstudio.data.events import ImagesScanned
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import BITS_USED, OWN_RANGE, ImageRow, torn_groups

Kind = Literal[
    "set_aside",
    "two_classes",
    "groups",
    "imbalance",
    "small_class",
    "small_classes",
    "small_images",
    "dark_images",
    "own_range",
    "note",
]
Tone = Literal["warn", "advice", "ok"]

IMBALANCE = 3.0
"""From this ratio between the largest and the smallest class on, rare classes tend to be missed."""

FEW_IMAGES = 20
"""With fewer images of a class its results are mostly chance."""

MANY_CLASSES = 4
"""More small ones are told of together."""

SMALL_PX = 32
MOST_REASONS = 4
MOST_NAMED = 4
PATH_LETTERS = 24


@dataclass(frozen=True)
class Finding:
    """One row of the check-up.

    Attributes:
        kind: what it is about.
        tone: warn: look at it; advice: worth knowing; ok: in order or already taken care of.
        icon: of the vocabulary.
        title: what was found.
        why: why it matters; may be empty where the title says it all.
        action: the words of its button, or empty.
        link: the words of the link that shows the images, or empty.
        class_name: whose images the link shows, for findings about a class.
    """

    kind: Kind
    tone: Tone
    icon: str
    title: str
    why: str = ""
    action: str = ""
    link: str = ""
    class_name: str = ""


def check_up(
    images: ImagesScanned, rows: Sequence[ImageRow], data: DataSettings, *, is_class_weighted: bool
) -> tuple[Finding, ...]:
    """Everything that was found, what needs a look first."""
    found = (
        *_set_aside(rows),
        *_in_two_classes(rows),
        *_groups(images, rows, data),
        *_imbalance(images, is_class_weighted=is_class_weighted),
        *_small_classes(images),
        *_small_images(rows),
        *_tones(rows),
        *map(_note, images.notes),
    )
    return tuple(sorted(found, key=lambda finding: finding.tone == "ok"))


def _note(note: str) -> Finding:
    title, _, why = note.partition(". ")
    return Finding("note", "advice", "info", title.rstrip("."), why)


def to_look_at(findings: Sequence[Finding]) -> int:
    """How many of them are not in order."""
    return sum(finding.tone != "ok" for finding in findings)


def is_small(row: ImageRow) -> bool:
    """Whether the image is too small to show much."""
    return not row.is_set_aside and min(row.width, row.height) < SMALL_PX


def across_classes(rows: Sequence[ImageRow]) -> list[list[ImageRow]]:
    """The copies of each image that lies in more than one class, byte for byte the same."""
    labels: dict[str, str] = {}
    copies: dict[str, list[ImageRow]] = {}
    usable = [row for row in rows if row.sha256 and not row.is_set_aside]
    for row in usable:
        if labels.setdefault(row.sha256, row.class_name) != row.class_name:
            copies[row.sha256] = []
    for row in usable if copies else ():
        if row.sha256 in copies:
            copies[row.sha256].append(row)
    return list(copies.values())


def _set_aside(rows: Sequence[ImageRow]) -> list[Finding]:
    reasons = Counter(row.flags or "It can't be read" for row in rows if row.is_set_aside)
    if not reasons:
        return []
    listed = [f"{reason}: {count:,}" for reason, count in reasons.most_common(MOST_REASONS)]
    more = len(reasons) - MOST_REASONS
    if more > 0:
        listed.append(f"and {counted(more, 'more reason')}")
    count = sum(reasons.values())
    stay = "It stays where it is and is" if count == 1 else "They stay where they are and are"
    why = f"{stay} not used.\n" + "\n".join(listed)
    title = f"{counted(count, 'file')} set aside"
    link = "Show it" if count == 1 else "Show them"
    return [Finding("set_aside", "warn", "tray", title, why, link=link)]


def _in_two_classes(rows: Sequence[ImageRow]) -> list[Finding]:
    found = across_classes(rows)
    if not found:
        return []
    is_of_two = all(len({row.class_name for row in same}) == 2 for same in found)
    labels, wrong = ("two", "one of them is") if is_of_two else ("several", "all but one of them are")
    title = f"{counted(len(found), 'image')} {'lies' if len(found) == 1 else 'lie'} in {labels} classes"
    why = [f"The same picture has {labels} labels, so {wrong} learned and judged wrongly."]
    why += [" and ".join(_short(row.path) for row in same) for same in found[:MOST_NAMED]]
    if len(found) > MOST_NAMED:
        why.append(f"and {len(found) - MOST_NAMED:,} more")
    return [Finding("two_classes", "warn", "copy", title, "\n".join(why), link="Show them")]


def _short(path: str) -> str:
    """The path's two ends: a long word that can't be wrapped would push the whole column wider."""
    return path if len(path) <= PATH_LETTERS else f"{path[:8]}…{path[9 - PATH_LETTERS :]}"


def _groups(images: ImagesScanned, rows: Sequence[ImageRow], data: DataSettings) -> list[Finding]:
    torn = len(torn_groups(rows))
    if torn and (data.is_independent or images.group_pattern is None):  # then only copies are a group
        title = f"{counted(torn, 'image')} {'has' if torn == 1 else 'have'} exact copies in another split"
        why = (
            "Your training and test folders hold the same pictures, so the result will look better than it "
            "is. Give the class folders alone, and copies are kept together."
        )
        return [Finding("groups", "warn", "users", title, why, "Set groups")]
    if data.is_independent:
        why = "You said that no two show the same patient, slide or part."
        return [Finding("groups", "ok", "users", "Every image stands alone", why, "Change")]
    if images.group_pattern is None:
        title = "No groups in the names"
        why = "If several images show the same patient, slide or part, the test result would look too good."
        return [Finding("groups", "advice", "users", title, why, "Set groups")]
    if torn:
        title = f"{counted(torn, 'group')} {'stands' if torn == 1 else 'stand'} in several splits"
        why = (
            "Your training and test folders tear them apart, so the result will look better than it is. Give "
            "the class folders alone, and groups are kept together."
        )
        return [Finding("groups", "warn", "users", title, why, "Change")]
    why = "Images of one group stay together, so that it is tested on groups that it has never seen."
    whose = "by your pattern" if data.group_pattern else "found in the names"
    title = f"{counted(images.groups, 'group')} {whose}"
    return [Finding("groups", "ok" if data.group_pattern else "advice", "users", title, why, "Change")]


def _imbalance(images: ImagesScanned, *, is_class_weighted: bool) -> list[Finding]:
    counts = {name: count for name, count in images.class_counts.items() if count}
    if len(counts) < 2:
        return []
    rarest = min(counts, key=lambda name: counts[name])
    ratio = max(counts.values()) / counts[rarest]
    if ratio < IMBALANCE:
        return []
    title = f"{rarest} has {ratio:.0f} times fewer images"
    if is_class_weighted:
        why = "Rare classes count more while training."
        return [Finding("imbalance", "ok", "scales", title, why, "Turn off", class_name=rarest)]
    why = "Rare classes tend to be missed. Your files stay as they are."
    return [Finding("imbalance", "warn", "scales", title, why, "Balance while training", "Show them", rarest)]


def _small_classes(images: ImagesScanned) -> list[Finding]:
    small = [name for name, count in images.class_counts.items() if count < FEW_IMAGES]
    if len(small) > MANY_CLASSES:
        return [
            Finding(
                "small_classes",
                "warn",
                "image",
                f"{len(small):,} classes have fewer than {FEW_IMAGES} images",
                f"Results of {listed(small, 3)} are mostly chance. More images of them help most.",
            )
        ]
    return [
        Finding(
            "small_class",
            "warn",
            "image",
            f"{name} has only {counted(count, 'image')}",
            f"With fewer than {FEW_IMAGES} its results are mostly chance. More images of it help most.",
            link="Show them",
            class_name=name,
        )
        for name, count in images.class_counts.items()
        if count < FEW_IMAGES
    ]


def _small_images(rows: Sequence[ImageRow]) -> list[Finding]:
    count = sum(is_small(row) for row in rows)
    if not count:
        return []
    title = f"{counted(count, 'image')} smaller than {SMALL_PX} px"
    verb = "is" if count == 1 else "are"
    why = f"{'It' if count == 1 else 'They'} {verb} enlarged to fit the network, so fine detail is missing."
    link = "Show it" if count == 1 else "Show them"
    return [Finding("small_images", "advice", "arrows-out", title, why, link=link)]


def _tones(rows: Sequence[ImageRow]) -> list[Finding]:
    """Images whose brightness is not what a person sees in another program."""
    found = []
    dark = sum(BITS_USED in row.flags for row in rows if not row.is_set_aside)
    if dark:
        uses = "image uses few of its 16 bits" if dark == 1 else "images use few of their 16 bits"
        why = (
            "Read as they are, they are nearly black. Save them as 8-bit images, or with the highest value "
            "that they can have in the file (MaxSampleValue)."
        )
        found.append(Finding("dark_images", "warn", "image", f"{dark:,} {uses}", why))
    own = sum(OWN_RANGE in row.flags for row in rows if not row.is_set_aside)
    if own:
        are = "image is scaled by its own range" if own == 1 else "images are scaled, each by its own range"
        why = (
            "Their files name no range, so brightness can't be compared between them. Save them with values "
            "from 0 to 1, or as 8-bit or 16-bit images."
        )
        found.append(Finding("own_range", "advice", "image", f"{own:,} {are}", why))
    return found
