"""What a position of the freeze slider means, in stages, words and rules of thumb."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Strategy = Literal["Full fine-tuning", "Partial fine-tuning", "Feature extraction"]
Risk = Literal["low", "medium", "high"]
STRATEGIES: tuple[Strategy, ...] = ("Full fine-tuning", "Partial fine-tuning", "Feature extraction")

NAMES = ("Edges", "Textures", "Patterns", "Parts of things", "Whole things")
NAMES_OF_FEW = {
    1: ("Whole things",),
    2: ("Edges", "Whole things"),
    3: ("Edges", "Patterns", "Whole things"),
    4: ("Edges", "Textures", "Parts of things", "Whole things"),
}

RISK_LIMITS = {"pretrained": (10_000, 100_000), "random": (1_000, 10_000)}
"""Values adjusted per training image: below the first the risk is low, below the second medium."""


@dataclass(frozen=True)
class Stage:
    """Neighbouring groups under one name that says what such layers tend to respond to."""

    name: str
    first: int  # its first group, from 0
    groups: int


def stages(groups: int) -> tuple[Stage, ...]:
    """The groups under their stage names: the first alone, the others in equal parts, longer ones later."""
    names = NAMES_OF_FEW.get(groups, NAMES)
    whole, rest = divmod(groups - 1, max(1, len(names) - 1))
    sizes = [1] + [whole + (place >= len(names) - 1 - rest) for place in range(len(names) - 1)]
    firsts = [sum(sizes[:place]) for place in range(len(names))]
    return tuple(Stage(*row) for row in zip(names, firsts, sizes, strict=True))


def stage_border(depth: int, cut: Sequence[Stage], step: Literal[-1, 1]) -> int:
    """The next border between stages after (or before) that depth; the ends of the slider are borders."""
    borders = [stage.first for stage in cut] + [cut[-1].first + cut[-1].groups]
    if step > 0:
        return min((border for border in borders if border > depth), default=borders[-1])
    return max((border for border in borders if border < depth), default=borders[0])


def strategy(depth: int, groups: int) -> Strategy:
    """What freezing the first `depth` of `groups` groups is called."""
    if depth == 0:
        return "Full fine-tuning"
    return "Feature extraction" if depth >= groups else "Partial fine-tuning"


def what_it_does(depth: int, groups: int, *, is_pretrained: bool, is_best_in_trials: bool = False) -> str:
    """One or two sentences under the strategy's name.

    Args:
        depth: how many groups are frozen.
        groups: how many there are.
        is_pretrained: whether the frozen groups know anything.
        is_best_in_trials: whether `make bench-depths` found depth 0 best for weights made of drawn scenes and
            so many images.
    """
    if not is_pretrained and depth > 0:
        return "Keeps random values in the frozen blocks, although nothing was learned there yet."
    if not is_pretrained:
        return "Learns everything from your images alone, as it starts from random weights."
    if depth == 0 and is_best_in_trials:
        return "Everything adapts to your images. Best in our trials of weights that have seen no photograph."
    if depth == 0:
        return "Everything adapts to your images. May suit large sets, or images unlike those it has seen."
    if depth >= groups:
        return "Keeps all it can see and learns only the decision. Fast, and may suit few images."
    cut = stages(groups)
    kept = max((stage for stage in cut if stage.first < depth), key=lambda stage: stage.first)
    return f"Keeps what it sees up to {kept.name.lower()}, relearns what comes after."


def memorising_risk(
    trainable: int, train_images: int, *, is_pretrained: bool
) -> Literal["low", "medium", "high"]:
    """The risk of learning by heart, by the values that are adjusted per training image."""
    low, medium = RISK_LIMITS["pretrained" if is_pretrained else "random"]
    each = trainable / max(1, train_images)
    if each < low:
        return "low"
    return "medium" if each < medium else "high"
