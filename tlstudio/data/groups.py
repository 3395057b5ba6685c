"""Which images belong together: one patient's, one slide's, one part's."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tlstudio.data.errors import GroupPatternNotUnderstood
from tlstudio.data.folder import SPLIT_FOLDERS
from tlstudio.data.settings import DataSettings

LONGEST_PATTERN = 300
LONGEST_PATH = 400
"""Only the end of a longer path is searched, so that no pattern takes long."""


@dataclass(frozen=True)
class Grouping:
    """The groups of all images.

    Attributes:
        groups: of each path, in the order of the paths; the path itself where it stands alone.
        pattern: the one in force, chosen or proposed, or None.
        notes: sentences for people.
    """

    groups: tuple[str, ...]
    pattern: str | None
    notes: tuple[str, ...] = ()


def group_images(paths: Sequence[str], settings: DataSettings) -> Grouping:
    """The group of each path, by the pattern that was chosen, else by the one that the names suggest.

    Raises:
        GroupPatternNotUnderstood: if the chosen pattern is no pattern, may take forever, or matches no path.
    """
    if settings.group_pattern:
        return _by_chosen_pattern(paths, settings.group_pattern)
    if settings.is_independent:
        return Grouping(tuple(paths), None)
    proposed = propose_group_pattern(paths)
    if proposed is None:
        note = (
            "The file names show no groups, so every image counts as independent. If several images come "
            "from one patient, slide or part, name the group in the file names or choose a group pattern; "
            "otherwise the test result will look better than it is."
        )
        return Grouping(tuple(paths), None, (note,))
    groups = _groups(paths, re.compile(proposed))
    kinds = len({group for group, path in zip(groups, paths, strict=True) if group != path})
    note = (
        f"The file names suggest {kinds:,} groups, such as “{_example(groups, paths)}”. Images of one group "
        "stay in the same split, so that the test shows how it does on new ones. If that is wrong, choose "
        "another group pattern or say that every image is independent."
    )
    return Grouping(groups, proposed, (note,))


def propose_group_pattern(paths: Sequence[str]) -> str | None:
    """A pattern whose code at the start of a name is shared by several images, or None.

    `slide07_cell12.png` gives slide07, `P014_NEU_356.png` P014; plain counters and random names give None.
    """
    return next((pattern for pattern in CANDIDATES if _is_plausible(paths, re.compile(pattern))), None)


CANDIDATES = (
    # A folder for each patient inside the class folders of given splits: train/grade2/patient03/a.png …
    rf"^(?i:{'|'.join(SPLIT_FOLDERS)})/[^/]+/((?=[^/]*\d)[^/]+)/",
    # … or where there are none: grade2/patient03/a.png.
    r"^[^/]+/((?=[^/]*\d)[^/]+)/",
    # The shortest start of the file's name that holds a digit and ends at a separator …
    r"(?:^|/)([^/_\- ]*\d[^/_\- ]*)[_\- ][^/]*$",
    # … with one, two or three parts before it, such as BloodImage_00012 of BloodImage_00012_03.jpg.
    r"(?:^|/)([^/_\- ]+[_\- ][^/_\- ]*\d[^/_\- ]*)[_\- ][^/]*$",
    r"(?:^|/)([^/_\- ]+[_\- ][^/_\- ]+[_\- ][^/_\- ]*\d[^/_\- ]*)[_\- ][^/]*$",
    r"(?:^|/)([^/_\- ]+[_\- ][^/_\- ]+[_\- ][^/_\- ]+[_\- ][^/_\- ]*\d[^/_\- ]*)[_\- ][^/]*$",
)
"""Coarsest first: too coarse a group costs a few images, too fine a one leaks."""


def _by_chosen_pattern(paths: Sequence[str], pattern: str) -> Grouping:
    if len(pattern) > LONGEST_PATTERN:
        raise GroupPatternNotUnderstood(pattern, f"is longer than {LONGEST_PATTERN} characters")
    if may_take_forever(pattern):
        raise GroupPatternNotUnderstood(pattern, "repeats a repetition, which can take forever")
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise GroupPatternNotUnderstood(pattern, f"is no regular expression ({error})") from error
    groups = _groups(paths, compiled)
    alone = sum(group == path for group, path in zip(groups, paths, strict=True))
    if paths and alone == len(paths):
        raise GroupPatternNotUnderstood(pattern, f"matches no file name, such as “{paths[0][-80:]}”")
    if not alone:
        return Grouping(groups, pattern)
    verb = "doesn't match the group pattern and counts as a group of its own"
    if alone > 1:
        verb = "don't match the group pattern; each counts as a group of its own"
    return Grouping(groups, pattern, (f"{alone:,} image{'s' * (alone > 1)} {verb}.",))


def _groups(paths: Sequence[str], pattern: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(_group(path, pattern) or path for path in paths)


def _group(path: str, pattern: re.Pattern[str]) -> str | None:
    match = pattern.search(path[-LONGEST_PATH:])
    if match is None:
        return None
    return match.group(1) if pattern.groups else match.group(0)


def may_take_forever(pattern: str) -> bool:
    """Whether a bracket that repeats or chooses is itself repeated, as in (a+)+, or many repeats follow.

    Such a pattern can need exponential time on a name that almost matches, and can't be interrupted.
    """
    plain = re.sub(r"\\.", "x", pattern)
    plain = re.sub(r"\[\^?\]?[^\]]*\]", "x", plain)  # a set of characters is one character
    open_brackets = [False]
    repeats = 0
    for position, letter in enumerate(plain):
        before = plain[position - 1] if position else "("
        is_repeat = letter in "*+" or (letter == "{" and "," in plain[position : position + 8])
        # Behind a repeat it says how, as in ++ and *?; behind a bracket, of which kind that is.
        is_optional = letter == "?" and before not in "*+?}("
        # The plus in ++ and *+ makes the repeat before it possessive, the one safe kind.
        if is_optional or (is_repeat and before not in "*+?}"):
            repeats += 1
        if letter == "(":
            open_brackets.append(False)
        elif letter == ")" and len(open_brackets) > 1:
            varies = open_brackets.pop()
            following = plain[position + 1 : position + 2]
            if varies and following in ("*", "+", "{"):
                return True
            open_brackets[-1] = open_brackets[-1] or varies
        elif is_repeat or is_optional or letter == "|":
            open_brackets[-1] = True
    return repeats > 8 or plain.count(".*") + plain.count(".+") > 3


def _is_plausible(paths: Sequence[str], pattern: re.Pattern[str]) -> bool:
    """Whether the codes look like patients: many, shared, most images have one, several in each class."""
    codes = [_group(path, pattern) for path in paths]
    counts = Counter(code for code in codes if code)
    grouped = sum(counts.values())
    shared = sum(count for count in counts.values() if count > 1)
    if len(counts) < 3 or grouped < 0.9 * len(paths):
        return False
    if shared < 0.2 * len(paths) or max(counts.values()) > 0.5 * len(paths):
        return False
    codes_of_class: dict[str, set[str]] = defaultdict(set)
    for path, code in zip(paths, codes, strict=True):
        codes_of_class[_class_folder(path)].add(code or path)
    # A code that is the class itself in other words (0_001.png, 1_001.png) is no patient.
    return min(len(codes) for codes in codes_of_class.values()) >= 3


def _class_folder(path: str) -> str:
    parts = path.split("/")[:-1]
    if parts and parts[0].lower() in SPLIT_FOLDERS:
        parts = parts[1:]
    return parts[0] if parts else ""


def _example(groups: Sequence[str], paths: Sequence[str]) -> str:
    counts = Counter(group for group, path in zip(groups, paths, strict=True) if group != path)
    return min(counts, key=lambda group: (-counts[group], group))
