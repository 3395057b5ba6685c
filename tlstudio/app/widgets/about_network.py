"""The line under the cards: what the chosen network starts from, and which one is suggested and why."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.labels import Label
from tlstudio.app.widgets.plain_icon import PlainIcon


class AboutNetwork(QWidget):
    """Two sentences beside each other."""

    def __init__(self) -> None:
        super().__init__()
        self.about = Label("", "help", "text2", wrap=True)
        self.suggestion = Label("", "help", "text2", wrap=True)
        self._about_icon = PlainIcon("info", 14, "text3")
        self._star = PlainIcon("star", 14, "accent_text")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._about_icon)
        self._row.addWidget(self.about, 1)
        self._row.addWidget(self._star)
        self._row.addWidget(self.suggestion, 1)
        theme.watcher().changed.connect(self._restyle)
        self._restyle()

    def say(self, about: str, suggestion: str) -> None:
        """Show these; one alone has the whole line, and none takes no room."""
        self.about.setText(about)
        self.suggestion.setText(suggestion)
        for part in (self._about_icon, self.about):
            part.setVisible(bool(about))
        for part in (self._star, self.suggestion):
            part.setVisible(bool(suggestion))
        self.setVisible(bool(about or suggestion))

    def _restyle(self) -> None:
        self._row.setSpacing(theme.px(6))
