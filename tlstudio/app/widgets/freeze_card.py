"""The card of the freeze depth: presets, the slider that is the diagram, and what the depth means."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout

from tlstudio.app.widgets.amounts import round_number, share_in_millions
from tlstudio.app.widgets.card import Card, line
from tlstudio.app.widgets.figure import Figure
from tlstudio.app.widgets.freeze_slider import FreezeSlider
from tlstudio.app.widgets.freeze_stages import (
    STRATEGIES,
    memorising_risk,
    strategy,
    what_it_does,
)
from tlstudio.app.widgets.needed_words import NeededWords
from tlstudio.app.widgets.segmented import Segmented
from tlstudio.app.widgets.warning_line import WarningLine
from tlstudio.evaluate.events import SweepDone
from tlstudio.model.backbones import Backbone
from tlstudio.model.recommend import knows_drawn_scenes, recommended_depth
from tlstudio.model.settings import RANDOM


@dataclass(frozen=True)
class FreezeFacts:
    """What the card needs to know of the project.

    Attributes:
        weights: that it starts from, as in ModelSettings.
        example: one class, for the answer at the right end.
        needed: what a run takes, by the number of frozen groups.
        measured: what the project's own runs say about the depth, or None.
    """

    backbone: Backbone
    depth: int
    weights: str
    train_images: int
    classes: int
    example: str
    needed: Callable[[int], NeededWords]
    measured: SweepDone | None = None

    @property
    def is_pretrained(self) -> bool:
        """Whether the frozen blocks know anything."""
        return self.weights != RANDOM

    @property
    def depth_by_rule(self) -> int:
        """What is recommended while the project's own runs say nothing."""
        return recommended_depth(self.backbone, self.weights, self.train_images)


class FreezeCard(Card):
    """Title, presets, slider, read-out.

    Signals:
        depth_chosen: the user settled on so many frozen groups.
    """

    depth_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__("Freeze depth", "how much should it relearn?")
        self._facts: FreezeFacts | None = None
        self.presets = Segmented(list(STRATEGIES))
        self.presets.chosen.connect(self._preset_chosen)
        self.head.addWidget(self.presets)
        self.slider = FreezeSlider()
        self.slider.valueChanged.connect(self._read_out)
        self.slider.depth_chosen.connect(self.depth_chosen)
        self.body.addWidget(self.slider, 1)
        self.body.addWidget(line())
        self.strategy = Figure("Strategy")
        self.adjusts = Figure("Trainable parameters")
        self.time = Figure("Training time")
        self.risk = Figure("Overfitting")
        figures = QHBoxLayout()
        figures.setSpacing(20)
        for figure, stretch in ((self.strategy, 5), (self.adjusts, 4), (self.time, 3), (self.risk, 4)):
            figures.addWidget(figure, stretch, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(figures)
        self.warning = WarningLine()
        self.body.addWidget(self.warning)

    def show_facts(self, facts: FreezeFacts, picture: QPixmap | None) -> None:
        """Show this backbone at this depth for these images."""
        self._facts = facts
        self.slider.show_example(facts.example, facts.classes, picture)
        if not self.slider.isSliderDown():
            reason = facts.measured.sentence if facts.measured is not None else ""
            self.slider.show_backbone(facts.backbone, facts.depth, self._recommended(facts), reason)
        self._read_out()

    @staticmethod
    def _recommended(facts: FreezeFacts) -> int:
        if facts.measured is not None:
            return facts.measured.recommended_depth
        return facts.depth_by_rule

    def _preset_chosen(self, place: int) -> None:
        groups = self.slider.maximum()
        inner = (
            self.slider.recommended if 0 < self.slider.recommended < groups else max(1, round(groups * 0.8))
        )
        depth = (0, min(inner, groups - 1), groups)[place]
        self.slider.setValue(depth)
        self.depth_chosen.emit(depth)

    def _read_out(self) -> None:
        facts, depth = self._facts, self.slider.value()
        if facts is None:
            return
        groups = facts.backbone.head_depth
        name = strategy(depth, groups)
        self.presets.set_index(STRATEGIES.index(name))
        is_drawn = knows_drawn_scenes(facts.backbone, facts.weights)
        is_best = is_drawn and self.slider.recommended == facts.depth_by_rule == 0
        does = what_it_does(depth, groups, is_pretrained=facts.is_pretrained, is_best_in_trials=is_best)
        self.strategy.set_value(name, does)
        adjusted = facts.backbone.trainable_parameters(depth, facts.classes)
        whole = facts.backbone.trainable_parameters(0, facts.classes)
        self.adjusts.set_value(share_in_millions(adjusted, whole), "values in the network that it adjusts")
        said = facts.needed(depth)
        self.time.set_value(said.time, said.beside)
        self.time.setToolTip(said.counted)
        self.warning.show_words(said.warning)
        self._read_risk(facts, adjusted)

    def _read_risk(self, facts: FreezeFacts, adjusted: int) -> None:
        if not facts.train_images:
            self.risk.set_value("–", "known once there are images")
            return
        risk = memorising_risk(adjusted, facts.train_images, is_pretrained=facts.is_pretrained)
        each = round_number(adjusted / facts.train_images)
        amount = {"low": "a few", "medium": "some", "high": "many"}[risk]
        help_ = f"it may learn {amount} images by heart: {each} values for each"
        self.risk.set_value(f"{risk.capitalize()} risk", help_)
