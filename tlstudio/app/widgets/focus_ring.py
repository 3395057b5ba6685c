"""The ring around what has the keyboard's focus, shown only after keyboard use."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

from tlstudio.app import theme

GAP = 2
LINE = 2


class FocusRing(QWidget):
    """One transparent overlay for a window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._target: QWidget | None = None
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)
        window.installEventFilter(self)
        theme.watcher().changed.connect(self.update)
        self.setGeometry(window.rect())
        self.hide()

    @property
    def target(self) -> QWidget | None:
        """What the ring is around, or None while it is not shown."""
        return self._target

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        del old
        window = self.window()
        is_shown = (
            new is not None
            and new.window() is window
            and window.testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
            and not isinstance(new, QScrollArea)
        )
        if self._target is not None:
            self._target.removeEventFilter(self)
        self._target = new if is_shown else None
        if self._target is not None:
            self._target.installEventFilter(self)
            self.setGeometry(window.rect())
            self.raise_()
        self.setVisible(self._target is not None)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Stay in place when the window changes."""
        kinds = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.LayoutRequest, QEvent.Type.Hide)
        if event.type() in kinds:
            if watched is self.parent():
                self.setGeometry(self.window().rect())
            if watched is self._target and event.type() == QEvent.Type.Hide:
                self._target = None
                self.hide()
            self.update()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the colours in force."""
        del event
        target = self._target
        if target is None or not target.isVisible():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("focus"), LINE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        corner = target.mapTo(self.window(), QPoint(0, 0))
        reach = 0 if _has_ring_on_edge(target) else GAP + LINE / 2
        place = QRectF(QRect(corner, target.size())).adjusted(-reach, -reach, reach, reach)
        radius = theme.px(7) + reach
        painter.setClipRect(_visible_part(target, self.window()).adjusted(-5, -5, 5, 5))
        painter.drawRoundedRect(place, radius, radius)


def _has_ring_on_edge(target: QWidget) -> bool:
    """Views and fields have an edge; one whose letters start at it says `ring_outside`."""
    has_edge = isinstance(target, (QAbstractItemView, QLineEdit, QPlainTextEdit))
    return has_edge and not getattr(target, "ring_outside", False)


def _visible_part(target: QWidget, window: QWidget) -> QRect:
    """Where the scroll area around it, if any, lets it be seen; in the window's coordinates."""
    part = window.rect()
    parent = target.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent.parentWidget(), QScrollArea):
            part = part.intersected(QRect(parent.mapTo(window, QPoint(0, 0)), parent.size()))
        parent = parent.parentWidget()
    return part
