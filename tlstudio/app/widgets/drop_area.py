"""A place that takes dropped files and folders, with room for what it says and offers."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from tlstudio.app import theme

REFUSAL = "Only images and folders can be dropped here"
REFUSAL_MILLISECONDS = 4000


def local_paths(data: QMimeData) -> list[Path]:
    """The local files and folders of a drag or a paste; whatever else it carries is left out."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile() and url.toLocalFile()]


class DropArea(QFrame):
    """A dashed area that lights up while something that it can take is over it.

    Attributes:
        body: the layout for what stands in it.

    Signals:
        dropped: a list of paths.
        hovered: True while something to drop is over it.
        refused: something else was dropped; `message` says why for four seconds.
    """

    dropped = Signal(list)
    hovered = Signal(bool)
    refused = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._is_over = False
        self.message = ""
        self.body = QVBoxLayout(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFUSAL_MILLISECONDS)
        self._timer.timeout.connect(self._forget)
        theme.watcher().changed.connect(self.update)

    @property
    def is_over(self) -> bool:
        """Whether something to drop is over it now."""
        return self._is_over

    def light_up(self, is_over: bool) -> None:  # noqa: FBT001 - a setter
        """Show that a drop anywhere on the window lands here."""
        if is_over != self._is_over:
            self._is_over = is_over
            self.hovered.emit(is_over)
            self.update()

    def _forget(self) -> None:
        self.message = ""
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Light up for files and folders; say why for anything else."""
        # Never touch the disk here: the drag may come from a slow share.
        if local_paths(event.mimeData()):
            event.acceptProposedAction()
            self.light_up(is_over=True)
        else:
            self.message = REFUSAL
            self._timer.start()
            self.refused.emit()
            self.update()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Never touch the disk here."""
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Put the light out."""
        del event
        self.light_up(is_over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Pass the paths on."""
        self.light_up(is_over=False)
        paths = local_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the colours in force."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.color("accent" if self._is_over else "border_strong"), 1.5)
        pen.setDashPattern([5, 3.2])
        painter.setPen(pen)
        painter.setBrush(theme.color("accent_soft" if self._is_over else "card"))
        radius = theme.px(12)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        if self.message:
            painter.setPen(theme.color("bad_text"))
            painter.setFont(theme.font("body_medium"))
            bottom = QRectF(self.rect()).adjusted(0, 0, 0, -theme.px(14))
            painter.drawText(
                bottom, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, self.message
            )
