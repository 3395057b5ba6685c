"""The choices for this computer: look, folders, room on the disk, how downloads get through."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tlstudio.app import theme
from tlstudio.app.preferences import TEXT_PERCENTS, THEMES, Preferences
from tlstudio.app.session import Session
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import line
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.models_row import ModelsRow
from tlstudio.app.widgets.network_fields import NetworkFields
from tlstudio.app.widgets.room_for_features import RoomForFeatures
from tlstudio.app.widgets.segmented import Segmented

THEME_WORDS = ["As the system", "Light", "Dark"]


class PreferencesDialog(QDialog):
    """Every choice holds at once; there is nothing to confirm.

    Args:
        preferences: as they are.
        parent: the window.
        session: with the project whose kept features are told; None for no project.

    Signals:
        changed: the new Preferences.
    """

    changed = Signal(object)

    def __init__(
        self, preferences: Preferences, parent: QWidget | None = None, session: Session | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self._preferences = preferences
        self._theme = Segmented(THEME_WORDS, "Theme")
        self._theme.set_index(THEMES.index(preferences.theme))
        self._theme.chosen.connect(self._choose_theme)
        self._size = Segmented([f"{percent}%" for percent in TEXT_PERCENTS], "Text size")
        self._size.set_index(TEXT_PERCENTS.index(preferences.text_percent))
        self._size.chosen.connect(self._choose_size)
        self._folder = QLineEdit(str(preferences.projects_path))
        self._folder.setReadOnly(True)
        self._folder.setAccessibleName("Folder for new projects")
        self.network = NetworkFields(preferences)
        self.network.changed.connect(self._choose_network)
        self.models = ModelsRow()
        self.room = RoomForFeatures(preferences.cache_gb, session)
        self.room.changed.connect(self._choose_room)
        column = QVBoxLayout(self)
        margin = theme.px(20)
        column.setContentsMargins(margin, margin, margin, theme.px(16))
        column.setSpacing(theme.px(14))
        column.addWidget(label("Preferences", "section"))
        column.addWidget(self._scrolled(), 1)
        end = QHBoxLayout()
        end.addStretch(1)
        close = button("Close", "primary")
        close.clicked.connect(self.accept)
        end.addWidget(close)
        column.addLayout(end)
        self.setMinimumWidth(theme.px(580))
        self._fit()

    def done(self, result: int) -> None:
        """Keep what was typed last, however it is closed."""
        self.network.settle()
        super().done(result)

    def _scrolled(self) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(2, 2, theme.px(12), 2)  # room for the focus ring
        column.setSpacing(theme.px(14))
        column.addLayout(_row("Theme", "Of this window and its dialogs.", self._theme))
        column.addWidget(line())
        column.addLayout(_row("Text size", "Everything grows with it.", self._size))
        column.addWidget(line())
        column.addLayout(self._where())
        column.addWidget(line())
        column.addWidget(self.models)
        column.addWidget(line())
        column.addWidget(self.room)
        column.addWidget(line())
        column.addWidget(self.network)
        column.addStretch(1)
        area = _AsHighAsItsContent()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        return area

    def _fit(self) -> None:
        """As high as its content where the screen allows; Qt by itself takes two thirds of it."""
        screen = self.screen().availableSize()
        self.resize(self.sizeHint().boundedTo(QSize(screen.width(), screen.height() - theme.px(80))))

    def _where(self) -> QVBoxLayout:
        choose = button("Choose…", "plain", "folder-open")
        choose.setAccessibleName("Choose the folder for new projects")
        choose.clicked.connect(self._choose_folder)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(self._folder, 1)
        row.addWidget(choose)
        note = "Your images stay where they are; a project only notes where to read them."
        column = QVBoxLayout()
        column.setSpacing(theme.px(8))
        column.addWidget(label("Folder for new projects", "body_medium"))
        column.addLayout(row)
        column.addWidget(label(note, "help", "text3", wrap=True))
        return column

    def _choose_theme(self, index: int) -> None:
        self._change(replace(self._preferences, theme=THEMES[index]))

    def _choose_size(self, index: int) -> None:
        self._change(replace(self._preferences, text_percent=TEXT_PERCENTS[index]))

    def _choose_folder(self) -> None:
        start = str(self._preferences.projects_path)
        chosen = QFileDialog.getExistingDirectory(self, "Folder for new projects", start)
        if chosen:
            self._folder.setText(str(Path(chosen)))
            self._change(replace(self._preferences, projects_folder=str(Path(chosen))))

    def _choose_room(self, gigabytes: int | None) -> None:
        self._change(replace(self._preferences, cache_gb=gigabytes))

    def _choose_network(self, typed: object) -> None:
        if isinstance(typed, Preferences):
            self._change(
                replace(
                    self._preferences,
                    proxy=typed.proxy,
                    proxy_user=typed.proxy_user,
                    proxy_password=typed.proxy_password,
                    mirror=typed.mirror,
                )
            )

    def _change(self, preferences: Preferences) -> None:
        self._preferences = preferences
        self.changed.emit(preferences)


class _AsHighAsItsContent(QScrollArea):
    """Asks for all the room that its content needs; a low screen gives less, and it scrolls."""

    def sizeHint(self) -> QSize:
        """As large as its content at its width."""
        inner = self.widget()
        if inner is None:
            return super().sizeHint()
        width = max(inner.minimumSizeHint().width(), theme.px(540))
        layout = inner.layout()
        high = layout.heightForWidth(width) if layout is not None and layout.hasHeightForWidth() else 0
        spare = theme.px(24)  # for the one line that a wrong address adds
        return QSize(width, max(high, inner.minimumSizeHint().height()) + spare)


def _row(title: str, help: str, control: QWidget) -> QHBoxLayout:  # noqa: A002
    words = QVBoxLayout()
    words.setSpacing(theme.px(2))
    words.addWidget(label(title, "body_medium"))
    words.addWidget(label(help, "help", "text3"))
    row = QHBoxLayout()
    row.addLayout(words)
    row.addStretch(1)
    row.addWidget(control)
    return row
