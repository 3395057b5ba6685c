"""The marks on the file card: its badge, its ticks and the green line of the comparison."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.brush import bold, draw_icon, rounded
from tlstudio.app.widgets.labels import label


class FileBadge(QWidget):
    """The picture of an ONNX file."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.watcher().changed.connect(self.updateGeometry)
        theme.watcher().changed.connect(self.update)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.color("accent_soft2"), 1))
        painter.setBrush(theme.color("accent_soft"))
        painter.drawPath(rounded(place, 8))
        middle = place.center()
        middle.setY(place.top() + place.height() * 0.36)
        draw_icon(painter, "cube", "accent_text", middle, 22)
        painter.setFont(bold("help_medium"))
        painter.setPen(theme.color("accent_text"))
        below = QRectF(place.left(), place.top() + place.height() * 0.6, place.width(), place.height() * 0.34)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, "ONNX")

    # Qt's own names

    def sizeHint(self) -> QSize:
        """A small square."""
        return QSize(theme.px(52), theme.px(54))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the badge."""
        painter = QPainter(self)
        self._paint(painter)
        painter.end()


class Mark(QWidget):
    """A tick, a cross or a clock before a line."""

    def __init__(self, icon: str = "timer", token: str = "text2") -> None:  # noqa: S107 (a colour)
        super().__init__()
        self._icon, self._token = icon, token
        self.setFixedSize(theme.px(18), theme.px(18))
        theme.watcher().changed.connect(self.update)

    def show_state(self, *, is_fine: bool | None) -> None:
        """Fine, not fine, or a plain fact."""
        icons = {True: ("check-circle-fill", "ok"), False: ("x-circle-fill", "bad"), None: ("timer", "text2")}
        self._icon, self._token = icons[is_fine]
        self.update()

    # Qt's own names

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon."""
        painter = QPainter(self)
        draw_icon(painter, self._icon, self._token, QRectF(self.rect()).center(), 17)
        painter.end()


class CheckedBar(QFrame):
    """The one good message that stays: the file was compared, and is the same."""

    def __init__(self, action: QWidget) -> None:
        super().__init__()
        self.setProperty("kind", "message")
        self.setProperty("tone", "ok")
        self.mark = Mark("shield-check", "ok_text")
        self.title = label("", "body_medium", "ok_text", wrap=True)
        self.text = label("", "help", "text2", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(self.mark)
        row.addLayout(words, 1)
        row.addWidget(action)
        theme.watcher().changed.connect(self._restyle)
        self._restyle()

    def say(self, title: str, text: str) -> None:
        """Change its words."""
        self.title.setText(title)
        self.text.setText(text)
        self.setAccessibleName(f"{title} {text}")

    def _restyle(self) -> None:
        self.title.setFont(bold("body_medium"))
