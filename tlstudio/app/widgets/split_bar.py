"""How the images are shared out between training, validation and test, as one bar with counts."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.brush import bold, rounded
from tlstudio.data.table import SPLITS, Split

NAMES: dict[Split, str] = {"train": "Training", "validation": "Validation", "test": "Test"}
TOKENS: dict[Split, str] = {"train": "accent", "validation": "accent_mid", "test": "s_train"}
BAR_PX = 9
GAP_PX = 3
LEAST_PX = 4
"""A split with any image can be seen."""


class SplitBar(QWidget):
    """Three lengths and their counts; spoken as one sentence."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[Split, int] = dict.fromkeys(SPLITS, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.watcher().changed.connect(self.updateGeometry)
        theme.watcher().changed.connect(self.update)

    def show_split(self, counts: dict[str, int]) -> None:
        """Show how many images each split has."""
        self._counts = {split: counts.get(split, 0) for split in SPLITS}
        spoken = ", ".join(f"{NAMES[split]} {count:,}" for split, count in self._counts.items())
        self.setAccessibleName(f"Images by use: {spoken}")
        self.update()

    # Qt's own names

    def sizeHint(self) -> QSize:
        """The bar, a gap, one line."""
        return QSize(320, BAR_PX + 8 + theme.px(18))

    def minimumSizeHint(self) -> QSize:
        """The three counts side by side."""
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bar and key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bar(painter)
        self._paint_key(painter)
        painter.end()

    def _paint_bar(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        shown = [split for split in SPLITS if self._counts[split]]
        total = sum(self._counts.values())
        if not total:
            painter.setBrush(theme.color("hover"))
            painter.drawPath(rounded(QRectF(0, 0, self.width(), BAR_PX), 4))
            return
        room = self.width() - GAP_PX * (len(shown) - 1) - LEAST_PX * len(shown)
        left = 0.0
        for split in shown:
            width = LEAST_PX + room * self._counts[split] / total
            painter.setBrush(theme.color(TOKENS[split]))
            painter.drawPath(rounded(QRectF(left, 0, width, BAR_PX), min(4, width / 2)))
            left += width + GAP_PX

    def _paint_key(self, painter: QPainter) -> None:
        left, middle = 0.0, BAR_PX + 8 + theme.px(18) / 2
        for split, count in self._counts.items():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(TOKENS[split]))
            painter.drawPath(rounded(QRectF(left, middle - 5, 10, 10), 3))
            left += 17
            for words, font, token in (
                (NAMES[split], bold("help_medium"), "text"),
                (f"{count:,}", theme.font("help"), "text2"),
            ):
                painter.setFont(font)
                painter.setPen(theme.color(token))
                metrics = QFontMetricsF(painter.font())
                baseline = middle + (metrics.ascent() - metrics.descent()) / 2
                painter.drawText(QPointF(left, baseline), words)
                left += metrics.horizontalAdvance(words) + 6
            left += 18
