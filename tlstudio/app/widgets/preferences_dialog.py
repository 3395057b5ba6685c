"""The choices for the window: theme, size of text, and where new projects go."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.preferences import TEXT_PERCENTS, THEMES, Preferences
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import line
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.segmented import Segmented

THEME_WORDS = ["As the system", "Light", "Dark"]


class PreferencesDialog(QDialog):
    """Every choice holds at once; there is nothing to confirm.

    Signals:
        changed: the new Preferences.
    """

    changed = Signal(object)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
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
        choose = button("Choose…", "plain", "folder-open")
        choose.clicked.connect(self._choose_folder)
        column = QVBoxLayout(self)
        margin = theme.px(20)
        column.setContentsMargins(margin, margin, margin, theme.px(16))
        column.setSpacing(theme.px(14))
        column.addWidget(label("Preferences", "section"))
        column.addLayout(_row("Theme", "Of this window and its dialogs.", self._theme))
        column.addWidget(line())
        column.addLayout(_row("Text size", "Everything grows with it.", self._size))
        column.addWidget(line())
        column.addWidget(label("Folder for new projects", "body_medium"))
        where = QHBoxLayout()
        where.setSpacing(theme.px(8))
        where.addWidget(self._folder, 1)
        where.addWidget(choose)
        column.addLayout(where)
        note = "Your images stay where they are; a project only notes where to read them."
        column.addWidget(label(note, "help", "text3", wrap=True))
        column.addStretch(1)
        end = QHBoxLayout()
        end.addStretch(1)
        close = button("Close", "primary")
        close.clicked.connect(self.accept)
        end.addWidget(close)
        column.addLayout(end)
        self.setMinimumWidth(theme.px(520))

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

    def _change(self, preferences: Preferences) -> None:
        self._preferences = preferences
        self.changed.emit(preferences)


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
