"""A card to choose one backbone by, with grey meters to compare it with its neighbours."""

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.amounts import megabytes, percent
from tlstudio.app.widgets.brush import LEFT, RIGHT, draw_icon, draw_text, rounded
from tlstudio.model.backbones import Backbone

LOWEST_ACCURACY, HIGHEST_ACCURACY = 0.60, 0.90  # the meter's ends: what networks of this kind reach
LARGEST_PARAMETERS, LARGEST_PX = 30_000_000, 300


class NetworkCard(QRadioButton):
    """A painted radio button: screen readers and arrow keys treat it as one."""

    def __init__(self, backbone: Backbone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.backbone = backbone
        self._chip = "Starts from random weights"
        self._is_short = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setText(f"{backbone.good_for}, {backbone.title}")  # read out, not painted
        self._describe()
        theme.watcher().changed.connect(self.updateGeometry)
        theme.watcher().changed.connect(self.update)

    def say(self, chip: str) -> None:
        """What its weights start from, as the chip says it."""
        self._chip = chip
        self._describe()
        self.update()

    def shorten(self, is_short: bool) -> None:  # noqa: FBT001 (one plain state)
        """Drop the last meter row where the window is low."""
        if is_short != self._is_short:
            self._is_short = is_short
            self.updateGeometry()
            self.update()

    def meters(self) -> list[tuple[str, float, str]]:
        """Name, filled share and value of each row."""
        backbone = self.backbone
        parameters = sum(group.parameters for group in backbone.groups)
        accuracy = backbone.imagenet_accuracy
        share = (
            0.0 if accuracy is None else (accuracy - LOWEST_ACCURACY) / (HIGHEST_ACCURACY - LOWEST_ACCURACY)
        )
        rows = [
            ("Accuracy", share, "–" if accuracy is None else percent(accuracy)),
            ("Size", parameters / LARGEST_PARAMETERS, megabytes(parameters)),
            (
                "Image side",
                backbone.preprocessing.input_px / LARGEST_PX,
                f"{backbone.preprocessing.input_px} px",
            ),
        ]
        return [(name, min(1.0, max(0.0, filled)), value) for name, filled, value in rows]

    def _describe(self) -> None:
        said = ", ".join(f"{name} {value}" for name, _, value in self.meters() if value != "–")
        self.setAccessibleDescription(f"{said}. {self._chip}.")
        self.setToolTip(f"{self.backbone.title}: {said}\n{self._chip}")

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_on, is_under = self.isChecked(), self.underMouse() and self.isEnabled()
        line = QPen(
            theme.color("focus" if is_on else "border_strong" if is_under else "border"), 2 if is_on else 1
        )
        painter.setPen(line)
        painter.setBrush(theme.color("card"))
        half = line.widthF() / 2
        painter.drawPath(rounded(QRectF(self.rect()).adjusted(half, half, -half, -half), 10))
        room = QRectF(self.rect()).adjusted(14, theme.px(11), -14, -12)
        self._paint_radio(painter, room)
        row = theme.px(20)
        title = QRectF(room.left(), room.top(), room.width() - 26, row)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("card"))
        draw_text(painter, title, self.backbone.good_for, LEFT)
        painter.setPen(theme.color("text2"))
        painter.setFont(theme.font("help"))
        draw_text(painter, title.translated(0, row - 2), self.backbone.title, LEFT)
        top = room.top() + 2 * row + 2
        for name, share, value in self._rows():
            self._paint_meter(painter, QRectF(room.left(), top, room.width(), row), name, share, value)
            top += row
        self._paint_chip(painter, QRectF(room.left(), top + 5, room.width(), theme.px(22)))

    def _rows(self) -> list[tuple[str, float, str]]:
        return self.meters()[: 2 if self._is_short else 3]

    def _paint_radio(self, painter: QPainter, room: QRectF) -> None:
        place = QRectF(room.right() - 17, room.top() + 1, 16, 16)
        painter.setPen(QPen(theme.color("focus" if self.isChecked() else "border_strong"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(place)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("focus"))
            painter.drawEllipse(place.adjusted(4, 4, -4, -4))

    def _paint_meter(self, painter: QPainter, row: QRectF, name: str, share: float, value: str) -> None:
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color("text2"))
        draw_text(painter, row, name, LEFT)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("help_medium"))
        draw_text(painter, row, value, RIGHT)
        names = QFontMetricsF(theme.font("help")).horizontalAdvance("Image side") + 10
        bar = QRectF(row.left() + names, row.center().y() - 2, row.width() - names - theme.px(58), 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("border"))
        painter.drawPath(rounded(bar, 2))
        if share > 0:
            painter.setBrush(theme.color("text2"))
            painter.drawPath(rounded(QRectF(bar.left(), bar.top(), max(4.0, bar.width() * share), 4), 2))

    def _paint_chip(self, painter: QPainter, room: QRectF) -> None:
        painter.setFont(theme.font("help_medium"))
        width = QFontMetricsF(painter.font()).horizontalAdvance(self._chip) + theme.px(36)
        chip = QRectF(room.left(), room.top(), min(width, room.width()), room.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hover"))
        painter.drawPath(rounded(chip, chip.height() / 2))
        icon = "shuffle" if "random" in self._chip else "file"
        draw_icon(painter, icon, "text2", QPointF(chip.left() + theme.px(15), chip.center().y()), 13)
        painter.setPen(theme.color("text2"))
        draw_text(painter, chip.adjusted(theme.px(26), 0, -theme.px(8), 0), self._chip, LEFT)

    # Qt's own names

    def hitButton(self, pos: QPoint) -> bool:  # noqa: N802
        """The whole card is the button."""
        return self.rect().contains(pos)

    def sizeHint(self) -> QSize:
        """High enough for its rows at the text size in force."""
        return QSize(226, theme.px(11 + 40 + 2 + 20 * len(self._rows()) + 5 + 22) + 12)

    def minimumSizeHint(self) -> QSize:
        """Four fit beside each other in the smallest window."""
        return QSize(190, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card."""
        painter = QPainter(self)
        self._paint(painter)
        painter.end()
