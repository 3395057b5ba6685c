"""The images of a project as a grid that can be searched, filtered and enlarged."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSlider, QStackedLayout, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.image_filter import ImageFilter, Only
from tlstudio.app.widgets.image_grid import ImageGrid
from tlstudio.app.widgets.image_tile import Tile
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.large_view import LargeView
from tlstudio.app.widgets.plain_icon import PlainIcon
from tlstudio.app.widgets.segmented import Segmented
from tlstudio.app.widgets.selection_bar import SelectionBar
from tlstudio.app.widgets.split_bar import NAMES
from tlstudio.app.widgets.thumbnails import Thumbnails
from tlstudio.data.table import SPLITS, ImageRow

ONLY_WORDS: dict[Only, str] = {
    "set_aside": "Set aside",
    "two_classes": "In two classes",
    "small_images": "Very small",
}

SEARCH_MS = 120
TILE_PX = (72, 108, 240)
"""Least, first and largest side of a tile."""


class ImageBrowser(QWidget):
    """Search field, filters, size slider and grid; filtering works on numbers, not on widgets.

    Signals:
        filters_cleared: the class filter of the page is to be lifted as well.
        copied: so many names are on the clipboard.
    """

    filters_cleared = Signal()
    copied = Signal(int)

    def __init__(self, over: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.thumbnails = Thumbnails(self)
        self.grid = ImageGrid(self.thumbnails)
        self.large = LargeView(over, self.thumbnails)
        self.bar = SelectionBar(self.grid)
        self._root = Path()
        self._rows: Sequence[ImageRow] = ()
        self._shown: Sequence[int] = ()
        self._class_name = ""
        self._only: Only = ""
        self._is_growing = False
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_MS)
        self._typing.timeout.connect(self.filter)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find by file name")
        self.search.setAccessibleName("Find by file name")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            theme.icon("magnifying-glass", "text3"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.splits = Segmented(["All", *NAMES.values()], "Show")
        self.only = button("", "soft", "x", "small")
        self.only.setToolTip("Show all images again")
        self.zoom = QSlider(Qt.Orientation.Horizontal)
        self.zoom.setRange(TILE_PX[0], TILE_PX[2])
        self.zoom.setValue(TILE_PX[1])
        self.grid.set_tile_px(TILE_PX[1])
        self.zoom.setAccessibleName("Size of the images")
        self.zoom.setFixedSize(theme.px(76), theme.px(30))
        tools = QHBoxLayout()
        tools.setSpacing(10)
        tools.addWidget(self.search, 1)
        tools.addWidget(self.splits)
        tools.addWidget(self.only)
        self.zoom_ends = (PlainIcon("image", 12), PlainIcon("image", 17))
        tools.addStretch(0)
        tools.addWidget(self.zoom_ends[0])
        tools.addWidget(self.zoom)
        tools.addWidget(self.zoom_ends[1])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(tools)
        self._stack = QStackedLayout()
        column.addLayout(self._stack, 1)
        # Only now: a stack shows its first widget, which without a parent would be a window.
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self._nothing_found())
        self.only.hide()

    def _nothing_found(self) -> QWidget:
        nothing = QWidget()
        column = QVBoxLayout(nothing)
        self.nothing = label("No images match.", "body", "text2")
        self.clear = button("Clear filters")
        column.addStretch(1)
        column.addWidget(self.nothing, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return nothing

    def _connect(self) -> None:
        self.search.textChanged.connect(self._typing.start)
        self.search.returnPressed.connect(self.filter)
        self.splits.chosen.connect(self.filter)
        self.only.clicked.connect(self._show_all)
        self.clear.clicked.connect(self.clear_filters)
        self.zoom.valueChanged.connect(self.grid.set_tile_px)
        self.grid.selection_changed.connect(self._count_selected)
        self.grid.opened.connect(self._open_large)
        self.large.moved.connect(self._follow_large)
        self.large.closed.connect(self._focus_grid)
        self.bar.large_wanted.connect(self._open_current)
        self.bar.folder_wanted.connect(self.show_in_folder)
        self.bar.names_wanted.connect(self.copy_names)
        self.bar.dismissed.connect(self.grid.clear_selection)

    # What it shows

    def show_rows(self, root: Path, rows: Sequence[ImageRow]) -> None:
        """Show other images; filters stay unless the images lie in another folder."""
        if root != self._root:
            self._turn_to(root)
        self._is_growing = False
        self._rows = rows
        self.filter()

    def show_growing(self, root: Path, rows: Sequence[ImageRow]) -> None:
        """Show images as they are read: none yet, then more by `grow_to`; filters wait for `show_rows`."""
        if root != self._root:
            self._turn_to(root)
        self._is_growing = True
        self._rows, self._shown = rows, range(len(rows))
        self.grid.show_tiles(root, 0, self._tile)
        self._stack.setCurrentIndex(0)
        self.large.put_away()  # last: the grid that gets the keyboard may be asked for its tiles at once

    def grow_to(self, count: int) -> None:
        """So many of the growing images are read."""
        self.grid.add_tiles(min(count, len(self._shown)))

    def _turn_to(self, root: Path) -> None:
        self._root = root
        self.thumbnails.forget()
        self.clear_filters()

    def set_tools_visible(self, *, is_visible: bool) -> None:
        """Whether there is anything to search and filter."""
        for tool in (self.search, self.splits, self.zoom, *self.zoom_ends):
            tool.setVisible(is_visible)
        self.only.setVisible(is_visible and bool(self._only))

    def show_class(self, name: str) -> None:
        """Show the images of one class; an empty name for all."""
        if name != self._class_name:
            self._class_name = name
            self.filter()

    def show_only(self, only: Only) -> None:
        """Show the images of one finding; empty for all."""
        self._only = only
        self.only.setText(ONLY_WORDS.get(only, ""))
        self.only.setVisible(bool(only))
        if only == "set_aside":
            self.splits.set_index(0)  # what is set aside is in no split
        self.filter()

    def clear_filters(self) -> None:
        """Show every image again."""
        self.search.clear()
        self.splits.set_index(0)
        self._class_name = ""
        self.filters_cleared.emit()
        self.show_only("")

    def filter(self) -> None:
        """Bring the grid up to date with the filters; nothing is selected then."""
        self._typing.stop()
        if self._is_growing:  # the grid counts on every image until they are read
            return
        split = self.splits.index()
        wanted = ImageFilter(
            self.search.text(), SPLITS[split - 1] if split else "", self._class_name, self._only
        )
        shown = self._shown = wanted.numbers(self._rows)
        self.grid.show_tiles(self._root, len(shown), self._tile)
        self._stack.setCurrentIndex(0 if len(shown) or not self._rows else 1)
        self.large.put_away()

    @property
    def count(self) -> int:
        """How many images the filters leave."""
        return len(self._shown)

    def _tile(self, number: int) -> Tile:
        return tile_of(self._rows[self._shown[number]])

    # Selected images

    def _count_selected(self) -> None:
        self.bar.show_count(self.grid.selection.count)

    def show_in_folder(self) -> None:
        """Open the folder of the first selected image in the system's file manager."""
        for tile in self.grid.selected_tiles()[:1]:
            folder = (self._root / tile.path).parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def copy_names(self) -> None:
        """Put the selected images' paths on the clipboard, one a line."""
        paths = [tile.path for tile in self.grid.selected_tiles()]
        QGuiApplication.clipboard().setText("\n".join(paths))
        self.copied.emit(len(paths))

    def _open_current(self) -> None:
        self._open_large(self.grid.selection.current)

    def _open_large(self, number: int) -> None:
        self.large.open(self._root, len(self._shown), self._tile, number)

    def _follow_large(self, number: int) -> None:
        self.grid.go_to(number)

    def _focus_grid(self) -> None:
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_all(self) -> None:
        self.show_only("")

    # Qt's own names

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+F goes to the search field; Ctrl+C copies names; Esc clears the search."""
        is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if is_control and event.key() == Qt.Key.Key_F:
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif is_control and event.key() == Qt.Key.Key_C and self.grid.selection.count:
            self.copy_names()
        elif event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        else:
            super().keyPressEvent(event)


def tile_of(row: ImageRow) -> Tile:
    """How an image of the table stands in the grid."""
    name = row.path.rpartition("/")[2]
    if row.is_set_aside:
        return Tile(row.path, name, "tray", "warn", f"Set aside: {row.flags or 'it is not readable'}")
    size = f"{row.width:,} × {row.height:,} px" if row.width else ""
    facts = (row.class_name, NAMES[row.split] if row.split else "", size, row.flags)
    return Tile(row.path, name, note=", ".join(fact for fact in facts if fact))
