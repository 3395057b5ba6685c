"""How far the reading of images has come."""

from PySide6.QtCore import Signal

from tlstudio.amounts import counted
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.progress_bar import ProgressBar


class ScanProgress(Card):
    """A bar, how many of how many, and how many were set aside.

    Signals:
        cancelled: stop reading.
    """

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__("Reading images")
        self.words = label("", "help", "text2")
        self.bar = ProgressBar("Reading images")
        self.cancel = button("Cancel", size="small")
        self.head.addWidget(self.cancel)
        self.body.addWidget(self.words)
        self.body.addWidget(self.bar)
        self.cancel.clicked.connect(self.cancelled)

    def show_progress(self, what: str, done: int, total: int, set_aside: int) -> None:
        """Show how far it has come; `total` is 0 while it is unknown."""
        self.set_title(what)
        self.bar.set_fraction(done / total if total else None)
        words = f"{done:,} of {total:,}. You can already look at what is there." if total else "One moment."
        if set_aside:
            words += f" {counted(set_aside, 'file')} set aside."
        self.words.setText(words)
