"""The inline list of every backbone in the table, to compare and choose from."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from tlstudio.app import theme
from tlstudio.app.widgets.amounts import in_millions, megabytes, percent
from tlstudio.model.backbones import Backbone

COLUMNS = ("Network", "Family", "Good for", "Parameters", "Size", "ImageNet accuracy", "Licence")
SHOWN = 8


class NetworkList(QTableWidget):
    """One row for each backbone.

    Signals:
        backbone_chosen: the name in the table, by click, Enter or Space.
    """

    backbone_chosen = Signal(str)

    def __init__(self, backbones: Sequence[Backbone]) -> None:
        super().__init__(len(backbones), len(COLUMNS))
        self._names = [backbone.name for backbone in backbones]
        self.setHorizontalHeaderLabels(COLUMNS)
        self.setAccessibleName("All networks")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        for row, backbone in enumerate(backbones):
            self._fill(row, backbone)
        self.cellClicked.connect(self._clicked)
        self.activated.connect(lambda index: self._clicked(index.row()))
        theme.watcher().changed.connect(self._restyle)
        self._restyle()

    def mark(self, name: str) -> None:
        """Select the chosen backbone's row."""
        if name in self._names:
            self.selectRow(self._names.index(name))

    def _fill(self, row: int, backbone: Backbone) -> None:
        parameters = sum(group.parameters for group in backbone.groups)
        accuracy = backbone.imagenet_accuracy
        texts = (
            backbone.title,
            backbone.family,
            backbone.good_for,
            in_millions(parameters),
            megabytes(parameters),
            "–" if accuracy is None else percent(accuracy),
            backbone.licence,
        )
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setToolTip(f"{backbone.name}. Weights: {backbone.source}")
            self.setItem(row, column, item)

    def _restyle(self) -> None:
        colours = self.palette()
        colours.setColor(QPalette.ColorRole.Highlight, theme.color("accent_soft"))
        colours.setColor(QPalette.ColorRole.HighlightedText, theme.color("accent_text"))
        self.setPalette(colours)
        self.resizeColumnsToContents()
        for column in range(self.columnCount()):
            self.setColumnWidth(column, self.columnWidth(column) + theme.px(20))
        self.updateGeometry()

    def _clicked(self, row: int) -> None:
        self.backbone_chosen.emit(self._names[row])

    # Qt's own names

    def sizeHint(self) -> QSize:
        """Up to eight rows; the others scroll."""
        row = self.verticalHeader().defaultSectionSize()
        shown = min(SHOWN, self.rowCount())
        return QSize(600, self.horizontalHeader().sizeHint().height() + shown * row + 4)

    def minimumSizeHint(self) -> QSize:
        """As high as its hint: the page scrolls, not a strip of two rows."""
        return QSize(400, self.sizeHint().height())
