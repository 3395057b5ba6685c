"""A running list of tiles folded into the rows and columns of a table."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from tlstudio.app.widgets.image_tile import Tile, TileOf

Index = QModelIndex | QPersistentModelIndex
TILE_ROLE = Qt.ItemDataRole.UserRole
_NOWHERE = QModelIndex()


def _no_tile(number: int) -> Tile:
    raise IndexError(number)


class TileModel(QAbstractTableModel):
    """Tells the tile of each cell; how many columns there are follows the view's width."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._columns = 1
        self._tile_of: TileOf = _no_tile

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return self._count

    def set_tiles(self, count: int, tile_of: TileOf) -> None:
        """Show other tiles; `tile_of` is asked for 0 … count−1."""
        self.beginResetModel()
        self._count, self._tile_of = count, tile_of
        self.endResetModel()

    def grow(self, count: int) -> None:
        """There are more tiles of the same list now; nothing moves."""
        last = self.rowCount() - 1
        rows = -(-count // self._columns)
        if rows > last + 1:
            self.beginInsertRows(_NOWHERE, last + 1, rows - 1)
            self._count = count
            self.endInsertRows()
        self._count = max(count, self._count)
        if last >= 0:  # its empty places were filled
            self.dataChanged.emit(self.index(last, 0), self.index(last, self._columns - 1))

    def set_columns(self, columns: int) -> None:
        """Fold the list anew."""
        if columns != self._columns:
            self.beginResetModel()
            self._columns = columns
            self.endResetModel()

    def number(self, index: Index) -> int | None:
        """The running number of a cell; None for the empty places of the last row."""
        number = index.row() * self._columns + index.column()
        return number if index.isValid() and number < self._count else None

    def place(self, number: int) -> QModelIndex:
        """The cell of a running number."""
        return self.index(number // self._columns, number % self._columns)

    def tile(self, number: int) -> Tile:
        """The tile of a running number."""
        return self._tile_of(number)

    # Qt's own names

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Whole rows, the last one perhaps not full."""
        return 0 if parent.isValid() else -(-self._count // self._columns)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """As many as fit beside each other."""
        return 0 if parent.isValid() else self._columns

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The empty places can't be reached."""
        if self.number(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The tile, or its words for tool tips and screen readers."""
        number = self.number(index)
        if number is None:
            return None
        if role == TILE_ROLE:
            return self.tile(number)
        if role == Qt.ItemDataRole.ToolTipRole:
            tile = self.tile(number)
            return "\n".join(part for part in (tile.path, tile.note) if part)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            tile = self.tile(number)
            return ". ".join(part for part in (tile.caption, tile.note) if part)
        return None
