"""A switch: on or off, at once."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from tlstudio.app import theme


class Switch(QCheckBox):
    """A check box that is painted as a switch; give it an accessible name."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if name:
            self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.watcher().changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As large as its content."""
        return QSize(theme.px(38), theme.px(26))

    def minimumSizeHint(self) -> QSize:
        """Never smaller than its content."""
        return self.sizeHint()

    def hitButton(self, pos: object) -> bool:  # noqa: N802
        """All of it can be pressed."""
        del pos
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the colours in force."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        high = theme.px(20)
        track = QRectF(1, (self.height() - high) / 2, self.width() - 2, high)
        is_on = self.isChecked()
        if is_on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent" if self.isEnabled() else "text_dis"))
        else:
            painter.setPen(QPen(theme.color("border_strong" if self.isEnabled() else "border"), 1.5))
            painter.setBrush(theme.color("card"))
        painter.drawRoundedRect(track, high / 2, high / 2)
        radius = high / 2 - 4 + (0.5 if is_on else 0)
        side = track.right() - high / 2 if is_on else track.left() + high / 2
        painter.setPen(Qt.PenStyle.NoPen)
        knob = "on_accent" if is_on else ("border_strong" if self.isEnabled() else "border")
        painter.setBrush(theme.color(knob))
        painter.drawEllipse(QPointF(side, track.center().y()), radius, radius)
