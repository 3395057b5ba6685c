"""How the freeze diagram is painted."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPen, QPixmap

from tlstudio.amounts import counted
from tlstudio.app import theme
from tlstudio.app.widgets.amounts import brief_count
from tlstudio.app.widgets.brush import (
    LEFT,
    RIGHT,
    between,
    bold,
    draw_icon,
    draw_text,
    middle_square,
    rounded,
)
from tlstudio.app.widgets.freeze_layout import FreezeLayout
from tlstudio.app.widgets.freeze_stages import Stage

SHEETS_FROM_PX, SHEET_STEP_PX = 56, 7  # a block that wide holds many layers, and looks it


@dataclass(frozen=True)
class FreezeLook:
    """Everything that the picture depends on.

    Attributes:
        warmth: of each block, 0 frozen … 1 relearning.
        parameters: of each block.
        hovered: the block under the pointer, or None.
        example: one class of the user's; its image, if it is read already.
        pin: what stands in the chip at the recommended depth.
        is_ringed: the handle has the keyboard's focus or is being dragged.
    """

    lies: FreezeLayout
    stages: tuple[Stage, ...]
    depth: int
    recommended: int
    warmth: tuple[float, ...]
    parameters: tuple[int, ...]
    hovered: int | None
    classes: int
    example: str
    image: QPixmap | None
    pin: str
    is_ringed: bool


def paint(painter: QPainter, look: FreezeLook) -> None:
    """Paint the whole diagram, from back to front."""
    lies = look.lies
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    _paint_captions(painter, look, lies)
    _paint_wire(painter, look, lies)
    _paint_image(painter, look, lies.image)
    for place, block in enumerate(lies.blocks):
        _paint_block(painter, look, place, block)
    _paint_ends(painter, look, lies)
    _paint_track(painter, look, lies)
    _paint_pin(painter, look, lies)
    _paint_counts(painter, look, lies)
    _paint_handle(painter, look, lies)


def _paint_captions(painter: QPainter, look: FreezeLook, lies: FreezeLayout) -> None:
    painter.setFont(theme.font("help_medium"))
    painter.setPen(theme.color("text2"))
    named = list(zip((stage.name for stage in look.stages), lies.captions, strict=True))
    ends = [
        ("Your image", lies.image_caption),
        ("Decision", lies.decision_caption),
        ("Answer", lies.answer_caption),
    ]
    for name, place in named + ends:
        draw_text(painter, place, name)


def _paint_wire(painter: QPainter, look: FreezeLook, lies: FreezeLayout) -> None:
    painter.setPen(QPen(theme.color("border_strong"), 1.2))
    stops = [lies.image, *(lies.blocks[stage.first] for stage in look.stages), lies.decision]
    froms = [lies.image, *(lies.blocks[stage.first + stage.groups - 1] for stage in look.stages)]
    for left, right in zip(froms, stops[1:], strict=True):
        painter.drawLine(QPointF(left.right() + 2, lies.wire), QPointF(right.left() - 2, lies.wire))
    painter.drawLine(
        QPointF(lies.decision.right() + 2, lies.wire), QPointF(lies.answer.left() + 2, lies.wire)
    )


def _paint_image(painter: QPainter, look: FreezeLook, place: QRectF) -> None:
    clip = rounded(place, 6)
    if look.image is None or look.image.isNull():
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("sunken"))
        painter.drawPath(clip)
        draw_icon(painter, "image", "text3", place.center(), 26)
        return
    painter.save()
    painter.setClipPath(clip)
    painter.drawPixmap(place, look.image, middle_square(look.image))
    painter.restore()


def _paint_block(painter: QPainter, look: FreezeLook, number: int, block: QRectF) -> None:
    warmth = look.warmth[number]
    fill = between("frozen", "warm", warmth)
    line = between("frozen_line", "warm_line", warmth)
    if number == look.hovered:
        block = block.adjusted(-1, -2, 1, 2)
    pen = QPen(line, 2 if number == look.hovered else 1.5)
    sheet = _paint_sheets(painter, block, fill, pen)
    size = min(14.0, sheet.width() - 3)
    has_number = sheet.width() >= theme.px(46) and sheet.height() >= theme.px(42)
    centre = sheet.center() - QPointF(0, theme.px(9) if has_number else 0)
    for name, token, share in (
        ("snowflake", "frozen_text", 1 - warmth),
        ("flame-fill", "warm_line", warmth),
    ):
        if share > 0.02:
            painter.setOpacity(share)
            draw_icon(painter, name, token, centre, size)
    painter.setOpacity(1)
    if has_number and look.parameters:
        painter.setFont(theme.font("help_medium"))
        painter.setPen(between("frozen_text", "warm_text", warmth))
        below = QRectF(sheet.left(), centre.y() + theme.px(8), sheet.width(), theme.px(20))
        draw_text(painter, below, brief_count(look.parameters[number]))


def _paint_sheets(painter: QPainter, block: QRectF, fill: QColor, pen: QPen) -> QRectF:
    """Paint the block, a wide one as three sheets behind each other; return the one in front."""
    sheets = 3 if block.width() >= SHEETS_FROM_PX else 1
    radius = min(6.0, block.width() / 3)
    painter.setPen(pen)
    for behind in reversed(range(sheets)):
        right = SHEET_STEP_PX * (sheets - 1 - behind)
        sheet = block.adjusted(SHEET_STEP_PX * behind, 3 * behind, -right, -3 * behind)
        shade = QLinearGradient(sheet.topLeft(), sheet.bottomLeft())
        shade.setColorAt(0, fill.lighter(104))
        shade.setColorAt(1, fill.darker(101 + 3 * behind))
        painter.setBrush(shade)
        painter.drawPath(rounded(sheet, radius))
    return sheet


def _paint_ends(painter: QPainter, look: FreezeLook, lies: FreezeLayout) -> None:
    shade = QLinearGradient(lies.decision.topLeft(), lies.decision.bottomLeft())
    shade.setColorAt(0, theme.color("warm").lighter(103))
    shade.setColorAt(1, theme.color("warm").darker(102))
    painter.setPen(QPen(theme.color("warm_line"), 1.5))
    painter.setBrush(shade)
    painter.drawPath(rounded(lies.decision, 8))
    draw_icon(painter, "flame-fill", "warm_line", lies.decision.center() - QPointF(0, theme.px(11)), 14)
    painter.setFont(bold("help_medium"))
    painter.setPen(theme.color("warm_text"))
    words = counted(look.classes, "class", "classes") if look.classes else "classes"
    draw_text(
        painter, QRectF(lies.decision.left(), lies.wire - 2, lies.decision.width(), theme.px(20)), words
    )
    upper = QRectF(
        lies.answer.left() + 4, lies.answer.top(), lies.answer.width() - 4, lies.answer.height() / 2
    )
    painter.setFont(bold("body_medium"))
    painter.setPen(theme.color("text"))
    draw_text(painter, upper, look.example or "A class")
    painter.setFont(theme.font("help"))
    painter.setPen(theme.color("text2"))
    draw_text(painter, upper.translated(0, upper.height() - 3), "for example")


def _paint_track(painter: QPainter, look: FreezeLook, lies: FreezeLayout) -> None:
    border = lies.borders[look.depth]
    painter.setPen(Qt.PenStyle.NoPen)
    for left, right, token in (
        (lies.track.left(), border, "frozen_line"),
        (border, lies.track.right(), "warm_line"),
    ):
        painter.setBrush(theme.color(token))
        painter.drawPath(rounded(QRectF(left, lies.track.top(), right - left, lies.track.height()), 3.5))
    painter.setBrush(theme.color("card"))
    for stop in lies.borders[1:]:
        painter.drawEllipse(QPointF(stop, lies.track.center().y()), 1.5, 1.5)


def _paint_counts(painter: QPainter, look: FreezeLook, lies: FreezeLayout) -> None:
    depth, groups = look.depth, len(lies.blocks)
    painter.setFont(bold("help_medium"))
    metrics = QFontMetricsF(painter.font())
    relearning = (
        f"{counted(groups - depth, 'block')} + decision relearn" if depth < groups else "decision relearns"
    )
    room = lies.counts
    frozen = f"{counted(depth, 'block')} frozen"
    start = room.right() - metrics.horizontalAdvance(relearning)
    # The pin's line passes behind the words.
    painter.fillRect(
        QRectF(start - 22, room.top(), room.right() - start + 26, room.height()), theme.color("card")
    )
    if depth:
        wide = metrics.horizontalAdvance(frozen) + 28
        painter.fillRect(QRectF(room.left() - 2, room.top(), wide, room.height()), theme.color("card"))
        draw_icon(painter, "snowflake", "frozen_text", QPointF(room.left() + 8, room.center().y()), 14)
        painter.setPen(theme.color("frozen_text"))
        draw_text(painter, room.adjusted(20, 0, 0, 0), frozen, LEFT)
    draw_icon(painter, "flame-fill", "warm_line", QPointF(start - 12, room.center().y()), 14)
    painter.setPen(theme.color("warm_text"))
    draw_text(painter, room, relearning, RIGHT)


def pin_place(lies: FreezeLayout, recommended: int, words: str) -> QRectF:
    """Where the recommended pin's chip lies."""
    metrics = QFontMetricsF(theme.font("help_medium"))
    wide = metrics.horizontalAdvance(words) + 40
    left = lies.borders[recommended] - wide / 2
    left = min(max(left, lies.image.left()), lies.answer.right() - wide)
    return QRectF(left, lies.pins.top(), wide, lies.pins.height())


