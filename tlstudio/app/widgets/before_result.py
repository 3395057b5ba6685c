"""The Evaluate page before there is a result: ready to judge, and judging."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tlstudio.amounts import counted
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.plain_icon import PlainIcon
from tlstudio.app.widgets.progress_bar import ProgressBar
from tlstudio.events import Progress

TEST_ONCE = (
    "The test images took no part in training, nor in choosing the best epoch, so they tell how it does on "
    "new images. Judge once, at the end: each time that you look and then change something, the figure "
    "gets a little rosier than the truth."
)


class ReadyToJudge(Card):
    """Says why the test images are judged once.

    Signals:
        skipped: go on without judging.
    """

    skipped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.headline = label("", "section")
        self.words = label(TEST_ONCE, "body", "text2", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.words.setMaximumWidth(600)
        self.seen = label("", "help", "text3")
        self.skip = button("Continue to Export without it", "link")
        self.skip.clicked.connect(self.skipped)
        centre = Qt.AlignmentFlag.AlignHCenter
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.words, 100)
        row.addStretch(1)
        self.body.addStretch(1)
        self.body.addWidget(PlainIcon("target", 30), 0, centre)
        self.body.addWidget(self.headline, 0, centre)
        self.body.addLayout(row)
        self.body.addSpacing(4)
        self.body.addWidget(self.seen, 0, centre)
        self.body.addWidget(self.skip, 0, centre)
        self.body.addStretch(1)

    def show_run(self, run: int, times_seen: int) -> None:
        """Show which run is meant, and whether the test images were looked at before."""
        self.headline.setText(f"Run {run} is ready to be judged")
        self.seen.setText(seen_words(times_seen))


class Judging(QWidget):
    """How far the judging has come.

    Signals:
        cancelled: stop judging.
    """

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.card = Card("Judging test images")
        self.words = label("", "help", "text2")
        self.bar = ProgressBar("Judging test images")
        self.cancel = button("Cancel", size="small")
        self.cancel.clicked.connect(self.cancelled)
        self.card.head.addWidget(self.cancel)
        self.card.body.addWidget(self.words)
        self.card.body.addWidget(self.bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)
        column.addStretch(1)

    def show_progress(self, now: Progress | None) -> None:
        """Show how far it has come; None at the start."""
        if now is None or not now.total:
            self.words.setText("One moment." if now is None else now.what)
            self.bar.set_fraction(None)
            return
        self.card.set_title(now.what)
        self.words.setText(f"{now.done:,} of {now.total:,}")
        self.bar.set_fraction(now.done / now.total)


def seen_words(times: int) -> str:
    """How often the test images were looked at."""
    if not times:
        return "They have not been looked at yet."
    seen = f"Test images seen {counted(times, 'time')}"
    return f"{seen}: the figure gets rosier each time that you choose by it."
