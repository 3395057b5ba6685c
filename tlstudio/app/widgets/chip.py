"""A chip: a state in a word, with an icon, on a soft ground."""

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.app import theme

Tone = Literal["neutral", "accent", "ok", "warn", "bad", "frozen", "warm"]

TONES: dict[str, tuple[str, str]] = {
    "neutral": ("hover", "text2"),
    "accent": ("accent_soft", "accent_text"),
    "ok": ("ok_soft", "ok_text"),
    "warn": ("warn_soft", "warn_text"),
    "bad": ("bad_soft", "bad_text"),
    "frozen": ("frozen", "frozen_text"),
    "warm": ("warm", "warm_text"),
}
"""Tone → ground, letters and icon."""

TONE_ICONS: dict[str, str] = {
    "ok": "check-circle",
    "warn": "warning",
    "bad": "x-circle",
    "frozen": "snowflake",
    "warm": "flame",
    "accent": "arrows-clockwise",
}
"""The icon where none is named: a state is never told by colour alone."""


class Chip(QWidget):
    """A small rounded mark of a state."""

    def __init__(
        self, text: str = "", tone: Tone = "neutral", icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._text = ""
        self._tone: Tone = tone
        self._icon = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.say(text, tone, icon)
        theme.watcher().changed.connect(self._restyle)

    def say(self, text: str, tone: Tone = "neutral", icon: str = "") -> None:
        """Show another state."""
        self._text, self._tone = text, tone
        self._icon = icon or TONE_ICONS.get(tone, "")
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The word in it."""
        return self._text

    def tone(self) -> Tone:
        """What kind of state it marks."""
        return self._tone

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As large as its content."""
        width = QFontMetrics(theme.font("help_medium")).horizontalAdvance(self._text) + theme.px(20) + 1
        if self._icon:
            width += theme.px(19)
        return QSize(width, theme.px(22))

    def minimumSizeHint(self) -> QSize:
        """Never smaller than its content."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the colours in force."""
        del event
        ground, letters = TONES[self._tone]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(ground))
        half = self.height() / 2
        painter.drawRoundedRect(QRectF(self.rect()), half, half)
        left = theme.px(10)
        if self._icon:
            side = theme.px(14)
            picture = theme.pixmap(self._icon, letters, side, self.devicePixelRatioF())
            painter.drawPixmap(theme.px(8), (self.height() - side) // 2, picture)
            left = theme.px(8) + side + theme.px(6)
        painter.setPen(theme.color(letters))
        painter.setFont(theme.font("help_medium"))
        place = QRectF(left, 0, self.width() - left, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text)
