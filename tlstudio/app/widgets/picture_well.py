"""The place where one image is shown, and dropped while there is none."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.brush import draw_icon, rounded

RADIUS = 8


class PictureWell(QWidget):
    """Paints the image whole and never enlarged beyond its place; else a dashed zone with words."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: QPixmap | None = None
        self._words = ""
        self._icon = "image"
        self._colour = "text2"
        self._is_over = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(theme.px(258))
        theme.watcher().changed.connect(self.update)

    def show_picture(self, picture: QImage, spoken: str) -> None:
        """Show that image."""
        self._picture = QPixmap.fromImage(picture)
        self.setAccessibleName(spoken)
        self.update()

    def show_words(self, words: str, icon: str = "image", colour: str = "text2") -> None:
        """Show the empty zone with words."""
        self._picture, self._words, self._icon, self._colour = None, words, icon, colour
        self.setAccessibleName(words)
        self.update()

    def set_over(self, *, is_over: bool) -> None:
        """Light up while an image hovers over the dock."""
        self._is_over = is_over
        self.update()

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = QRectF(self.rect())
        if self._picture is not None:
            painter.fillPath(rounded(place, RADIUS), theme.color("sunken"))
            painter.setClipPath(rounded(place, RADIUS))
            painter.drawPixmap(self._fitted(place), self._picture, QRectF(self._picture.rect()))
            painter.setClipping(False)
        if self._picture is None or self._is_over:
            self._paint_zone(painter, place.adjusted(1, 1, -1, -1))

    def _fitted(self, place: QRectF) -> QRectF:
        assert self._picture is not None  # noqa: S101 - asked for above
        scale = min(place.width() / self._picture.width(), place.height() / self._picture.height())
        fitted = QRectF(0, 0, self._picture.width() * scale, self._picture.height() * scale)
        fitted.moveCenter(place.center())
        return fitted

    def _paint_zone(self, painter: QPainter, place: QRectF) -> None:
        if self._is_over:
            painter.setOpacity(0.9)
            painter.fillPath(rounded(place, RADIUS + 2), theme.color("accent_soft"))
            painter.setOpacity(1.0)
        elif self._picture is None:
            painter.fillPath(rounded(place, RADIUS + 2), theme.color("sunken"))
        pen = QPen(theme.color("accent" if self._is_over else "border_strong"), 1.5)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawPath(rounded(place, RADIUS + 2))
        token = "accent_text" if self._is_over else self._colour
        icon = "download-simple" if self._is_over else self._icon
        words = "Drop to try this image" if self._is_over else self._words
        middle = place.center()
        middle.setY(middle.y() - theme.px(18))
        draw_icon(painter, icon, token, middle, 26)
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color(token))
        lines = QRectF(place.left() + 16, middle.y() + theme.px(22), place.width() - 32, place.height() / 2)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(lines, int(flags), words)

    # Qt's own names

    def sizeHint(self) -> QSize:
        """As wide as the dock lets it, a little less high."""
        return QSize(300, theme.px(258))

    def minimumSizeHint(self) -> QSize:
        """Still to be recognised."""
        return QSize(160, theme.px(140))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the image or the zone."""
        painter = QPainter(self)
        self._paint(painter)
        painter.end()
