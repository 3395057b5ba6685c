"""How well each class was told from the others, one row for each class."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from tlstudio.amounts import bound, percent
from tlstudio.app import theme
from tlstudio.app.widgets.brush import LEFT, bold, draw_name, draw_text, rounded
from tlstudio.evaluate.events import ClassResult

ROW_PX = 48
LINE_PX = 18
"""What a row grows by where the likely ranges need a line of their own."""

NARROW_PX = 480
NAME_PX = 150
NARROW_NAME_PX = 110
HEAD_PX = 30
MOST_ROWS = 5
BEFORE_PX, BEHIND_PX = 12, 6
"""Room beside the words of a rate."""

COLUMNS = ("Class", "Sensitivity", "Specificity")
EXPLAINED = ("", "of the real ones, found", "of the others, left alone")

Words = tuple[str, str, str]
"""A rate, its likely range, and the counts."""

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class ClassResults(QTableView):
    """Sensitivity and specificity with counts and their likely range as a bar."""

    def __init__(self) -> None:
        super().__init__()
        self.results = _ResultModel(self)
        self.has_range_line = False
        self._first_line_px = 0.0
        self.setModel(self.results)
        self.setItemDelegate(_ResultDelegate(self))
        self.setHorizontalHeader(_Head(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setProperty("kind", "grid")
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.ring_outside = True
        self.verticalHeader().hide()
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Results of each class")
        self._fit()
        theme.watcher().changed.connect(self._fit)

    def show_results(self, results: Sequence[ClassResult]) -> None:
        """Show other results."""
        self.results.set_results(results)
        self._fit()

    def _fit(self) -> None:
        header = self.horizontalHeader()
        header.setFixedHeight(theme.px(HEAD_PX))
        if header.count():
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
            for column in (1, 2):
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self._first_line_px = max(map(first_line_width, self.results.all_words()), default=0.0)
        self._fit_rows()
        self.updateGeometry()

    def _fit_rows(self) -> None:
        """A range that would be cut gets a line of its own; in every row, for the eye to run down."""
        self.resizeColumnToContents(0)
        column_px = (self.viewport().width() - self.columnWidth(0)) // 2
        needs_line = self._first_line_px > column_px - BEFORE_PX - BEHIND_PX
        if needs_line != self.has_range_line:
            self.has_range_line = needs_line
            self.updateGeometry()
        self.verticalHeader().setDefaultSectionSize(theme.px(self.row_px))

    @property
    def row_px(self) -> int:
        """Height of a row, before letters are enlarged."""
        return ROW_PX + LINE_PX if self.has_range_line else ROW_PX

    @property
    def most_name_px(self) -> int:
        """How wide the names' column may become."""
        if self.width() >= theme.px(NARROW_PX):
            return theme.px(NAME_PX)
        return min(theme.px(NARROW_NAME_PX), self.width() * 3 // 10)

    # Qt's own names

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the ranges the room that they need."""
        super().resizeEvent(event)
        self._fit_rows()

    def sizeHint(self) -> QSize:
        """All rows, up to five."""
        rows = min(MOST_ROWS, max(2, self.results.rowCount()))
        return QSize(420, theme.px(HEAD_PX) + rows * theme.px(self.row_px) + 2)

    def minimumSizeHint(self) -> QSize:
        """Three rows."""
        rows = min(3, max(2, self.results.rowCount()))
        return QSize(360, theme.px(HEAD_PX) + rows * theme.px(ROW_PX) + 2)


class _ResultModel(QAbstractTableModel):
    def __init__(self, parent: ClassResults) -> None:
        super().__init__(parent)
        self._results: tuple[ClassResult, ...] = ()
        self.images = 0

    def set_results(self, results: Sequence[ClassResult]) -> None:
        self.beginResetModel()
        self._results = tuple(results)
        self.images = sum(result.images for result in results)
        self.endResetModel()

    def result(self, row: int) -> ClassResult:
        return self._results[row]

    def words(self, row: int) -> tuple[Words, Words]:
        """Sensitivity and specificity of a row, each with its likely range and counts."""
        result = self.result(row)
        return found_words(result), left_alone_words(result, self.images)

    def all_words(self) -> list[Words]:
        """Those of every row."""
        return [words for row in range(self.rowCount()) for words in self.words(row)]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._results)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            texts = (self.result(index.row()).name, *map(" ".join, self.words(index.row())))
            return texts[index.column()]
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:  # the head leaves it out where it has no room for it
            return EXPLAINED[section]
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None


def found_words(result: ClassResult) -> Words:
    """Sensitivity, its likely range, and the counts: "96%", "80 to 99%", "24 of 25 found"."""
    if not result.images:
        return "–", "", "none in the test images"
    return (
        percent(result.sensitivity, result.images),
        likely(result.sensitivity_low, result.sensitivity_high),
        f"{result.found:,} of {result.images:,} found",
    )


def left_alone_words(result: ClassResult, images: int) -> Words:
    """Specificity, its likely range, and the counts; `images` is that of all classes."""
    others = images - result.images
    if not others:
        return "–", "", "no others in the test images"
    return (
        percent(result.specificity, others),
        likely(result.specificity_low, result.specificity_high),
        f"{others - result.false_alarms:,} of {others:,} left alone",
    )


def likely(low: float, high: float) -> str:
    """A range of fractions in whole percent: "80 to 99%"."""
    return f"{bound(low)} to {bound(high)}%"


def range_offset(rate: str) -> float:
    """Where a likely range begins behind its rate."""
    return max(theme.px(52), QFontMetricsF(bold("card")).horizontalAdvance(rate) + 8)


def first_line_width(words: Words) -> float:
    """The room that a rate and its likely range take on one line; 0 without a range."""
    rate, likely_range, _ = words
    advance = QFontMetricsF(theme.font("help")).horizontalAdvance(likely_range)
    return range_offset(rate) + advance if likely_range else 0.0


class _Head(QHeaderView):
    def __init__(self, table: ClassResults) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.viewport().setAutoFillBackground(False)
        self.setProperty("kind", "grid")

    def paintSection(self, painter: QPainter, rect: Any, logicalIndex: int) -> None:  # noqa: N802, N803
        painter.save()
        left = QRectF(rect).adjusted(0 if logicalIndex == 0 else BEFORE_PX, 0, 0, 0)
        painter.setFont(bold("help_medium"))
        painter.setPen(theme.color("text"))
        draw_text(painter, left, COLUMNS[logicalIndex], LEFT)
        offset = QFontMetricsF(painter.font()).horizontalAdvance(COLUMNS[logicalIndex]) + 8
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color("text3"))
        explained = EXPLAINED[logicalIndex]
        if offset + QFontMetricsF(painter.font()).horizontalAdvance(explained) <= left.width():
            draw_text(painter, left.adjusted(offset, 0, 0, 0), explained, LEFT)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(QRectF(rect).bottomLeft(), QRectF(rect).bottomRight())
        painter.restore()


class _ResultDelegate(QStyledItemDelegate):
    def __init__(self, table: ClassResults) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        widest = QFontMetricsF(bold("body_medium")).horizontalAdvance(str(index.data()))
        return QSize(min(round(widest) + 12, self._table.most_name_px), theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        result, place = self._table.results.result(index.row()), QRectF(option.rect)
        found, left_alone = self._table.results.words(index.row())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.column() == 0:
            painter.setFont(bold("body_medium"))
            painter.setPen(theme.color("text"))
            draw_name(painter, place.adjusted(0, 0, -8, 0), result.name, LEFT)
        elif index.column() == 1:
            ends = (result.sensitivity_low, result.sensitivity, result.sensitivity_high)
            self._paint_rate(painter, place, found, ends)
        else:
            ends = (result.specificity_low, result.specificity, result.specificity_high)
            self._paint_rate(painter, place, left_alone, ends)
        painter.restore()

    def _paint_rate(
        self, painter: QPainter, place: QRectF, words: Words, ends: tuple[float, float, float]
    ) -> None:
        rate, likely_range, counts = words
        inner = place.adjusted(BEFORE_PX, 4, -BEHIND_PX, -4)
        height = inner.height() / (3 if self._table.has_range_line else 2)
        first = QRectF(inner.left(), inner.top(), inner.width(), height)
        painter.setFont(bold("card"))
        painter.setPen(theme.color("text"))
        draw_text(painter, first, rate, LEFT)
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color("text2"))
        draw_text(painter, first.translated(0, height), counts, LEFT)
        if likely_range and self._table.has_range_line:
            self._paint_range(painter, first.translated(0, 2 * height), likely_range, ends)
        elif likely_range:
            self._paint_range(painter, first.adjusted(range_offset(rate), 0, 0, 0), likely_range, ends)

    def _paint_range(
        self, painter: QPainter, place: QRectF, words: str, ends: tuple[float, float, float]
    ) -> None:
        """A grey line from 0 to 100 %, the likely range on it, a tick for the rate; its words beside it."""
        room = QFontMetricsF(painter.font()).horizontalAdvance("100 to 100%")
        painter.setPen(theme.color("text3"))
        draw_text(painter, place, words, LEFT)
        line = place.adjusted(room + 8, 0, 0, 0)
        if line.width() < 40:
            return
        middle = line.center().y()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hover"))
        painter.drawPath(rounded(QRectF(line.left(), middle - 2, line.width(), 4), 2))
        low, rate, high = (line.left() + line.width() * end for end in ends)
        painter.setBrush(theme.color("accent_mid"))
        painter.drawPath(rounded(QRectF(low, middle - 3, max(3.0, high - low), 6), 3))
        painter.setBrush(theme.color("accent"))
        painter.drawPath(rounded(QRectF(rate - 1.5, middle - 6, 3, 12), 1.5))
