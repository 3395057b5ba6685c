"""The sample image sets to try the program with, each with three of its pictures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.step_thread import StepThread
from tlstudio.app.widgets.brush import draw_text
from tlstudio.app.widgets.card import line
from tlstudio.events import Event

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
PICTURES = 3


@dataclass(frozen=True)
class Example:
    """One set: its key in the table SAMPLES, and what is said of it."""

    key: str
    title: str
    classes: int
    images: int


# Named here as well as in SAMPLES, whose module loads numpy, which the first paint can't wait for.
EXAMPLES = (
    Example("blood-cells", "Blood cells", 5, 400),
    Example("leaf-disease", "Leaf disease", 4, 320),
    Example("metal-defects", "Metal surface defects", 6, 480),
)


@dataclass(frozen=True)
class PreviewDrawn(Event):
    """One picture of a set is there; raw RGB bytes."""

    key: str
    index: int
    width: int
    height: int
    pixels: bytes


def draw_previews(keys: Iterable[str]) -> Iterator[Event]:
    """Three pictures of each set; for a thread, as it loads numpy and Pillow."""
    from tlstudio.data.samples import draw_preview  # noqa: PLC0415

    for key in keys:
        for index in range(PICTURES):
            image = draw_preview(key, index)
            yield PreviewDrawn(key, index, image.width, image.height, image.tobytes())


class ExampleList(QWidget):
    """One row for each example.

    Signals:
        chosen: the key of the set.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = {example.key: ExampleRow(example) for example in EXAMPLES}
        self._thread: StepThread | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for number, row in enumerate(self.rows.values()):
            if number:
                column.addWidget(line())
            column.addWidget(row)
            row.clicked.connect(self._row_pressed)

    def load(self) -> None:
        """Draw the pictures in a thread, once."""
        if self._thread is None:
            self._thread = StepThread(draw_previews(self.rows), self)
            self._thread.reported.connect(self._take)
            self._thread.start(StepThread.Priority.LowPriority)

    def leave(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._thread.requestInterruption()
            self._thread.wait()

    def _row_pressed(self) -> None:
        row = self.sender()
        if isinstance(row, ExampleRow):
            self.chosen.emit(row.example.key)

    def _take(self, event: object) -> None:
        if isinstance(event, PreviewDrawn):
            stride = 3 * event.width
            image = QImage(event.pixels, event.width, event.height, stride, QImage.Format.Format_RGB888)
            self.rows[event.key].show_picture(event.index, image.copy())


class ExampleRow(QAbstractButton):
    """Three pictures, a name, how many."""

    def __init__(self, example: Example) -> None:
        super().__init__()
        self.example = example
        self.text_below = f"{example.classes} classes, {example.images} images"
        self.setText(example.title)
        self.setAccessibleName(f"Example: {example.title}, {self.text_below}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._pictures: dict[int, QImage] = {}
        theme.watcher().changed.connect(self._restyle)

    def show_picture(self, index: int, image: QImage) -> None:
        """One more picture is there."""
        self._pictures[index] = image
        self.update()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Three pictures and the words."""
        return QSize(theme.px(320), theme.px(70))

    def minimumSizeHint(self) -> QSize:
        """Three pictures and the longest name."""
        return QSize(theme.px(310), theme.px(60))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the colours in force."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.underMouse() and self.isEnabled():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(-4, 2, 4, -2), 8, 8)
        side = theme.px(46)
        top = (self.height() - side) / 2
        for index in range(PICTURES):
            place = QRectF(index * (side + theme.px(4)), top, side, side)
            self._paint_picture(painter, place, self._pictures.get(index))
        left = PICTURES * (side + theme.px(4)) + theme.px(8)
        room = self.width() - left - theme.px(20)
        middle, half = self.height() / 2, theme.px(20)
        heavy = theme.font("body_medium")
        heavy.setWeight(heavy.Weight.DemiBold)
        painter.setFont(heavy)
        painter.setPen(theme.color("text" if self.isEnabled() else "text_dis"))
        draw_text(painter, QRectF(left, middle - half - 2, room, half), self.text(), LEFT)
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color("text2" if self.isEnabled() else "text_dis"))
        draw_text(painter, QRectF(left, middle + 2, room, half), self.text_below, LEFT)
        caret = theme.px(14)
        picture = theme.pixmap("caret-right", "text3", caret, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - caret, round(middle - caret / 2), picture)

    def _paint_picture(self, painter: QPainter, place: QRectF, image: QImage | None) -> None:
        path = QPainterPath()
        path.addRoundedRect(place, theme.px(6), theme.px(6))
        if image is None:
            painter.fillPath(path, theme.color("hover"))
            return
        painter.save()
        painter.setClipPath(path)
        painter.drawImage(place, image)
        painter.restore()