def _paint_pin(painter: QPainter, look: FreezeLook, lies: FreezeLayout) -> None:
    x, chip = lies.borders[look.recommended], pin_place(lies, look.recommended, look.pin)
    painter.setPen(QPen(theme.color("focus"), 1.5))
    painter.drawLine(QPointF(x, lies.track.bottom() + 2), QPointF(x, chip.top()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accent_soft"))
    painter.drawPath(rounded(chip, chip.height() / 2))
    draw_icon(painter, "star-fill", "accent_text", QPointF(chip.left() + 15, chip.center().y()), 12)
    painter.setFont(bold("help_medium"))
    painter.setPen(theme.color("accent_text"))
    draw_text(painter, chip.adjusted(16, 0, 0, 0), look.pin)


def _paint_handle(painter: QPainter, look: FreezeLook, lies: FreezeLayout) -> None:
    x, y = lies.borders[look.depth], lies.track.center().y()
    tallest = max(block.height() for block in lies.blocks)
    dashes = QPen(theme.color("focus"), 2, Qt.PenStyle.CustomDashLine)
    dashes.setDashPattern([3, 2.2])
    painter.setPen(dashes)
    painter.drawLine(QPointF(x, lies.wire - tallest / 2 - 4), QPointF(x, y - 16))
    painter.setBrush(theme.color("card"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(QPointF(x, y), 16, 16)
    if look.is_ringed:
        painter.setPen(QPen(theme.color("focus"), 2))
        painter.drawEllipse(QPointF(x, y), 15, 15)
    painter.setPen(QPen(theme.color("focus"), 2.5))
    painter.drawEllipse(QPointF(x, y), 10.5, 10.5)
    painter.setPen(QPen(theme.color("focus"), 1.8))
    for side in (-2.5, 2.5):
        painter.drawLine(QPointF(x + side, y - 4), QPointF(x + side, y + 4))
