"""All networks in place on the Model page: a search field, the table, and two other ways to get weights."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from tlstudio.amounts import counted
from tlstudio.app import theme
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.labels import Label
from tlstudio.app.widgets.network_list import Listed, NetworkList
from tlstudio.app.widgets.switch import Switch
from tlstudio.model.catalogue import TimmModel

Search = Callable[[str], Sequence[TimmModel]]
"""Words → all networks that could be looked at, the best match first."""

MOST_FOUND = 60
TYPING_MS = 150
SHORTEST_SEARCH = 2


class AllNetworks(QFrame):
    """Every backbone of the gallery; with a search, every network there is.

    Signals:
        chosen: a name of the list.
        pack_asked: the user wants to import a weights pack.
        file_asked: the user wants to use a weights file.
        measure_asked: the user wants the speeds to be measured anew.
        closed: Esc was pressed with nothing to search for.
    """

    chosen = Signal(str)
    pack_asked = Signal()
    file_asked = Signal()
    measure_asked = Signal()
    closed = Signal()

    def __init__(self, search: Search) -> None:
        super().__init__()
        self._search = search
        self._rows: Sequence[Listed] = ()
        self._marked = ""
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search by name, family or use, also among all networks of timm")
        self.field.setAccessibleName("Search all networks")
        self.field.setClearButtonEnabled(True)
        glass = theme.icon("magnifying-glass", "text3")
        self.field.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        self.non_commercial = Switch("Show networks whose licence does not allow commercial use")
        self.non_commercial.toggled.connect(self._show)
        self._count = Label("", "help", "text2", wrap=True)
        self.list = NetworkList()
        self.list.chosen.connect(self.chosen)
        self.nothing = Label("", "body", "text2", wrap=True)
        self.nothing.hide()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._show)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._enter)
        self._lay_out()

    def show_rows(self, rows: Sequence[Listed], marked: str) -> None:
        """List these, as far as the search and the switch let them through."""
        self._rows, self._marked = rows, marked
        self._show()

    def _lay_out(self) -> None:
        file = button("Use a weights file…", "plain", "file", "small")
        file.clicked.connect(self.file_asked)
        pack = button("Import a pack…", "plain", "package", "small")
        pack.setToolTip("A folder with weights that was made on a computer with internet")
        pack.clicked.connect(self.pack_asked)
        words = Label("Non-commercial licences", "help", "text2")
        words.setBuddy(self.non_commercial)
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self.field, 1)
        head.addWidget(file)
        head.addWidget(pack)
        foot = QHBoxLayout()
        foot.setSpacing(theme.px(8))
        foot.addWidget(self._count, 1)
        measure = button("Measure speeds again", "link", size="small")
        measure.setToolTip("If the computer was busy with something else when they were measured")
        measure.clicked.connect(self.measure_asked)
        foot.addWidget(measure)
        foot.addWidget(words)
        foot.addWidget(self.non_commercial)
        self.setProperty("kind", "card")
        column = QVBoxLayout(self)
        inside = theme.px(12)
        column.setContentsMargins(inside, inside, inside, inside)
        column.setSpacing(theme.px(8))
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(self.nothing)
        column.addLayout(foot)

    def _typed(self) -> None:
        self._typing.start()

    def _enter(self) -> None:
        self._typing.stop()
        self._show()
        self.list.enter()

    def _show(self) -> None:
        wanted = self.field.text().strip().lower()
        every = [row for row in self._rows if all(word in _text(row) for word in wanted.split())]
        others = self._others(wanted)
        rows, found = self._allowed(every), self._allowed(others)
        hidden = len(every) + len(others) - len(rows) - len(found)
        self.list.show_rows([*rows, *found[:MOST_FOUND]], self._marked)
        is_empty = not rows and not found
        self.list.setVisible(not is_empty)
        self.nothing.setVisible(is_empty)
        words = self.field.text().strip()
        self.nothing.setText(
            f"What has “{words}” in its name has a licence against commercial use ({hidden:,} hidden)."
            if hidden
            else f"No network has “{words}” in its name. Names look like resnet50, convnext_tiny or vit_base."
        )
        self._count.setText("" if is_empty else _summary(len(rows), len(found), hidden))

    def _allowed(self, rows: Sequence[Listed]) -> list[Listed]:
        return [row for row in rows if self.non_commercial.isChecked() or not row.is_non_commercial]

    def _others(self, wanted: str) -> list[Listed]:
        if len(wanted) < SHORTEST_SEARCH:
            return []
        known = {row.name for row in self._rows}
        weights = {row.backbone.weights.repo for row in self._rows if row.backbone is not None}
        return [
            Listed(model.name, model=model)
            for model in self._search(wanted)
            if model.name not in known and not (model.repo and model.repo in weights)
        ]

    # Qt's own names

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down leads from the search into the list; Esc empties the search, then closes."""
        if event.key() == Qt.Key.Key_Down and self.field.hasFocus():
            self._enter()
        elif event.key() == Qt.Key.Key_Escape and self.field.text():
            self.field.clear()
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _text(row: Listed) -> str:
    known = row.backbone
    if known is None:
        return row.name.lower()
    parts = (known.name, known.title, known.family, known.good_for, known.weights.trained_on, known.licence)
    return " ".join(parts).lower()


def _summary(known: int, found: int, hidden: int) -> str:
    parts = [counted(known, "network")] if known else []
    if found > MOST_FOUND:
        parts.append(f"the first {MOST_FOUND} of {found:,} more of timm by that name; type more of it")
    elif found:
        parts.append(f"{found} more of timm by that name; choose one to find out whether it can be used")
    if hidden:
        parts.append(f"{hidden} hidden, as their licence does not allow commercial use")
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."
