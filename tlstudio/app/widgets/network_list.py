"""The table of backbones to compare and choose from, by click or by key."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem

from tlstudio.amounts import percent
from tlstudio.app import theme
from tlstudio.app.widgets.amounts import file_size
from tlstudio.app.widgets.network_words import (
    NetworkFacts,
    about_weights,
    accuracy_reason,
    size_bytes,
    speed_digits,
    speed_words,
    state_words,
)
from tlstudio.model.backbone import Backbone
from tlstudio.model.catalogue import TimmModel

COLUMNS = ("Network", "Good for", "Weights", "Size", "Accuracy", "Images/s", "Trained on", "Licence")
NOT_LOOKED_AT = "Not looked at yet"
ELASTIC, NARROWEST_ELASTIC = COLUMNS.index("Good for"), 120
HEADER_TIPS = {
    "Accuracy": "Of its published weights on everyday photos (ImageNet)",
    "Images/s": "Images a second that it answers on this computer",
}
SHOWN = 8
WIDEST = {"Network": 220, "Trained on": 140, "Licence": 120}
"""Column → pixels at most; longer words end in an ellipsis, and stand in the tooltip."""
NAME_ROLE = int(Qt.ItemDataRole.UserRole)
CHOOSING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


@dataclass(frozen=True)
class Listed:
    """One row.

    Attributes:
        name: that timm knows it by.
        backbone: what is known of it; None if nobody looked at it yet.
        facts: likewise.
        model: what timm says of one that nobody looked at yet.
    """

    name: str
    backbone: Backbone | None = None
    facts: NetworkFacts | None = None
    model: TimmModel | None = None

    @property
    def is_non_commercial(self) -> bool:
        """Whether the licence of its weights forbids to earn money with them."""
        known = self.backbone or self.model
        return known is not None and known.weights.is_non_commercial


class NetworkList(QTableWidget):
    """One row for each network.

    Signals:
        chosen: a name, by click, Enter or Space.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(0, len(COLUMNS))
        self.setHorizontalHeaderLabels(COLUMNS)
        for place, column in enumerate(COLUMNS):
            item = self.horizontalHeaderItem(place)
            if item is not None:
                item.setToolTip(HEADER_TIPS.get(column, ""))
        self.setObjectName("networks")
        self._asked = [0] * len(COLUMNS)
        self.setAccessibleName("All networks")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.cellClicked.connect(self._clicked)
        theme.watcher().changed.connect(self._restyle)

    def names(self) -> list[str]:
        """What is listed, from above."""
        return [self._name(row) for row in range(self.rowCount())]

    def show_rows(self, rows: Sequence[Listed], marked: str) -> None:
        """List these, with one of them marked as chosen; the place where the user is stays."""
        is_same = [row.name for row in rows] == self.names()
        current = self.currentRow()
        self.setRowCount(len(rows))
        for place, row in enumerate(rows):
            self._fill(place, row)
        if not is_same or current < 0:
            names = self.names()
            self.clearSelection()
            self.setCurrentCell(-1, -1)
            if marked in names:
                self.setCurrentCell(names.index(marked), 0)
        self._restyle()

    def enter(self) -> None:
        """Take the keyboard, at the first row if none was reached before."""
        if self.rowCount():
            if self.currentRow() < 0:
                self.setCurrentCell(0, 0)
            self.setFocus(Qt.FocusReason.TabFocusReason)

    def _fill(self, place: int, row: Listed) -> None:
        texts, tip = _words(row)
        for column, text in enumerate(texts):
            item = self.item(place, column)
            if item is None:
                item = QTableWidgetItem()
                self.setItem(place, column, item)
            item.setText(text)
            item.setToolTip(tip)
            item.setData(NAME_ROLE, row.name)

    def _name(self, row: int) -> str:
        item = self.item(row, 0)
        return str(item.data(NAME_ROLE)) if item is not None else ""

    def _restyle(self) -> None:
        colours = self.palette()
        colours.setColor(QPalette.ColorRole.Highlight, theme.color("accent_soft"))
        colours.setColor(QPalette.ColorRole.HighlightedText, theme.color("accent_text"))
        self.setPalette(colours)
        self.verticalHeader().setDefaultSectionSize(theme.px(30))
        self.resizeColumnsToContents()
        self._asked = [
            min(self.columnWidth(place) + theme.px(8), theme.px(WIDEST.get(column, 400)))
            for place, column in enumerate(COLUMNS)
        ]
        self._share_out()
        self.updateGeometry()

    def _share_out(self) -> None:
        """Give each column what it asks for; the elastic one takes what is left, or gives what is missing."""
        others = sum(self._asked) - self._asked[ELASTIC]
        left = max(self.viewport().width() - others, theme.px(NARROWEST_ELASTIC))
        for column, asked in enumerate(self._asked):
            self.setColumnWidth(column, left if column == ELASTIC else asked)

    def _clicked(self, row: int) -> None:
        self.chosen.emit(self._name(row))

    def _is_wide(self) -> bool:
        return self.horizontalHeader().length() > self.viewport().width()

    # Qt's own names

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out anew."""
        super().resizeEvent(event)
        was_wide = self._is_wide()
        self._share_out()
        if was_wide != self._is_wide():
            self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by Enter or Space; all else as in any table."""
        if event.key() in CHOOSING_KEYS and self.currentRow() >= 0:
            self.chosen.emit(self._name(self.currentRow()))
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Up to eight rows; the others scroll."""
        row = self.verticalHeader().defaultSectionSize()
        shown = min(SHOWN, self.rowCount())
        bar = self.horizontalScrollBar().sizeHint().height() if self._is_wide() else 0
        return QSize(600, self.horizontalHeader().sizeHint().height() + shown * row + 4 + bar)

    def minimumSizeHint(self) -> QSize:
        """As high as its hint: the page scrolls, not a strip of two rows."""
        return QSize(400, self.sizeHint().height())


def _words(row: Listed) -> tuple[tuple[str, ...], str]:
    backbone, facts = row.backbone, row.facts
    if backbone is None or facts is None:
        model = row.model
        size = file_size(model.size_bytes) if model and model.size_bytes else "–"
        published = model.weights if model else None
        trained_on = published.trained_on if published else "–"
        licence = (published.licence if published else "") or "not known"
        tip = f"{row.name}: choose it to find out whether it can be used. That may take a minute."
        return (row.name, NOT_LOOKED_AT, "–", size, "–", "–", trained_on, licence), tip
    accuracy = backbone.imagenet_accuracy
    filled, speed = speed_words(facts)
    texts = (
        backbone.title,
        backbone.good_for,
        state_words(facts.state),
        file_size(size_bytes(backbone)),
        "–" if accuracy is None else percent(accuracy),
        "–" if facts.speed is None else speed_digits(facts.speed),
        backbone.weights.trained_on or "–",
        backbone.licence or "not known",
    )
    lines = [
        f"{backbone.title} ({backbone.name}), {backbone.family}",
        about_weights(backbone),
        f"Speed on this computer: {speed}" if filled is not None else f"Speed: {speed}",
    ]
    if accuracy is None:
        lines.append(f"Accuracy: {accuracy_reason(backbone)}")
    if backbone.weights.is_non_commercial:
        lines.append("The licence does not allow commercial use.")
    return texts, "\n".join(lines)
