"""The table that compares runs: tick for a curve, sort by a column, choose one, all by pointer or by keys."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView

from tlstudio.app import theme
from tlstudio.app.widgets.brush import LEFT, bold, draw_icon, draw_name
from tlstudio.app.widgets.column_widths import Wish, share_out
from tlstudio.app.widgets.run_cells import BAR_PX, BLOCKS_PX, PAD_PX, SEED_PX, RunCells
from tlstudio.app.widgets.run_rows import RunRow
from tlstudio.app.widgets.run_ticks import RunTicks
from tlstudio.app.widgets.runs_model import COLUMNS, RunsModel, cell_words

HEAD_PX, ROW_PX, LOW_ROW_PX = 36, 42, 34
FEWEST_ROWS = 4
MOST_ROWS = 6
LEFT_OUT = {"size": 1, "time": 2}
"""Columns that give way in a narrow window, the lowest number first; the exported table has them all."""

TICK, FOUND = COLUMNS.index("tick"), COLUMNS.index("found")
NARROWEST_NAME_PX = 84


class RunsTable(QTableView):
    """One row for each run, one of them current.

    Signals:
        ticked: a run's curve is to be shown or hidden.
        current_changed: the run of the current row; 0 for none.
        chosen: a run, by Enter or a double click.
        details_asked: a run that failed, likewise.
        delete_asked: a run, by the Delete key.
        class_chosen: the class whose found images are to be counted.
    """

    ticked = Signal(int)
    current_changed = Signal(int)
    chosen = Signal(int)
    details_asked = Signal(int)
    delete_asked = Signal(int)
    class_chosen = Signal(str)

    def __init__(self, ticks: RunTicks) -> None:
        super().__init__()
        self.runs = RunsModel(ticks, self)
        self.cells = RunCells(self, self.runs)
        self._classes: Sequence[str] = ()
        self._is_low = False
        self._current = 0
        self._scrolled = 0
        self.setModel(self.runs)
        self.setItemDelegate(self.cells)
        self._head = _Head(self)
        self.setHorizontalHeader(self._head)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Runs")
        self.setAccessibleDescription(
            "Space shows or hides a curve, Enter chooses the run, S sorts by the column, "
            "C counts another class, Delete deletes the run."
        )
        self.selectionModel().currentChanged.connect(self._moved)
        self.runs.modelAboutToBeReset.connect(self._remember_place)
        self.runs.modelReset.connect(self._return_to_current)
        theme.watcher().changed.connect(self._fit)

    def show_rows(self, rows: Sequence[RunRow], class_name: str, classes: Sequence[str]) -> None:
        """Show these runs; the current one stays current."""
        self._classes = classes
        self.runs.show_rows(rows, class_name)
        self._fit()

    def show_ticks(self) -> None:
        """Show the ticks as they are now."""
        self.viewport().update()

    def set_low(self, *, is_low: bool) -> None:
        """Show fewer rows, closer to each other; the others scroll."""
        if is_low != self._is_low:
            self._is_low = is_low
            self._fit()

    @property
    def _row_height(self) -> int:
        return theme.px(LOW_ROW_PX if self._is_low else ROW_PX)

    def current_run(self) -> int:
        """The number of the run in the current row; 0 for none."""
        return self._current

    def go_to(self, number: int) -> None:
        """Make that run current."""
        place = self.runs.row_of(number)
        if place >= 0:
            column = max(1, self.currentIndex().column())
            self.setCurrentIndex(self.runs.index(place, column))

    def forget_current(self) -> None:
        """Make no run current: those that come are another project's."""
        self._current = 0
        self.setCurrentIndex(QModelIndex())

    def class_menu(self) -> QMenu:
        """The classes whose found images can be counted."""
        menu = QMenu(self)
        group = QActionGroup(menu)
        for name in self._classes:
            action = QAction(name, menu, checkable=True)
            action.setChecked(name == self.runs.class_name)
            action.triggered.connect(lambda _on=True, name=name: self.class_chosen.emit(name))
            group.addAction(action)
            menu.addAction(action)
        return menu

    def ask_for_class(self) -> None:
        """Open the menu of classes below its column's title."""
        if self._classes:
            at = QPoint(self._head.sectionViewportPosition(FOUND), self._head.height())
            menu = self.class_menu()
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self._head.viewport().mapToGlobal(at))

    def sort_by(self, column: str) -> None:
        """Sort by that column; once more turns the order round."""
        if column != "tick":
            self.runs.sort_by(column)
            self._head.viewport().update()

    def _remember_place(self) -> None:
        self._scrolled = self.verticalScrollBar().value()

    def _return_to_current(self) -> None:
        wanted = self._current
        if self.runs.row_of(wanted) >= 0:
            self.setAutoScroll(False)  # what is seen stays, wherever the current run went
            self.go_to(wanted)
            self.setAutoScroll(True)
        elif wanted:
            self._current = 0
            self.current_changed.emit(0)
        self.updateGeometries()
        self.verticalScrollBar().setValue(self._scrolled)

    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.viewport().update()
        if current.isValid() and current.row() < len(self.runs.rows):
            number = self.runs.rows[current.row()].number
            if number != self._current:
                self._current = number
                self.current_changed.emit(number)

    def _choose(self, number: int, column: str) -> None:
        row = self.runs.rows[self.runs.row_of(number)]
        if row.has_failed and (column == "state" or row.accuracy is None):
            self.details_asked.emit(number)
        elif row.accuracy is not None:
            self.chosen.emit(number)

    # How wide

    def _fit(self) -> None:
        self.cells.fit()
        self._head.setFixedHeight(theme.px(HEAD_PX))
        self.verticalHeader().setDefaultSectionSize(self._row_height)
        widths = share_out(self.viewport().width(), [self._wish(column) for column in COLUMNS])
        for place, width in enumerate(widths):
            self.setColumnHidden(place, width == 0)
            if width:
                self.setColumnWidth(place, width)
        self.viewport().update()
        self.updateGeometry()

    def _wish(self, column: str) -> Wish:
        if column == "tick":
            return Wish(theme.px(44), theme.px(44), is_fixed=True)
        letters = {"run": bold("body_medium"), "accuracy": bold("body_medium"), "found": bold("body_medium")}
        metrics = QFontMetricsF(letters.get(column, theme.font("body")))
        words = max((metrics.horizontalAdvance(cell_words(row, column)) for row in self.runs.rows), default=0)
        extra, bar = {
            "run": (28, 0),
            "backbone": (0, SEED_PX if any(row.seed is not None for row in self.runs.rows) else 0),
            "frozen": (0, BLOCKS_PX + 10),
            "accuracy": (0, BAR_PX + 30),
            "found": (30, 0),
            "state": (22, 0),
        }.get(column, (0, 0))
        least = words + theme.px(extra)
        if column == "backbone":
            least = min(least, theme.px(NARROWEST_NAME_PX))
        if column == "accuracy":
            least = metrics.horizontalAdvance("100.0%")
        title = QFontMetricsF(theme.font("help_medium")).horizontalAdvance(self.runs.title(column))
        title += theme.px(18) if column in (self.runs.column, "found") else 0
        # The name of a class may be long: it gives way.
        narrow, head = title, title
        if column == "found":
            narrow, head = max(least, min(title, theme.px(116))), min(title, theme.px(180))
        pad = theme.px(PAD_PX) + 8
        best = max(words + theme.px(extra + bar), head)
        return Wish(round(max(least, narrow)) + pad, round(best) + pad, LEFT_OUT.get(column, 0))

    # Qt's own names

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move; Space ticks, Enter chooses, S sorts, C counts another class, Delete deletes."""
        self._show_ring(is_shown=True)
        index, number = self.currentIndex(), self._current
        if not index.isValid() or not number:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Space:
            self.ticked.emit(number)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._choose(number, COLUMNS[index.column()])
        elif event.key() == Qt.Key.Key_S and not event.modifiers():
            self.sort_by(COLUMNS[index.column()])
        elif event.key() == Qt.Key.Key_C and not event.modifiers():
            self.ask_for_class()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit(number)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tick by a press on the box; anywhere else the row becomes current."""
        self._show_ring(is_shown=False)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and index.column() == TICK:
            self.ticked.emit(self.runs.rows[index.row()].number)
            return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press on a failed run's state asks for its details."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and COLUMNS[index.column()] == "state":
            row = self.runs.rows[index.row()]
            if row.has_failed:
                self.details_asked.emit(row.number)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Choose the run."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() != TICK:
            self._choose(self.runs.rows[index.row()].number, "run")
        else:
            self.mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """By Tab, the current cell wears the ring."""
        super().focusInEvent(event)
        by_keys = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if not self.currentIndex().isValid() and self.runs.rows:
            self.setCurrentIndex(self.runs.index(0, 1))
        self._show_ring(is_shown=event.reason() in by_keys)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes."""
        super().focusOutEvent(event)
        self._show_ring(is_shown=False)

    def _show_ring(self, *, is_shown: bool) -> None:
        if is_shown != self.cells.has_ring:
            self.cells.has_ring = is_shown
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out among the columns."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """All rows, up to the most; the others scroll."""
        rows = min(FEWEST_ROWS if self._is_low else MOST_ROWS, max(1, len(self.runs.rows)))
        return QSize(700, theme.px(HEAD_PX) + rows * self._row_height)

    def minimumSizeHint(self) -> QSize:
        """As high as its hint: the page scrolls, not a strip of two rows."""
        always = [self._wish(column).least for column in COLUMNS if column not in LEFT_OUT]
        return QSize(sum(always), self.sizeHint().height())


class _Head(QHeaderView):
    """Titles to sort by; the arrow beside the class's title offers the other classes."""

    def __init__(self, table: RunsTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._runs_table = table
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(10)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.viewport().setAutoFillBackground(False)

    def _words(self, section: int) -> tuple[str, QRectF]:
        """The title as it fits, without its arrow, and where it stands."""
        place = QRectF(self.sectionViewportPosition(section), 0, self.sectionSize(section), self.height())
        inner = place.adjusted(theme.px(PAD_PX), 0, -4, 0)
        has_arrow = COLUMNS[section] in (self._runs_table.runs.column, "found")
        room = inner.width() - (theme.px(18) if has_arrow else 0)
        metrics = QFontMetricsF(theme.font("help_medium"))
        title = self._runs_table.runs.title(COLUMNS[section])
        words = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room + 1)
        inner.setWidth(metrics.horizontalAdvance(words))
        return words, inner

    # Qt's own names

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N802, N803
        del rect
        runs, column = self._runs_table.runs, COLUMNS[logicalIndex]
        words, place = self._words(logicalIndex)
        is_sorted = column == runs.column
        painter.save()
        painter.setFont(theme.font("help_medium"))
        painter.setPen(theme.color("text" if is_sorted else "text2"))
        draw_name(painter, place.adjusted(0, 0, 4, 0), words, LEFT)
        if is_sorted or (column == "found" and self._runs_table.runs.class_name):
            arrow = "arrow-down" if runs.is_descending else "arrow-up"
            name = arrow if is_sorted else "caret-down"
            at = place.right() + theme.px(11)
            draw_icon(painter, name, "text2", QRectF(at - 6, 0, 12, self.height()).center(), 12)
        painter.restore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        section = self.logicalIndexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or section < 0:
            return
        _, place = self._words(section)
        if COLUMNS[section] == "found" and event.position().x() > place.right():
            self._runs_table.ask_for_class()
        else:
            self._runs_table.sort_by(COLUMNS[section])
