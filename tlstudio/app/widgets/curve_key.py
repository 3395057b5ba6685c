"""The key in a chart card's head: which line is Training, which Validation."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.brush import LEFT, draw_text

CURVES = (
    ("Training", "counts on the images it learns from", "s_train"),
    ("Validation", "counts on images it does not learn from; the one to watch", "s_val"),
)
LINE = 20


def draw_sample(painter: QPainter, left: QPointF, token: str) -> None:
    """A short piece of the curve, so that colour is never the only sign."""
    if token == "s_train":  # noqa: S105 (a colour's name)
        pen = QPen(theme.color(token), 2, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3.6, 2.4])
    else:
        pen = QPen(theme.color(token), 2.4)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawLine(left, left + QPointF(LINE, 0))


class CurveKey(QWidget):
    """Painted, as wide as its words."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("\n".join(f"{name}: {meaning}." for name, meaning, _ in CURVES))
        self.setAccessibleName("Key: Training is dashed grey, Validation is solid with dots")
        theme.watcher().changed.connect(self.updateGeometry)
        theme.watcher().changed.connect(self.update)

    def _widths(self) -> list[float]:
        metrics = QFontMetricsF(theme.font("help"))
        return [LINE + 8 + metrics.horizontalAdvance(name) + 2 for name, _, _ in CURVES]

    # Qt's own names

    def sizeHint(self) -> QSize:
        """Both names with their lines."""
        return QSize(round(sum(self._widths())) + 14, theme.px(18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint line, name, line, name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("help"))
        left = 0.0
        for (name, _, token), width in zip(CURVES, self._widths(), strict=True):
            draw_sample(painter, QPointF(left, self.height() / 2), token)
            painter.setPen(theme.color("text2"))
            draw_text(painter, QRectF(left + LINE + 8, 0, width, self.height()), name, LEFT)
            left += width + 14
        painter.end()
