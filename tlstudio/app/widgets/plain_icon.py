"""An icon that stands in a layout, in the theme's colour."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.brush import draw_icon


class PlainIcon(QWidget):
    """One Phosphor icon; it decorates, so a screen reader skips it."""

    def __init__(self, name: str, size_px: int = 17, token: str = "text2") -> None:  # noqa: S107
        super().__init__()
        self._name, self._size_px, self._token = name, size_px, token
        theme.watcher().changed.connect(self._restyle)
        self._restyle()

    def show_icon(self, name: str, token: str) -> None:
        """Show another icon."""
        self._name, self._token = name, token
        self.update()

    def _restyle(self) -> None:
        side = theme.px(self._size_px + 2)
        self.setFixedSize(side, side)
        self.update()

    # Qt's own names

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon."""
        painter = QPainter(self)
        draw_icon(painter, self._name, self._token, QRectF(self.rect()).center(), self._size_px)
        painter.end()
