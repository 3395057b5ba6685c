"""One entry of the rail: a step with its circle and second line, or a plain link with an icon."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from tlstudio.app import theme
from tlstudio.app.overview import StepState

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter


class RailEntry(QAbstractButton):
    """What all entries share: the white ground when chosen or hovered, and the folded form."""

    height_px = 36

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_folded = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.watcher().changed.connect(self._restyle)

    def fold(self, *, is_folded: bool) -> None:
        """Show icon or number only, or everything."""
        self._is_folded = is_folded
        self.setToolTip(self.accessibleName() if is_folded else "")
        self.update()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def _paint_ground(self, painter: QPainter) -> None:
        place = QRectF(self.rect()).adjusted(0.5, 2.5, -0.5, -2.5)
        radius = theme.px(8)
        if self.isChecked():
            painter.setPen(QPen(theme.color("border"), 1))
            painter.setBrush(theme.color("card"))
            painter.drawRoundedRect(place, radius, radius)
        elif self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("border"))
            painter.drawRoundedRect(place, radius, radius)

    def sizeHint(self) -> QSize:
        """As high as the design says."""
        return QSize(theme.px(48), theme.px(self.height_px))

    def minimumSizeHint(self) -> QSize:
        """The folded form."""
        return self.sizeHint()


class RailLink(RailEntry):
    """An icon and a word, with a count behind it where there is something to count."""

    def __init__(self, text: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self._icon = icon
        self._count = 0

    def show_count(self, count: int) -> None:
        """Show how many there are; nothing for none."""
        if count != self._count:
            self._count = count
            self.setAccessibleName(f"{self.text()}, {count:,}" if count else self.text())
            self.fold(is_folded=self._is_folded)

    def show_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the colours in force."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        side = theme.px(18)
        left = (self.width() - side) // 2 if self._is_folded else theme.px(13)
        shade = "accent_text" if self.isChecked() else "text2"
        picture = theme.pixmap(self._icon, shade, side, self.devicePixelRatioF())
        painter.drawPixmap(left, (self.height() - side) // 2, picture)
        if self._is_folded:
            return
        font = theme.font("body_medium")
        if self.isChecked():
            font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.color("text" if self.isChecked() else shade))
        start = theme.px(44)
        place = QRectF(start, 0, self.width() - start - theme.px(12), self.height())
        painter.drawText(place, LEFT, self.text())
        if self._count:
            painter.setFont(theme.font("help"))
            painter.setPen(theme.color("text2"))
            painter.drawText(place, RIGHT, f"{self._count:,}")


class RailStep(RailEntry):
    """A step of the wizard: its state is told by the circle's shape, not by colour alone."""

    height_px = 54

    def __init__(self, number: int, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self._count = count
        self._state = StepState("", "", "")
        self.setCheckable(True)

    @property
    def state(self) -> StepState:
        """What it shows."""
        return self._state

    def show_state(self, state: StepState) -> None:
        """Show another state."""
        if state == self._state:
            return
        self._state = state
        self.setText(state.title)
        self.setAccessibleName(f"Step {self._number}, {state.title}: {state.summary}")
        self.setAccessibleDescription(state.mark)
        self.fold(is_folded=self._is_folded)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the colours in force."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QPointF(self.width() / 2 if self._is_folded else theme.px(22), self.height() / 2)
        self._paint_line(painter, centre)
        self._paint_ground(painter)
        self._paint_circle(painter, centre)
        if not self._is_folded:
            self._paint_words(painter)

    def _paint_line(self, painter: QPainter, centre: QPointF) -> None:
        painter.setPen(QPen(theme.color("border"), 1.5))
        reach = theme.px(13)
        if self._number > 1:
            painter.drawLine(QPointF(centre.x(), 0), QPointF(centre.x(), centre.y() - reach))
        if self._number < self._count:
            painter.drawLine(QPointF(centre.x(), centre.y() + reach), QPointF(centre.x(), self.height()))

    def _paint_circle(self, painter: QPainter, centre: QPointF) -> None:
        radius, mark = theme.px(12), self._state.mark
        ground, edge, letters = _circle_tokens(mark, is_chosen=self.isChecked())
        painter.setPen(QPen(theme.color(edge), 1.5) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(ground) if ground else QColor(Qt.GlobalColor.transparent))
        painter.drawEllipse(centre, radius, radius)
        if mark == "running":
            self._paint_arc(painter, centre, radius)
        if mark == "done" and not self.isChecked():
            self._paint_icon(painter, "check-bold", letters, centre, 13)
            return
        font = theme.font("help_medium")
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.color(letters))
        painter.drawText(QRectF(centre.x() - 20, centre.y() - 20, 40, 40), CENTRE, str(self._number))

    def _paint_arc(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        reach = radius + (theme.px(3) if self.isChecked() else 0)
        place = QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach)
        painter.setPen(QPen(theme.color("accent_soft2"), 2.5))
        painter.drawEllipse(place)
        painter.setPen(QPen(theme.color("accent"), 2.5))
        share = 0.12 if self._state.fraction is None else max(self._state.fraction, 0.03)
        painter.drawArc(place, 90 * 16, -round(360 * 16 * share))

    def _paint_icon(self, painter: QPainter, name: str, token: str, centre: QPointF, size: int) -> None:
        side = theme.px(size)
        picture = theme.pixmap(name, token, side, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(round(centre.x() - side / 2), round(centre.y() - side / 2)), picture)

    def _paint_words(self, painter: QPainter) -> None:
        left, mark = theme.px(46), self._state.mark
        room = self.width() - left - theme.px(8)
        if mark == "look at it":
            room -= theme.px(20)
            at = QPointF(self.width() - theme.px(17), self.height() / 2 - theme.px(9))
            self._paint_icon(painter, "warning-fill", "warn", at, 15)
        painter.setFont(theme.font("card") if self.isChecked() else _medium())
        painter.setPen(theme.color("text3" if mark == "locked" and not self.isChecked() else "text"))
        middle, half = self.height() / 2, theme.px(18)
        painter.drawText(QRectF(left, middle - half, room, half), LEFT, self._state.title)
        painter.setFont(theme.font("help"))
        painter.setPen(theme.color("text3" if mark == "locked" else "text2"))
        room = self.width() - left - theme.px(6)
        shown = QFontMetricsF(painter.font()).elidedText(
            self._state.summary, Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(QRectF(left, middle, room, half), LEFT, shown)


def _circle_tokens(mark: str, *, is_chosen: bool) -> tuple[str, str, str]:
    """Ground, edge and letters of the circle; empty for none."""
    if is_chosen:
        return "accent", "", "on_accent"
    if mark == "done":
        return "accent_soft2", "", "accent_text"
    if mark == "running":
        return "window", "", "accent_text"
    if mark == "locked":
        return "window", "border", "text3"
    return "window", "border_strong", "text2"


def _medium() -> QFont:
    font = theme.font("card")
    font.setWeight(QFont.Weight.Medium)
    return font
