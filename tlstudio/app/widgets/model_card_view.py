"""The model card as a one-page leaflet: what the app knows, and what only the user can say."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from tlstudio import RESEARCH_NOTICE
from tlstudio.app.widgets.card import Card, line
from tlstudio.app.widgets.card_note import CardNote
from tlstudio.app.widgets.card_words import CardText
from tlstudio.app.widgets.labels import Label, label
from tlstudio.app.widgets.wrapping import measure_by_width
from tlstudio.export.settings import ExportSettings


class ModelCardView(Card):
    """A preview of the leaflet that is saved beside the file.

    Signals:
        not_for_written: what the user wrote under "Not to be used for".
        contact_written: likewise under "Who to ask".
    """

    not_for_written = Signal(str)
    contact_written = Signal(str)

    def __init__(self) -> None:
        super().__init__("Model card", "a one-page leaflet for whoever uses it")
        self._parts: dict[str, Label] = {}
        self._headings: dict[str, Label] = {}
        self.not_for = CardNote("Not to be used for", "Only you know. Say where it must not be relied on.")
        self.not_for.written.connect(self.not_for_written)
        self.contact = CardNote("Who to ask", "Name and contact of the person responsible.")
        self.contact.written.connect(self.contact_written)
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        grid.addLayout(self._left(), 0, 0)
        grid.addWidget(line(is_vertical=True), 0, 1)
        grid.addLayout(self._right(), 0, 2)
        grid.addWidget(line(), 1, 0, 1, 3)
        grid.addLayout(self._part("how_made", "How it was made"), 2, 0)
        grid.addLayout(self._part("fingerprint", "Fingerprint of the file"), 2, 2)
        self.body.addLayout(grid)
        self.body.addWidget(label(RESEARCH_NOTICE, "help", "text2", wrap=True))
        measure_by_width(self)
        selectable = Qt.TextInteractionFlag.TextSelectableByMouse
        for part in self._parts.values():
            part.setTextInteractionFlags(selectable)

    def show_card(self, text: CardText, settings: ExportSettings, *, is_read_only: bool = False) -> None:
        """Show one run's card."""
        self._headings["results"].setText(text.results_title)
        for name, part in self._parts.items():
            part.setText(getattr(text, name))
        self._parts["fingerprint"].setToolTip(text.sha256)
        self.not_for.show_text(settings.not_to_be_used_for, is_read_only=is_read_only)
        self.contact.show_text(settings.contact, is_read_only=is_read_only)

    def keep(self) -> None:
        """Close both fields and tell what was written."""
        self.not_for.keep()
        self.contact.keep()

    def discard(self) -> None:
        """Close both fields and tell nothing: they were about another project."""
        self.not_for.discard()
        self.contact.discard()

    def text_of(self, part: str) -> str:
        """The words of a part, by its name in `CardText`."""
        return self._parts[part].text()

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addLayout(self._part("made_for", "Made for"))
        column.addLayout(self._part("learned_from", "Learned from"))
        column.addLayout(self._part("results", "Results"))
        column.addStretch(1)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addLayout(self._part("weak_points", "Known weak points"))
        column.addWidget(self.not_for)
        column.addWidget(self.contact)
        column.addStretch(1)
        return column

    def _part(self, name: str, heading: str) -> QVBoxLayout:
        part = QVBoxLayout()
        part.setSpacing(2)
        self._headings[name] = label(heading, "help_medium", "text2")
        self._parts[name] = label("", "body", wrap=True)
        part.addWidget(self._headings[name])
        part.addWidget(self._parts[name])
        part.addStretch(1)
        return part
