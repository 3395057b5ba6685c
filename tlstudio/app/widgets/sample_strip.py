"""Six validation images and what the network says about each of them now."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from tlstudio.amounts import percent
from tlstudio.app import theme
from tlstudio.app.widgets.brush import LEFT, bold, draw_icon, draw_name, middle_square, rounded
from tlstudio.train.events import SamplePrediction

TILES = 6
HIGH_PX, LOW_PX = 98, 76  # of a picture, in a high and in a low window


class SampleTile(QWidget):
    """One image with a tick or a cross, the class it is called and how sure that is."""

    def __init__(self) -> None:
        super().__init__()
        self._sample: SamplePrediction | None = None
        self._picture: QPixmap | None = None
        self._high = HIGH_PX
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.watcher().changed.connect(self.updateGeometry)
        theme.watcher().changed.connect(self.update)

    def show_sample(self, sample: SamplePrediction | None, picture: QPixmap | None) -> None:
        """Show that answer; None for none yet."""
        self._sample, self._picture = sample, picture
        spoken = "" if sample is None else f"{' '.join(words(sample))}. {sample.path}"
        self.setAccessibleName(spoken)
        said = (
            ""
            if sample is None
            else f"{sample.path}\nIs {sample.label}, {percent(sample.probability, 1)} sure"
        )
        self.setToolTip(said)
        self.update()

    def set_high(self, high: int) -> None:
        """How high the picture may be, in pixels at 100 % text size."""
        if high != self._high:
            self._high = high
            self.updateGeometry()

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = QRectF(0, 0, self.width(), self._side())
        painter.save()
        painter.setClipPath(rounded(place, 6))
        painter.fillRect(place, theme.color("hover"))
        if self._picture is not None:
            source = middle_square(self._picture)
            missing = source.height() * (1 - place.height() / max(1.0, place.width()))
            painter.drawPixmap(place, self._picture, source.adjusted(0, missing / 2, 0, -missing / 2))
        painter.restore()
        if self._sample is None:
            return
        is_right = self._sample.predicted == self._sample.label
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("card"))
        mark = QPointF(place.right() - 15, 15)
        painter.drawEllipse(mark, 10.5, 10.5)
        draw_icon(painter, "check-bold" if is_right else "x-bold", "ok" if is_right else "bad", mark, 13)
        first, second = words(self._sample)
        line = QRectF(0, place.bottom() + 4, self.width(), theme.px(17))
        painter.setFont(bold("help_medium"))
        painter.setPen(theme.color("text" if is_right else "bad_text"))
        draw_name(painter, line, first, LEFT)
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color("text2"))
        draw_name(painter, line.translated(0, line.height()), second, LEFT)

    def _side(self) -> float:
        return self.height() - 2.0 * theme.px(17) - 6

    # Qt's own names

    def sizeHint(self) -> QSize:
        """A square and two lines."""
        return QSize(98, theme.px(self._high + 2 * 17) + 6)

    def minimumSizeHint(self) -> QSize:
        """Six fit beside the judgement in the smallest window."""
        return QSize(64, theme.px(64 + 2 * 17) + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the tile."""
        painter = QPainter(self)
        self._paint(painter)
        painter.end()


class SampleStrip(QWidget):
    """The same six images after every epoch, so that progress shows without reading curves."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.tiles = [SampleTile() for _ in range(TILES)]
        for tile in self.tiles:
            row.addWidget(tile, 1)

    def shorten(self, is_short: bool) -> None:  # noqa: FBT001 (one plain state)
        """Crop the pictures to strips where the window is low."""
        for tile in self.tiles:
            tile.set_high(LOW_PX if is_short else HIGH_PX)

    def show_samples(self, samples: Sequence[SamplePrediction], pictures: Sequence[QPixmap | None]) -> None:
        """Show up to six answers; places without one stay empty."""
        for place, tile in enumerate(self.tiles):
            if place < len(samples):
                tile.show_sample(samples[place], pictures[place])
            else:
                tile.show_sample(None, None)


def words(sample: SamplePrediction) -> tuple[str, str]:
    """The class it is called, and how sure, or what it really is."""
    if sample.predicted != sample.label:
        return sample.predicted, f"is {sample.label}"
    return sample.predicted, f"{percent(sample.probability, 1)} sure"
