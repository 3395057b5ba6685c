"""The axes of a small painted chart: grid, labels, and where a value lies."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from tlstudio.app import theme
from tlstudio.app.widgets.brush import CENTRE, RIGHT, draw_text

AIR = 0.02
"""Of the x range on each side, so that the first and the last point keep clear of the edges."""


@dataclass(frozen=True)
class Axes:
    """A plot in its widget's pixels.

    Attributes:
        place: of the plot, without labels.
        x: first and last value.
        y: lowest and highest value.
    """

    place: QRectF
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> QPointF:
        """Where that value lies."""
        (first, last), (low, high) = self.x, self.y
        span = max(1e-9, last - first)
        across = (x - first + AIR * span) / (span * (1 + 2 * AIR))
        up = (y - low) / max(1e-9, high - low)
        return QPointF(
            self.place.left() + across * self.place.width(), self.place.bottom() - up * self.place.height()
        )


def plot_place(width: float, height: float, *, right: float = 0.0, top: float = 8.0) -> QRectF:
    """Where the plot lies within a widget, with room for its labels.

    Args:
        width: of the widget.
        height: likewise.
        right: pixels to keep free beside the plot.
        top: pixels to keep free above it, at least half a label.
    """
    left, line = theme.px(46), theme.px(18)
    high = height - top - 2 * line - 6
    return QRectF(left, top, max(10.0, width - left - right), max(10.0, high))


def paint_axes(
    painter: QPainter,
    axes: Axes,
    rows: Sequence[tuple[float, str]],
    columns: Sequence[tuple[float, str]],
    title: str,
) -> None:
    """Grid lines with their labels at the left, labels of the x axis, its title in the middle below.

    Args:
        painter: of the widget.
        axes: of the plot.
        rows: values of y with their words.
        columns: values of x likewise; words that would touch the ones before are left out, never the last.
        title: of the x axis.
    """
    painter.setFont(theme.font("help"))
    line = theme.px(18)
    for value, words in rows:
        y = round(axes.at(axes.x[0], value).y()) + 0.5
        painter.setPen(QPen(theme.color("grid"), 1))
        painter.drawLine(QPointF(axes.place.left(), y), QPointF(axes.place.right(), y))
        painter.setPen(theme.color("axis"))
        draw_text(painter, QRectF(0, y - line / 2, axes.place.left() - 8, line), words, RIGHT)
    top = axes.place.bottom() + 5
    for value, words in _clear(painter, axes, columns):
        place = QRectF(0, top, 60, line)
        place.moveCenter(QPointF(axes.at(value, axes.y[0]).x(), top + line / 2))
        painter.setPen(theme.color("axis"))
        painter.drawText(place, CENTRE, words)
    whole = QRectF(0, top + line + 1, axes.place.right() + axes.place.left(), line)
    middle = QRectF(axes.place.left(), whole.top(), axes.place.width(), line)
    wide = QFontMetricsF(painter.font()).horizontalAdvance(title)
    draw_text(painter, middle if wide <= middle.width() else whole, title)


def _clear(
    painter: QPainter, axes: Axes, columns: Sequence[tuple[float, str]]
) -> Sequence[tuple[float, str]]:
    metrics, kept = QFontMetricsF(painter.font()), []
    free = float("inf")
    for value, words in reversed(columns):
        half = metrics.horizontalAdvance(words) / 2 + 4
        x = axes.at(value, axes.y[0]).x()
        if x + half <= free:
            kept.append((value, words))
            free = x - half
    return kept


def spread(heights: Sequence[float], line: float, top: float, bottom: float) -> list[float]:
    """The heights moved apart to at least one line each, in their order, from top to bottom if they fit."""
    order = sorted(range(len(heights)), key=lambda place: (heights[place], place))
    placed = [heights[place] for place in order]
    for _ in range(3 * len(placed)):
        for place in range(1, len(placed)):
            lacking = line - (placed[place] - placed[place - 1])
            if lacking > 0:
                placed[place - 1] -= lacking / 2
                placed[place] += lacking / 2
        if placed:
            shift = max(0.0, top + line / 2 - placed[0]) - max(0.0, placed[-1] + line / 2 - bottom)
            placed = [y + shift for y in placed]
    found = dict(zip(order, placed, strict=True))
    return [found[place] for place in range(len(heights))]


def dashed(token_pen: QPen, dashes: Sequence[float]) -> QPen:
    """The pen with that pattern, unbroken if it is empty."""
    if dashes:
        token_pen.setStyle(Qt.PenStyle.CustomDashLine)
        token_pen.setDashPattern(list(dashes))
        token_pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return token_pen
