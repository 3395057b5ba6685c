"""The look in force: colours, fonts, distances and icons, for light and dark and for each text size."""

import json
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt, QTemporaryDir, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPixmap,
)
from PySide6.QtWidgets import QApplication

from tlstudio.app import tokens
from tlstudio.app.icons import ICONS
from tlstudio.app.style_sheet import palette, style_sheet

Theme = Literal["system", "light", "dark"]

FAMILY = "Inter"
SERIES = 5


class Watcher(QObject):
    """Tells painted widgets that the look has changed.

    Signals:
        changed: colours or text size are new; ask for them again.
    """

    changed = Signal()


class _Look:
    """What is in force now; one for the process."""

    is_dark = False
    is_contrast_high = False
    percent = 100
    system_ratio = 1.0  # the system's letters against the design's 13 px
    choice: Theme = "system"


@cache
def watcher() -> Watcher:
    """The one object whose `changed` tells of a new look."""
    return Watcher()


def is_dark() -> bool:
    """Whether the dark table is in force."""
    return _Look.is_dark


def color(token: str) -> QColor:
    """The colour of a token in the theme in force.

    Raises:
        KeyError: if there is no such token.
    """
    return QColor(_table()[token])


def series() -> list[QColor]:
    """The colours of up to five runs, in their order."""
    return [color(f"series{number}") for number in range(SERIES)]


def px(length: float) -> int:
    """A length of the design in pixels at the chosen text size."""
    return round(length * _Look.percent / 100 * _Look.system_ratio)


def font(role: str) -> QFont:
    """The font of a role, with figures of equal width.

    Raises:
        KeyError: if there is no such role.
    """
    size, weight, spacing = tokens.TYPE[role]
    made = QFont(FAMILY)
    made.setPixelSize(px(size))
    made.setWeight(QFont.Weight(weight))
    made.setFeature(QFont.Tag("tnum"), 1)
    if spacing:
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing)
    return made


def is_motion_reduced() -> bool:
    """Whether the system asks for less motion: then every duration is 0."""
    hints = QGuiApplication.styleHints()
    accessibility = hints.accessibility() if hasattr(hints, "accessibility") else None
    ask = getattr(accessibility, "motionPreference", None)  # since Qt 6.12
    return ask is not None and "Reduce" in str(ask())


def milliseconds(duration: int) -> int:
    """A duration of the design, or 0 where less motion is asked for."""
    return 0 if is_motion_reduced() else duration


def icon(name: str, token: str = "text2") -> QIcon:  # noqa: S107
    """A Phosphor icon that takes its colour from the theme whenever it is painted.

    Raises:
        KeyError: if there is no such icon or token.
    """
    _glyph(name)
    color(token)
    return QIcon(_PhosphorEngine(name, token))


def icon_beside_text(name: str, token: str, *, is_behind: bool = False) -> QIcon:
    """An icon for a button with text: drawn at one side of its place, which leaves a gap to the text.

    Raises:
        KeyError: if there is no such icon or token.
    """
    _glyph(name)
    side = Qt.AlignmentFlag.AlignRight if is_behind else Qt.AlignmentFlag.AlignLeft
    return QIcon(_PhosphorEngine(name, token, side | Qt.AlignmentFlag.AlignVCenter))


def no_icon() -> QIcon:
    """An icon that shows nothing."""
    return QIcon()


def pixmap(name: str, token: str, size_px: int, dpr: float = 1.0) -> QPixmap:
    """A Phosphor icon as a picture of `size_px` logical pixels a side.

    Raises:
        KeyError: if there is no such icon or token.
    """
    return _drawn(name, color(token).name(), size_px, float(dpr))


