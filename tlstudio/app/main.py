"""Starts the window, and ends everything in one way."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from tlstudio import __version__
from tlstudio.app import preferences, theme
from tlstudio.app.collecting import Collector
from tlstudio.app.widgets.rail import paint_mark
from tlstudio.app.window import Window
from tlstudio.run.details import details_of
from tlstudio.run.process import StepProcess


def main(project: Path | None) -> int:
    """Show the window until it is closed.

    Args:
        project: the folder of a project to open, or None for Home.

    Returns:
        The exit status.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("TL Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("tlstudio")
    chosen = preferences.load()
    theme.apply(app, chosen.theme, chosen.text_percent)
    collector = Collector()
    window = Window()
    app.setWindowIcon(_program_icon())
    faults = Faults(window)
    sys.excepthook = faults.met
    start = AfterFirstPaint(window, lambda: _after_first_paint(window, project))
    window.show()
    try:
        return app.exec()
    finally:
        # However it ends: no child, no thread and no lock is left behind.
        start.forget()
        window.close()
        window.session.end()
        StepProcess.cool()
        collector.end()
        sys.excepthook = sys.__excepthook__


def _after_first_paint(window: Window, project: Path | None) -> None:
    window.prepare()
    if project is not None:
        window.open_project(project)
    StepProcess.warm()
    window.session.step_ended.connect(_warm_again)
    window.session.errands.ended.connect(_warm_again)


def _warm_again(_step: str) -> None:
    StepProcess.warm()


def _program_icon() -> QIcon:
    picture = QPixmap(128, 128)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_mark(painter, QRectF(4, 4, 120, 120))
    painter.end()
    return QIcon(picture)


class AfterFirstPaint(QObject):
    """Does something once, when the window has been painted and the user sees it."""

    def __init__(self, window: QWidget, act: Callable[[], None]) -> None:
        super().__init__(window)
        self._window = window
        self._act: Callable[[], None] | None = act
        window.installEventFilter(self)

    def forget(self) -> None:
        """Do nothing any more."""
        self._act = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Wait for the first paint."""
        if event.type() == QEvent.Type.Paint and watched is self._window:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self, self._run)
        return False

    def _run(self) -> None:
        act, self._act = self._act, None
        if act is not None:
            act()


class Faults(QObject):
    """Shows a fault of the program instead of ending it; one dialog at a time."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._is_shown = False

    def met(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        """Tell of an exception that nobody caught."""
        sys.__excepthook__(kind, error, where)
        if self._is_shown or not isinstance(error, Exception):
            return
        from tlstudio.app.widgets.crash_dialog import CrashDialog  # noqa: PLC0415 - only if ever

        self._is_shown = True
        try:
            CrashDialog(details_of(error), self._window).exec()
        finally:
            self._is_shown = False
