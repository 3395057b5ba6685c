"""A page of the wizard: header, body that scrolls, footer with the one next step."""

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.session import Session
from tlstudio.app.widgets.buttons import Button
from tlstudio.app.widgets.chip import Chip
from tlstudio.app.widgets.labels import Label
from tlstudio.app.widgets.message_bar import MessageBar
from tlstudio.events import Event

CONTENT_WIDTH = 1320
FOOTER_HEIGHT = 58
SAVED = "All changes saved"
STATUS_ICONS: dict[str, str] = {SAVED: "check"}
STATUS_TOKENS: dict[str, str] = {"star-fill": "s_val"}
MAX_ACTIONS = 2


class Page(QWidget):
    """What every page has; subclasses fill the body and answer `refresh` and `take`.

    Attributes:
        name: data, model, train, evaluate, export or home.
        title: in the header.
        purpose: one sentence below it.
        session: what the page shows and changes.
        body: the layout of its content, in a vertical scroll area.
        message: at the top of the body.

    Signals:
        went: the page asks for another: "data", …, "export", "home" or "try".
        primary_pressed: the one filled button of the footer.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    purpose: ClassVar[str] = ""
    title_role: ClassVar[str] = "title"

    went = Signal(str)
    primary_pressed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.session = session
        self._chip: Chip | None = None
        self._back_to: str | None = None
        self._make_header()
        self._make_body()
        self._make_footer()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._footer)
        theme.watcher().changed.connect(self._restyle)
        self._restyle()
        session.project_changed.connect(self._project_changed)
        session.reported.connect(self._reported)

    def _make_header(self) -> None:
        self._header = QWidget()
        self._heading = Label(self.title, self.title_role)
        self._purpose = Label(self.purpose, "body", "text2", wrap=True)
        self._first_line = QHBoxLayout()
        self._first_line.addWidget(self._heading)
        self._first_line.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(self._first_line)
        words.addWidget(self._purpose)
        self._actions = QHBoxLayout()
        row = QHBoxLayout(self._header)
        row.addLayout(words, 1)
        row.addLayout(self._actions)
        self._header_row = row
        self._header.setMaximumWidth(CONTENT_WIDTH + 56)

    def _make_body(self) -> None:
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._leave_room_for_scroll_bar)
        outer = self._outer = QWidget()
        outer.setObjectName("page_body")
        outer.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        inner = QWidget()
        inner.setMaximumWidth(CONTENT_WIDTH + 56)
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        centred = QHBoxLayout(outer)
        centred.setContentsMargins(0, 0, 0, 0)
        centred.addWidget(inner)
        self._column = QVBoxLayout(inner)
        self.message = MessageBar()
        self.body = QVBoxLayout()
        self._column.addWidget(self.message)
        self._column.addLayout(self.body, 1)
        self._scroll.setWidget(outer)

    def _make_footer(self) -> None:
        self._footer = QWidget()
        self._footer.setObjectName("footer")
        self._footer.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._status_icon = Label()
        self._status_name = "info"
        self._status = Label("", "help", "text2")
        self._help = Label("", "help", "text2")
        self._back = Button("Back")
        self._back.clicked.connect(self._go_back)
        self.primary = Button("", "primary")
        self.primary.clicked.connect(self.primary_pressed)
        row = QHBoxLayout(self._footer)
        row.addWidget(self._status_icon)
        row.addWidget(self._status)
        row.addStretch(1)
        for part in (self._help, self._back, self.primary):
            row.addWidget(part)
        self._footer_row = row
        self._footer.hide()

    def refresh(self) -> None:
        """The project has changed, or the page is shown: show what is so now."""

    def take(self, event: Event) -> None:
        """A running step reported something."""

    def take_drop(self, paths: list[Path]) -> bool:
        """Something was dropped on the window or pasted; whether the page has a use for it."""
        del paths
        return False

    def light_up(self, *, is_over: bool) -> None:
        """Something that could be dropped is over the window, or no longer."""

    def leave(self) -> None:
        """The window closes: end whatever works in the background."""

    def add_action(self, button: QPushButton) -> None:
        """Put a secondary button into the header, two at most."""
        assert self._actions.count() < MAX_ACTIONS + 1  # noqa: S101 - a rule of the design
        self._actions.addWidget(button)

    def add_footer_action(self, button: QPushButton) -> None:
        """Put a button beside the filled one, for what is done to the thing that the status names."""
        self._footer_row.insertWidget(self._footer_row.indexOf(self._back), button)

    def set_chip(self, chip: Chip | None) -> None:
        """Show a state beside the title."""
        if self._chip is chip:
            return
        if self._chip is not None:
            self._chip.hide()
            self._chip.deleteLater()
        self._chip = chip
        if chip is not None:
            self._first_line.insertWidget(1, chip, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_purpose(self, text: str) -> None:
        """Change the sentence below the title."""
        self._purpose.setText(text)

    def footer(
        self,
        status: str = "",
        help: str = "",  # noqa: A002 - the word of the design
        primary: str = "",
        primary_icon: str = "",
        enabled: bool = True,  # noqa: FBT001, FBT002
        back: str | None = None,
        status_icon: str = "",
    ) -> None:
        """Show the footer; all of it is said anew.

        Args:
            status: what is going on, at the left.
            help: a line beside the button, such as why it is not available.
            primary: words of the one filled button; empty for none.
            primary_icon: before the words; "arrow-right" stands behind them.
            enabled: whether the filled button can be pressed.
            back: the page that Back leads to; None for no Back.
            status_icon: before the status, in place of the one that belongs to its words.
        """
        if status == SAVED and self.session.is_read_only:
            status = "Read-only"
        elif status == SAVED and not self.session.is_saved:
            status = "Not saved yet; it is tried again"
        self._footer.show()
        self._status.setText(status)
        self._status_icon.setVisible(bool(status))
        self._status_name = status_icon or STATUS_ICONS.get(status, "info")
        self._help.setText(help)
        self._help.setVisible(bool(help))
        self._back_to = back
        self._back.setVisible(back is not None)
        self.primary.setVisible(bool(primary))
        self.primary.setText(primary)
        self.primary.set_icon(primary_icon)
        self.primary.set_icon_behind(is_behind=primary_icon == "arrow-right")
        self.primary.setEnabled(enabled)
        self.primary.setToolTip("" if enabled else help)
        self._restyle_footer()

    @property
    def footer_height(self) -> int:
        """Of the bar with the next step, in pixels; 0 without one."""
        return 0 if self._footer.isHidden() else self._footer.height()

    def press_primary(self) -> None:
        """Do the next step, as Ctrl+Enter does."""
        if self.primary.isVisible() and self.primary.isEnabled():
            self.primary.animateClick()

    def _go_back(self) -> None:
        if self._back_to is not None:
            self.went.emit(self._back_to)

    def _project_changed(self, project: object) -> None:
        if project is not None and self.isVisible():
            self.refresh()

    def _reported(self, event: object) -> None:
        if isinstance(event, Event):
            self.take(event)

    def _restyle(self) -> None:
        margin = theme.px(28)
        self._header_row.setContentsMargins(margin, theme.px(22), margin, theme.px(10))
        self._actions.setSpacing(theme.px(8))
        self._first_line.setSpacing(theme.px(10))
        self._leave_room_for_scroll_bar()
        self._column.setSpacing(theme.px(12))
        self.body.setSpacing(theme.px(14))
        self._footer.setFixedHeight(theme.px(FOOTER_HEIGHT))
        self._restyle_footer()

    def _leave_room_for_scroll_bar(self, *_range: int) -> None:
        margin, bar = theme.px(28), self._scroll.verticalScrollBar()
        taken = bar.sizeHint().width() if bar.maximum() > 0 else 0
        self._column.setContentsMargins(margin, theme.px(4), margin - taken, theme.px(16))

    def _restyle_footer(self) -> None:
        margin = theme.px(28)
        self._footer_row.setContentsMargins(margin, 0, margin, 0)
        self._footer_row.setSpacing(theme.px(10))
        side, token = theme.px(15), STATUS_TOKENS.get(self._status_name, "text3")
        self._status_icon.setPixmap(theme.pixmap(self._status_name, token, side, self.devicePixelRatioF()))

    def needed_width(self) -> int:
        """The smallest width at which nothing is cut, in pixels."""
        inside = self._outer.minimumSizeHint().width()
        return max(inside, self._header.minimumSizeHint().width(), self._footer.minimumSizeHint().width())

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while it was hidden."""
        super().showEvent(event)
        self.refresh()
