"""The lines under the cards: what the chosen network starts from, and which one is suggested and why."""

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.labels import Label
from tlstudio.app.widgets.plain_icon import PlainIcon

ASIDE = re.compile(r" \([^()]*\)")


class AboutNetwork(QWidget):
    """A line for each, or more where the letters are large."""

    def __init__(self) -> None:
        super().__init__()
        self.about = Label("", "help", "text2", wrap=True)
        self.suggestion = Label("", "help", "text2", wrap=True)
        self._about_icon = PlainIcon("info", 14, "text3")
        self._star = PlainIcon("star", 14, "accent_text")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        lines = ((self._about_icon, self.about), (self._star, self.suggestion))
        for place, (icon, words) in enumerate(lines):
            self._grid.addWidget(icon, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(words, place, 1)
        theme.watcher().changed.connect(self._restyle)
        self._restyle()

    def say(self, about: str, suggestion: str) -> None:
        """Show these; an empty one takes no room. The suggestion is shown without its asides."""
        self.about.setText(about)
        self.suggestion.setText(ASIDE.sub("", suggestion))
        self.suggestion.setToolTip(suggestion)
        for part in (self._about_icon, self.about):
            part.setVisible(bool(about))
        for part in (self._star, self.suggestion):
            part.setVisible(bool(suggestion))
        self.setVisible(bool(about or suggestion))

    def _restyle(self) -> None:
        self._grid.setHorizontalSpacing(theme.px(6))
        self._grid.setVerticalSpacing(theme.px(2))
