"""The test images of one cell of the confusion matrix, the surest answer first."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from tlstudio.amounts import counted, percent
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.image_grid import ImageGrid
from tlstudio.app.widgets.image_tile import Tile
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.thumbnails import Thumbnails
from tlstudio.data.table import is_inside
from tlstudio.errors import TLStudioError
from tlstudio.evaluate.predictions import Prediction, read_predictions

TILE_PX = 96


class EvaluatedImages(Card):
    """A card with a grid; before a cell is chosen it shows what went wrong.

    Signals:
        opened: a tile is to be shown large; its running number.
        replaced: there are other tiles now.
    """

    opened = Signal(int)
    replaced = Signal()

    def __init__(self) -> None:
        super().__init__("Images")
        self.thumbnails = Thumbnails(self)
        self.grid = ImageGrid(self.thumbnails)
        self.grid.set_tile_px(TILE_PX)
        self.grid.opened.connect(self.opened)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.nothing = label("", "body", "text2", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        place = QWidget()
        centred = QVBoxLayout(place)
        centred.addWidget(self.nothing)
        self._stack = QStackedLayout()
        self.body.addLayout(self._stack, 1)
        # Only now: a stack shows its first widget, which without a parent would be a window.
        self._stack.addWidget(self.grid)
        self._stack.addWidget(place)
        self._root = Path()
        self._answers: tuple[Prediction, ...] = ()
        self._shown: tuple[Prediction, ...] = ()
        self._is_cell = False

    @property
    def root(self) -> Path:
        """The folder that the images' paths are relative to."""
        return self._root

    @property
    def count(self) -> int:
        """How many images are shown."""
        return len(self._shown)

    def load(self, root: Path, run_folder: Path) -> None:
        """Read what the run answered, and show its wrong answers."""
        if root != self._root:
            self.thumbnails.forget()
        self._root = root
        self._answers = safe_predictions(run_folder)
        self.show_wrong()

    def show_wrong(self) -> None:
        """Show every wrong answer."""
        wrong = tuple(answer for answer in self._answers if answer.label != answer.predicted)
        self.set_title(
            f"{counted(len(wrong), 'wrong answer')}",
            "what it said and how sure it was; choose a cell to see others",
        )
        self._show(wrong, is_cell=False)
        if not self._answers:
            self.set_title("Images")
            self._say("The answers for each image are not in the run's folder. Evaluate again to see them.")
        elif not wrong:
            self._say("Every test image was put in the right class.")

    def show_cell(self, label_: str, predicted: str) -> None:
        """Show the images of that class that were called so."""
        chosen = tuple(
            answer for answer in self._answers if answer.label == label_ and answer.predicted == predicted
        )
        self.set_title(cell_words(len(chosen), label_, predicted), "the surest first")
        self._show(chosen, is_cell=True)
        if not chosen:
            self._say("No test image stands in this cell.")

    def tile(self, number: int) -> Tile:
        """How an answer stands in the grid."""
        answer = self._shown[number]
        share = percent(sure(answer), images=1)
        note = f"Really {answer.label}, it said {answer.predicted}, {share} sure"
        caption = f"{share} sure" if self._is_cell else f"{answer.predicted} {share}"
        return Tile(answer.path, caption, note=note)

    def _show(self, answers: Sequence[Prediction], *, is_cell: bool) -> None:
        self._is_cell = is_cell
        self._shown = tuple(answers)
        self.grid.show_tiles(self._root, len(answers), self.tile)
        self.replaced.emit()
        self._stack.setCurrentIndex(0)

    def _say(self, words: str) -> None:
        self.nothing.setText(words)
        self._stack.setCurrentIndex(1)


def sure(answer: Prediction) -> float:
    """How sure the answer was: the probability of the class that it named, 0 … 1."""
    return max(answer.probabilities, default=0.0)


def safe_predictions(run_folder: Path) -> tuple[Prediction, ...]:
    """Every answer, the surest first; empty if the file is missing or damaged."""
    try:
        answers = read_predictions(run_folder)
    except TLStudioError:
        return ()
    return tuple(sorted((answer for answer in answers if is_inside(answer.path)), key=lambda a: -sure(a)))


def cell_words(count: int, label_: str, predicted: str) -> str:
    """What a cell holds: "6 of Lymphocyte, it said Blast cell"."""
    if label_ == predicted:
        return f"{counted(count, 'image')} of {label_}, rightly so called"
    return f"{counted(count, 'image')} of {label_} that it called {predicted}"
