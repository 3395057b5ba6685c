"""Push buttons in the kinds and sizes of the design."""

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton

from tlstudio.app import theme

Kind = Literal["primary", "plain", "ghost", "link", "soft", "danger"]
Size = Literal["small", "normal", "large"]

ICON_TOKENS: dict[str, str] = {
    "primary": "on_accent",
    "plain": "text2",
    "ghost": "text2",
    "link": "accent_text",
    "soft": "accent_text",
    "danger": "bad_text",
}
"""Kind → colour of its icon."""

GAP = 5
"""Between icon and text, beside the four pixels that the style leaves."""

ICON_SIZES: dict[str, int] = {"small": 15, "normal": 17, "large": 18}


class Button(QPushButton):
    """A button that is never narrower than its text and follows the theme.

    The icon stands before the text, or behind it by `set_icon_behind`.
    """

    def __init__(self, text: str, kind: Kind = "plain", icon: str = "", size: Size = "normal") -> None:
        super().__init__(text)
        self._kind = kind
        self._size = size
        self._icon_name = ""
        self._is_behind = False
        self.setProperty("v", kind)
        self.setProperty("sz", size)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        self.set_icon(icon)
        theme.watcher().changed.connect(self._restyle)
        self._restyle()

    def set_icon(self, name: str) -> None:
        """Show another icon; empty for none."""
        if name == self._icon_name:
            return
        self._icon_name = name
        self._draw_icon()

    def setText(self, text: str) -> None:  # noqa: N802
        """Change the words."""
        super().setText(text)
        self._draw_icon()
        self._restyle()

    def set_icon_behind(self, *, is_behind: bool = True) -> None:
        """Put the icon behind the text, for a button that leads on."""
        if is_behind != self._is_behind:
            self._is_behind = is_behind
            ways = (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft)
            is_mirrored = QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
            self.setLayoutDirection(ways[is_behind != is_mirrored])
            self._draw_icon()

    def _draw_icon(self) -> None:
        token, name = ICON_TOKENS[self._kind], self._icon_name
        is_alone = not self.text()
        if not name:
            self.setIcon(theme.no_icon())
        elif is_alone:
            self.setIcon(theme.icon(name, token))
        else:
            self.setIcon(theme.icon_beside_text(name, token, is_behind=self._is_behind))

    def _restyle(self) -> None:
        side = theme.px(ICON_SIZES[self._size])
        self.setIconSize(QSize(side + (theme.px(GAP) if self.text() else 0), side))
        self.setFont(theme.font("help_medium" if self._size == "small" else "body_medium"))
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """As wide as the text: squeezed, it would lose letters on both sides."""
        return self.sizeHint()


def button(text: str, kind: Kind = "plain", icon: str = "", size: Size = "normal") -> Button:
    """A push button; `kind` says how much it stands out, `icon` is a name of the table of icons."""
    return Button(text, kind, icon, size)


class IconButton(QToolButton):
    """A button with an icon alone; its tip is also what a screen reader says."""

    def __init__(self, icon: str, tip: str, token: str = "text2") -> None:  # noqa: S107
        super().__init__()
        self.setProperty("v", "icon")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setIcon(theme.icon(icon, token))
        self.set_tip(tip)
        theme.watcher().changed.connect(self._restyle)
        self._restyle()

    def set_tip(self, tip: str) -> None:
        """Say another thing on hover and to screen readers."""
        self.setToolTip(tip)
        self.setAccessibleName(tip)

    def _restyle(self) -> None:
        self.setIconSize(QSize(theme.px(17), theme.px(17)))
        side = theme.px(30)
        self.setFixedSize(side, side)


def icon_button(icon: str, tip: str) -> IconButton:
    """A button with an icon alone."""
    return IconButton(icon, tip)
