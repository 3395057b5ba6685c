"""Where everything of the freeze diagram lies, for a size, a number of groups and a text scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF

from tlstudio.app.widgets.freeze_stages import Stage

STAGE_HEIGHTS = (1.0, 0.925, 0.83, 0.72, 0.60)
DECISION_HEIGHT = 0.46
WIDEST_BLOCK, NARROWEST_BLOCK = 80.0, 8.0


@dataclass(frozen=True)
class FreezeLayout:
    """Rectangles and borders in the slider's own pixels, from the image on the left to the answer.

    Attributes:
        captions: one rectangle for each stage name.
        blocks: one for each group.
        borders: x of the handle at each depth, 0 … groups.
        wire: the y of the line that joins everything.
    """

    image: QRectF
    image_caption: QRectF
    captions: tuple[QRectF, ...]
    blocks: tuple[QRectF, ...]
    decision: QRectF
    decision_caption: QRectF
    answer: QRectF
    answer_caption: QRectF
    borders: tuple[float, ...]
    track: QRectF
    counts: QRectF
    pins: QRectF
    wire: float

    def depth_at(self, x: float) -> int:
        """The depth whose border is nearest to x."""
        return min(range(len(self.borders)), key=lambda depth: abs(self.borders[depth] - x))

    def block_at(self, point: QPointF) -> int | None:
        """The group whose block is under the point."""
        grown = ((place, block.adjusted(-2, 0, 2, 0)) for place, block in enumerate(self.blocks))
        return next((place for place, block in grown if block.contains(point)), None)


def lay_out(width: float, height: float, cut: Sequence[Stage], scale: float = 1.0) -> FreezeLayout:
    """The layout that fills width × height.

    Args:
        width: in pixels.
        height: likewise.
        cut: the stages, whose groups become blocks.
        scale: of the text, 1 at 100 %.
    """
    line = 22 * scale
    below = 16 * scale + 22 + 2 * line  # from the lowest block to the bottom: track, counts, pin
    highest = max(40.0, height - line - 10 - below)
    wire = line + 10 + highest / 2
    side = min(80.0, highest)
    image_width, answer_width, decision_width = max(88.0, 80 * scale), 84 * scale, 68 * scale
    image = QRectF((image_width - side) / 2, wire - side / 2, side, side)

    left, right = image_width + 32, width - answer_width - 14 - decision_width
    block, gap, stage_gap = _widths(right - left, cut)
    x = left + max(0.0, stage_gap - 24) / 2
    blocks: list[QRectF] = []
    captions: list[QRectF] = []
    for place, stage in enumerate(cut):
        tall = highest * STAGE_HEIGHTS[place if len(cut) == len(STAGE_HEIGHTS) else min(4, place + 1)]
        first = x
        for _ in range(stage.groups):
            blocks.append(QRectF(x, wire - tall / 2, block, tall))
            x += block + gap
        x += stage_gap - gap
        captions.append(_caption(first, x - stage_gap, line, stage_gap))
    low = highest * DECISION_HEIGHT
    low = max(low, 50 * scale)
    decision = QRectF(right, wire - low / 2, decision_width, low)
    track_y = line + 10 + highest + 22
    first_border = blocks[0].left() - min(9.0, stage_gap / 2)
    inner = [(a.right() + b.left()) / 2 for a, b in pairwise(blocks)]
    borders = (first_border, *inner, (blocks[-1].right() + decision.left()) / 2)
    return FreezeLayout(
        image=image,
        image_caption=QRectF(0, 0, image_width, line),
        captions=tuple(captions),
        blocks=tuple(blocks),
        decision=decision,
        decision_caption=QRectF(decision.left() - 10, 0, decision.width() + 20, line),
        answer=QRectF(width - answer_width, wire - line, answer_width, 2 * line),
        answer_caption=QRectF(width - answer_width, 0, answer_width, line),
        borders=borders,
        track=QRectF(first_border, track_y, decision.right() - first_border, 7),
        counts=QRectF(first_border, track_y + 14, decision.right() - first_border, line),
        pins=QRectF(first_border, height - line, decision.right() - first_border, line),
        wire=wire,
    )


def _widths(space: float, cut: Sequence[Stage]) -> tuple[float, float, float]:
    """Width of a block, gap within a stage and gap between stages (also before the decision)."""
    groups = sum(stage.groups for stage in cut)
    within = groups - len(cut)
    gap = 7.0 if groups <= 20 else 4.0
    block = (space - gap * within - 20 * len(cut)) / groups
    block = min(WIDEST_BLOCK, max(NARROWEST_BLOCK, block))
    if groups > len(cut):
        block = min(block, 48.0)
    return block, gap, max(10.0, (space - block * groups - gap * within) / len(cut))


def _caption(left: float, right: float, line: float, stage_gap: float) -> QRectF:
    spare = max(0.0, stage_gap / 2 - 2)
    return QRectF(left - spare, 0, right - left + 2 * spare, line)
