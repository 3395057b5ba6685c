"""What the user sees when the program itself is at fault: what happened, what is safe, details to copy."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.labels import Label, label


class CrashDialog(QDialog):
    """One fault of the program; the window goes on behind it."""

    def __init__(self, details: str, parent: QWidget | None = None) -> None:
        """Show a fault.

        Args:
            details: a traceback without paths and names.
            parent: the window.
        """
        super().__init__(parent)
        self.setWindowTitle("Something unexpected")
        self._details = details
        self._text = QPlainTextEdit(details)
        self._text.setReadOnly(True)
        self._text.setAccessibleName("Details")
        self._text.setMinimumHeight(theme.px(160))
        self._text.hide()
        self._show = button("Details", "link")
        self._show.setCheckable(True)
        self._show.toggled.connect(self._text.setVisible)
        self._copy = button("Copy details", "plain", "copy")
        self._copy.clicked.connect(self._copy_details)
        close = button("Go on", "primary")
        close.clicked.connect(self.accept)
        close.setDefault(True)
        self._lay_out(close)

    def _lay_out(self, close: QWidget) -> None:
        mark = Label()
        mark.setPixmap(theme.pixmap("x-circle", "bad", theme.px(26), self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(theme.px(6))
        words.addWidget(label("Something unexpected", "section"))
        said = (
            "TL Studio met a fault of its own. Your images were not touched, "
            "and the project is as it was last saved. A training run goes on in its own process."
        )
        words.addWidget(label(said, "body", "text2", wrap=True))
        words.addWidget(
            label("If it comes back, report it together with the details.", "body", "text2", wrap=True)
        )
        top = QHBoxLayout()
        top.setSpacing(theme.px(14))
        top.addWidget(mark, 0)
        top.addLayout(words, 1)
        top.setAlignment(mark, top.alignment())
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(self._show)
        row.addWidget(self._copy)
        row.addStretch(1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        margin = theme.px(20)
        column.setContentsMargins(margin, margin, margin, theme.px(16))
        column.setSpacing(theme.px(14))
        column.addLayout(top)
        column.addWidget(self._text, 1)
        column.addLayout(row)
        self.setMinimumWidth(theme.px(520))

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
        self._copy.setText("Copied")
