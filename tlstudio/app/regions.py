"""The regions of the window: where the focus goes with F6, and when a region is pointed at."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def focus_next(window: QWidget, regions: Sequence[QWidget]) -> None:
    """Give the focus to the region after the one that has it; only visible ones count."""
    shown = [region for region in regions if region.isVisible()]
    focus = QApplication.focusWidget()
    around = [number for number, part in enumerate(shown) if focus and part.isAncestorOf(focus)]
    focus_first(window, shown[((around[0] if around else -1) + 1) % len(shown)])


def focus_first(window: QWidget, region: QWidget) -> None:
    """Give the focus to the region's first control that takes it, with the ring that shows where it is."""
    window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    for child in region.findChildren(QWidget):
        if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus:
            child.setFocus(Qt.FocusReason.TabFocusReason)
            return
