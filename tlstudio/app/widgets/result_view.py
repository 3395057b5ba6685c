"""A run's result on the test images: headline, confusion matrix, each class, and the images themselves."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.class_results import ClassResults
from tlstudio.app.widgets.confusion_matrix import ConfusionMatrix
from tlstudio.app.widgets.evaluated_images import EvaluatedImages
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.large_view import LargeView
from tlstudio.app.widgets.result_headline import ResultHeadline
from tlstudio.app.widgets.segmented import Segmented
from tlstudio.evaluate.events import EvaluateDone


class ResultView(QWidget):
    """A cell that is chosen in the matrix shows its images below."""

    def __init__(self, over: QWidget) -> None:
        super().__init__()
        self._classes: list[str] = []
        self.headline = ResultHeadline()
        self.images = EvaluatedImages()
        self.large = LargeView(over, self.images.thumbnails)
        cards = QHBoxLayout()
        cards.setSpacing(14)
        cards.addWidget(self._matrix_card(), 11)
        cards.addWidget(self._classes_card(), 13)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self.headline)
        column.addLayout(cards)
        column.addWidget(self.images, 1)
        self.unit.chosen.connect(self._show_unit)
        self.matrix.cell_chosen.connect(self._show_cell)
        self.images.opened.connect(self._open_large)
        self.images.replaced.connect(self.large.put_away)
        self.large.moved.connect(self.images.grid.go_to)
        self.large.closed.connect(self._focus_images)

    def _matrix_card(self) -> Card:
        card = Card("Confusion matrix", "what it mixes up")
        self.matrix = ConfusionMatrix()
        self.unit = Segmented(["#", "%"], "Counts or percent")
        card.head.addWidget(self.unit)
        card.body.addWidget(label("it said", "help", "text3"), 0, Qt.AlignmentFlag.AlignHCenter)
        card.body.addWidget(self.matrix, 1)
        return card

    def _classes_card(self) -> Card:
        card = Card("Each class", "against all the others, with likely ranges")
        self.class_results = ClassResults()
        card.body.addWidget(self.class_results, 1)
        return card

    def show_result(self, result: EvaluateDone, root: Path, run_folder: Path) -> None:
        """Show that judgement; the answers for each image are read from the run's folder."""
        self._classes = [known.name for known in result.classes]
        self.headline.show_result(result)
        self.matrix.show_matrix(self._classes, result.confusion)
        self.class_results.show_results(result.classes)
        self.images.load(root, run_folder)

    def _show_unit(self, index: int) -> None:
        self.matrix.show_percent(is_percent=index == 1)

    def _show_cell(self, row: int, column: int) -> None:
        self.images.show_cell(self._classes[row], self._classes[column])

    def _open_large(self, number: int) -> None:
        self.large.open(self.images.root, self.images.count, self.images.tile, number)

    def _focus_images(self) -> None:
        self.images.grid.setFocus(Qt.FocusReason.OtherFocusReason)
