"""A bar that shows how far something has come."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.app import theme

SEGMENT = 0.3
STEP_MILLISECONDS = 40


class ProgressBar(QWidget):
    """Six pixels high; a moving segment while the total is unknown."""

    def __init__(self, name: str = "Progress", token: str = "accent", parent: QWidget | None = None) -> None:  # noqa: S107
        super().__init__(parent)
        self._name = name
        self._token = token
        self._fraction: float | None = 0.0
        self._at = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MILLISECONDS)
        self._timer.timeout.connect(self._move)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.watcher().changed.connect(self._restyle)
        self.set_fraction(0.0)

    def set_fraction(self, fraction: float | None) -> None:
        """Show 0 … 1, or None while nobody knows."""
        self._fraction = None if fraction is None else max(0.0, min(1.0, fraction))
        said = "working" if self._fraction is None else f"{self._fraction:.0%}"
        self.setAccessibleName(f"{self._name}: {said}")
        self._run_timer()
        self.update()

    def fraction(self) -> float | None:
        """What it shows."""
        return self._fraction

    def set_token(self, token: str) -> None:
        """Take another colour, such as grey after a failure."""
        self._token = token
        self.update()

    def _run_timer(self) -> None:
        if self._fraction is None and self.isVisible() and not theme.is_motion_reduced():
            self._timer.start()
        else:
            self._timer.stop()

    def _move(self) -> None:
        self._at = (self._at + 0.02) % (1.0 + SEGMENT)
        self.update()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As large as its content."""
        return QSize(theme.px(120), theme.px(6))

    def minimumSizeHint(self) -> QSize:
        """Never smaller than its content."""
        return QSize(theme.px(40), theme.px(6))

    def showEvent(self, event: QShowEvent) -> None:
        """Start moving."""
        super().showEvent(event)
        self._run_timer()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the colours in force."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        radius = whole.height() / 2
        painter.setBrush(theme.color("border"))
        painter.drawRoundedRect(whole, radius, radius)
        if self._fraction is None:
            start = max(0.0, self._at - SEGMENT) * whole.width()
            end = min(1.0, self._at) * whole.width()
        else:
            start, end = 0.0, self._fraction * whole.width()
        if end - start > 0.5:
            painter.setBrush(theme.color(self._token))
            width = max(end - start, whole.height())
            painter.drawRoundedRect(QRectF(start, 0, width, whole.height()), radius, radius)
