"""A line of text that is shortened in the middle where it does not fit, such as a file's name."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent

from tlstudio.app import theme
from tlstudio.app.widgets.labels import Label


class ElidedLabel(Label):
    """Shows what fits; the whole text is its tip and what a screen reader says.

    Attributes:
        mode: where it is cut; the middle, as paths and file names differ at their ends.
    """

    mode = Qt.TextElideMode.ElideMiddle

    def show_text(self, text: str) -> None:
        """Change the text."""
        self.setText(text)
        self.setToolTip(text)
        self.setAccessibleName(text)

    # Qt's own names

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(theme.px(40), super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), self.mode, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()
