"""Every class as a bar, the most probable first."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.brush import LEFT, RIGHT, bold, draw_name, draw_text, rounded

ROW_PX = 30
BAR_PX = 8
GAP_PX = 14


def sureness(probability: float) -> str:
    """A probability as "97%", "< 1%" or "> 99%": one answer is never certain, whatever its digits say."""
    if probability < 0.01:
        return "< 1%"
    return "> 99%" if probability > 0.99 else f"{probability * 100:.0f}%"


def ranked(probabilities: Mapping[str, float]) -> list[tuple[str, float]]:
    """Classes and their probabilities, the most probable first; equals stay in their order."""
    return sorted(probabilities.items(), key=lambda pair: -pair[1])


class ProbabilityBars(QWidget):
    """A painted list of bars, one for each class."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[str, float]] = []
        self._is_waiting = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Probability of each class")
        theme.watcher().changed.connect(self._restyle)

    def show_probabilities(self, probabilities: Mapping[str, float]) -> None:
        """Show one answer."""
        self.show_ranked(ranked(probabilities))

    def show_ranked(self, rows: Sequence[tuple[str, float]]) -> None:
        """Show one answer that is in order already; two classes may have one name."""
        self._rows, self._is_waiting = list(rows), False
        spoken = [f"{name}, {sureness(probability)}" for name, probability in self._rows]
        self.setAccessibleDescription(". ".join(spoken))
        self._restyle()

    def wait(self) -> None:
        """Empty the bars until the next answer comes; the classes stay, so that nothing jumps."""
        self._is_waiting = True
        self.setAccessibleDescription("")
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._rows = []
        self._restyle()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names = QFontMetrics(bold("help_medium"))
        widest = max((names.horizontalAdvance(name) for name, _ in self._rows), default=0)
        name_px = min(widest + 2, self.width() * 45 // 100)
        figure_px = names.horizontalAdvance("> 99%") + 2
        for place, (name, probability) in enumerate(self._rows):
            line = QRectF(0, place * theme.px(ROW_PX), self.width(), theme.px(ROW_PX))
            is_first = place == 0 and not self._is_waiting
            painter.setFont(bold("help_medium") if is_first else theme.font("help"))
            painter.setPen(theme.color("text" if is_first else "text2"))
            draw_name(painter, QRectF(line.left(), line.top(), name_px, line.height()), name, LEFT)
            figure = "" if self._is_waiting else sureness(probability)
            draw_text(
                painter, QRectF(line.right() - figure_px, line.top(), figure_px, line.height()), figure, RIGHT
            )
            left = line.left() + name_px + GAP_PX
            track = QRectF(
                left,
                line.center().y() - BAR_PX / 2,
                line.right() - figure_px - GAP_PX / 2 - left,
                BAR_PX,
            )
            self._paint_bar(painter, track, probability, is_first=is_first)

    def _paint_bar(self, painter: QPainter, track: QRectF, probability: float, *, is_first: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillPath(rounded(track, BAR_PX / 2), theme.color("hover"))
        if self._is_waiting:
            return
        # A stub stays for the least probable class: it was considered.
        filled = QRectF(track.topLeft(), track.size())
        filled.setWidth(max(BAR_PX * 0.6, track.width() * min(1.0, probability)))
        radius = min(BAR_PX, filled.width()) / 2
        painter.fillPath(rounded(filled, radius), theme.color("accent" if is_first else "s_train"))

    # Qt's own names

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(theme.px(260), theme.px(ROW_PX) * len(self._rows))

    def minimumSizeHint(self) -> QSize:
        """No row is cut; long names are."""
        return QSize(theme.px(160), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rows."""
        painter = QPainter(self)
        self._paint(painter)
        painter.end()
