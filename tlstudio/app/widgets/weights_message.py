"""The message of the Model page about the chosen network's weights; one that was closed stays closed."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from tlstudio.app.widgets.message_bar import MessageBar
from tlstudio.app.widgets.weights_notice import Notice, Offer


class WeightsMessage:
    """Puts notices into a message bar, each once, without touching what else the bar may say meanwhile."""

    def __init__(self, bar: MessageBar, acts: Mapping[Offer, Callable[[], object]]) -> None:
        self._bar = bar
        self._acts = acts
        self._said: Notice | None = None

    def show(self, notice: Notice | None, fraction: float | None = None) -> None:
        """Say it, unless it is what was said last.

        Args:
            notice: None takes the message away.
            fraction: how far it is, if it is about a download.
        """
        if _kind(notice) != self._said:
            self._said = _kind(notice)
            if notice is None:
                self._bar.clear()
            else:
                actions = [(words, self._acts[offer]) for words, offer in notice.actions]
                self._bar.say(notice.tone, notice.title, notice.text, actions)
        if notice is not None and notice.is_loading and self._bar.title == notice.title:
            self._bar.keep_up(notice.text, fraction)

    def leave(self, notice: Notice | None) -> None:
        """Take it for said: what the bar says now is of more use."""
        self._said = _kind(notice)

    def forget(self) -> None:
        """Say it again next time."""
        self._said = Notice("accent", "", "")


def _kind(notice: Notice | None) -> Notice | None:
    return replace(notice, text="") if notice is not None and notice.is_loading else notice
