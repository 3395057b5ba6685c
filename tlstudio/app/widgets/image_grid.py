"""A grid of image tiles that stays quick with a hundred thousand of them."""

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHeaderView,
    QRubberBand,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from tlstudio.app import theme
from tlstudio.app.widgets.image_tile import Tile, TileOf, caption_height, draw_tile
from tlstudio.app.widgets.thumbnails import Thumbnails
from tlstudio.app.widgets.tile_model import Index, TileModel
from tlstudio.app.widgets.tile_selection import TileSelection

GAP = 12
EDGE = 4
"""Room for the ring of the outermost tiles."""

REFOLD_MS = 60
Modifier = Qt.KeyboardModifier
Key = Qt.Key


class ImageGrid(QTableView):
    """Tiles in reading order with selection by mouse and keyboard.

    A table with fixed sections, not a QListView: at 100,000 tiles that one takes half a second a resize.

    Signals:
        selection_changed: another set of tiles is selected.
        opened: a tile is to be shown large; its running number.
        current_changed: the tile that the keyboard stands on.
    """

    selection_changed = Signal()
    opened = Signal(int)
    current_changed = Signal(int)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.thumbnails = thumbnails
        self.root = Path()
        self.tiles = TileModel(self)
        self.selection = TileSelection()
        self._tile_px = 116
        self._pressed_at: QPoint | None = None
        self._band: QRubberBand | None = None
        self._by_keyboard = False
        self._refold = QTimer(self)
        self._refold.setSingleShot(True)
        self._refold.setInterval(REFOLD_MS)
        self._refold.timeout.connect(self.refold)
        self.setModel(self.tiles)
        self.setItemDelegate(_TileDelegate(self))
        self._set_up_view()
        thumbnails.arrived.connect(self.viewport().update)
        theme.watcher().changed.connect(self.refold)

    def _set_up_view(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.viewport().setAutoFillBackground(False)
        self.setProperty("kind", "grid")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setAccessibleName("Images")
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    # What it shows

    def show_tiles(self, root: Path, count: int, tile_of: TileOf) -> None:
        """Show other tiles; their paths are relative to `root`."""
        self.root = root
        self.selection.reset(count)
        self.tiles.set_tiles(count, tile_of)
        self.refold()
        self.scrollToTop()
        self.selection_changed.emit()

    def add_tiles(self, count: int) -> None:
        """There are more of the same now; the view stays where it is."""
        self.selection.grow(count)
        self.tiles.grow(count)

    def set_tile_px(self, side_px: int) -> None:
        """How large a tile is about; the width is shared out evenly."""
        self._tile_px = side_px
        self._refold.start()

    def selected_tiles(self) -> list[Tile]:
        """The selected ones in reading order."""
        return [self.tiles.tile(number) for number in self.selection.numbers]

    def clear_selection(self) -> None:
        """Select nothing."""
        if self.selection.count:
            self.selection.none()
            self._selection_moved()

    def refold(self) -> None:
        """Share the width out among the columns; the first tile in view stays in view."""
        self._refold.stop()
        first = self.tiles.number(self.indexAt(QPoint(EDGE + 1, EDGE + 1))) or 0
        width = max(1, self.viewport().width() - 2 * EDGE + GAP)
        columns = max(1, width // (theme.px(self._tile_px) + GAP))
        cell = width // columns
        self.tiles.set_columns(columns)
        self.horizontalHeader().setDefaultSectionSize(cell)
        self.verticalHeader().setDefaultSectionSize(cell - GAP + caption_height() + GAP)
        self.updateGeometry()
        if first and self.tiles.count > first:
            self.scrollTo(self.tiles.place(first), QAbstractItemView.ScrollHint.PositionAtTop)
        self.viewport().update()

    def picture_place(self, cell: QRect) -> QRectF:
        """The picture's square within a cell."""
        side = cell.width() - GAP
        return QRectF(cell.left() + EDGE, cell.top() + EDGE, side, side)

    @property
    def has_keyboard_ring(self) -> bool:
        """Whether the current tile wears the keyboard's ring."""
        return self._by_keyboard and self.hasFocus()

    # Where the keyboard stands

    def go_to(self, number: int, modifiers: Modifier = Modifier.NoModifier) -> None:
        """Move there; alone it is selected, with Shift everything up to it, with Ctrl nothing."""
        if not self.tiles.count:
            return
        number = min(max(0, number), self.tiles.count - 1)
        if modifiers & Modifier.ShiftModifier:
            self.selection.extend_to(number)
        elif modifiers & Modifier.ControlModifier:
            self.selection.current = number
        else:
            self.selection.only(number)
        self.scrollTo(self.tiles.place(number))
        self._selection_moved()

    def _selection_moved(self) -> None:
        if self.tiles.count:
            index = self.tiles.place(self.selection.current)
            self.selectionModel().setCurrentIndex(index, self.selectionModel().SelectionFlag.NoUpdate)
        self.viewport().update()
        self.selection_changed.emit()
        self.current_changed.emit(self.selection.current)

    def _steps(self) -> dict[int, int]:
        columns = self.tiles.columnCount()
        rows_in_view = self.viewport().height() // max(1, self.verticalHeader().defaultSectionSize())
        page = columns * max(1, rows_in_view)
        current = self.selection.current
        below = columns if current + columns < self.tiles.count else 0
        return {
            Key.Key_Left: -1,
            Key.Key_Right: 1,
            Key.Key_Up: -columns if current >= columns else 0,
            Key.Key_Down: below,
            Key.Key_PageUp: -page,
            Key.Key_PageDown: page,
            Key.Key_Home: -current,
            Key.Key_End: self.tiles.count,
        }

    # Qt's own names

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, pages, Home and End; Shift extends; Ctrl+A, Esc; Space and Enter open."""
        self._by_keyboard = True
        key, modifiers = event.key(), event.modifiers()
        is_control = bool(modifiers & Modifier.ControlModifier)
        if key in (steps := self._steps()):
            self.go_to(self.selection.current + steps[key], modifiers)
        elif key == Key.Key_A and is_control:
            self.selection.all()
            self._selection_moved()
        elif key == Key.Key_Escape and self.selection.count:
            self.clear_selection()
        elif key == Key.Key_Space and is_control and self.tiles.count:
            self.selection.toggle(self.selection.current)
            self._selection_moved()
        elif key in (Key.Key_Space, Key.Key_Return, Key.Key_Enter) and not modifiers and self.tiles.count:
            self.opened.emit(self.selection.current)
        else:
            event.ignore()  # not to the table: its own keys would move by cells

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Typing letters does nothing; the search field finds names."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click selects; with Ctrl it adds, with Shift it extends; beside the tiles it clears."""
        self._by_keyboard = False
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position().toPoint()
        self._pressed_at = at + QPoint(0, self.verticalScrollBar().value())
        number = self._number_at(at)
        if number is None:
            if not event.modifiers():
                self.clear_selection()
        elif event.modifiers() & Modifier.ControlModifier:
            self.selection.toggle(number)
            self._selection_moved()
        else:
            self.go_to(number, event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag a rectangle around tiles."""
        if self._pressed_at is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        scrolled = self.verticalScrollBar().value()
        start, at = self._pressed_at - QPoint(0, scrolled), event.position().toPoint()
        if self._band is None:
            if (at - start).manhattanLength() < QApplication.startDragDistance():
                return
            self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.viewport())
            self._band.show()
        area = QRect(start, at).normalized()
        self._band.setGeometry(area)
        self._select_within(area.translated(0, scrolled))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go of the rectangle."""
        self._pressed_at = None
        if self._band is not None:
            self._band.deleteLater()
            self._band = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the tile large."""
        number = self._number_at(event.position().toPoint())
        if number is not None:
            self.opened.emit(number)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """By Tab, the current tile wears the ring."""
        self._by_keyboard = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        super().focusInEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold again when the width has settled."""
        super().resizeEvent(event)
        self._refold.start()

    def sizeHint(self) -> QSize:
        """It takes what is left."""
        return QSize(400, 240)

    def minimumSizeHint(self) -> QSize:
        """One row, whose tiles may have become larger than they were asked to be."""
        asked = theme.px(self._tile_px) + caption_height() + GAP
        row = self.verticalHeader().defaultSectionSize()
        # A single wide column would ask for more than a low window has.
        return QSize(200, min(max(asked, row), asked * 5 // 4))

    # Where things are

    def _number_at(self, at: QPoint) -> int | None:
        index = self.indexAt(at)
        number = self.tiles.number(index)
        if number is None:
            return None
        place = self.picture_place(self.visualRect(index)).adjusted(0, 0, 0, caption_height())
        return number if place.contains(at) else None

    def _select_within(self, area: QRect) -> None:
        width, height = (
            self.horizontalHeader().defaultSectionSize(),
            self.verticalHeader().defaultSectionSize(),
        )
        columns = range(
            max(0, (area.left() + GAP - EDGE) // width),
            min(self.tiles.columnCount() - 1, (area.right() - EDGE) // width) + 1,
        )
        last = min(self.tiles.rowCount() - 1, area.bottom() // height)
        rows = range(max(0, area.top() // height), last + 1)
        self.selection.none()
        for row in rows:
            for column in columns:
                number = row * self.tiles.columnCount() + column
                if number < self.tiles.count:
                    self.selection.add(number)
        self.viewport().update()
        self.selection_changed.emit()


class _TileDelegate(QStyledItemDelegate):
    def __init__(self, grid: ImageGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        grid = self._grid
        number = grid.tiles.number(index)
        if number is None:
            return
        place = grid.picture_place(option.rect)
        tile = grid.tiles.tile(number)
        side = round(place.width() * painter.device().devicePixelRatioF())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        file = grid.root / tile.path
        picture = grid.thumbnails.picture(file, side)
        draw_tile(
            painter,
            place,
            tile,
            picture,
            is_selected=number in grid.selection,
            has_ring=grid.has_keyboard_ring and number == grid.selection.current,
            is_broken=picture is None and bool(grid.thumbnails.why_not(file)),
        )
        painter.restore()
