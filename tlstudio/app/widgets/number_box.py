"""Fields for numbers: a little air before the digits, which the style sheet can't give them."""

from typing import TypeVar

from PySide6.QtWidgets import QAbstractSpinBox

from tlstudio.app import theme

INSET_PX = 8

Box = TypeVar("Box", bound=QAbstractSpinBox)


def inset(box: Box) -> Box:
    """The field, its digits as far from the edge as the words of other fields."""
    # Qt leaves out the padding of a line edit without a frame, which is what stands in a spin box.
    box.lineEdit().setTextMargins(theme.px(INSET_PX), 0, 0, 0)
    return box
