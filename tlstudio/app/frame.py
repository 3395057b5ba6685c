"""How the rail, the message, the page and the dock share the window's room."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.message_bar import MessageBar
from tlstudio.app.widgets.rail import WIDTH as RAIL_WIDTH
from tlstudio.app.widgets.rail import Rail

FOLD_BELOW = 1280
DOCK_WIDTH = 336


class Frame(QWidget):
    """Everything within the window.

    Attributes:
        rail: on the left.
        message: of the window itself, above the page.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rail = Rail()
        self.message = MessageBar()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        self._message_row = QHBoxLayout()
        self._message_row.addWidget(self.message)
        self._column.addLayout(self._message_row)
        self._row.addWidget(self.rail)
        self._row.addLayout(self._column, 1)

    def add_page(self, page: QWidget) -> None:
        """Give it the place in the middle; which one is shown the window decides."""
        self._column.addWidget(page, 1)

    def arrange(self, page_width: int, footer_height: int, dock: QWidget | None) -> None:
        """Fold the rail and place the dock as the width allows.

        Args:
            page_width: that the page needs, in pixels.
            footer_height: of the page, in pixels; a dock above the page leaves its next step to be seen.
            dock: a child of this frame; None before it is first shown.
        """
        width = self.width()
        is_dock_shown = dock is not None and not dock.isHidden()
        dock_width = theme.px(DOCK_WIDTH) if is_dock_shown else 0
        has_room = width - theme.px(RAIL_WIDTH) - dock_width >= page_width
        is_folded = width < theme.px(FOLD_BELOW) or not has_room
        if is_folded != self.rail.is_folded:
            self.rail.fold(is_folded=is_folded)
        # Where both do not fit, the dock floats over the page's right side.
        is_beside = is_dock_shown and width - self.rail.maximumWidth() - dock_width >= page_width
        self._row.setContentsMargins(0, 0, dock_width if is_beside else 0, 0)
        gap = 0 if self.message.isHidden() else theme.px(12)
        self._message_row.setContentsMargins(theme.px(28), gap, theme.px(28), 0)
        if is_dock_shown and dock is not None:
            dock_height = self.height() if is_beside else self.height() - footer_height
            dock.setGeometry(width - dock_width, 0, dock_width, dock_height)
            dock.raise_()
