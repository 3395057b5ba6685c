"""Text in one of the roles and colours of the theme."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from tlstudio.app import theme


class Label(QLabel):
    """A label whose font and colour follow the theme; its text is always plain."""

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        token: str = "text",  # noqa: S107
        *,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._role = role
        self._token = token
        self.setTextFormat(Qt.TextFormat.PlainText)  # names of files and classes are never markup
        if wrap:
            self.setWordWrap(True)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        theme.watcher().changed.connect(self._restyle)
        self._restyle()

    def set_token(self, token: str) -> None:
        """Take another colour; this one again where a style sheet has put an older one in its place."""
        if token != self._token or self.palette().color(QPalette.ColorRole.WindowText) != theme.color(token):
            self._token = token
            self._restyle()

    def set_role(self, role: str) -> None:
        """Take another font."""
        if role != self._role:
            self._role = role
            self._restyle()

    def _restyle(self) -> None:
        self.setFont(theme.font(self._role))
        colours = self.palette()
        colours.setColor(QPalette.ColorRole.WindowText, theme.color(self._token))
        colours.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText, theme.color("text_dis"))
        self.setPalette(colours)


def label(
    text: str,
    role: str = "body",
    token: str = "text",  # noqa: S107
    wrap: bool = False,  # noqa: FBT001, FBT002
) -> Label:
    """A text in a role of the theme."""
    return Label(text, role, token, wrap=wrap)
