"""Three folders with pictures in them, painted: what a good drop looks like."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.brush import CENTRE, bold, rounded

NAMES = ("Neutrophil", "Lymphocyte", "Blast cell")
FOLDER = QSize(120, 94)
GAP = 16
SHEETS = ((-31.0, -7.0), (31.0, 7.0), (0.0, 0.0))
"""Sideways and turned by so many degrees, the one in front last."""

BLOBS: tuple[tuple[tuple[float, float, float], ...], ...] = (
    ((-7, -5, 6), (5, 0, 6.5), (-3, 8, 5.5)),
    ((0, 0, 10),),
    ((0, 0, 15),),
)
"""Nuclei on the pictures of each folder: place and radius."""


class FolderArt(QWidget):
    """Decorates the drop area; a screen reader skips it."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.watcher().changed.connect(self.update)

    def _paint_folder(self, painter: QPainter, left: float, kind: int) -> None:
        place = QRectF(left, 4, FOLDER.width(), FOLDER.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_soft2"))
        painter.drawPath(rounded(QRectF(place.left(), place.top(), 46, 30), 5))
        painter.drawPath(rounded(place.adjusted(0, 10, 0, 0), 7))
        for aside, turn in SHEETS:
            painter.save()
            painter.translate(place.center().x() + aside, place.top() + 36)
            painter.rotate(turn)
            self._paint_sheet(painter, kind)
            painter.restore()
        front = QRectF(place.left(), place.top() + 46, place.width(), place.height() - 46)
        painter.setPen(QPen(theme.color("accent_soft2"), 1))
        painter.setBrush(theme.color("accent_soft"))
        painter.drawPath(rounded(front, 7))
        painter.setFont(bold("help_medium"))
        painter.setPen(theme.color("accent_text"))
        painter.drawText(front, CENTRE, NAMES[kind])

    def _paint_sheet(self, painter: QPainter, kind: int) -> None:
        sheet = QRectF(-25, -34, 50, 58)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("card"))
        painter.drawPath(rounded(sheet, 3))
        picture = sheet.adjusted(3, 3, -3, -3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("bad_soft"))
        painter.drawRect(picture)
        painter.save()
        painter.setClipRect(picture)
        painter.setBrush(theme.color("warm"))
        for x, y in ((-20.0, -24.0), (21.0, -14.0), (-22.0, 12.0)):
            painter.drawEllipse(QPointF(x, y), 9, 9)
        painter.setBrush(theme.color("accent_soft2"))
        painter.drawEllipse(QPointF(0, -8), 17, 17)
        painter.setBrush(theme.color("accent"))
        for x, y, radius in BLOBS[kind]:
            painter.drawEllipse(QPointF(x, y - 8), radius, radius)
        painter.restore()

    # Qt's own names

    def sizeHint(self) -> QSize:
        """Three folders side by side."""
        return QSize(3 * FOLDER.width() + 2 * GAP + 2, FOLDER.height() + 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the folders."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for kind in range(len(NAMES)):
            self._paint_folder(painter, 1 + kind * (FOLDER.width() + GAP), kind)
        painter.end()
