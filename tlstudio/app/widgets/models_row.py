"""How much room the downloaded weights take, with a way to their folder."""

import os
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tlstudio.amounts import counted
from tlstudio.app import theme
from tlstudio.app.widgets.amounts import file_size
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.labels import Label, label
from tlstudio.model.weight_store import models_folder


class ModelsRow(QWidget):
    """A line of words and one button."""

    def __init__(self) -> None:
        super().__init__()
        self.words = Label("", "help", "text2")
        self.open = button("Open folder", "plain", "folder-open")
        self.open.clicked.connect(self._open)
        texts = QVBoxLayout()
        texts.setSpacing(theme.px(2))
        texts.addWidget(label("Downloaded networks", "body_medium"))
        texts.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(texts)
        row.addStretch(1)
        row.addWidget(self.open)
        self.refresh()

    def refresh(self) -> None:
        """Look into the folder."""
        networks, size = room_taken(models_folder())
        if networks:
            self.words.setText(f"{counted(networks, 'network')}, {file_size(size)} on this computer.")
        else:
            self.words.setText("None yet. Those that came with the program take no extra room.")

    def _open(self) -> None:
        folder = models_folder()
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def room_taken(folder: Path) -> tuple[int, int]:
    """How many networks lie in the folder, and how many bytes it holds; parts of downloads count too."""
    networks = size = 0
    for place, _, names in os.walk(folder):
        networks += "model.safetensors" in names
        for name in names:
            with suppress(OSError):
                size += (Path(place) / name).stat().st_size
    return networks, size
