"""The card that lays the ticked runs' validation curves over each other, epoch by epoch."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.amounts import counted
from tlstudio.app import theme
from tlstudio.app.widgets.brush import LEFT, RIGHT, between, bold, draw_text, rounded
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.painted_axes import Axes, dashed, paint_axes, plot_place, spread
from tlstudio.app.widgets.run_lines import RunLine, RunLines
from tlstudio.app.widgets.run_ticks import DASHES
from tlstudio.app.widgets.segmented import Segmented
from tlstudio.app.widgets.side_note import side_note

NEAR_PX = 60
NOTHING = "Tick a run to see its curve."
LETTERS = 0.3
"""How far a curve's name goes from its colour towards that of text, so that it can be read."""


class RunCurves(Card):
    """Validation accuracy or loss of up to five runs.

    Signals:
        measure_chosen: "accuracy" or "loss".
    """

    measure_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__("Validation accuracy")
        self.note = side_note(self)
        self.choice = Segmented(["Accuracy", "Loss"], "What the curves show")
        self.choice.chosen.connect(self._chosen)
        self.head.addWidget(self.choice)
        self.chart = _Chart()
        self.body.addWidget(self.chart, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def measure(self) -> str:
        """What the curves show."""
        return ("accuracy", "loss")[self.choice.index()]

    def show_lines(self, lines: RunLines | None, ticked: int) -> None:
        """Draw these curves, or say why there are none."""
        self.set_title(f"Validation {self.measure}")
        self.note.show_text(f"epoch by epoch, {counted(ticked, 'run')}" if ticked else "epoch by epoch")
        empty = NOTHING if not ticked else "A run has a curve from its first finished epoch on."
        self.chart.show_lines(lines, empty)

    def _chosen(self, place: int) -> None:
        self.measure_chosen.emit(("accuracy", "loss")[place])


class _Chart(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._lines: RunLines | None = None
        self._empty = NOTHING
        self._epoch = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.watcher().changed.connect(self._restyle)

    def show_lines(self, lines: RunLines | None, empty: str) -> None:
        self._lines, self._empty = lines, empty
        if lines is None or self._epoch not in lines.known_epochs():
            self._epoch = 0
        self.setAccessibleName("Curves of the ticked runs")
        self.setAccessibleDescription(self.spoken())
        self.update()

    def read(self, epoch: int) -> None:
        """Show the values of that epoch; 0 for none."""
        if epoch != self._epoch:
            self._epoch = epoch
            self.setAccessibleDescription(self.spoken())
            self.update()

    def spoken(self) -> str:
        """What a screen reader says: the values of the epoch that is read, else of the last."""
        if self._lines is None:
            return self._empty
        epoch = self._epoch or self._lines.known_epochs()[-1]
        values = ", ".join(f"{line.name} {words}" for line, words in self._lines.values_at(epoch))
        return f"Epoch {epoch}: {values}."

    def _axes(self, lines: RunLines) -> Axes:
        widest = max(QFontMetricsF(bold("help_medium")).horizontalAdvance(line.name) for line in lines.lines)
        place = plot_place(self.width(), self.height(), right=widest + 18, top=theme.px(9))
        return Axes(place, (0.0, float(lines.epochs)), (lines.low, lines.high))

    def _paint_line(self, painter: QPainter, axes: Axes, line: RunLine) -> None:
        colour = theme.series()[line.place]
        inside = [axes.at(x, min(max(y, axes.y[0]), axes.y[1])) for x, y in line.points]
        if len(inside) == 1:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(inside[0], 3.5, 3.5)
            return
        width = 2.6 if line.place == 0 else 2.0
        pen = dashed(QPen(colour, width), DASHES[line.place])
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(inside))

    def _paint_names(self, painter: QPainter, axes: Axes, lines: RunLines) -> None:
        painter.setFont(bold("help_medium"))
        metrics = QFontMetricsF(painter.font())
        height = metrics.height() + 1
        ends = [axes.at(*line.points[-1]) for line in lines.lines]
        ys = spread([end.y() for end in ends], height, axes.place.top() - 6, axes.place.bottom() + 6)
        longest = max(end.x() for end in ends)
        for line, end, y in zip(lines.lines, ends, ys, strict=True):
            # Names of curves that end early stand at their end; where that is crowded, behind the last.
            left = (end.x() if len(lines.lines) == 1 or end.x() == longest else longest) + 10
            painter.setPen(between(f"series{line.place}", "text", LETTERS))
            draw_text(painter, QRectF(left, y - height / 2, self.width() - left, height), line.name, LEFT)
            if end.x() < longest:
                self._paint_leader(painter, end, QPointF(left - 3, y), theme.series()[line.place])

    @staticmethod
    def _paint_leader(painter: QPainter, start: QPointF, end: QPointF, colour: QColor) -> None:
        """A hair from the end of a short curve to its name."""
        painter.save()
        faint = QColor(colour)
        faint.setAlphaF(0.35)
        painter.setPen(QPen(faint, 1))
        painter.drawLine(start + QPointF(4, 0), end)
        painter.restore()

    def _paint_reading(self, painter: QPainter, axes: Axes, lines: RunLines) -> None:
        values = lines.values_at(self._epoch) if self._epoch else []
        if not values:
            return
        x = round(axes.at(self._epoch, axes.y[0]).x()) + 0.5
        painter.setPen(QPen(theme.color("border_strong"), 1))
        painter.drawLine(QPointF(x, axes.place.top()), QPointF(x, axes.place.bottom()))
        names = max(QFontMetricsF(theme.font("help")).horizontalAdvance(line.name) for line, _ in values)
        numbers = max(QFontMetricsF(bold("help_medium")).horizontalAdvance(words) for _, words in values)
        line_high, width = theme.px(18), names + numbers + 28 + 20 + 16
        height = line_high * (1 + len(values)) + theme.px(14)
        left = x + 10 if x + 10 + width < self.width() else x - 10 - width
        card = QRectF(left, max(2.0, axes.place.bottom() - height - 4), width, height)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("card"))
        painter.drawPath(rounded(card.translated(0.5, 0.5), 8))
        row = QRectF(card.left() + 10, card.top() + theme.px(7), card.width() - 20, line_high)
        painter.setPen(theme.color("text"))
        painter.setFont(bold("help_medium"))
        draw_text(painter, row, f"Epoch {self._epoch}", LEFT)
        for line, words in values:
            row.translate(0, line_high)
            painter.setPen(dashed(QPen(theme.series()[line.place], 2.2), DASHES[line.place]))
            start = QPointF(row.left(), row.center().y())
            painter.drawLine(start, start + QPointF(20, 0))
            painter.setFont(theme.font("help"))
            painter.setPen(theme.color("text2"))
            draw_text(painter, row.adjusted(28, 0, 0, 0), line.name, LEFT)
            painter.setFont(bold("help_medium"))
            painter.setPen(theme.color("text"))
            draw_text(painter, row, words, RIGHT)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    # Qt's own names

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lines = self._lines
        if lines is None:
            painter.setFont(theme.font("body"))
            painter.setPen(theme.color("text3"))
            draw_text(painter, QRectF(self.rect()), self._empty)
            painter.end()
            return
        axes = self._axes(lines)
        paint_axes(painter, axes, lines.rows, lines.columns, "Epoch")
        for line in reversed(lines.lines):
            self._paint_line(painter, axes, line)
        self._paint_names(painter, axes, lines)
        self._paint_reading(painter, axes, lines)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the nearest epoch; none in empty space."""
        lines = self._lines
        if lines is None:
            return
        axes = self._axes(lines)
        x = event.position().x()
        near = [(abs(axes.at(epoch, axes.y[0]).x() - x), epoch) for epoch in lines.known_epochs()]
        distance, epoch = min(near, default=(NEAR_PX, 0))
        self.read(epoch if distance < NEAR_PX else 0)

    def leaveEvent(self, _event: QEvent) -> None:
        self.read(0)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.read(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys, Home and End move the read-out from epoch to epoch; Escape takes it away."""
        known = self._lines.known_epochs() if self._lines is not None else []
        if not known:
            super().keyPressEvent(event)
            return
        place = known.index(self._epoch) if self._epoch in known else None
        last = len(known) - 1
        wanted = {
            Qt.Key.Key_Right: 0 if place is None else min(place + 1, last),
            Qt.Key.Key_Left: last if place is None else max(place - 1, 0),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if wanted is not None:
            self.read(known[wanted])
        elif event.key() == Qt.Key.Key_Escape and self._epoch:
            self.read(0)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(420, theme.px(180))

    def minimumSizeHint(self) -> QSize:
        return QSize(300, theme.px(140))