def apply(app: QApplication, theme: Theme, text_percent: int) -> None:
    """Put a look in force for every widget, present and future."""
    _load_fonts()
    if app.style().objectName().lower() != "fusion":
        app.setStyle("Fusion")
    _Look.choice, _Look.percent = theme, text_percent
    _Look.system_ratio = _system_ratio()
    _Look.is_contrast_high = _is_contrast_high()
    hints = app.styleHints()
    hints.colorSchemeChanged.connect(_follower().follow, Qt.ConnectionType.UniqueConnection)
    wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(theme, Qt.ColorScheme.Unknown)
    hints.setColorScheme(wanted)  # keeps the title bar and native dialogs in step
    _Look.is_dark = theme == "dark" or (theme == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
    _dress(app)


def _dress(app: QApplication) -> None:
    app.setFont(font("body"))
    app.setPalette(palette(_table()))
    app.setStyleSheet(style_sheet(_table(), px, _stamps()))
    watcher().changed.emit()


class _Follower(QObject):
    """Follows the system's theme while the user left the choice to it."""

    def follow(self, scheme: Qt.ColorScheme) -> None:
        """Take the system's new theme."""
        is_dark_now = scheme == Qt.ColorScheme.Dark
        app = QApplication.instance()
        if _Look.choice == "system" and is_dark_now != _Look.is_dark and isinstance(app, QApplication):
            _Look.is_dark = is_dark_now
            _dress(app)


@cache
def _follower() -> _Follower:
    return _Follower()


STAMPS: dict[str, tuple[str, str]] = {
    "tick": ("check-bold", "on_accent"),
    "down": ("caret-down-bold", "text2"),
    "up": ("caret-up-bold", "text2"),
}
"""Name in the style sheet → icon, token: parts of controls that a style sheet takes from files only."""


@cache
def _stamp_folder() -> QTemporaryDir:
    return QTemporaryDir()


def _stamps() -> dict[str, str]:
    """Name → path of its picture in the colours in force."""
    folder, paths = _stamp_folder(), {}
    for name, (icon_name, token) in STAMPS.items():
        colour = color(token).name()
        # A name for each colour and size: Qt keeps the pictures of style sheets by name.
        path = folder.filePath(f"{name}{colour[1:]}-{px(12)}.png")
        if not Path(path).exists():
            pixmap(icon_name, token, px(12)).save(path)
            pixmap(icon_name, token, px(12), 2.0).save(path.replace(".png", "@2x.png"))
        paths[name] = path
    return paths


def _table() -> dict[str, str]:
    table = tokens.DARK if _Look.is_dark else tokens.LIGHT
    if _Look.is_contrast_high:
        table = {**table, "text2": table["text"], "text3": table["text"], "border": table["border_strong"]}
    return table


def _is_contrast_high() -> bool:
    hints = QGuiApplication.styleHints()
    accessibility = hints.accessibility() if hasattr(hints, "accessibility") else None
    ask = getattr(accessibility, "contrastPreference", None)
    return ask is not None and "High" in str(ask())


@cache
def _system_ratio() -> float:
    """The system's letter size against the design's 13 px; 1 at least, since 12 px is the smallest."""
    asked = QGuiApplication.font()
    screen = QGuiApplication.primaryScreen()
    if asked.pixelSize() > 0:
        size_px = float(asked.pixelSize())
    else:
        size_px = asked.pointSizeF() * (screen.logicalDotsPerInch() if screen else 96.0) / 72
    return min(max(size_px / 13, 1.0), 1.5)


@cache
def _load_fonts() -> None:
    """Make Inter and Phosphor known to Qt; without Inter the system's own font serves."""
    resources = find_spec("tlstudio.resources")
    for folder in (resources.submodule_search_locations or ()) if resources else ():
        for path in sorted((Path(folder) / "fonts").glob("*.ttf")):
            QFontDatabase.addApplicationFont(str(path))


def _phosphor(pattern: str) -> Path:
    # qtawesome ships the font; importing it would cost 0.2 s of the time to the first paint.
    spec = find_spec("qtawesome")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted((Path(folder) / "fonts").glob(pattern)):
            return path
    raise FileNotFoundError(f"qtawesome ships no {pattern}")


@cache
def _glyphs() -> dict[str, str]:
    path = _phosphor("phosphor-charmap-*.json")
    return {name: chr(int(code, 16)) for name, code in json.loads(path.read_text(encoding="utf-8")).items()}


def _glyph(name: str) -> str:
    return _glyphs()[ICONS.get(name, name)]


@lru_cache(maxsize=64)
def _icon_font(size_px: int) -> QFont:
    family = _icon_family()
    made = QFont(family)
    made.setPixelSize(size_px)
    made.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    return made


@cache
def _icon_family() -> str:
    number = QFontDatabase.addApplicationFont(str(_phosphor("phosphor-[0-9]*.ttf")))
    return QFontDatabase.applicationFontFamilies(number)[0]


@lru_cache(maxsize=1024)
def _drawn(name: str, colour: str, size_px: int, dpr: float) -> QPixmap:
    picture = QPixmap(max(1, round(size_px * dpr)), max(1, round(size_px * dpr)))
    picture.setDevicePixelRatio(dpr)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    _draw(painter, QRectF(0, 0, size_px, size_px), name, QColor(colour))
    painter.end()
    return picture


def _draw(
    painter: QPainter,
    place: QRectF,
    name: str,
    colour: QColor,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignCenter,
) -> None:
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setFont(_icon_font(max(1, round(min(place.width(), place.height())))))
    painter.setPen(colour)
    painter.drawText(place, side, _glyph(name))


class _PhosphorEngine(QIconEngine):
    """Draws one glyph in the colour that its token has at that moment."""

    def __init__(self, name: str, token: str, side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignCenter) -> None:
        super().__init__()
        self._name = name
        self._token = token
        self._side = side

    def clone(self) -> QIconEngine:
        """Another of the same."""
        return _PhosphorEngine(self._name, self._token, self._side)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw it at once."""
        del state
        token = "text_dis" if mode == QIcon.Mode.Disabled else self._token
        painter.save()
        _draw(painter, QRectF(rect), self._name, color(token), self._side)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw it as a picture."""
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return picture
