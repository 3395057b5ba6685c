"""Wrapped labels that take the height their width really needs."""

from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


def measure_by_width(widget: QWidget) -> None:
    """Let the wrapped labels inside be measured at the width that they get.

    With a vertical policy of Minimum, Qt takes their height at a width of its own choosing, two or three
    lines for one, and the page scrolls over empty space.
    """
    for label in widget.findChildren(QLabel):
        if label.wordWrap():
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
