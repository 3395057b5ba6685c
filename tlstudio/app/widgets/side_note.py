"""The grey words beside a card's title, which give way where the head is narrow."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent

from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.elided_label import ElidedLabel


class SideNote(ElidedLabel):
    """Shortened at its end; gone where not even half of it would be left."""

    mode = Qt.TextElideMode.ElideRight

    # Qt's own names

    def minimumSizeHint(self) -> QSize:
        """No room is needed."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        if self.width() * 2 > self.sizeHint().width():
            super().paintEvent(event)


def side_note(card: Card) -> SideNote:
    """A note in that card's head, behind its title."""
    note = SideNote("", "help", "text3")
    card.head.insertWidget(1, note)
    return note
