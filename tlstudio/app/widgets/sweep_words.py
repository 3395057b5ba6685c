"""Freeze depths as a person writes them; functions of text, without Qt."""

import re

AUTO = "auto"


class DepthsUnclear(ValueError):
    """The text names no depths, or some that the backbone does not have."""


def depths_in(text: str, head_depth: int, auto: tuple[int, ...]) -> tuple[int, ...]:
    """The depths that the text names, ascending and each once.

    Args:
        text: "auto", or numbers with anything between them; "head" is the last depth, "none" is 0.
        head_depth: the last depth of the backbone.
        auto: what "auto" stands for.

    Raises:
        DepthsUnclear: with a sentence for people.
    """
    words = [word for word in re.split(r"[\s,;]+", text.strip().lower()) if word]
    if words in ([], [AUTO]):
        return auto
    named = {"head": head_depth, "none": 0}
    depths = set()
    for word in words:
        if word not in named and not word.isdecimal():
            such = f"Write “{AUTO}”, or numbers such as 0, 2, {head_depth}."
            raise DepthsUnclear(f"“{word}” is no number of blocks. {such}")
        depth = named.get(word, int(word) if word.isdecimal() else 0)
        if depth > head_depth:
            raise DepthsUnclear(f"This backbone has {head_depth} blocks, so {depth} of them can't be frozen.")
        depths.add(depth)
    return tuple(sorted(depths))
