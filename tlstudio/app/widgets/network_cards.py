"""The row of cards of the Model page, of which one is chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.network_card import NetworkCard
from tlstudio.app.widgets.network_words import NetworkFacts
from tlstudio.model.backbones import BACKBONES, Backbone

CARDS = 4
FEATURED = ("mobilenetv3_large_100", "resnet50", "convnext_tiny")
"""They stand beside those that come with the program, the last of them where there are more of these."""


class NetworkCards(QWidget):
    """Cards side by side: one tab stop, arrows inside.

    Signals:
        chosen: the name of a backbone.
        cancelled: the name of a backbone whose download shall end.
    """

    chosen = Signal(str)
    cancelled = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.cards: dict[str, NetworkCard] = {}
        self._is_short = False
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._clicked)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        theme.watcher().changed.connect(self._restyle)
        self._restyle()

    def show_networks(self, networks: Sequence[tuple[Backbone, NetworkFacts]], chosen: str) -> None:
        """Show these, from the left; the cards that stay keep the focus that they have."""
        if [backbone for backbone, _ in networks] != [card.backbone for card in self.cards.values()]:
            self._replace(networks)
        for backbone, facts in networks:
            self.cards[backbone.name].show_facts(facts)
        if chosen in self.cards:
            self.cards[chosen].setChecked(True)

    def shorten(self, is_short: bool) -> None:  # noqa: FBT001 (one plain state)
        """Drop the last meter of each where the window is low."""
        self._is_short = is_short
        for card in self.cards.values():
            card.shorten(is_short)

    def _replace(self, networks: Sequence[tuple[Backbone, NetworkFacts]]) -> None:
        wanted = {backbone.name: backbone for backbone, _ in networks}
        for name, card in tuple(self.cards.items()):
            if wanted.get(name) != card.backbone:
                del self.cards[name]
                self._group.removeButton(card)
                self._row.removeWidget(card)
                card.hide()
                card.deleteLater()
        kept, self.cards = self.cards, {}
        for place, (backbone, facts) in enumerate(networks):
            card = kept.get(backbone.name) or self._made(backbone, facts)
            self.cards[backbone.name] = card
            self._row.removeWidget(card)
            self._row.insertWidget(place, card, 1)

    def _made(self, backbone: Backbone, facts: NetworkFacts) -> NetworkCard:
        card = NetworkCard(backbone, facts)
        card.shorten(self._is_short)
        card.cancelled.connect(self._cancelled)
        self._group.addButton(card)
        return card

    def _clicked(self, card: object) -> None:
        if isinstance(card, NetworkCard):
            self.chosen.emit(card.backbone.name)

    def _cancelled(self) -> None:
        card = self.sender()
        if isinstance(card, NetworkCard):
            self.cancelled.emit(card.backbone.name)

    def _restyle(self) -> None:
        self._row.setSpacing(theme.px(12))


def cards_for(chosen: str, suggested: str = "") -> list[str]:
    """The four that are shown; what is chosen and what is suggested are always among them."""
    bundled = [name for name, backbone in BACKBONES.items() if backbone.weights.bundled][: CARDS - 2]
    names = [*bundled, *FEATURED[len(FEATURED) - (CARDS - len(bundled)) :]]
    for name in (suggested, chosen):
        if name and name not in names:
            place = max(place for place, other in enumerate(names) if other not in (chosen, suggested))
            names[place] = name
    return names
