"""One line that says what will not suffice; hidden while everything does."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.plain_icon import PlainIcon


class WarningLine(QWidget):
    """A triangle and a sentence."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(PlainIcon("warning", token="warn"), 0, Qt.AlignmentFlag.AlignTop)  # noqa: S106 - a colour
        self._words = label("", "help", "warn_text", wrap=True)
        row.addWidget(self._words, 1)
        self.hide()

    def show_words(self, words: str) -> None:
        """Say this, or nothing."""
        self._words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))

    def words(self) -> str:
        """What it says; empty while it is hidden."""
        return self._words.text()
