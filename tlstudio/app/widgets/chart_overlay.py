"""What lies over the two training curves: the best epoch, the names at their ends, the read-out."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.brush import LEFT, RIGHT, bold, draw_icon, draw_text, rounded
from tlstudio.app.widgets.curve_key import CURVES, draw_sample
from tlstudio.app.widgets.raw_curve import Point

NEAR_PX = 60
END_GAP_PX = 14


def room_for_names() -> float:
    """Width in pixels that the names at the curves' ends need right of the last epoch."""
    return QFontMetricsF(bold("help_medium")).horizontalAdvance("Validation 100.0%") + END_GAP_PX


@dataclass(frozen=True)
class ChartMarks:
    """What the overlay needs to know of the curves.

    Attributes:
        best_epoch: 0 for none.
        written: a value of the chart as text.
        low: of the value axis.
        high: likewise.
    """

    training: tuple[Point, ...]
    validation: tuple[Point, ...]
    best_epoch: int
    written: Callable[[float], str]
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class _End:
    """What stands where a curve ends."""

    place: QRectF
    words: str
    curve: str


class ChartOverlay(QWidget):
    """Takes all of the pointer, so the plot below can't be panned, zoomed or asked for a menu.

    Args:
        to_pixels: a point of the chart in this widget's pixels.
        read: told the epoch under the pointer; 0 for none.
    """

    def __init__(
        self,
        parent: QWidget,
        to_pixels: Callable[[float, float], tuple[float, float]],
        read: Callable[[int], None],
    ) -> None:
        super().__init__(parent)
        self._to_pixels, self._read = to_pixels, read
        self._marks = ChartMarks((), (), 0, str)
        self._epoch = 0
        self.setMouseTracking(True)

    def show_marks(self, marks: ChartMarks) -> None:
        """Draw these."""
        self._marks = marks
        self.update()

    def read(self, epoch: int) -> None:
        """Show the values of that epoch; 0 for none."""
        self._epoch = epoch
        self.update()

    def _place(self, x: float, y: float) -> QPointF:
        return QPointF(*self._to_pixels(x, y))

    def _paint_best(self, painter: QPainter) -> None:
        value = dict(self._marks.validation).get(self._marks.best_epoch)
        if value is None:
            return
        at = self._place(self._marks.best_epoch, value)
        top, bottom = self._span()
        pen = QPen(theme.color("s_val"), 1.3, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 2.5])
        painter.setPen(pen)
        painter.drawLine(QPointF(round(at.x()) + 0.5, top), QPointF(round(at.x()) + 0.5, bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("card"))
        painter.drawEllipse(at, 8, 8)
        draw_icon(painter, "star-fill", "s_val", at, 14)
        painter.setFont(theme.font("help_medium"))
        words, line = "best epoch", theme.px(18)
        width = QFontMetricsF(painter.font()).horizontalAdvance(words) + 4
        left = at.x() + 7 if at.x() + 7 + width < self.width() else at.x() - 7 - width
        # At the foot, unless the curve ends there: loss does, accuracy does not.
        places = [QRectF(left, foot, width, line) for foot in (bottom - line - 6, top + 4)]
        if at.y() >= (top + bottom) / 2:
            places.reverse()
        ends = [end.place for end in self._ends()]
        free = [place for place in places if not any(place.intersects(end) for end in ends)]
        painter.setPen(theme.color("accent_text"))
        draw_text(painter, (free or places)[0], words, LEFT)

    def _ends(self) -> list[_End]:
        """What stands at the curves' ends, one above the other."""
        metrics = QFontMetricsF(bold("help_medium"))
        ends = []
        for (name, _, token), points in zip(
            CURVES, (self._marks.training, self._marks.validation), strict=True
        ):
            if points:
                ends.append((self._place(*points[-1]), f"{name} {self._marks.written(points[-1][1])}", token))
        line = metrics.height() + 3
        widest = max((metrics.horizontalAdvance(words) for _, words, _ in ends), default=0.0) + 4
        heights = _apart([at.y() for at, _, _ in ends], line, *self._span())
        return [
            _End(QRectF(at.x() + END_GAP_PX, y - line / 2, widest, line), words, curve)
            for (at, words, curve), y in zip(ends, heights, strict=True)
        ]

    def _paint_ends(self, painter: QPainter) -> None:
        painter.setFont(bold("help_medium"))
        for end in self._ends():
            painter.setPen(theme.color("accent_text" if end.curve == "s_val" else "text2"))
            draw_text(painter, end.place, end.words, LEFT)

    def _paint_reading(self, painter: QPainter) -> None:
        values = [dict(self._marks.training).get(self._epoch), dict(self._marks.validation).get(self._epoch)]
        known = [value for value in values if value is not None]
        if not known:
            return
        top, bottom = self._span()
        x = round(self._place(self._epoch, known[0]).x()) + 0.5
        painter.setPen(QPen(theme.color("border_strong"), 1))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        names = QFontMetricsF(theme.font("help")).horizontalAdvance("Validation")
        numbers = max(
            QFontMetricsF(bold("help_medium")).horizontalAdvance(self._marks.written(value))
            for value in known
        )
        line, width = theme.px(18), names + numbers + 28 + 20 + 14
        height = line * (1 + len(known)) + theme.px(16)
        left = x + 10 if x + 10 + width < self.width() else x - 10 - width
        middle = (top + bottom) / 2
        lowest = max(self._place(self._epoch, value).y() for value in known)
        upper = middle + 6 if lowest < middle else top + theme.px(30)
        card = QRectF(left, min(upper, bottom - height), width, height)
        self._paint_card(painter, card, line, values)

    def _paint_card(self, painter: QPainter, card: QRectF, line: float, values: list[float | None]) -> None:
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("card"))
        painter.drawPath(rounded(card.translated(0.5, 0.5), 8))
        row = QRectF(card.left() + 10, card.top() + theme.px(8), card.width() - 20, line)
        painter.setPen(theme.color("text"))
        painter.setFont(bold("help_medium"))
        draw_text(painter, row, f"Epoch {self._epoch}", LEFT)
        for (name, _, token), value in zip(CURVES, values, strict=True):
            if value is None:
                continue
            row.translate(0, line)
            draw_sample(painter, QPointF(row.left(), row.center().y()), token)
            painter.setFont(theme.font("help"))
            painter.setPen(theme.color("text2"))
            draw_text(painter, row.adjusted(28, 0, 0, 0), name, LEFT)
            painter.setFont(bold("help_medium"))
            painter.setPen(theme.color("text"))
            draw_text(painter, row, self._marks.written(value), RIGHT)

    def _span(self) -> tuple[float, float]:
        """The y of the value axis' upper and lower end."""
        return self._to_pixels(0, self._marks.high)[1], self._to_pixels(0, self._marks.low)[1]

    # Qt's own names

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the marks, the names and the read-out."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_best(painter)
        self._paint_ends(painter)
        self._paint_reading(painter)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the nearest epoch; none in empty space."""
        points = self._marks.validation or self._marks.training
        near = [(abs(self._to_pixels(x, y)[0] - event.position().x()), int(x)) for x, y in points]
        distance, epoch = min(near, default=(NEAR_PX, 0))
        self._read(epoch if distance < NEAR_PX else 0)

    def leaveEvent(self, _event: QEvent) -> None:
        """The pointer left: nothing is read."""
        self._read(0)


def _apart(heights: list[float], line: float, top: float, bottom: float) -> list[float]:
    """Both heights at least one line apart, in their order, inside the plot."""
    if len(heights) < 2:
        return heights
    first, second = heights
    lacking = line - abs(second - first)
    if lacking > 0:
        up = -lacking / 2 if first <= second else lacking / 2
        first, second = first + up, second - up
    shift = max(0.0, top + line / 2 - min(first, second)) - max(0.0, max(first, second) + line / 2 - bottom)
    return [first + shift, second + shift]
