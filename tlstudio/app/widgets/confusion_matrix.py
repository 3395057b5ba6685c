"""The confusion matrix as a table: what it really is in rows, what it said in columns."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from tlstudio.amounts import counted, percent
from tlstudio.app import theme
from tlstudio.app.widgets.brush import CENTRE, LEFT, between, bold, draw_name, draw_text, rounded

GAP = 2
CELL_PX = (34, 160)
"""Narrowest and widest cell. More classes than fit scroll, as wide as their names, up to NAME_PX."""

NAME_PX = 76

ROW_PX = (28, 56)
HEAD_PX = 26
FEW_CLASSES = 6
TALLEST_PX = 250
"""More rows than fit comfortably get closer, then scroll."""

ROWS_ARE = "really is"

Index = QModelIndex | QPersistentModelIndex
Orientation = Qt.Orientation
_NOWHERE = QModelIndex()


class ConfusionMatrix(QTableView):
    """Right answers violet, wrong ones orange, zero an empty grey; arrow keys move from cell to cell.

    Signals:
        cell_chosen: the true and the predicted class's number.
    """

    cell_chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.cells = MatrixModel(self)
        self._by_keyboard = False
        self.setModel(self.cells)
        self.setItemDelegate(_CellDelegate(self))
        self.setHorizontalHeader(_NameHeader(Orientation.Horizontal, self))
        self.setVerticalHeader(_NameHeader(Orientation.Vertical, self))
        self._corner = _Corner(self)
        self.setCornerWidget(QWidget())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setProperty("kind", "grid")
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.ring_outside = True
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Confusion matrix")
        self.setAccessibleDescription("Rows: what the images really are. Columns: what it said.")
        self.selectionModel().currentChanged.connect(self._current_moved)
        theme.watcher().changed.connect(self._fit)

    def show_matrix(self, classes: Sequence[str], counts: Sequence[Sequence[int]]) -> None:
        """Show other counts: [true class][predicted class]; nothing is selected."""
        self.cells.set_counts(classes, counts)
        self._fit()

    def show_percent(self, *, is_percent: bool) -> None:
        """Show shares of each row instead of counts."""
        self.cells.set_percent(is_percent=is_percent)
        self.viewport().update()

    def choose(self, label: int, predicted: int) -> None:
        """Select that cell."""
        self.setCurrentIndex(self.cells.index(label, predicted))

    @property
    def has_keyboard_ring(self) -> bool:
        """Whether the current cell wears the keyboard's ring."""
        return self._by_keyboard and self.hasFocus()

    def _current_moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.viewport().update()
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.viewport().update()
        if current.isValid():
            self.cell_chosen.emit(current.row(), current.column())

    def _fit(self) -> None:
        count = max(1, self.cells.rowCount())
        names = self.verticalHeader()
        most = self.width() // (3 if count <= FEW_CLASSES else 4)
        names.setFixedWidth(min(names.sizeHint().width(), max(theme.px(60), most)))
        self.horizontalHeader().setFixedHeight(theme.px(HEAD_PX))
        room = QSize(self.width() - names.width(), self.height() - self.horizontalHeader().height())
        width = room.width() // count
        if width < theme.px(CELL_PX[0]):
            width = min(names.sizeHint().width(), theme.px(NAME_PX))
        self.horizontalHeader().setDefaultSectionSize(_clamp(width, CELL_PX))
        self.verticalHeader().setDefaultSectionSize(_clamp(room.height() // count, ROW_PX))
        self.updateGeometries()
        self._corner.setGeometry(0, 0, names.width(), self.horizontalHeader().height())
        self._corner.raise_()

    # Qt's own names

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move; Esc leaves the cell."""
        self._by_keyboard = True
        if event.key() == Qt.Key.Key_Escape and self.currentIndex().isValid():
            self.setCurrentIndex(_NOWHERE)
        super().keyPressEvent(event)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click takes the ring away from the keyboard."""
        self._by_keyboard = False
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """By Tab, the current cell wears the ring."""
        self._by_keyboard = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        super().focusInEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out among the cells."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """Rows of a comfortable height, as long as they do not push the images out of sight."""
        rows = max(2, self.cells.rowCount())
        return QSize(320, theme.px(HEAD_PX) + min(rows * theme.px(38), theme.px(TALLEST_PX)) + 2)

    def minimumSizeHint(self) -> QSize:
        """Rows of the least height."""
        rows = min(8, max(2, self.cells.rowCount()))
        return QSize(260, theme.px(HEAD_PX) + rows * theme.px(ROW_PX[0]) + 2)


class MatrixModel(QAbstractTableModel):
    """Counts, shares of each row, and the sentence that a screen reader speaks."""

    def __init__(self, parent: ConfusionMatrix | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, ...] = ()
        self._counts: tuple[tuple[int, ...], ...] = ()
        self._is_percent = False

    def set_counts(self, classes: Sequence[str], counts: Sequence[Sequence[int]]) -> None:
        """Show other counts."""
        self.beginResetModel()
        self._classes = tuple(classes)
        self._counts = tuple(tuple(row) for row in counts)
        self.endResetModel()

    def set_percent(self, *, is_percent: bool) -> None:
        """Whether cells show shares of their row."""
        self._is_percent = is_percent

    def count(self, label: int, predicted: int) -> int:
        """Images of that class that were called so."""
        return self._counts[label][predicted]

    def share(self, label: int, predicted: int) -> float:
        """The part of the row's images; 0 for a row without any."""
        return self.count(label, predicted) / max(1, sum(self._counts[label]))

    # Qt's own names

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """One for each class."""
        return 0 if parent.isValid() else len(self._counts)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """One for each class."""
        return 0 if parent.isValid() else len(self._counts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What the cell shows and says."""
        if not index.isValid():
            return None
        label, predicted = index.row(), index.column()
        number, images = self.count(label, predicted), sum(self._counts[label])
        if role == Qt.ItemDataRole.DisplayRole:
            share = percent(self.share(label, predicted), images)
            return share if self._is_percent and number else f"{number:,}"
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            share = percent(self.share(label, predicted), images)
            verdict = "right" if label == predicted else f"it said {self._classes[predicted]}"
            return (
                f"Really {self._classes[label]}, {verdict}: "
                f"{number:,} of {counted(images, 'image')} ({share})"
            )
        return None

    def headerData(
        self, section: int, orientation: Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The classes' names."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._classes[section] if section < len(self._classes) else None
        if role == Qt.ItemDataRole.AccessibleTextRole and section < len(self._classes):
            words = "It said" if orientation == Orientation.Horizontal else "Really"
            return f"{words} {self._classes[section]}"
        return None


class _NameHeader(QHeaderView):
    def __init__(self, orientation: Orientation, matrix: ConfusionMatrix) -> None:
        super().__init__(orientation, matrix)
        self._matrix = matrix
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(10)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.viewport().setAutoFillBackground(False)
        self.setProperty("kind", "grid")

    def sizeHint(self) -> QSize:
        metrics = _metrics()
        names = ["really is"] + [
            str(self.model().headerData(i, self.orientation())) for i in range(self.count())
        ]
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        return QSize(widest + 14, theme.px(HEAD_PX))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N802, N803
        current = self._matrix.currentIndex()
        is_row = self.orientation() == Orientation.Vertical
        is_current = current.isValid() and logicalIndex == (current.row() if is_row else current.column())
        painter.save()
        painter.setFont(bold("help_medium") if is_current else theme.font("help"))
        painter.setPen(theme.color("text" if is_current else "text2"))
        name = str(self.model().headerData(logicalIndex, self.orientation()))
        place = QRectF(rect).adjusted(0, 0, -8, 0) if is_row else QRectF(rect).adjusted(2, 0, -2, 0)
        draw_name(painter, place, name, LEFT if is_row else CENTRE)
        painter.restore()


class _Corner(QWidget):
    """Says what the rows are, over Qt's own corner button, which has no use here."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("card"))
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color("text3"))
        draw_text(painter, QRectF(self.rect()), ROWS_ARE, LEFT)
        painter.end()


class _CellDelegate(QStyledItemDelegate):
    def __init__(self, matrix: ConfusionMatrix) -> None:
        super().__init__(matrix)
        self._matrix = matrix

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cells = self._matrix.cells
        label, predicted = index.row(), index.column()
        number = cells.count(label, predicted)
        place = QRectF(option.rect).adjusted(GAP, GAP, -GAP, -GAP)
        ground = cell_color(cells.share(label, predicted), is_right=label == predicted, is_empty=not number)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(rounded(place, 5), ground)
        if self._matrix.currentIndex() == index:
            token = "focus" if self._matrix.has_keyboard_ring else "text"
            painter.setPen(QPen(theme.color(token), 2))
            painter.drawPath(rounded(place, 5))
        painter.setFont(bold("body_medium") if number else theme.font("body"))
        painter.setPen(ink_on(ground) if number else theme.color("text3"))
        painter.drawText(place, CENTRE, str(index.data()))
        painter.restore()


def cell_color(share: float, *, is_right: bool, is_empty: bool) -> QColor:
    """One hue from light to strong with the share of the row."""
    if is_empty:
        return theme.color("sunken")
    if is_right:
        return between("accent_soft2", "accent", share**2)
    return between("warm", "warm_line", 0.75 * share**0.75)


def ink_on(ground: QColor) -> QColor:
    """Black or white, whichever has the higher WCAG 2 contrast on the colour."""
    light = luminance(ground)
    white, black = 1.05 / (light + 0.05), (light + 0.05) / 0.05
    return QColor(Qt.GlobalColor.white if white >= black else Qt.GlobalColor.black)


def luminance(color: QColor) -> float:
    """Relative luminance, 0 … 1. Source: WCAG 2.2, "relative luminance"."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _metrics() -> QFontMetrics:
    return QFontMetrics(bold("help_medium"))


def _clamp(value: int, limits: tuple[int, int]) -> int:
    return min(max(value, theme.px(limits[0])), theme.px(limits[1]))
