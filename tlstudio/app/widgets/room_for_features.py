"""How much room kept features may take, with what the open project's take now."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.preferences import MOST_CACHE_GB
from tlstudio.app.session import Session
from tlstudio.app.widgets.amounts import file_size
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.labels import Label, label
from tlstudio.app.widgets.number_box import inset
from tlstudio.steps import CACHE_STEPS
from tlstudio.train.feature_room import forget_features, room_taken

PURPOSE = (
    "What frozen blocks make of your images is kept for later epochs and runs, project by project. "
    "Automatic: up to 20 GB, at most a tenth of the free disk. 0: nothing is kept."
)
AUTOMATIC = -1
"""In the box, where a number below the smallest stands for a word."""


class RoomForFeatures(QWidget):
    """A number of gigabytes, a line of words and one button.

    Args:
        gigabytes: that are allowed; None for automatic.
        session: whose project's room is told and can be given back; None for no project.

    Signals:
        changed: the gigabytes, or None.
    """

    changed = Signal(object)

    def __init__(self, gigabytes: int | None, session: Session | None) -> None:
        super().__init__()
        self._session = session
        self.box = inset(QSpinBox())
        self.box.setRange(AUTOMATIC, MOST_CACHE_GB)
        self.box.setSpecialValueText("automatic")
        self.box.setSuffix(" GB")
        self.box.setKeyboardTracking(False)
        self.box.setValue(AUTOMATIC if gigabytes is None else gigabytes)
        self.box.setAccessibleName("Space for kept features")
        self.box.setAccessibleDescription(PURPOSE)
        self.box.valueChanged.connect(lambda value: self.changed.emit(None if value < 0 else value))
        self.words = Label("", "help", "text2", wrap=True)
        self.delete = button("Delete features", "plain", "trash")
        self.delete.clicked.connect(self._delete)
        if session is not None:
            session.step_started.connect(self.refresh)
            session.step_ended.connect(self.refresh)
        self._lay_out()
        self.refresh()

    def refresh(self) -> None:
        """Look into the open project's cache."""
        project = self._session.project if self._session is not None else None
        self.delete.setVisible(project is not None)
        if self._session is None or project is None:
            self.words.setText("Open a project to see how much it keeps.")
            return
        taken = room_taken(project.folder / "cache")
        told = f"This project keeps {_amount(taken.features)}"
        told += f" and {file_size(taken.images)} of resized images." if taken.images else "."
        is_training = self._session.running_step in CACHE_STEPS
        if is_training:
            told += " They can be deleted when no run is going."
        elif project.is_read_only:
            told += " They can't be deleted here, as the project is read-only."
        elif taken.features:
            told += " Features are safe to delete: the next run makes them anew."
        self.words.setText(told)
        self.delete.setEnabled(bool(taken.features) and not is_training and not project.is_read_only)

    def _delete(self) -> None:
        if self._session is not None and self._session.project is not None:
            forget_features(self._session.project.folder / "cache")
            self.refresh()

    def _lay_out(self) -> None:
        name = label("Space for kept features", "body_medium")
        name.setBuddy(self.box)
        texts = QVBoxLayout()
        texts.setSpacing(theme.px(2))
        texts.addWidget(name)
        texts.addWidget(label(PURPOSE, "help", "text3", wrap=True))
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(theme.px(16))
        first.addLayout(texts, 1)
        first.addWidget(self.box)
        second.setSpacing(theme.px(16))
        second.addWidget(self.words, 1)
        second.addWidget(self.delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addLayout(first)
        column.addLayout(second)


def _amount(size_bytes: int) -> str:
    return f"{file_size(size_bytes)} of features" if size_bytes else "no features"
