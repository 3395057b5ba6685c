"""A message in the page, near its cause: what happened, what is safe, what to do."""

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.buttons import Button, IconButton
from tlstudio.app.widgets.labels import Label
from tlstudio.app.widgets.progress_bar import ProgressBar

MessageTone = Literal["accent", "ok", "warn", "bad"]
Action = tuple[str, Callable[[], object]]

ICONS: dict[str, str] = {
    "accent": "lightbulb",
    "ok": "check-circle",
    "warn": "warning",
    "bad": "x-circle",
}


class MessageBar(QFrame):
    """One message at a time; it takes no room while there is none.

    Signals:
        shown_changed: it has come or gone.
    """

    shown_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "message")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._tone: MessageTone = "accent"
        self._picture = Label()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._title = Label("", "body_strong", wrap=True)
        self._text = Label("", "help", "text2", wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._actions = QHBoxLayout()
        self._close = IconButton("x", "Close this message")
        self._close.clicked.connect(self.clear)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._text)
        self._progress = ProgressBar("Progress")
        self._below = QWidget()
        self._below_row = QHBoxLayout(self._below)
        self._below_row.addWidget(self._progress)
        self._below.hide()
        words.addWidget(self._below)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addLayout(words, 1)
        self._row.addLayout(self._actions)
        self._row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignVCenter)
        theme.watcher().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def tone(self) -> MessageTone:
        """What kind of message it is."""
        return self._tone

    @property
    def title(self) -> str:
        """Its first line; empty while there is no message."""
        return self._title.text()

    def say(self, tone: MessageTone, title: str, text: str = "", actions: Sequence[Action] = ()) -> None:
        """Show a message in place of the one before; an action's button also ends it.

        The title ends with a full stop, as titles of errors, which stand in other places too, do not.
        """
        self._tone = tone
        title = title if title.endswith((".", "?", "…")) else f"{title}."
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._below.hide()
        self._set_actions(actions)
        self.setProperty("tone", tone)
        self.setAccessibleName(f"{title} {text}".strip())
        self._restyle()
        self.show()

    def keep_up(self, text: str, fraction: float | None) -> None:
        """Change the text of a message about something that goes on, and how far it is.

        Args:
            text: below the title.
            fraction: 0 … 1, or None while nobody knows.
        """
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._progress.set_fraction(fraction)
        self._below.show()
        self.setAccessibleName(f"{self.title} {text}".strip())

    def clear(self) -> None:
        """Take the message away."""
        self._title.setText("")
        self._text.setText("")
        self._below.hide()
        self._set_actions(())
        self.hide()

    def _set_actions(self, actions: Sequence[Action]) -> None:
        while (item := self._actions.takeAt(0)) is not None:
            widget = item.widget()
            if isinstance(widget, _ActionButton):
                widget.act = _nothing  # what it does may hold the bar, which must not go with its own child
                widget.hide()
                widget.deleteLater()
        for text, act in actions:
            made = _ActionButton(text, act)
            # A method, not a closure: held by its own child, the bar would be freed while that is destroyed.
            made.clicked.connect(self._pressed)
            self._actions.addWidget(made)

    def _pressed(self) -> None:
        pressed = self.sender()
        if not isinstance(pressed, _ActionButton):
            return
        had_focus, act = pressed.hasFocus(), pressed.act
        self.clear()
        act()
        next_one = self._actions.itemAt(0)
        if had_focus and next_one is not None and (widget := next_one.widget()) is not None:
            widget.setFocus()  # who goes by keyboard stays where the answer is

    def _restyle(self) -> None:
        tone = self._tone
        self._picture.setPixmap(
            theme.pixmap(ICONS[tone], f"{tone}_text", theme.px(17), self.devicePixelRatioF())
        )
        self._row.setContentsMargins(theme.px(14), theme.px(8), theme.px(8), theme.px(8))
        self._row.setSpacing(theme.px(10))
        self._below_row.setContentsMargins(0, theme.px(4), 0, theme.px(3))
        self._actions.setSpacing(theme.px(8))
        self.style().unpolish(self)
        self.style().polish(self)
        # Only now: polishing gives the letters their old colour back.
        self._title.set_token(f"{tone}_text")

    # Qt's own names

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that it has come."""
        super().showEvent(event)
        self._title.set_token(f"{self._tone}_text")  # the first showing polishes once more
        self.shown_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it has gone."""
        super().hideEvent(event)
        self.shown_changed.emit()


def _nothing() -> None:
    """What a button does that was taken away."""


class _ActionButton(Button):
    """A button that knows what it does."""

    def __init__(self, text: str, act: Callable[[], object]) -> None:
        super().__init__(text)
        self.act = act
