"""A row of options of which one is chosen: one tab stop, arrow keys inside."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.app import theme


class Segmented(QWidget):
    """Options side by side.

    Signals:
        chosen: the index that the user chose.
    """

    chosen = Signal(int)

    def __init__(self, options: list[str], name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = list(options)
        self._index = 0
        self._name = name
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.watcher().changed.connect(self._restyle)
        self._describe()

    def index(self) -> int:
        """Which option is chosen."""
        return self._index

    def set_index(self, index: int) -> None:
        """Choose an option without telling."""
        self._index = max(0, min(index, len(self._options) - 1))
        self._describe()
        self.update()

    def _describe(self) -> None:
        chosen = self._options[self._index] if self._options else ""
        self.setAccessibleName(f"{self._name}: {chosen}" if self._name else chosen)
        self.setAccessibleDescription("One of " + ", ".join(self._options))

    def _choose(self, index: int) -> None:
        index = max(0, min(index, len(self._options) - 1))
        if index != self._index:
            self.set_index(index)
            self.chosen.emit(index)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(theme.font("body_medium"))
        return [metrics.horizontalAdvance(option) + theme.px(24) for option in self._options]

    def _places(self) -> list[QRectF]:
        places, left = [], 2.0
        for width in self._widths():
            places.append(QRectF(left, 2, width, self.height() - 4))
            left += width
        return places

    def sizeHint(self) -> QSize:
        """As large as its content."""
        return QSize(sum(self._widths()) + 4, theme.px(30))

    def minimumSizeHint(self) -> QSize:
        """Never smaller than its content."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by the arrow keys."""
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
        if event.key() in ways:
            self._choose(self._index + ways[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Home:
            self._choose(0)
        elif event.key() == Qt.Key.Key_End:
            self._choose(len(self._options) - 1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        for index, place in enumerate(self._places()):
            if place.contains(event.position()):
                self._choose(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the colours in force."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("hover"))
        radius = theme.px(8)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        for index, (option, place) in enumerate(zip(self._options, self._places(), strict=True)):
            is_chosen = index == self._index
            if is_chosen:
                painter.setPen(QPen(theme.color("border"), 1))
                painter.setBrush(theme.color("card"))
                painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), radius - 2, radius - 2)
            font = theme.font("body_medium")
            if is_chosen:
                font.setWeight(font.Weight.DemiBold)
            painter.setFont(font)
            token = "text" if is_chosen else "text2"
            painter.setPen(theme.color(token if self.isEnabled() else "text_dis"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, option)
