"""The runs as a table's model: rows, their order, their ticks, and what a screen reader speaks."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from tlstudio.app.widgets.run_rows import RunRow, in_order
from tlstudio.app.widgets.run_ticks import RunTicks

Index = QModelIndex | QPersistentModelIndex
Orientation = Qt.Orientation
_NOWHERE = QModelIndex()

COLUMNS = ("tick", "run", "backbone", "frozen", "accuracy", "found", "time", "size", "state")
TITLES = {
    "tick": "",
    "run": "Run",
    "backbone": "Backbone",
    "frozen": "Frozen",
    "accuracy": "Validation accuracy",
    "time": "Time",
    "size": "Size",
    "state": "State",
}
TIPS = {
    "tick": "Tick up to five runs to see their curves",
    "backbone": "The network it starts from",
    "frozen": "Groups of the backbone that keep what they know; the others relearn",
    "accuracy": "Right answers on images that it does not learn from, at its best epoch",
    "time": "How long it has trained",
    "size": "Of its weights on the disk",
}
ASCENDING = ("run", "backbone", "state")
"""Columns that are first sorted from the least on; all others from the most."""


class RunsModel(QAbstractTableModel):
    """Rows sorted by one column.

    Attributes:
        rows: in the order shown.
        ticks: which curves are shown.
        class_name: whose found images are counted; empty if no run was checked yet.
        column: by which it is sorted.
        is_descending: whether the most comes first.
    """

    def __init__(self, ticks: RunTicks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[RunRow] = []
        self.ticks = ticks
        self.class_name = ""
        self.column = "accuracy"
        self.is_descending = True

    def show_rows(self, rows: Sequence[RunRow], class_name: str) -> None:
        """Show other rows, sorted as before; a new order resets the model."""
        ordered = in_order(rows, self.column, is_descending=self.is_descending)
        is_same = [row.number for row in ordered] == [row.number for row in self.rows]
        if not is_same:
            self.beginResetModel()
        self.rows, self.class_name = ordered, class_name
        if not is_same:
            self.endResetModel()
        elif ordered:
            self.dataChanged.emit(self.index(0, 0), self.index(len(ordered) - 1, len(COLUMNS) - 1))
            self.headerDataChanged.emit(Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def sort_by(self, column: str) -> None:
        """Sort by that column; once more turns the order round."""
        if column == self.column:
            self.is_descending = not self.is_descending
        else:
            self.column, self.is_descending = column, column not in ASCENDING
        self.beginResetModel()
        self.rows = in_order(self.rows, self.column, is_descending=self.is_descending)
        self.endResetModel()

    def row_of(self, number: int) -> int:
        """Where that run stands; -1 if it is not there."""
        return next((place for place, row in enumerate(self.rows) if row.number == number), -1)

    def title(self, column: str) -> str:
        """What stands above a column."""
        if column == "found":
            return f"{self.class_name} found" if self.class_name else "Found"
        return TITLES[column]

    # Qt's own names

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """One for each run."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """As many as there are facts."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What the cell shows and says."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if column == "tick" else cell_words(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip
        if role == Qt.ItemDataRole.CheckStateRole and column == "tick":
            is_ticked = self.ticks.place(row.number) is not None
            return Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked
        return None

    def headerData(
        self, section: int, orientation: Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """What stands above the columns, and what it means."""
        if orientation != Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            if column == "found":
                return "How many of this class the best epoch found. The arrow offers the other classes."
            return TIPS.get(column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            order = f", sorted, {'most' if self.is_descending else 'least'} first"
            return (self.title(column) or "Curve shown") + (order if column == self.column else "")
        return None

    def _spoken(self, row: RunRow, column: str) -> str:
        if column == "tick":
            return f"{row.name}, curve {'shown' if self.ticks.place(row.number) is not None else 'not shown'}"
        words = cell_words(row, column)
        if column == "run" and row.is_taken:
            return f"{words}, chosen"
        if column == "found" and row.is_worse:
            return f"{words}, clearly fewer than the best run"
        return f"{self.title(column)}: {words}"


def cell_words(row: RunRow, column: str) -> str:
    """What a cell says in letters."""
    words = {
        "run": row.name,
        "backbone": row.backbone,
        "frozen": row.frozen_words,
        "accuracy": row.accuracy_words,
        "found": row.found_words,
        "time": row.time_words,
        "size": row.size_words,
        "state": row.state.words,
    }
    return words[column]
