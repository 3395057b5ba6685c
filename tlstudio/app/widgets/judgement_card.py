"""The card that says in a sentence how a run is going, or what its curves mean."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.judgement import judge
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.run_words import goes_on
from tlstudio.project.project import Run

GOING = "How it is going"
WENT = "How it went"
WATCH = "Validation counts on images it does not learn from. This is the one to watch."
BY_HEART = "If Training keeps rising and Validation falls, it may be learning your images by heart."


class JudgementCard(Card):
    """A sentence, its reason, and a link to how curves are read.

    Signals:
        turned: the other of the two is wanted.
    """

    turned = Signal()

    def __init__(self) -> None:
        super().__init__(GOING)
        self.sentence = label("", "body", wrap=True)
        self.reason = label("", "help", "text2", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.sentence)
        words.addWidget(self.reason)
        words.addStretch(1)
        self.body.addLayout(words, 1)
        self.explain = button("What the curves mean", "link", size="small")
        self.explain.setCheckable(True)
        self.explain.toggled.connect(self.turned)
        self.body.addWidget(self.explain)

    def show_run(self, run: Run | None) -> None:
        """Judge this run, or explain its curves if that was asked for; None before the first."""
        is_running = goes_on(run)
        images = run.started.validation_images if run else 0
        judgement = judge(
            run.epochs if run else (),
            images,
            is_running=is_running,
            is_changed=run is None or _is_changed(run),
        )
        title = GOING if is_running else WENT
        self.set_title(title)
        is_explaining = self.explain.isChecked()
        self.explain.setText(f"Back to {title.lower()}" if is_explaining else "What the curves mean")
        self.sentence.setText(WATCH if is_explaining else judgement.sentence)
        self.reason.setText(BY_HEART if is_explaining else judgement.reason)


def _is_changed(run: Run) -> bool:
    """Whether training images are changed at random, or blended, or seen in part."""
    return run.augmentation != "none" or run.train.mixup > 0 or run.train.patch_drop > 0
