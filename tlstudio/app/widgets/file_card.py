"""The file of a run: its name and size, its comparison with the app, and how it is made."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout

from tlstudio.app import theme
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card, line
from tlstudio.app.widgets.elided_label import ElidedLabel
from tlstudio.app.widgets.export_words import (
    OPEN_FORMAT,
    SAME_ANSWERS,
    ParityRow,
    compared_words,
    comparison_plan,
    parity_rows,
)
from tlstudio.app.widgets.file_marks import CheckedBar, FileBadge, Mark
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.progress_bar import ProgressBar
from tlstudio.app.widgets.switch import Switch
from tlstudio.app.widgets.wrapping import measure_by_width
from tlstudio.export.events import ExportDone
from tlstudio.export.formats import format_of
from tlstudio.export.settings import ExportSettings

PARITY_ROWS = 3


class FileCard(Card):
    """Everything about the file, the comparison first.

    Signals:
        run_chosen: the number of the run to save.
        inside_switched: whether image preparation goes into the file.
        show_pressed: the saved file's folder is to be opened.
        stop_pressed: saving is to be stopped.
    """

    run_chosen = Signal(int)
    inside_switched = Signal(bool)
    show_pressed = Signal()
    stop_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.body.setSpacing(theme.px(14))
        self.name = ElidedLabel("", "section")
        self.facts = label("", "help", "text2", wrap=True)
        self.runs = QComboBox()
        # By default it keeps the width that its words had when it was first shown.
        self.runs.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.runs.setAccessibleName("Run to save")
        self.runs.activated.connect(self._activated)
        self.show_button = button("Show in folder", "plain", "folder-open")
        self.show_button.clicked.connect(self.show_pressed)
        self.checked = CheckedBar(self.show_button)
        self.comparison = label("", "body", "text2", wrap=True)
        self.switch = Switch()
        self.switch.setAccessibleName("Put image preparation inside the file")
        self.switch.clicked.connect(self._switched)
        self.switch_help = label("", "help", "text2", wrap=True)
        self.body.addLayout(self._head_row())
        self.body.addWidget(self.checked)
        self.body.addLayout(self._progress_rows())
        self.body.addLayout(self._columns())
        measure_by_width(self)

    def _head_row(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(self.name)
        words.addWidget(self.facts)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(FileBadge())
        row.addLayout(words, 1)
        row.addWidget(self.runs)
        return row

    def _progress_rows(self) -> QHBoxLayout:
        self.progress_words = label("", "body_medium")
        self.progress_detail = label("", "help", "text2")
        self.progress = ProgressBar()
        rows = QVBoxLayout()
        rows.setSpacing(6)
        rows.addWidget(self.progress_words)
        rows.addWidget(self.progress_detail)
        rows.addWidget(self.progress)
        self.stop_button = button("Cancel", "plain", "", "small")
        self.stop_button.clicked.connect(self.stop_pressed)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addLayout(rows, 1)
        row.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def _columns(self) -> QHBoxLayout:
        columns = QHBoxLayout()
        columns.setSpacing(18)
        left = QVBoxLayout()
        left.addWidget(self.comparison)
        left.addLayout(self._parity_grid())
        left.addStretch(1)
        columns.addLayout(left, 1)
        columns.addWidget(line(is_vertical=True))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label("Put image preparation inside the file", "body_medium", wrap=True))
        words.addWidget(self.switch_help)
        words.addStretch(1)
        right = QHBoxLayout()
        right.setSpacing(12)
        right.addLayout(words, 1)
        right.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignTop)
        columns.addLayout(right, 1)
        return columns

    def _parity_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(14)
        grid.setColumnStretch(1, 1)
        self._rows = [
            (Mark(), label("", "body", "text2", wrap=True), label("", "body_medium"))
            for _ in range(PARITY_ROWS)
        ]
        for place, parts in enumerate(self._rows):
            for column, part in enumerate(parts):
                grid.addWidget(part, place, column)
            grid.setAlignment(parts[2], Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return grid

    # What is shown

    def show_file(self, name: str, size: str) -> None:
        """Name and size."""
        self.name.show_text(name)
        self.facts.setText(f"{size}. {OPEN_FORMAT}")

    def show_runs(self, runs: Sequence[tuple[int, str]], current: int, *, is_enabled: bool) -> None:
        """The runs that can be saved; the chooser is there if there are several."""
        known = [(self.runs.itemData(place), self.runs.itemText(place)) for place in range(self.runs.count())]
        if known != list(runs):
            self.runs.clear()
            for number, words in runs:
                self.runs.addItem(words, number)
        self.runs.setCurrentIndex(self.runs.findData(current))
        self.runs.setVisible(len(runs) > 1)
        self.runs.setEnabled(is_enabled)

    def show_switch(self, settings: ExportSettings, *, is_enabled: bool) -> None:
        """How the next file is made, and what that means for whoever uses it."""
        self.switch.setChecked(settings.is_preprocessing_inside)
        self.switch.setEnabled(is_enabled)
        self.switch_help.setText(format_of(settings).help)

    def show_progress(self, words: tuple[str, str, float | None] | None) -> None:
        """How far saving is; None while nothing is being saved."""
        for part in (self.progress_words, self.progress_detail, self.progress, self.stop_button):
            part.setVisible(words is not None)
        if words is not None:
            self.progress_words.setText(words[0])
            self.progress_detail.setText(words[1])
            self.progress.set_fraction(words[2])

    def show_comparison(
        self, exported: ExportDone | None, compared: tuple[str, int], *, is_there: bool
    ) -> None:
        """What the comparison found, or what it will be made with.

        Args:
            exported: None before the file is saved.
            compared: whose images, and how many.
            is_there: whether the file still lies where it was put.
        """
        split, images = compared
        self.show_button.setVisible(is_there)
        self.comparison.setVisible(exported is None)
        self.comparison.setText(comparison_plan(images, split))
        for parts in self._rows:
            for part in parts:
                part.setVisible(exported is not None)
        if exported is None:
            self.checked.hide()
            return
        self.checked.setVisible(exported.same_class == exported.images_compared)
        self.checked.say(SAME_ANSWERS, compared_words(exported, split))
        for parts, row in zip(self._rows, parity_rows(exported, split), strict=True):
            _fill(parts[0], row)
            parts[1].setText(row.name)
            parts[2].setText(row.value)

    def _activated(self, place: int) -> None:
        self.run_chosen.emit(self.runs.itemData(place))

    def _switched(self) -> None:
        self.inside_switched.emit(self.switch.isChecked())


def _fill(mark: Mark, row: ParityRow) -> None:
    mark.show_state(is_fine=row.is_fine)
