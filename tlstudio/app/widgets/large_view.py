"""One image as large as the window, with the next and the one before an arrow key away."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.brush import CENTRE, draw_icon, draw_text
from tlstudio.app.widgets.image_tile import Tile, TileOf
from tlstudio.app.widgets.thumbnails import Thumbnails

MARGIN_PX = 28
LARGEST_ZOOM = 8
"""A tiny image is enlarged at most so far; more would only show its pixels."""


class LargeView(QWidget):
    """Covers a widget; Space or Esc closes it, Left and Right lead on.

    Signals:
        moved: another image is shown; its running number.
        closed: the view is gone.
    """

    moved = Signal(int)
    closed = Signal()

    def __init__(self, over: QWidget, thumbnails: Thumbnails) -> None:
        super().__init__(over)
        self._over = over
        self._thumbnails = thumbnails
        self._root, self._count, self._number = Path(), 0, 0
        self._tile_of: TileOf | None = None
        self._tile: Tile | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        thumbnails.arrived.connect(self.update)
        theme.watcher().changed.connect(self.update)
        over.installEventFilter(self)
        self.hide()

    def open(self, root: Path, count: int, tile_of: TileOf, number: int) -> None:
        """Show that one of a running list; a number outside of it shows none."""
        if not 0 <= number < count:
            self.put_away()
            return
        self._root, self._count, self._tile_of = root, count, tile_of
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self._go_to(number)

    def put_away(self) -> None:
        """Close unasked, as the list behind it is another one; a keyboard that is elsewhere stays there."""
        has_keyboard = self.hasFocus()
        self._count = 0
        self.hide()
        if has_keyboard and self._over.isVisible():
            self.closed.emit()

    def _go_to(self, number: int) -> None:
        if not 0 <= number < self._count or self._tile_of is None:
            return
        self._number = number
        tile = self._tile = self._tile_of(number)
        self.setAccessibleName(". ".join(part for part in (tile.path, tile.caption, tile.note) if part))
        self.update()
        self.moved.emit(number)

    def _close(self) -> None:
        self.hide()
        self.closed.emit()

    # Qt's own names

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left, Right, Home, End; Space, Enter or Esc closes."""
        steps = {
            Qt.Key.Key_Left: self._number - 1,
            Qt.Key.Key_Up: self._number - 1,
            Qt.Key.Key_Right: self._number + 1,
            Qt.Key.Key_Down: self._number + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self._count - 1,
        }
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close()
        elif (number := steps.get(Qt.Key(event.key()))) is not None:
            self._go_to(number)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, _next: bool) -> bool:  # noqa: FBT001, N802
        """Tab stays: what it would lead to is covered."""
        return True

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """A click closes."""
        self._close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keep covering; go with what is covered."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        elif watched is self._over and event.type() == QEvent.Type.Hide and not event.spontaneous():
            self.put_away()  # a window that is minimised hides its page too, but spontaneously
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the image and its name."""
        tile = self._tile  # not asked for here: an error beneath a living painter ends the program
        if tile is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("page"))
        words_height = theme.px(52)
        room = QRectF(self.rect()).adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -words_height)
        file = self._root / tile.path
        side = round(min(room.width(), room.height()) * self.devicePixelRatioF())
        picture = self._thumbnails.picture(file, side)
        if picture is not None:
            size = QSizeF(picture.size()).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            most = QSizeF(picture.size()) * LARGEST_ZOOM
            if size.width() > most.width():
                size = most
            corner = room.center() - QPointF(size.width() / 2, size.height() / 2)
            is_enlarged = size.width() > 2 * picture.width()
            # Enlarged pixels stay squares: a blur would look like detail that is not there.
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=not is_enlarged)
            painter.drawPixmap(QRectF(corner, size), picture, QRectF(picture.rect()))
        else:
            self._paint_missing(painter, room, self._thumbnails.why_not(file))
        line = QRectF(MARGIN_PX, self.height() - words_height + 6, self.width() - 2 * MARGIN_PX, theme.px(18))
        painter.setFont(theme.font("body_medium"))
        painter.setPen(theme.color("text"))
        draw_text(painter, line, ". ".join(part for part in (tile.path, tile.note) if part))
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color("text3"))
        keys = f"{self._number + 1:,} of {self._count:,}   ←  → other images   Esc back"
        draw_text(painter, line.translated(0, theme.px(20)), keys)
        painter.end()

    def _paint_missing(self, painter: QPainter, room: QRectF, reason: str) -> None:
        if not reason:
            return
        draw_icon(painter, "file-x", "text3", room.center() - QPointF(0, theme.px(20)), 34)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text2"))
        painter.drawText(room.translated(0, theme.px(18)), CENTRE, reason)
