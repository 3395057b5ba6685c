"""The bar that floats over a grid while images are selected."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsDropShadowEffect, QHBoxLayout, QWidget

from tlstudio.app import theme, tokens
from tlstudio.app.widgets.brush import rounded
from tlstudio.app.widgets.buttons import button, icon_button
from tlstudio.app.widgets.card import line
from tlstudio.app.widgets.labels import label

ABOVE_EDGE_PX = 8


class SelectionBar(QWidget):
    """How many are selected and what can be done with them.

    Signals:
        folder_wanted: show the first one in the system's file manager.
        names_wanted: copy the names.
        large_wanted: show the current one large.
        dismissed: select nothing.
    """

    folder_wanted = Signal()
    names_wanted = Signal()
    large_wanted = Signal()
    dismissed = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.count = label("", "body_medium")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(4)
        row.addWidget(self.count)
        row.addSpacing(8)
        row.addWidget(line(is_vertical=True))
        self._buttons = []
        for words, icon, wanted in (
            ("Open large", "arrows-out", self.large_wanted),
            ("Copy names", "clipboard-text", self.names_wanted),
            ("Show in folder", "arrow-square-out", self.folder_wanted),
        ):
            action = button(words, "ghost", icon)
            action.clicked.connect(wanted)
            row.addWidget(action)
            self._buttons.append(action)
        close = icon_button("x", "Select nothing (Esc)")
        close.clicked.connect(self.dismissed)
        row.addWidget(close)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(22)
        shadow.setOffset(0, 5)
        ink = QColor(tokens.IMAGE_SHADOW)
        ink.setAlphaF(0.2)
        shadow.setColor(ink)
        self.setGraphicsEffect(shadow)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        over.installEventFilter(self)
        self.hide()

    def show_count(self, count: int) -> None:
        """Float while anything is selected."""
        self.count.setText(f"{count:,} selected")
        self.setVisible(count > 0)
        self._place()
        self.raise_()

    def _place(self) -> None:
        over = self._over
        for action in self._buttons:
            action.show()
        for action in self._buttons:  # where there is no room for all: the first ones have keys as well
            if self.sizeHint().width() <= over.width():
                break
            action.hide()
        hint = self.sizeHint()
        width = min(hint.width(), over.width())
        self.setGeometry(
            (over.width() - width) // 2, over.height() - hint.height() - ABOVE_EDGE_PX, width, hint.height()
        )

    # Qt's own names

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Stay above the lower edge."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("card"))
        painter.drawPath(rounded(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10))
        painter.end()
