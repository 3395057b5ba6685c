"""A card to choose one backbone by, with grey meters to compare it with its neighbours."""

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget

from tlstudio.amounts import percent
from tlstudio.app import theme
from tlstudio.app.widgets.amounts import file_size
from tlstudio.app.widgets.brush import LEFT, RIGHT, draw_icon, draw_text, rounded
from tlstudio.app.widgets.buttons import IconButton
from tlstudio.app.widgets.chip import TONES
from tlstudio.app.widgets.network_words import (
    SUGGESTED,
    ChipWords,
    NetworkFacts,
    about_weights,
    accuracy_reason,
    done_of,
    size_bytes,
    speed_number,
    speed_words,
    state_chip,
)
from tlstudio.app.widgets.progress_bar import ProgressBar
from tlstudio.model.backbone import Backbone

LOWEST_ACCURACY, HIGHEST_ACCURACY = 0.60, 0.90  # the meter's ends: what networks of this kind reach
LARGEST_BYTES = 120_000_000
CHIP_PX, CHIP_GAP_PX = 22, 5

Row = tuple[str, float | None, str, str]
"""Name, filled share of the meter or None for none, value, words in place of a meter."""


class NetworkCard(QRadioButton):
    """A painted radio button: screen readers and arrow keys treat it as one.

    Attributes:
        facts: what it shows.

    Signals:
        cancelled: the user stopped the download that it shows.
    """

    cancelled = Signal()

    def __init__(self, backbone: Backbone, facts: NetworkFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.backbone = backbone
        self.facts = facts
        self._is_short = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setText(f"{backbone.good_for}, {backbone.title}")  # read out, not painted
        self.bar = ProgressBar(f"Download of {backbone.title}")
        self.bar.setParent(self)
        self.cancel = IconButton("x", f"Stop the download of {backbone.title}; what has come is kept")
        self.cancel.setParent(self)
        self.cancel.clicked.connect(self.cancelled)
        self.show_facts(facts)
        theme.watcher().changed.connect(self.updateGeometry)
        theme.watcher().changed.connect(self.update)

    def show_facts(self, facts: NetworkFacts) -> None:
        """Show what is so now."""
        self.facts = facts
        loading = self._loading() is not None
        if loading and facts.download is not None:
            self.bar.set_fraction(facts.download.fraction)
        self.bar.setVisible(loading)
        self.cancel.setVisible(loading)
        self._place_parts()
        self._describe()
        self.update()

    def shorten(self, is_short: bool) -> None:  # noqa: FBT001 (one plain state)
        """Drop the last meter row where the window is low."""
        if is_short != self._is_short:
            self._is_short = is_short
            self.updateGeometry()
            self._place_parts()
            self.update()

    def meters(self) -> list[Row]:
        """Accuracy, speed and size."""
        backbone = self.backbone
        accuracy = backbone.imagenet_accuracy
        size = size_bytes(backbone)
        reach = HIGHEST_ACCURACY - LOWEST_ACCURACY
        accurate: Row = ("Accuracy", None, "–", accuracy_reason(backbone))
        if accuracy is not None:
            accurate = ("Accuracy", _within((accuracy - LOWEST_ACCURACY) / reach), percent(accuracy), "")
        filled, word = speed_words(self.facts)
        fast: Row = ("Speed", None, "", word) if filled is None else ("Speed", filled, word, "")
        return [accurate, fast, ("Size", _within(size / LARGEST_BYTES), file_size(size), "")]

    def chips(self) -> list[ChipWords]:
        """What stands under the meters."""
        return [state_chip(self.facts), *([SUGGESTED] if self.facts.suggestion else [])]

    def _loading(self) -> str | None:
        """How far the download is, or None if none runs."""
        download = self.facts.download
        if download is None or not download.is_running:
            return None
        return done_of(download) if download.done_bytes else "Starting…"

    def _describe(self) -> None:
        loading = self._loading()
        state = f"Downloading, {loading}" if loading else state_chip(self.facts).texts[0]
        said = [", ".join(f"{name} {words or value}" for name, _, value, words in self.meters()), state]
        if self.facts.suggestion:
            said.append(f"Suggested: {self.facts.suggestion}".removesuffix("."))
        self.setAccessibleDescription(". ".join(said) + ".")
        tip = [
            f"{self.backbone.good_for}: {self.backbone.title} ({self.backbone.name})",
            about_weights(self.backbone),
            f"Speed on this computer: {speed_number(self.facts.speed)}",
        ]
        if self.backbone.imagenet_accuracy is not None:
            tip.append(f"Accuracy on everyday photos (ImageNet): {percent(self.backbone.imagenet_accuracy)}")
        if self.facts.suggestion:
            tip.append(f"Suggested: {self.facts.suggestion}")
        self.setToolTip("\n".join(tip))

    # Painting

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(14, theme.px(11), -14, -12)

    def _chip_row(self) -> QRectF:
        room, row = self._room(), theme.px(20)
        top = room.top() + (2 + len(self._rows())) * row + 2 + 5
        return QRectF(room.left(), top, room.width(), theme.px(CHIP_PX))

    def _place_parts(self) -> None:
        row = self._chip_row()
        side = self.cancel.width()
        self.cancel.move(
            round(row.right() - side + theme.px(7)), round(row.center().y() - self.cancel.height() / 2)
        )
        words = QFontMetricsF(theme.font("help_medium")).horizontalAdvance("100 of 100 MB") + 10
        high = self.bar.sizeHint().height()
        self.bar.setGeometry(
            round(row.left() + words),
            round(row.center().y() - high / 2),
            max(20, round(row.width() - words - side + theme.px(4))),
            high,
        )

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
        room = self._room()
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
        for meter in self._rows():
            self._paint_meter(painter, QRectF(room.left(), top, room.width(), row), meter)
            top += row
        loading = self._loading()
        if loading is None:
            self._paint_chips(painter, self._chip_row())
        else:
            painter.setFont(theme.font("help_medium"))
            painter.setPen(theme.color("text"))
            draw_text(painter, self._chip_row(), loading, LEFT)

    def _rows(self) -> list[Row]:
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

    def _paint_meter(self, painter: QPainter, row: QRectF, meter: Row) -> None:
        name, share, value, words = meter
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color("text2"))
        draw_text(painter, row, name, LEFT)
        names = QFontMetricsF(theme.font("help")).horizontalAdvance("Accuracy") + 10
        if words:
            painter.setPen(theme.color("text3"))
            value_width = QFontMetricsF(theme.font("help_medium")).horizontalAdvance(value)
            left = row.adjusted(names, 0, -value_width - (8 if value else 0), 0)
            if not value or QFontMetricsF(painter.font()).horizontalAdvance(words) <= left.width():
                draw_text(painter, left, words, RIGHT)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("help_medium"))
        draw_text(painter, row, value, RIGHT)
        if share is None:
            return
        bar = QRectF(row.left() + names, row.center().y() - 2, row.width() - names - theme.px(58), 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("border"))
        painter.drawPath(rounded(bar, 2))
        if share > 0:
            painter.setBrush(theme.color("text2"))
            painter.drawPath(rounded(QRectF(bar.left(), bar.top(), max(4.0, bar.width() * share), 4), 2))

    def _paint_chips(self, painter: QPainter, room: QRectF) -> None:
        painter.setFont(theme.font("help_medium"))
        left = room.left()
        for chip, text in zip(self.chips(), fitting(self.chips(), room.width()), strict=True):
            width = min(chip_width(text), room.right() - left)
            place = QRectF(left, room.top(), width, room.height())
            ground, letters = TONES[chip.tone]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(ground))
            painter.drawPath(rounded(place, place.height() / 2))
            icon_x = place.left() + (theme.px(14) if text else width / 2)
            draw_icon(painter, chip.icon, letters, QPointF(icon_x, place.center().y()), 13)
            painter.setPen(theme.color(letters))
            draw_text(painter, place.adjusted(theme.px(24), 0, -theme.px(6), 0), text, LEFT)
            left += width + theme.px(CHIP_GAP_PX)

    # Qt's own names

    def hitButton(self, pos: QPoint) -> bool:  # noqa: N802
        """The whole card is the button."""
        return self.rect().contains(pos)

    def sizeHint(self) -> QSize:
        """High enough for its rows at the text size in force."""
        return QSize(226, theme.px(11 + 40 + 2 + 20 * len(self._rows()) + 5 + CHIP_PX) + 12)

    def minimumSizeHint(self) -> QSize:
        """Four fit beside each other in the smallest window."""
        return QSize(190, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the download's parts in their row."""
        super().resizeEvent(event)
        self._place_parts()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card."""
        painter = QPainter(self)
        self._paint(painter)
        painter.end()


def chip_width(text: str) -> float:
    """Of a chip with that text, or with its icon alone."""
    if not text:
        return theme.px(30)
    return QFontMetricsF(theme.font("help_medium")).horizontalAdvance(text) + theme.px(33)


def fitting(chips: list[ChipWords], room: float) -> list[str]:
    """The longest texts with which all chips fit beside each other; the last one gives way last."""
    gaps = theme.px(CHIP_GAP_PX) * (len(chips) - 1)
    if len(chips) == 1:
        ways = [[text] for text in chips[0].texts]
    else:
        first, last = chips
        ways = [[text, other] for other in last.texts for text in first.texts]
    return next((way for way in ways if sum(map(chip_width, way)) + gaps <= room), ways[-1])


def _within(share: float) -> float:
    return min(1.0, max(0.0, share))
