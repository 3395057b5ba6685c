"""The card that shows accuracy against freeze depth, with the range that chance allows each point."""

import math
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tlstudio.amounts import counted, percent
from tlstudio.app import theme
from tlstudio.app.widgets.brush import CENTRE, LEFT, bold, draw_icon, draw_text
from tlstudio.app.widgets.buttons import Button, icon_button
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.chart_scale import epoch_steps
from tlstudio.app.widgets.depth_points import DepthCurve, DepthPoint
from tlstudio.app.widgets.painted_axes import Axes, dashed, paint_axes, plot_place
from tlstudio.app.widgets.side_note import side_note

NOTHING = "One point for each freeze depth that was trained on the present images."
EXPLAINED = (
    "Each point is the accuracy on the Validation images at one freeze depth, the mean where several seeds "
    "were trained. The upright line is its likely range: with so few images the true figure could lie "
    "anywhere on it, 19 times out of 20. The shaded depths may be as good as the best."
)
NEAR_PX = 24
RANGE_NAME = "best range"


class DepthChart(Card):
    """One backbone's depths.

    Signals:
        sweep_asked: the user wants to train several depths at once.
    """

    sweep_asked = Signal()

    def __init__(self) -> None:
        super().__init__("Accuracy and freeze depth")
        self.note = side_note(self)
        self.sweep = Button("Sweep depths…", "soft", size="small")
        self.sweep.setToolTip("Train the same backbone at several freeze depths and compare them")
        self.sweep.clicked.connect(self.sweep_asked)
        self.explain = icon_button("info", "What this chart shows")
        self.explain.setToolTip(EXPLAINED)
        self.explain.clicked.connect(self._explain)
        self.head.addWidget(self.sweep)
        self.head.addWidget(self.explain)
        self.chart = _Chart()
        self.body.addWidget(self.chart, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_curve(self, curve: DepthCurve | None) -> None:
        """Draw these depths, or say what will be here."""
        self.note.show_text(f"{curve.backbone} only" if curve else "")
        self.chart.show_curve(curve)

    def _explain(self) -> None:
        QToolTip.showText(self.explain.mapToGlobal(self.explain.rect().bottomLeft()), EXPLAINED, self.explain)


class _Chart(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._curve: DepthCurve | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.watcher().changed.connect(self._restyle)
        self.show_curve(None)

    def show_curve(self, curve: DepthCurve | None) -> None:
        self._curve = curve
        self.setAccessibleName("Accuracy and freeze depth")
        self.setAccessibleDescription(spoken(curve))
        self.update()

    def _axes(self, curve: DepthCurve) -> Axes:
        stops = y_stops(curve)
        place = plot_place(self.width(), self.height(), right=6, top=theme.px(20))
        return Axes(place, (0.0, float(curve.groups)), (stops[0], stops[-1]))

    @staticmethod
    def _band(axes: Axes, curve: DepthCurve) -> QRectF:
        """The depths that may be as good as the best; empty while there is one alone."""
        first, last = curve.likely
        left = max(axes.place.left(), axes.at(first - 0.5, 0).x())
        right = min(axes.place.right(), axes.at(last + 0.5, 0).x())
        wide = right - left if len(curve.points) > 1 else 0.0
        return QRectF(left, axes.place.top(), wide, axes.place.height())

    @staticmethod
    def _paint_range_name(painter: QPainter, band: QRectF) -> None:
        painter.setFont(bold("help_medium"))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(RANGE_NAME) + 8
        if band.width() >= wide:
            place = QRectF(0, band.bottom() - theme.px(22), wide, theme.px(18))
            place.moveCenter(QPointF(band.center().x(), place.center().y()))
            painter.fillRect(place, theme.color("accent_soft"))  # a grid line may pass there
            painter.setPen(theme.color("accent_text"))
            draw_text(painter, place, RANGE_NAME)

    def _paint_points(self, painter: QPainter, axes: Axes, curve: DepthCurve) -> None:
        places = [axes.at(point.depth, point.accuracy) for point in curve.points]
        painter.setPen(dashed(QPen(theme.color("s_train"), 1.5), (4, 3)))
        for start, end in pairwise(places):
            painter.drawLine(start, end)
        cap = theme.px(4)
        for point in curve.points:
            top, bottom = axes.at(point.depth, point.high), axes.at(point.depth, point.low)
            painter.setPen(QPen(theme.color("text2"), 1.5))
            painter.drawLine(top, bottom)
            for end in (top, bottom):
                painter.drawLine(end - QPointF(cap, 0), end + QPointF(cap, 0))
        for point, place in zip(curve.points, places, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("card"))
            painter.drawEllipse(place, 7, 7)
            if point == curve.best:
                draw_icon(painter, "star-fill", "s_val", place, 14)
            else:
                painter.setBrush(theme.color("s_train"))
                painter.drawEllipse(place, 4.5, 4.5)

    def _paint_names(self, painter: QPainter, axes: Axes, curve: DepthCurve) -> None:
        painter.setFont(bold("help_medium"))
        metrics = QFontMetricsF(painter.font())
        line = theme.px(18)
        taken = [mark for point in curve.points for mark in _marks_of(axes, point)] + _along(axes, curve)
        for point in sorted(curve.points, key=lambda point: point != curve.best):
            is_best = point == curve.best
            words = name_words(point, is_best=is_best)
            wide = metrics.horizontalAdvance(words) + 4
            for place in _spots(axes, point, wide, line, is_best=is_best):
                is_inside = axes.place.left() <= place.left() and place.right() <= self.width()
                if is_inside and place.top() >= 0 and not any(map(place.intersects, taken)):
                    painter.setPen(theme.color("accent_text" if is_best else "text"))
                    draw_text(painter, place, words, LEFT)
                    taken.append(place)
                    break

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    # Qt's own names

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        curve = self._curve
        if curve is None:
            painter.setFont(theme.font("body"))
            painter.setPen(theme.color("text3"))
            painter.drawText(QRectF(self.rect()), CENTRE | Qt.TextFlag.TextWordWrap, NOTHING)
            painter.end()
            return
        axes = self._axes(curve)
        band = self._band(axes, curve)
        painter.fillRect(band, theme.color("accent_soft"))
        rows = [(value, f"{value:.0%}") for value in y_stops(curve)]
        paint_axes(painter, axes, rows, depth_labels(curve), x_title(curve.groups))
        self._paint_range_name(painter, band)
        self._paint_points(painter, axes, curve)
        self._paint_names(painter, axes, curve)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the nearest point is."""
        curve = self._curve
        if curve is None:
            return
        axes, at = self._axes(curve), event.position()
        near = min(curve.points, key=lambda point: abs(axes.at(point.depth, 0).x() - at.x()))
        is_near = abs(axes.at(near.depth, 0).x() - at.x()) < NEAR_PX
        if is_near:
            QToolTip.showText(event.globalPosition().toPoint(), point_words(near, curve), self)
        else:
            QToolTip.hideText()

    def sizeHint(self) -> QSize:
        return QSize(420, theme.px(180))

    def minimumSizeHint(self) -> QSize:
        return QSize(300, theme.px(140))


def name_words(point: DepthPoint, *, is_best: bool) -> str:
    """What stands beside a point; nothing beside a mean that is not the best."""
    name = f"Run {point.runs[0]}" if len(point.runs) == 1 else ""
    return ", ".join(part for part in (name, "best" if is_best else "") if part)


def x_title(groups: int) -> str:
    """What the depths mean."""
    return f"Blocks frozen (0: everything relearns, {groups}: only the decision)"


def depth_labels(curve: DepthCurve) -> list[tuple[float, str]]:
    """Every measured depth if they are few, else round numbers; the last depth always."""
    depths = {point.depth for point in curve.points}
    wanted = {0, *depths, curve.groups} if len(depths) <= 8 else {*epoch_steps(curve.groups), curve.groups}
    if len(wanted) < 5:
        wanted |= set(epoch_steps(curve.groups))
    return [(float(depth), str(depth)) for depth in sorted(wanted)]


def y_stops(curve: DepthCurve) -> list[float]:
    """Whole percents from below the lowest range to above the highest: the labels of the axis."""
    low = round(min(point.low for point in curve.points) * 100, 6)
    high = round(max(point.high for point in curve.points) * 100, 6)
    step = next(step for step in (1, 2, 5, 10, 20, 25) if (high - low) / step <= 4)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(place * step / 100, 2) for place in range(first, last + 1)]


def point_words(point: DepthPoint, curve: DepthCurve) -> str:
    """One point in a sentence."""
    blocks = counted(point.depth, "block")
    runs = ", ".join(f"Run {number}" for number in point.runs)
    share = percent(point.accuracy, curve.images)
    mean = "mean " if len(point.runs) > 1 else ""
    return f"{blocks} frozen: {mean}{share}, very likely {point.low:.0%} to {point.high:.0%} ({runs})"


def spoken(curve: DepthCurve | None) -> str:
    """All points, for a screen reader."""
    if curve is None:
        return NOTHING
    points = ". ".join(point_words(point, curve) for point in curve.points)
    return f"{curve.backbone}. {points}. Best: {counted(curve.best.depth, 'block')} frozen."


def _marks_of(axes: Axes, point: DepthPoint) -> list[QRectF]:
    """What a point and its upright line cover."""
    at = axes.at(point.depth, point.accuracy)
    top, bottom = axes.at(point.depth, point.high), axes.at(point.depth, point.low)
    upright = QRectF(top.x() - 1, top.y(), 2, bottom.y() - top.y())
    return [upright, QRectF(at.x() - 7, at.y() - 7, 14, 14)]


def _along(axes: Axes, curve: DepthCurve) -> list[QRectF]:
    """Small squares along the lines that join the points."""
    found = []
    for one, other in pairwise(curve.points):
        start, end = axes.at(one.depth, one.accuracy), axes.at(other.depth, other.accuracy)
        parts = max(2, int((end.x() - start.x()) / 6))
        for part in range(parts + 1):
            at = start + (end - start) * (part / parts)
            found.append(QRectF(at.x() - 3, at.y() - 1, 6, 2))
    return found


def _spots(axes: Axes, point: DepthPoint, wide: float, line: float, *, is_best: bool) -> list[QRectF]:
    """Where a point's name may stand, the best place first."""
    at = axes.at(point.depth, point.accuracy)
    top, bottom = axes.at(point.depth, point.high).y(), axes.at(point.depth, point.low).y()
    above = (at.x() - wide / 2, top - line - 1)
    below = (at.x() - wide / 2, bottom + 1)
    right, left = at.x() + 11, at.x() - 11 - wide
    beside = [(x, at.y() + shift * line) for shift in (-1, -1.5, 0.1, 0.6) for x in (right, left)]
    spots = [above, *beside] if is_best else [*beside, above, below]
    return [QRectF(x, y, wide, line) for x, y in spots]
