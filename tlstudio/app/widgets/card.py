"""A card: a white area with a hairline, a head and a body."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.labels import Label


class Card(QFrame):
    """An area for things that belong together.

    Attributes:
        head: title and subtitle; add buttons or chips behind them.
        body: everything below the head.
    """

    def __init__(self, title: str = "", subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._outer = QVBoxLayout(self)
        self.head = QHBoxLayout()
        self.body = QVBoxLayout()
        self.title = Label(title, "card")
        self.subtitle = Label(subtitle, "help", "text3")
        self.head.addWidget(self.title)
        self.head.addWidget(self.subtitle)
        self.head.addStretch(1)
        self._outer.addLayout(self.head)
        self._outer.addLayout(self.body, 1)
        # Only now: a widget without a parent that is made visible is a window of its own.
        self.title.setVisible(bool(title))
        self.subtitle.setVisible(bool(subtitle))
        theme.watcher().changed.connect(self._restyle)
        self._restyle()

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Change the words of the head."""
        self.title.setText(title)
        self.subtitle.setText(subtitle)
        self.title.setVisible(bool(title))
        self.subtitle.setVisible(bool(subtitle))

    def _restyle(self) -> None:
        inside = theme.px(16)
        self._outer.setContentsMargins(inside, theme.px(14), inside, inside)
        self._outer.setSpacing(theme.px(10) if self.title.text() else 0)
        self.head.setSpacing(theme.px(8))
        self.body.setSpacing(theme.px(8))


def line(*, is_vertical: bool = False) -> QFrame:
    """A hairline between things."""
    made = QFrame()
    made.setProperty("kind", "line")
    if is_vertical:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made
