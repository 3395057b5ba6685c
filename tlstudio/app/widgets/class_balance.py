"""How many images each class has, one row for each class, which filters by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from tlstudio.app import theme
from tlstudio.app.widgets.brush import LEFT, RIGHT, bold, draw_icon, draw_name, draw_text, rounded

ROW_PX = 30
MOST_ROWS = 8
"""More classes than that scroll."""

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True)
class ClassCount:
    """A class and its images; `warning` says in a person's words why it needs a look, or is empty."""

    name: str
    images: int
    warning: str = ""


class ClassBalance(QListView):
    """Rows with bars, all grey but for a class that needs a look.

    Signals:
        chosen: the class to filter by, or an empty string for all of them, also when the class is gone.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.counts = _CountModel(self)
        self._chosen = ""
        self._by_keyboard = False
        self.setModel(self.counts)
        self.setItemDelegate(_RowDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setProperty("kind", "grid")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName("Class balance")
        self.setAccessibleDescription("Enter shows the images of one class, or all of them again.")
        theme.watcher().changed.connect(self._fit)

    @property
    def chosen_class(self) -> str:
        """The class that is filtered by, or an empty string."""
        return self._chosen

    def show_counts(self, counts: Sequence[ClassCount]) -> None:
        """Show other counts; the filter stays if its class is still there."""
        self.counts.set_counts(counts)
        self._fit()
        if self._chosen and self._chosen not in {count.name for count in counts}:
            self.choose("")

    def choose(self, name: str) -> None:
        """Filter by that class; by the same one again: no filter."""
        self._chosen = "" if name == self._chosen else name
        self.viewport().update()
        self.chosen.emit(self._chosen)

    def _fit(self) -> None:
        rows = min(MOST_ROWS, max(1, self.counts.rowCount()))
        self.setFixedHeight(rows * theme.px(ROW_PX))
        self.doItemsLayout()

    @property
    def ringed_row(self) -> int:
        """The row with the keyboard's ring, or −1."""
        return self.currentIndex().row() if self._by_keyboard and self.hasFocus() else -1

    # Qt's own names

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move; Space or Enter filters; Esc shows all again."""
        self._by_keyboard = True
        key = event.key()
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.choose(self.counts.count_at(self.currentIndex()).name)
        elif key == Qt.Key.Key_Escape and self._chosen:
            self.choose(self._chosen)
        else:
            super().keyPressEvent(event)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click filters."""
        self._by_keyboard = False
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.setCurrentIndex(index)
            self.choose(self.counts.count_at(index).name)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """By Tab, the current row wears the ring."""
        self._by_keyboard = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.counts.index(0))
        super().focusInEvent(event)


class _CountModel(QAbstractListModel):
    def __init__(self, parent: ClassBalance) -> None:
        super().__init__(parent)
        self._counts: tuple[ClassCount, ...] = ()

    def set_counts(self, counts: Sequence[ClassCount]) -> None:
        if len(counts) != len(self._counts):
            self.beginResetModel()
            self._counts = tuple(counts)
            self.endResetModel()
            return
        self._counts = tuple(counts)
        if counts:
            self.dataChanged.emit(self.index(0), self.index(len(counts) - 1))

    def count_at(self, index: Index) -> ClassCount:
        return self._counts[index.row()]

    @property
    def most(self) -> int:
        return max((count.images for count in self._counts), default=1) or 1

    @property
    def names(self) -> list[str]:
        return [count.name for count in self._counts]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._counts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        count = self.count_at(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            return count.warning or f"Show only {count.name}"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in (count.name, f"{count.images:,} images", count.warning) if part)
        return None


class _RowDelegate(QStyledItemDelegate):
    def __init__(self, view: ClassBalance) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        counts, row = self._view.counts, QRectF(option.rect)
        count = counts.count_at(index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_chosen = self._view.chosen_class == count.name
        if is_chosen:
            painter.fillPath(rounded(row.adjusted(0, 1, 0, -1), 6), theme.color("accent_soft"))
        if self._view.ringed_row == index.row():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawPath(rounded(row.adjusted(1, 2, -1, -2), 6))
        painter.setFont(bold("body_medium") if is_chosen else theme.font("body"))
        painter.setPen(theme.color("accent_text" if is_chosen else "text"))
        inner = row.adjusted(6, 0, -6, 0)
        name = QRectF(inner.left(), inner.top(), self._name_width(inner.width()), inner.height())
        draw_name(painter, name, count.name, LEFT)
        figure = QRectF(inner.right() - theme.px(64), inner.top(), theme.px(64), inner.height())
        painter.setFont(bold("body_medium"))
        draw_text(painter, figure, f"{count.images:,}", RIGHT)
        if count.warning:
            width = QFontMetricsF(painter.font()).horizontalAdvance(f"{count.images:,}")
            mark = QPointF(figure.right() - width - theme.px(13), row.center().y())
            draw_icon(painter, "warning", "warn", mark, 14)
        bar = QRectF(name.right() + 12, row.center().y() - 4.5, figure.left() - name.right() - 14, 9)
        self._paint_bar(painter, bar, count, counts.most)
        painter.restore()

    def _paint_bar(self, painter: QPainter, place: QRectF, count: ClassCount, most: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hover"))
        painter.drawPath(rounded(place, 4))
        if count.images:
            width = max(5.0, place.width() * count.images / most)
            painter.setBrush(theme.color("warn" if count.warning else "s_train"))
            painter.drawPath(
                rounded(QRectF(place.left(), place.top(), width, place.height()), min(4, width / 2))
            )

    def _name_width(self, room: float) -> float:
        metrics = QFontMetricsF(bold("body_medium"))
        widest = max((metrics.horizontalAdvance(name) for name in self._view.counts.names), default=0.0)
        return min(widest + 4, room * 0.42)
