"""Says which images belong together: by a part of their names, or every image alone."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from tlstudio.amounts import counted
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.labels import label
from tlstudio.data.settings import DataSettings
from tlstudio.errors import TLStudioError

PREVIEW_MS = 200


class GroupEditor(QWidget):
    """Two choices with a live preview.

    Signals:
        applied: the group pattern (empty for none), and whether every image is independent.
        cancelled: nothing is to change.
    """

    applied = Signal(str, bool)
    cancelled = Signal()

    def __init__(self, paths: Sequence[str], pattern: str, *, is_independent: bool) -> None:
        super().__init__()
        self._paths = paths
        self.by_name = QRadioButton("By part of the file name")
        self.alone = QRadioButton("Every image is independent")
        self._choices = QButtonGroup(self)
        self.pattern = QLineEdit(pattern)
        self.pattern.setPlaceholderText("For example (P\\d+)_")
        self.pattern.setAccessibleName("Regular expression for the group")
        self.pattern.setCursorPosition(0)
        self.preview = label("", "help", "text2", wrap=True)
        self.apply = button("Use these groups", size="small")
        self.cancel = button("Cancel", "ghost", size="small")
        self._lay_out()
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(PREVIEW_MS)
        self._wait.timeout.connect(self.show_preview)
        self.pattern.textEdited.connect(self._edited)
        self.pattern.returnPressed.connect(self._apply)
        (self.alone if is_independent else self.by_name).setChecked(True)
        self._choices.buttonToggled.connect(self.show_preview)
        self.apply.clicked.connect(self._apply)
        self.cancel.clicked.connect(self.cancelled)
        self.show_preview()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.by_name)
        column.addWidget(self.pattern)
        hint = "A regular expression; what its brackets match names the group."
        column.addWidget(label(hint, "help", "text3", wrap=True))
        column.addWidget(self.alone)
        column.addWidget(self.preview)
        row = QHBoxLayout()
        row.addWidget(self.apply)
        row.addWidget(self.cancel)
        row.addStretch(1)
        column.addLayout(row)
        for choice in (self.by_name, self.alone):
            self._choices.addButton(choice)

    def _edited(self) -> None:
        self.by_name.setChecked(True)
        self._wait.start()

    def show_preview(self) -> None:
        """Say how many groups this would make, or why it can't."""
        self._wait.stop()
        words, is_possible = preview(self._paths, self.pattern.text(), is_independent=self.alone.isChecked())
        self.preview.setText(words)
        self.preview.set_token("text2" if is_possible else "warn_text")
        self.apply.setEnabled(is_possible)

    def _apply(self) -> None:
        self.show_preview()
        if self.apply.isEnabled():
            is_alone = self.alone.isChecked()
            self.applied.emit("" if is_alone else self.pattern.text(), is_alone)


def preview(paths: Sequence[str], pattern: str, *, is_independent: bool) -> tuple[str, bool]:
    """What the choice would give, for people, and whether it is possible."""
    from tlstudio.data.groups import group_images  # noqa: PLC0415 (Pillow loads here, not at the start)

    if is_independent:
        return f"{counted(len(paths), 'image')}, each on its own.", True
    if not pattern:
        return "Write the part of the name that tells the group.", False
    try:
        grouping = group_images(paths, DataSettings(group_pattern=pattern))
    except TLStudioError as error:
        return error.message, False
    counts = Counter(grouping.groups)
    example, most = counts.most_common(1)[0]
    words = f"{counted(len(counts), 'group')}. The largest is “{example}” with {counted(most, 'image')}."
    return " ".join((words, *grouping.notes)), True
