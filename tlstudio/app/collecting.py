"""Garbage is collected in the window's thread only, where widgets may be destroyed."""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MILLISECONDS = 1000


class Collector(QObject):
    """Takes the place of Python's own collector while the window lives.

    Python collects in whatever thread happens to allocate. A worker thread would then destroy the widgets
    of a closed dialog, which Qt does not allow outside the window's thread.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MILLISECONDS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def end(self) -> None:
        """Give the work back to Python."""
        self._timer.stop()
        gc.enable()

    def _collect(self) -> None:
        """Collect as many generations as are due by Python's own thresholds."""
        for generation in (2, 1, 0):
            threshold = gc.get_threshold()[generation]
            if threshold and gc.get_count()[generation] > threshold:
                gc.collect(generation)
                return
