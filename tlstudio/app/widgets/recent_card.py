"""One recent project: three of its images, its name, what it holds, and what to do next."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy

from tlstudio.app import theme
from tlstudio.app.preferences import Recent
from tlstudio.app.widgets.brush import LEFT, RIGHT, draw_text, middle_square
from tlstudio.app.widgets.chip import TONE_ICONS, TONES, Tone
from tlstudio.app.widgets.recent_reader import RecentRead, when
from tlstudio.app.widgets.thumbnails import Thumbnails

PICTURES = 3
PICTURE_HEIGHT = 112
HEIGHT = 200


class RecentCard(QAbstractButton):
    """A card that is a button.

    Signals:
        forgotten: the user takes it out of the list; the project stays.
    """

    forgotten = Signal(str)

    def __init__(self, recent: Recent, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.recent = recent
        self.facts = RecentRead(recent.path, is_there=True)
        self._thumbnails = thumbnails
        self.setText(recent.name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(recent.path)
        self._describe()
        theme.watcher().changed.connect(self._restyle)
        thumbnails.arrived.connect(self.update)

    def show_facts(self, facts: RecentRead) -> None:
        """Show what was read of it."""
        self.facts = facts
        self._describe()
        self.update()

    def _describe(self) -> None:
        parts = (self.recent.name, self.facts.text, self.facts.chip[0])
        self.setAccessibleName("Project " + ", ".join(part for part in parts if part))

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Three of them fill the row."""
        return QSize(theme.px(300), theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """The longest chip and the day."""
        return QSize(theme.px(240), theme.px(HEIGHT))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to take it out of the list."""
        menu = QMenu(self)
        menu.addAction("Take off this list").triggered.connect(self._forget)
        menu.exec(event.globalPos())

    def _forget(self) -> None:
        self.forgotten.emit(self.recent.path)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the colours in force."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        card = QPainterPath()
        card.addRoundedRect(place, theme.px(10), theme.px(10))
        painter.fillPath(card, theme.color("hover" if self.underMouse() else "card"))
        painter.save()
        painter.setClipPath(card)
        self._paint_pictures(painter, QRectF(0, 0, self.width(), theme.px(PICTURE_HEIGHT)))
        painter.restore()
        painter.setPen(QPen(theme.color("border_strong" if self.underMouse() else "border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(card)
        self._paint_words(painter)

    def _paint_pictures(self, painter: QPainter, room: QRectF) -> None:
        painter.fillRect(room, theme.color("sunken"))
        paths = self.facts.pictures
        if not paths:
            side = theme.px(28)
            picture = theme.pixmap("image", "text3", side, self.devicePixelRatioF())
            painter.drawPixmap(
                round(room.center().x() - side / 2), round(room.center().y() - side / 2), picture
            )
            return
        width = (room.width() - 2 * (len(paths) - 1)) / len(paths)
        for index, path in enumerate(paths):
            cell = QRectF(room.left() + index * (width + 2), room.top(), width, room.height())
            asked = round(max(width, room.height()) * self.devicePixelRatioF())
            picture_there = self._thumbnails.picture(Path(path), asked)
            if picture_there is None:
                painter.fillRect(cell, theme.color("hover"))
                continue
            source = middle_square(picture_there)
            share = min(1.0, cell.height() / cell.width()) if cell.width() else 1.0
            narrow = min(1.0, cell.width() / cell.height()) if cell.height() else 1.0
            wide = QRectF(0, 0, source.width() * narrow, source.height() * share)
            wide.moveCenter(source.center())
            painter.drawPixmap(cell, picture_there, wide)

    def _paint_words(self, painter: QPainter) -> None:
        left, room = theme.px(15), self.width() - theme.px(30)
        top = theme.px(PICTURE_HEIGHT) + theme.px(8)
        is_there = self.facts.is_there
        painter.setFont(theme.font("card"))
        painter.setPen(theme.color("text" if is_there else "text3"))
        draw_text(painter, QRectF(left, top, room, theme.px(22)), self.recent.name, LEFT)
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color("text2"))
        draw_text(painter, QRectF(left, top + theme.px(20), room, theme.px(18)), self.facts.text, LEFT)
        bottom = top + theme.px(44)
        painter.setPen(theme.color("text2"))
        day = when(self.recent.opened_at, datetime.now()) if self.recent.opened_at else ""
        draw_text(painter, QRectF(left, bottom, room, theme.px(22)), day, RIGHT)
        words, tone, icon = self.facts.chip
        if words:
            beside = QFontMetrics(painter.font()).horizontalAdvance(day) + theme.px(8) if day else 0
            place = QRectF(left, bottom, room - beside, theme.px(22))
            self._paint_chip(painter, place, words, tone, icon)

    def _paint_chip(self, painter: QPainter, room: QRectF, words: str, tone: Tone | str, icon: str) -> None:
        ground, letters = TONES[tone]
        font = theme.font("help_medium")
        side = theme.px(14)
        width = QFontMetrics(font).horizontalAdvance(words) + side + theme.px(26)
        place = QRectF(room.left(), room.top(), min(width, room.width()), room.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(ground))
        painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)
        name = icon or TONE_ICONS.get(tone, "info")
        picture = theme.pixmap(name, letters, side, self.devicePixelRatioF())
        painter.drawPixmap(round(place.left() + theme.px(8)), round(place.center().y() - side / 2), picture)
        painter.setFont(font)
        painter.setPen(theme.color(letters))
        text = place.adjusted(theme.px(8) + side + theme.px(6), 0, -theme.px(6), 0)
        draw_text(painter, text, words, LEFT)
