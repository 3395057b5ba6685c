"""How it works in five lines, and every keyboard shortcut."""

from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from tlstudio import RESEARCH_NOTICE, __version__
from tlstudio.app import theme
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import line
from tlstudio.app.widgets.labels import label

STEPS = (
    ("1 Data", "Drop one folder for each class. Files are read in place and never changed."),
    ("2 Model", "Choose a backbone and how much of it should relearn."),
    ("3 Train", "It learns in a process of its own and can be paused at any time."),
    ("4 Evaluate", "The test images, which it never saw, tell how good it is."),
    ("5 Export", "One ONNX file that other programs can run."),
)

KEYS = (
    ("Ctrl+1 … Ctrl+5", "The five steps"),
    ("Ctrl+H", "Home"),
    ("Ctrl+R", "Compare runs: Space shows a curve, Enter chooses, S sorts, C counts another class"),
    ("Ctrl+T", "Try it"),
    ("Ctrl+N", "New project"),
    ("Ctrl+O", "Open a project"),
    ("Ctrl+Enter", "The filled button of the page"),
    ("Ctrl+,", "Preferences"),
    ("F6", "From rail to page to dock"),
    ("Esc", "Close the innermost thing"),
)


class HelpDialog(QDialog):
    """A page to read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("How it works")
        column = QVBoxLayout(self)
        margin = theme.px(20)
        column.setContentsMargins(margin, margin, margin, theme.px(16))
        column.setSpacing(theme.px(12))
        column.addWidget(label("How it works", "section"))
        column.addLayout(_table(STEPS))
        column.addWidget(line())
        column.addWidget(label("Keyboard", "card"))
        column.addLayout(_table(KEYS))
        column.addWidget(line())
        end = QHBoxLayout()
        end.addWidget(label(f"TL Studio {__version__}. {RESEARCH_NOTICE}", "help", "text3"))
        end.addStretch(1)
        close = button("Close", "primary")
        close.clicked.connect(self.accept)
        end.addWidget(close)
        column.addLayout(end)
        self.setMinimumWidth(theme.px(600))


def _table(rows: tuple[tuple[str, str], ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.px(20))
    grid.setVerticalSpacing(theme.px(6))
    for number, (name, words) in enumerate(rows):
        grid.addWidget(label(name, "body_medium"), number, 0)
        grid.addWidget(label(words, "body", "text2", wrap=True), number, 1)
    grid.setColumnStretch(1, 1)
    return grid
