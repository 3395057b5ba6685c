"""An empty page: what will be here, and the one action that leads there."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.brush import draw_icon
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.labels import label


class NothingYet(Card):
    """An icon, a title, a sentence and a button in the middle.

    Signals:
        pressed: the button was pressed.
    """

    pressed = Signal()

    def __init__(self, icon: str, title: str, text: str, action: str, action_icon: str = "") -> None:
        super().__init__()
        self.button = button(action, "plain", action_icon)
        self.button.clicked.connect(self.pressed)
        if action_icon == "arrow-right":
            self.button.set_icon_behind()
        words = label(text, "body", "text2", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch(1)
        self.body.addWidget(_Icon(icon), 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(label(title, "section"), 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(words)
        self.body.addSpacing(4)
        self.body.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch(1)


class _Icon(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.watcher().changed.connect(self.update)

    # Qt's own names

    def sizeHint(self) -> QSize:
        return QSize(theme.px(32), theme.px(32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_icon(painter, self._name, "text2", QRectF(self.rect()).center(), 28)
        painter.end()
