"""How far a sweep has come, and the button that ends it."""

from PySide6.QtCore import Signal

from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.labels import Label
from tlstudio.app.widgets.progress_bar import ProgressBar


class SweepProgress(Card):
    """One line, one bar.

    Signals:
        stopped: the user wants it to end.
    """

    stopped = Signal()

    def __init__(self) -> None:
        super().__init__("Sweeping depths", " ")
        self.stop = button("Stop sweep", "plain", "stop", "small")
        self.stop.setToolTip("Every finished run is kept; the one that trains keeps its best so far")
        self.stop.clicked.connect(self.stopped)
        self.head.addWidget(self.stop)
        self.words = Label("", "help", "text2")
        self.bar = ProgressBar("Sweep")
        self.body.addWidget(self.words)
        self.body.addWidget(self.bar)

    def show_progress(self, title: str, words: str, fraction: float | None, *, is_stopping: bool) -> None:
        """Say how far it is.

        Args:
            title: what goes on.
            words: of the run that trains.
            fraction: 0 … 1, or None while nobody knows.
            is_stopping: it was asked to end.
        """
        self.set_title(title, "")
        self.words.setText(words)
        self.bar.set_fraction(fraction)
        self.stop.setEnabled(not is_stopping)
        self.stop.setText("Stopping…" if is_stopping else "Stop sweep")
