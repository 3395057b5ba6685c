"""What a page has to say about the thing that it shows, said once."""

from tlstudio.app.widgets.message_bar import Action, MessageBar, MessageTone

Said = tuple[MessageTone, str, str, tuple[Action, ...]]
"""Tone, title, text, and buttons."""


class SaidMessage:
    """Says a message when it is another one, or about another thing, than last time.

    What the user closed so stays closed, and no button is made anew under the pointer or the keyboard.
    """

    def __init__(self, bar: MessageBar) -> None:
        self._bar = bar
        self._last: tuple[object, Said | None] | None = None

    def show(self, about: object, said: Said | None) -> None:
        """Say that about it; None clears what was said."""
        if (about, said) == self._last:
            return
        self._last = (about, said)
        if said is None:
            self._bar.clear()
        else:
            self._bar.say(*said)

    def forget(self) -> None:
        """Say it again next time."""
        self._last = None
