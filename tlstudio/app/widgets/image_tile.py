"""One image as a square tile, as grids and strips paint it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPixmap

from tlstudio.app import theme
from tlstudio.app.widgets.brush import bold, draw_icon, middle_square, rounded

RADIUS = 6
CAPTION_GAP = 4


@dataclass(frozen=True)
class Tile:
    """What one place of a grid shows.

    Attributes:
        path: of the file, relative to the data root.
        caption: the line under the picture; elided in the middle.
        badge: an icon's name for the upper right corner, or empty.
        badge_color: the icon's token.
        note: the tool tip's second line, such as why the file is set aside.
        is_strong: whether the caption is set in semi-bold.
    """

    path: str
    caption: str
    badge: str = ""
    badge_color: str = "warn"
    note: str = ""
    is_strong: bool = False


TileOf = Callable[[int], Tile]
"""The tile at a running number; asked only for what is in view."""


def caption_height() -> int:
    """Height of the line under the picture, its gap included."""
    return theme.px(18) + CAPTION_GAP


def draw_tile(
    painter: QPainter,
    place: QRectF,
    tile: Tile,
    picture: QPixmap | None,
    *,
    is_selected: bool = False,
    has_ring: bool = False,
    is_broken: bool = False,
) -> None:
    """Paint picture, marks and caption; `place` is the picture's square."""
    _draw_picture(painter, place, picture, is_broken=is_broken)
    if has_ring or is_selected:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("focus" if has_ring else "accent"), 2))
        painter.drawPath(rounded(place.adjusted(-3, -3, 3, 3), RADIUS + 2))
    if is_selected:
        _draw_mark(painter, QPointF(place.left() + 15, place.top() + 15), "check-bold", "on_accent", "accent")
    if tile.badge:
        _draw_mark(
            painter, QPointF(place.right() - 14, place.top() + 14), tile.badge, tile.badge_color, "card"
        )
    painter.setFont(bold("help_medium") if tile.is_strong else theme.font("help"))
    painter.setPen(theme.color("text" if tile.is_strong else "text2"))
    line = QRectF(place.left(), place.bottom() + CAPTION_GAP, place.width(), theme.px(18))
    words = QFontMetricsF(painter.font()).elidedText(
        tile.caption, Qt.TextElideMode.ElideMiddle, line.width() + 1
    )
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)


def _draw_picture(painter: QPainter, place: QRectF, picture: QPixmap | None, *, is_broken: bool) -> None:
    if picture is not None:
        painter.save()
        painter.setClipPath(rounded(place, RADIUS))
        painter.drawPixmap(place, picture, middle_square(picture))
        painter.restore()
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("hover"))
    painter.drawPath(rounded(place, RADIUS))
    if is_broken:
        draw_icon(painter, "file-x", "text3", place.center(), min(28, place.width() / 3))


def _draw_mark(painter: QPainter, centre: QPointF, icon: str, token: str, ground: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(ground))
    painter.drawEllipse(centre, 10, 10)
    draw_icon(painter, icon, token, centre, 13)
