"""A short word after the user's own action, with Undo, that goes away by itself."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QHBoxLayout, QWidget

from tlstudio.app import theme, tokens
from tlstudio.app.widgets.buttons import Button, IconButton
from tlstudio.app.widgets.labels import Label

SECONDS = 8


class Toast(QFrame):
    """Floats at the bottom centre of its parent; stays while it is hovered or focused."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "toast")
        self._picture = Label()
        self._words = Label("", "body_medium")
        self._undo = Button("Undo", "link")
        self._close = IconButton("x", "Close")
        self._act: Callable[[], object] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(14), theme.px(6), theme.px(6), theme.px(6))
        row.setSpacing(theme.px(10))
        for part in (self._picture, self._words, self._undo, self._close):
            row.addWidget(part)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SECONDS * 1000)
        self._timer.timeout.connect(self._leave)
        self._undo.clicked.connect(self._take_back)
        self._close.clicked.connect(self.hide)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(20)
        shadow.setOffset(0, 5)
        black = QColor(tokens.IMAGE_SHADOW)
        black.setAlphaF(0.2)
        shadow.setColor(black)
        self.setGraphicsEffect(shadow)
        parent.installEventFilter(self)
        self.hide()

    def say(self, text: str, undo: Callable[[], object] | None = None, action: str = "Undo") -> None:
        """Show a few words, with a button that takes the action back."""
        self._words.setText(text)
        self._act = undo
        self._undo.setText(action)
        self._undo.setVisible(undo is not None)
        side = theme.px(16)
        self._picture.setPixmap(theme.pixmap("check-circle-fill", "ok", side, self.devicePixelRatioF()))
        self.setAccessibleName(text)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def _take_back(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()

    def _leave(self) -> None:
        if self.underMouse() or self._undo.hasFocus() or self._close.hasFocus():
            self._timer.start()
        else:
            self.hide()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.move((parent.width() - self.width()) // 2, parent.height() - self.height() - theme.px(74))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Stay in place when the window changes."""
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self._place()
        return False
