"""How the cells of the runs table are painted."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from tlstudio.app import theme
from tlstudio.app.widgets.brush import LEFT, bold, draw_icon, draw_text, rounded
from tlstudio.app.widgets.confusion_matrix import ink_on
from tlstudio.app.widgets.run_rows import RunRow
from tlstudio.app.widgets.runs_model import COLUMNS, Index, RunsModel, cell_words

BOX_PX = 18
PAD_PX = 12
BLOCKS_PX, BAR_PX, SEED_PX = 84, 96, 54
SHORTEST_BAR_PX = 28
"""Where less room is left, the words stand alone."""


class RunCells(QStyledItemDelegate):
    """Paints ticks, block bars, bars, stars and marks; the words are those of the model."""

    def __init__(self, table: QTableView, runs: RunsModel) -> None:
        super().__init__(table)
        self._table, self._runs = table, runs
        self._floor = 0.0
        self._frozen_room = 0.0
        self.has_ring = False

    def fit(self) -> None:
        """Begin the accuracy bars at a round tenth below the lowest run; make all block bars equally long."""
        metrics = QFontMetricsF(theme.font("help"))
        words = (metrics.horizontalAdvance(row.frozen_words) for row in self._runs.rows)
        self._frozen_room = max(words, default=0.0)
        known = [row.accuracy for row in self._runs.rows if row.accuracy is not None and not row.is_stale]
        self._floor = int(min(known, default=0.0) * 10 - 1e-9) / 10 if known else 0.0

    @property
    def floor(self) -> float:
        """The accuracy at the left end of the bars."""
        return self._floor

    # Qt's own names

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the ground, the hairline and the cell."""
        row, column = self._runs.rows[index.row()], COLUMNS[index.column()]
        place = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, place, index)
        inner = place.adjusted(theme.px(PAD_PX) if column != "tick" else 0, 0, -4, 0)
        paint = {
            "tick": self._paint_tick,
            "run": self._paint_run,
            "backbone": self._paint_backbone,
            "frozen": self._paint_frozen,
            "accuracy": self._paint_accuracy,
            "found": self._paint_found,
            "state": self._paint_state,
        }.get(column)
        if paint is not None:
            paint(painter, inner, row)
        else:
            self._write(painter, inner, cell_words(row, column), row, "text2")
        painter.restore()

    def _paint_ground(self, painter: QPainter, place: QRectF, index: Index) -> None:
        current = self._table.currentIndex().row()
        if index.row() == current:
            painter.fillRect(place, theme.color("accent_soft"))
        elif index.row() < len(self._runs.rows) - 1 and index.row() + 1 != current:
            painter.setPen(QPen(theme.color("border"), 1))
            left = place.left() + (theme.px(10) if index.column() == 0 else 0)
            right = place.right() - (theme.px(10) if index.column() == len(COLUMNS) - 1 else -1)
            bottom = place.bottom() - 0.5
            painter.drawLine(QPointF(left, bottom), QPointF(right, bottom))
        if self.has_ring and index == self._table.currentIndex():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(rounded(place.adjusted(2, 3, -2, -3), 6))

    def _paint_tick(self, painter: QPainter, place: QRectF, row: RunRow) -> None:
        side = theme.px(BOX_PX)
        box = QRectF(0, 0, side, side)
        box.moveCenter(QPointF(place.left() + theme.px(24), place.center().y()))
        number = self._runs.ticks.place(row.number)
        if number is None:
            painter.setPen(QPen(theme.color("border_strong"), 1.5))
            painter.setBrush(theme.color("card"))
            painter.drawPath(rounded(box.adjusted(0.75, 0.75, -0.75, -0.75), 4))
            return
        colour = theme.series()[number]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPath(rounded(box, 4))
        pen = QPen(ink_on(colour), max(1.6, side / 10))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        corners = ((0.28, 0.53), (0.43, 0.67), (0.72, 0.35))
        at = [QPointF(box.left() + x * side, box.top() + y * side) for x, y in corners]
        painter.drawPolyline(at)

    def _paint_run(self, painter: QPainter, place: QRectF, row: RunRow) -> None:
        painter.setFont(bold("body_medium"))
        painter.setPen(theme.color("text"))
        draw_text(painter, place, row.name, LEFT)
        if row.is_taken:
            right = place.left() + QFontMetricsF(painter.font()).horizontalAdvance(row.name)
            draw_icon(painter, "star-fill", "s_val", QPointF(right + theme.px(16), place.center().y()), 14)

    def _paint_backbone(self, painter: QPainter, place: QRectF, row: RunRow) -> None:
        self._write(painter, place, row.backbone, row, "text")
        used = QFontMetricsF(painter.font()).horizontalAdvance(row.backbone) + theme.px(8)
        painter.setFont(theme.font("help"))
        words = f"seed {row.seed}"
        if (
            row.seed is not None
            and used + QFontMetricsF(painter.font()).horizontalAdvance(words) < place.width()
        ):
            painter.setPen(theme.color("text3"))
            draw_text(painter, place.adjusted(used, 0, 0, 0), words, LEFT)

    def _paint_frozen(self, painter: QPainter, place: QRectF, row: RunRow) -> None:
        bar = min(float(theme.px(BLOCKS_PX)), place.width() - self._frozen_room - theme.px(10))
        if row.groups and bar >= theme.px(SHORTEST_BAR_PX):
            high = theme.px(14)
            paint_blocks(
                painter,
                QRectF(place.left(), place.center().y() - high / 2, bar, high),
                row.frozen,
                row.groups,
            )
            place = place.adjusted(bar + theme.px(10), 0, 0, 0)
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color("text2"))
        draw_text(painter, place, row.frozen_words, LEFT)

    def _paint_accuracy(self, painter: QPainter, place: QRectF, row: RunRow) -> None:
        painter.setFont(bold("body_medium"))
        painter.setPen(theme.color("text3" if row.is_stale or row.accuracy is None else "text"))
        draw_text(painter, place, row.accuracy_words, LEFT)
        wide = QFontMetricsF(painter.font()).horizontalAdvance("100.0%") + theme.px(12)
        room = min(float(theme.px(BAR_PX)), place.width() - wide - theme.px(8))
        if row.accuracy is None or row.is_stale or room < theme.px(SHORTEST_BAR_PX):
            return
        high = theme.px(6)
        bar = QRectF(place.left() + wide, place.center().y() - high / 2, room, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("border"))
        painter.drawPath(rounded(bar, high / 2))
        share = (row.accuracy - self._floor) / max(0.01, 1 - self._floor)
        if share > 0:
            bar.setWidth(max(high, bar.width() * min(1.0, share)))
            painter.setBrush(theme.color("accent" if row.is_taken else "s_train"))
            painter.drawPath(rounded(bar, high / 2))

    def _paint_found(self, painter: QPainter, place: QRectF, row: RunRow) -> None:
        painter.setFont(bold("body_medium") if row.is_taken else theme.font("body"))
        painter.setPen(theme.color("text3" if row.is_stale else "text"))
        draw_text(painter, place, row.found_words, LEFT)
        if row.is_worse:
            right = place.left() + QFontMetricsF(painter.font()).horizontalAdvance(row.found_words)
            draw_icon(painter, "warning-fill", "warn", QPointF(right + theme.px(18), place.center().y()), 14)

    def _paint_state(self, painter: QPainter, place: QRectF, row: RunRow) -> None:
        state = row.state
        if state.icon:
            draw_icon(
                painter, state.icon, state.token, QPointF(place.left() + theme.px(7), place.center().y()), 14
            )
            place = place.adjusted(theme.px(20), 0, 0, 0)
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color(state.token))
        if state.fraction is None:
            draw_text(painter, place, state.words, LEFT)
            return
        upper = place.adjusted(0, theme.px(4), 0, -theme.px(14))
        draw_text(painter, upper, state.words, LEFT)
        high = theme.px(4)
        bar = QRectF(place.left(), upper.bottom() + 1, min(place.width() - 8, theme.px(BLOCKS_PX)), high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("border"))
        painter.drawPath(rounded(bar, 2))
        bar.setWidth(max(high, bar.width() * state.fraction))
        painter.setBrush(theme.color("accent"))
        painter.drawPath(rounded(bar, 2))

    @staticmethod
    def _write(painter: QPainter, place: QRectF, words: str, row: RunRow, token: str) -> None:
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text3" if row.is_stale else token))
        draw_text(painter, place, words, LEFT)


def paint_blocks(painter: QPainter, place: QRectF, frozen: int, groups: int) -> None:
    """One small upright bar for each group of the backbone: frozen ones first."""
    step = place.width() / groups
    gap = 1.0 if step < 8 else 2.0
    painter.setPen(Qt.PenStyle.NoPen)
    for number in range(groups):
        painter.setBrush(theme.color("frozen_line" if number < frozen else "warm_line"))
        painter.drawPath(
            rounded(QRectF(place.left() + number * step, place.top(), step - gap, place.height()), 1)
        )
