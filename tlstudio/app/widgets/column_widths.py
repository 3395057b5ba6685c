"""How the columns of a table share its width; a function of numbers, without Qt."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """What a column needs.

    Attributes:
        least: pixels without which its words are cut.
        best: pixels with which it shows everything that it can.
        rank: of columns that can be left out, the lowest goes first; 0 for one that always stays.
        is_fixed: it takes no share of what is left over.
    """

    least: int
    best: int
    rank: int = 0
    is_fixed: bool = False


def share_out(available: int, wishes: Sequence[Wish]) -> list[int]:
    """The width of each column, 0 for one that has to be left out; together never less than is needed.

    First every column gets its least, then what it can use, then all that are not fixed an equal part more.
    """
    kept = [True] * len(wishes)
    for _, place in sorted((wish.rank, place) for place, wish in enumerate(wishes) if wish.rank):
        if _total(wishes, kept) > available:
            kept[place] = False
    widths = [wish.least if is_kept else 0 for wish, is_kept in zip(wishes, kept, strict=True)]
    wanted = [wish.best - wish.least if is_kept else 0 for wish, is_kept in zip(wishes, kept, strict=True)]
    left = max(0, available - sum(widths))
    share = min(1.0, left / sum(wanted)) if sum(wanted) else 1.0
    widths = [width + int(share * want) for width, want in zip(widths, wanted, strict=True)]
    growing = [place for place, wish in enumerate(wishes) if kept[place] and not wish.is_fixed]
    if share == 1.0 and growing:
        left = max(0, available - sum(widths))
        for place in growing:
            widths[place] += left // len(growing)
        widths[growing[-1]] += left % len(growing)
    return widths


def _total(wishes: Sequence[Wish], kept: Sequence[bool]) -> int:
    return sum(wish.least for wish, is_kept in zip(wishes, kept, strict=True) if is_kept)
