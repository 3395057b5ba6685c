"""A part of the model card that only the user can fill in: amber while it is empty."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from tlstudio.app import theme
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.labels import label

EDITOR_PX = 84


class CardNote(QFrame):
    """Shows the text, and turns into a field to write it.

    Signals:
        written: the new text, as soon as the field is left.
    """

    written = Signal(str)

    def __init__(self, title: str, hint: str) -> None:
        super().__init__()
        self._title, self._hint, self._text = title, hint, ""
        self._is_editing = False
        self.heading = label(title, "help_medium")
        self.words = label("", "help", wrap=True)
        self.write_button = button("Write", "plain", "pencil-simple", "small")
        self.write_button.clicked.connect(self.edit)
        self.editor = QPlainTextEdit()
        self.editor.setAccessibleName(title)
        self.editor.setPlaceholderText(hint)
        self.editor.setTabChangesFocus(True)
        self.editor.setFixedHeight(theme.px(EDITOR_PX))
        self.editor.installEventFilter(self)
        self.done_button = button("Done", "plain", "check", "small")
        self.done_button.clicked.connect(self.keep)
        self._lay_out()
        self._show()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.heading)
        words.addWidget(self.words)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addLayout(words, 1)
        row.addWidget(self.write_button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.done_button, 0, Qt.AlignmentFlag.AlignTop)
        self._outer = QVBoxLayout(self)
        self._outer.setSpacing(6)
        self._outer.addLayout(row)
        self._outer.addWidget(self.editor)

    @property
    def is_editing(self) -> bool:
        """Whether the field is open."""
        return self._is_editing

    def show_text(self, text: str, *, is_read_only: bool = False) -> None:
        """Show what is saved; a field that is open is left alone."""
        self.write_button.setEnabled(not is_read_only)
        self._text = text
        if not self.is_editing:
            self._show()

    def edit(self) -> None:
        """Open the field."""
        self.editor.setPlainText(self._text)
        self._show(is_editing=True)
        self.editor.setFocus()

    def keep(self) -> None:
        """Close the field and tell what was written."""
        if not self.is_editing:
            return
        had_focus = self.editor.hasFocus() or self.done_button.hasFocus()
        self._tell()
        self._show()
        if had_focus:
            self.write_button.setFocus()

    def discard(self) -> None:
        """Close the field and tell nothing."""
        self._show()

    def _tell(self) -> None:
        if not self._is_editing:
            return  # the field loses the focus as it is hidden
        text = self.editor.toPlainText().strip()
        if text != self._text:
            self._text = text
            self.written.emit(text)

    def _show(self, *, is_editing: bool = False) -> None:
        self._is_editing = is_editing
        is_empty = not self._text and not is_editing
        self.setProperty("kind", "message" if is_empty else "")
        self.setProperty("tone", "warn" if is_empty else "")
        self.style().unpolish(self)
        self.style().polish(self)
        side = 10 if is_empty else 0
        self._outer.setContentsMargins(side, 8 if is_empty else 0, side, 8 if is_empty else 0)
        self.heading.set_token("warn_text" if is_empty else "text2")
        self.words.setText(self._text or self._hint)
        self.words.set_role("body" if self._text else "help")
        self.words.set_token("text" if self._text else "text2")
        self.words.setVisible(not is_editing)
        self.editor.setVisible(is_editing)
        self.done_button.setVisible(is_editing)
        self.write_button.setVisible(not is_editing)
        self.write_button.setText("Change" if self._text else "Write")
        self.write_button.setAccessibleName(f"{self.write_button.text()}: {self._title}")

    # Qt's own names

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Tell what was written when the field is left; Esc closes it."""
        if watched is self.editor and event.type() == QEvent.Type.FocusOut:
            self._tell()
        match event:
            case QKeyEvent() if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                self.keep()
                return True
        return super().eventFilter(watched, event)
