"""The images of a project with what is to be known about them: use, balance, check-up."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from tlstudio.amounts import counted
from tlstudio.app import theme
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.check_up_card import CheckUpCard
from tlstudio.app.widgets.class_balance import ClassBalance, ClassCount
from tlstudio.app.widgets.findings import FEW_IMAGES, IMBALANCE, Finding
from tlstudio.app.widgets.group_editor import GroupEditor
from tlstudio.app.widgets.image_browser import ImageBrowser
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.scan_progress import ScanProgress
from tlstudio.app.widgets.split_bar import SplitBar
from tlstudio.data.events import ImagesScanned
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import ImageRow

SIDE_PX = (250, 338)
"""Least and largest width of what stands beside the images."""

RARE_SHARE = 1 / 5
"""A class with less than this part of the largest one's images is marked."""


class ImagesView(QWidget):
    """Images left, truth right; while a scan runs the images grow.

    Signals:
        acted: the button of a finding was pressed; the Finding.
        regrouped: another group pattern (empty for none), and whether every image is independent.
    """

    acted = Signal(object)
    regrouped = Signal(str, bool)

    def __init__(self, over: QWidget) -> None:
        super().__init__()
        self._growing: Sequence[ImageRow] = ()
        self._read = 0
        self.editor: GroupEditor | None = None
        self.scan_card = ScanProgress()
        self.split = SplitBar()
        self.split_card = Card("How the images are used")
        self.split_card.body.addWidget(self.split)
        self.browser = ImageBrowser(over)
        left = QVBoxLayout()
        left.setSpacing(14)
        left.addWidget(self.scan_card)
        left.addWidget(self.split_card)
        left.addWidget(self.browser, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        row.addLayout(left, 18)
        row.addWidget(self._side(), 10)
        self.balance.chosen.connect(self.browser.show_class)
        self.browser.filters_cleared.connect(self._lift_class)
        self.check_up.acted.connect(self.acted)
        self.check_up.about_to_change.connect(self.close_editor)  # it lies in one of the rows
        self.check_up.shown.connect(self._show_found)

    def _side(self) -> QWidget:
        self.balance = ClassBalance()
        self.total = label("", "help", "text2")
        balance_card = Card("Class balance")
        balance_card.head.addWidget(self.total)
        balance_card.body.addWidget(self.balance)
        self.check_up = CheckUpCard()
        column = QWidget()
        cards = QVBoxLayout(column)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(14)
        cards.addWidget(balance_card)
        cards.addWidget(self.check_up)
        cards.addStretch(1)
        # Its own scroll area, so that a long check-up never pushes the images out of sight.
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(column)
        self._area = area
        theme.watcher().changed.connect(self._restyle)
        self._restyle()
        return area

    def _restyle(self) -> None:
        self._area.setMinimumWidth(theme.px(SIDE_PX[0]))
        self._area.setMaximumWidth(theme.px(SIDE_PX[1]))

    def set_scanning(self, *, is_scanning: bool) -> None:
        """Show what is known while the images are read, or after."""
        self.scan_card.setVisible(is_scanning)
        self.split_card.setVisible(not is_scanning)
        self.check_up.setVisible(not is_scanning)
        self.browser.set_tools_visible(is_visible=not is_scanning)

    # While they are read

    def begin_scan(self, root: Path) -> None:
        """Nothing is read yet."""
        self.close_editor()
        self._growing, self._read = (), 0
        self.scan_card.show_progress("Looking for images", 0, 0, 0)
        self.browser.thumbnails.forget()  # files may have been replaced by others of the same name
        self.browser.show_growing(root, ())
        self.balance.show_counts(())
        self.total.setText("")

    def show_listed(self, root: Path, rows: Sequence[ImageRow]) -> None:
        """These will be read, in this order."""
        self._growing = rows
        self.browser.show_growing(root, rows)
        self.grow_to(self._read)

    def grow_to(self, count: int) -> None:
        """So many are read."""
        self._read = count
        if self._growing:
            self.browser.grow_to(count)
            counts = Counter(row.class_name for row in self._growing[:count])
            names = sorted({row.class_name for row in self._growing})
            self.balance.show_counts([ClassCount(name, counts[name]) for name in names])
            self.total.setText(counted(count, "image"))

    # When they are read

    def show_images(self, root: Path, images: ImagesScanned, rows: Sequence[ImageRow]) -> None:
        """Show what the scan found."""
        self.close_editor()
        self.split.show_split(images.split)
        self.balance.show_counts(class_counts(images))
        self.total.setText(counted(images.images, "image"))
        self.browser.show_rows(root, rows)

    def read_files_again(self) -> None:
        """Files that could not be shown may be there now."""
        self.browser.thumbnails.forget()
        self.browser.grid.viewport().update()

    def _lift_class(self) -> None:
        if self.balance.chosen_class:
            self.balance.choose(self.balance.chosen_class)

    def _show_found(self, finding: Finding) -> None:
        if finding.kind in ("set_aside", "two_classes", "small_images"):
            self._lift_class()
            self.browser.show_only(finding.kind)
        elif finding.class_name and self.balance.chosen_class != finding.class_name:
            self.balance.choose(finding.class_name)

    # The groups

    def open_editor(self, rows: Sequence[ImageRow], data: DataSettings, pattern: str) -> None:
        """Let the groups be changed in their row of the check-up."""
        row = self.check_up.row("groups")
        if row is None or self.editor is not None:
            return
        paths = [known.path for known in rows if not known.is_set_aside]
        self.editor = GroupEditor(paths, pattern, is_independent=data.is_independent)
        self.editor.applied.connect(self.regrouped)
        self.editor.cancelled.connect(self.close_editor)
        row.action.hide()
        row.below.addWidget(self.editor)
        self.editor.pattern.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_editor(self) -> None:
        """Leave the groups as they are."""
        if self.editor is None:
            return
        self.editor.hide()
        self.editor.deleteLater()
        self.editor = None
        row = self.check_up.row("groups")
        if row is not None:
            row.action.show()
            row.action.setFocus(Qt.FocusReason.OtherFocusReason)


def class_counts(images: ImagesScanned) -> list[ClassCount]:
    """The rows of the class balance; classes with few images carry a word."""
    counts = images.class_counts
    most, least = max(counts.values(), default=0), min(counts.values(), default=0)
    return [ClassCount(name, count, _warning(count, least, most)) for name, count in counts.items()]


def _warning(count: int, least: int, most: int) -> str:
    if count < FEW_IMAGES:
        return f"fewer than {FEW_IMAGES} images"
    is_rarest = count == least and most >= IMBALANCE * least
    return "far fewer images than the largest class" if is_rarest or count < RARE_SHARE * most else ""
