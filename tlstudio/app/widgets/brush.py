"""Small strokes that the painted widgets share: icons, rounded shapes, blended colours, centred squares."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPixmap

from tlstudio.app import theme

CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def rounded(place: QRectF, radius: float) -> QPainterPath:
    """The rectangle with round corners."""
    path = QPainterPath()
    path.addRoundedRect(place, radius, radius)
    return path


def draw_icon(painter: QPainter, name: str, token: str, centre: QPointF, size: float) -> None:
    """One Phosphor icon around a point, in the theme's colour, sharp on this screen."""
    scaled = theme.px(round(size))
    picture = theme.pixmap(name, token, scaled, painter.device().devicePixelRatioF())
    corner = QPointF(round(centre.x() - scaled / 2), round(centre.y() - scaled / 2))
    painter.drawPixmap(QRectF(corner.x(), corner.y(), scaled, scaled), picture, QRectF(picture.rect()))


def draw_text(painter: QPainter, place: QRectF, words: str, align: Qt.AlignmentFlag = CENTRE) -> None:
    """One line in the painter's font and pen, shortened by an ellipsis where it does not fit."""
    _draw_elided(painter, place, words, align, Qt.TextElideMode.ElideRight)


def draw_name(painter: QPainter, place: QRectF, name: str, align: Qt.AlignmentFlag = CENTRE) -> None:
    """A name, shortened in its middle: names of one project often differ at their ends alone."""
    _draw_elided(painter, place, name, align, Qt.TextElideMode.ElideMiddle)


def _draw_elided(
    painter: QPainter, place: QRectF, words: str, align: Qt.AlignmentFlag, mode: Qt.TextElideMode
) -> None:
    elided = QFontMetricsF(painter.font()).elidedText(words, mode, place.width() + 1)
    painter.drawText(place, align, elided)


def between(token: str, other: str, share: float) -> QColor:
    """The colour that lies `share` (0 … 1) of the way from one token to the other."""
    a, b = theme.color(token), theme.color(other)
    parts = zip((a.redF(), a.greenF(), a.blueF()), (b.redF(), b.greenF(), b.blueF()), strict=True)
    return QColor.fromRgbF(*(x + (y - x) * share for x, y in parts))


def bold(role: str) -> QFont:
    """The role's font, semi-bold."""
    font = QFont(theme.font(role))
    font.setWeight(QFont.Weight.DemiBold)
    return font


def middle_square(picture: QPixmap) -> QRectF:
    """The largest square in the middle of the picture, in its own pixels."""
    side = min(picture.width(), picture.height())
    return QRectF((picture.width() - side) / 2, (picture.height() - side) / 2, side, side)
