"""Which run is ahead, and whether that can be chance, in a sentence; functions of facts, without Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

from tlstudio.amounts import counted
from tlstudio.app.widgets.depth_points import DepthCurve, finished
from tlstudio.app.widgets.run_kinds import RunKind, contenders, has_answers, kinds_of
from tlstudio.evaluate.compare import compare
from tlstudio.project.project import Project, Run

MOST = 4
"""So many kinds of runs are named in one sentence."""

TRY_MORE = "Train another freeze depth or another backbone to see what makes a difference."
COMPARING = "Comparing the runs image by image…"
RANGES = "The upright lines in the right chart show the likely range of each."


@dataclass(frozen=True)
class Verdict:
    """What the runs come to.

    Attributes:
        title: one sentence.
        text: what it rests on.
        between: two depths with some between them that may be worth a run, or None.
    """

    title: str
    text: str
    between: tuple[int, int] | None = None

    @property
    def planned_depth(self) -> int:
        """The depth in the middle of the two."""
        return sum(self.between) // 2 if self.between else 0


def verdict(project: Project, curve: DepthCurve | None, *, is_quick: bool = False) -> Verdict | None:
    """What the project's runs on the present images come to; None while there is none.

    Runs that differ by their seed alone are taken together, and the best is compared with the others on
    the same validation images.

    Args:
        project: as it is now.
        curve: of the backbone that is looked at.
        is_quick: there is no time to compare image by image.
    """
    runs = finished(project)
    kinds = kinds_of(runs)
    if not kinds:
        return None
    if len(kinds) == 1:
        return Verdict(_alone(kinds[0], runs), TRY_MORE)
    if is_quick and has_answers(project, kinds[0]):
        return Verdict(COMPARING, "")
    found = compare(contenders(project, kinds[:MOST]))
    title, text = (found.title, found.text) if found is not None else _by_ranges(kinds[0], kinds[1])
    gap = curve.gap if curve is not None else None
    return Verdict(title, f"{text} {RANGES}" if _are_shown(kinds[:2], curve) else text, gap)


def _alone(kind: RunKind, runs: Sequence[Run]) -> str:
    if len(kind.runs) == 1 and len(runs) > 1:
        return f"These {len(runs)} runs are the same one, repeated with the same seed."
    if len(kind.runs) == 1:
        return f"Run {kind.first.number} is the only one to compare so far."
    return f"These {len(kind.runs)} runs differ by their seed alone."


def _are_shown(kinds: Sequence[RunKind], curve: DepthCurve | None) -> bool:
    shown = {number for point in curve.points for number in point.runs} if curve is not None else set()
    return all(kind.first.number in shown for kind in kinds)


def _by_ranges(best: RunKind, other: RunKind) -> tuple[str, str]:
    """The verdict by intervals alone, for runs of older versions that kept no answers."""
    first, second = (f"Run {kind.first.number}" for kind in (best, other))
    of = f"the {counted(best.images, 'validation image')}"
    right, less = round(best.accuracy * best.images), round(other.accuracy * best.images)
    if right == less:
        return f"{first} is as accurate as {second}.", f"Each gets {right:,} of {of} right."
    if other.accuracy >= best.likely[0]:
        title = f"{first} is ahead, but {second} may be just as good."
        verb = "makes" if right - less == 1 else "make"
        return title, f"Only {right - less:,} of {of} {verb} the difference, which can be chance."
    return f"{first} is ahead.", f"It gets {right - less:,} more of {of} right than {second}."
