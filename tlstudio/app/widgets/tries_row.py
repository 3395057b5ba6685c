"""The images that were tried since the window opened, as small pictures to go back to."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.brush import draw_icon, middle_square, rounded

SIDE_PX = 44
SHOWN = 4
RADIUS = 6


class TryThumbnail(QAbstractButton):
    """One tried image."""

    def __init__(self, picture: QImage | None, name: str) -> None:
        super().__init__()
        self._picture = None if picture is None else QPixmap.fromImage(picture)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFixedSize(SIDE_PX, SIDE_PX)
        theme.watcher().changed.connect(self.update)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = QRectF(self.rect())
        painter.setClipPath(rounded(place, RADIUS))
        painter.fillRect(place, theme.color("hover"))
        if self._picture is None:
            draw_icon(painter, "file-x", "bad", place.center(), 18)
        else:
            painter.drawPixmap(place, self._picture, middle_square(self._picture))
        painter.setClipping(False)
        if self.isChecked():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(rounded(place.adjusted(1, 1, -1, -1), RADIUS))

    # Qt's own names

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the image, with a ring if it is the one shown."""
        painter = QPainter(self)
        self._paint(painter)
        painter.end()


class AddTry(QAbstractButton):
    """The dashed place at the end: choose another image."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Choose image…")
        self.setToolTip("Choose image… (Ctrl+V pastes one)")
        self.setFixedHeight(SIDE_PX)
        self.setMinimumWidth(SIDE_PX)
        theme.watcher().changed.connect(self.update)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse() or self.isDown():
            painter.fillPath(rounded(place, RADIUS), theme.color("hover"))
        pen = QPen(theme.color("border_strong"), 1.5)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawPath(rounded(place, RADIUS))
        draw_icon(painter, "plus", "text2", place.center(), 16)

    # Qt's own names

    def sizeHint(self) -> QSize:
        """As high as a thumbnail."""
        return QSize(2 * SIDE_PX, SIDE_PX)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be pressed."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the dashed place."""
        painter = QPainter(self)
        self._paint(painter)
        painter.end()


class TriesRow(QWidget):
    """The last tries, newest first.

    Signals:
        chosen: the number of the try, as given to `show_tries`.
        add_pressed: another image is wanted.
    """

    chosen = Signal(int)
    add_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self.add_button = AddTry()
        self.add_button.clicked.connect(self.add_pressed)
        self._row.addWidget(self.add_button, 1)
        self._state: list[tuple[int, str]] = []

    def show_tries(self, tries: list[tuple[QImage | None, str]], shown: int) -> None:
        """Show the last of the tries (oldest first in the list), the one of number `shown` ringed."""
        state = [(0 if picture is None else picture.cacheKey(), name) for picture, name in tries]
        if state == self._state:
            for button in self._group.buttons():
                button.setChecked(self._group.id(button) == shown)
            return
        self._state = state
        has_focus = any(button.hasFocus() for button in self._group.buttons())
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.deleteLater()
        newest = list(enumerate(tries))[-SHOWN:]
        for number, (picture, name) in newest:
            thumbnail = TryThumbnail(picture, name)
            self._group.addButton(thumbnail, number)
            self._row.insertWidget(0, thumbnail)
            thumbnail.setChecked(number == shown)
            if has_focus and number == shown:
                thumbnail.setFocus()
