"""The small form that plans a sweep: which depths, how many seeds, how long; opened in place."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from tlstudio.amounts import counted
from tlstudio.app import theme
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.card import Card
from tlstudio.app.widgets.labels import Label
from tlstudio.app.widgets.number_box import inset
from tlstudio.app.widgets.sweep_words import AUTO, DepthsUnclear, depths_in
from tlstudio.model.backbone import Backbone

MOST_SEEDS, MOST_EPOCHS = 9, 500
FIELD_PX, NUMBER_PX, FIELD_HEIGHT_PX = 150, 96, 30
SAFE = (
    "What frozen blocks see is computed once for all of them. Each run is kept, and you can stop at any time."
)


@dataclass(frozen=True)
class SweepChoice:
    """What is to be trained.

    Attributes:
        depths: frozen groups; none for those that the measured speed of this computer allows.
        seeds: runs of each depth.
        epochs: of each run.
    """

    depths: tuple[int, ...]
    seeds: int
    epochs: int


class SweepPanel(Card):
    """Depths, seeds, epochs, and what that comes to.

    Args:
        known_runs: how many of the runs there are already; 0 while that is not known.

    Signals:
        planned: a SweepChoice.
        closed: the user does not want to.
    """

    planned = Signal(object)
    closed = Signal()

    def __init__(self, known_runs: Callable[[SweepChoice], int]) -> None:
        super().__init__("Sweep depths", "the same backbone at several freeze depths, on the same images")
        self._known_runs = known_runs
        self._backbone: Backbone | None = None
        self._auto: tuple[int, ...] = ()
        self._reason = ""
        self.depths = QLineEdit(AUTO)
        self.depths.setAccessibleName("Freeze depths")
        self.depths.textChanged.connect(self.update_words)
        self.depths.returnPressed.connect(self._start)
        self.seeds = inset(QSpinBox())
        self.seeds.setRange(1, MOST_SEEDS)
        self.seeds.setAccessibleName("Seeds")
        self.seeds.setToolTip("Runs of each depth that differ by chance alone, to tell luck from merit")
        self.epochs = inset(QSpinBox())
        self.epochs.setRange(1, MOST_EPOCHS)
        self.epochs.setAccessibleName("Epochs")
        self.start = button("Start sweep", "soft", "play-fill")
        self.start.clicked.connect(self._start)
        self.cancel = button("Cancel", "ghost")
        self.cancel.clicked.connect(self.closed)
        self.words = Label("", "help", "text2", wrap=True)
        for number in (self.seeds, self.epochs):
            number.valueChanged.connect(self.update_words)
        row = QHBoxLayout()
        row.setSpacing(theme.px(16))
        for words, field, stretch in (
            ("Depths", self.depths, 1),
            ("Seeds of each", self.seeds, 0),
            ("Epochs of each", self.epochs, 0),
        ):
            row.addWidget(_labelled(words, field), stretch)
        row.addWidget(_labelled(" ", self.start))
        row.addWidget(_labelled(" ", self.cancel))
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.words)
        theme.watcher().changed.connect(self._fit)
        self._fit()

    def open_for(self, backbone: Backbone, auto: tuple[int, ...], epochs: int, seeds: int) -> None:
        """Begin anew for that backbone.

        Args:
            backbone: whose depths.
            auto: the depths that are trained where none are named; none if the speed must be measured first.
            epochs: as the project trains otherwise.
            seeds: to begin with.
        """
        self._backbone, self._auto = backbone, auto
        self.epochs.setValue(epochs)
        self.seeds.setValue(seeds)
        self.depths.setText(AUTO)
        self.depths.setToolTip(
            f"“{AUTO}”, or numbers of frozen blocks from 0 (everything relearns) to "
            f"{backbone.head_depth} (only the decision), such as 0, {backbone.head_depth // 2}, "
            f"{backbone.head_depth}"
        )
        self.update_words()

    def say_why_not(self, reason: str) -> None:
        """Why it can't start now; empty if it can."""
        self._reason = reason
        self.update_words()

    def plan(self) -> SweepChoice | None:
        """What the fields say; None if the depths can't be read."""
        if self._backbone is None:
            return None
        try:
            depths = depths_in(self.depths.text(), self._backbone.head_depth, self._auto)
        except DepthsUnclear:
            return None
        return SweepChoice(depths, self.seeds.value(), self.epochs.value())

    def update_words(self) -> None:
        """Say what the fields come to."""
        if self._backbone is None:
            return
        plan = self.plan()
        self.start.setEnabled(plan is not None and not self._reason)
        self.start.setToolTip(self._reason)
        self.words.set_token("text2" if plan is not None else "bad_text")
        if plan is None:
            try:
                depths_in(self.depths.text(), self._backbone.head_depth, self._auto)
            except DepthsUnclear as unclear:
                self.words.setText(str(unclear))
            return
        self.words.setText(self._reason or self._words(plan, self._backbone))

    def _words(self, plan: SweepChoice, backbone: Backbone) -> str:
        each = f"{counted(plan.seeds, 'seed')} of {counted(plan.epochs, 'epoch')}"
        if not plan.depths:
            return (
                f"{3 * plan.seeds} to {4 * plan.seeds} runs of {backbone.title}: three or four depths, as "
                f"this computer can afford once its speed is measured, {each} each. {SAFE}"
            )
        total, known = len(plan.depths) * plan.seeds, self._known_runs(plan)
        runs = f"{counted(total, 'run')} of {backbone.title}"
        if known:
            are = "is" if known == 1 else "are"
            runs += f", {'all' if known == total else known} of which {are} there already"
        depths = ", ".join(map(str, plan.depths))
        return f"{runs}: {depths} of {backbone.head_depth} blocks frozen, {each} each. {SAFE}"

    def _fit(self) -> None:
        self.depths.setMinimumWidth(theme.px(FIELD_PX))
        self.depths.setMaximumWidth(theme.px(3 * FIELD_PX))
        for number in (self.seeds, self.epochs):
            number.setMinimumWidth(theme.px(NUMBER_PX))
            number.setFixedHeight(theme.px(FIELD_HEIGHT_PX))

    def _start(self) -> None:
        plan = self.plan()
        if plan is not None and not self._reason:
            self.planned.emit(plan)

    # Qt's own names

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _labelled(words: str, field: QWidget) -> QWidget:
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    above = Label(words, "help", "text3")
    above.setBuddy(field)
    column.addWidget(above)
    column.addWidget(field)
    return both
