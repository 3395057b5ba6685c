"""The second step: which backbone to start from, and how much of it relearns."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.page import Page
from tlstudio.app.session import Session
from tlstudio.app.widgets.advanced_settings import AdvancedSettings
from tlstudio.app.widgets.amounts import counted, duration
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.freeze_card import FreezeCard, FreezeFacts
from tlstudio.app.widgets.freeze_stages import recommended_depth
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.network_card import NetworkCard
from tlstudio.app.widgets.network_list import NetworkList
from tlstudio.app.widgets.thumbnails import Thumbnails
from tlstudio.model.backbones import BACKBONES, Backbone
from tlstudio.model.settings import FreezeDepth, ModelSettings
from tlstudio.project.project import Project, Run

FEATURED = ("resnet10t", "mobilenetv3_large_100", "resnet50", "convnext_tiny")
LOW_WINDOW_PX = 760
PICTURE_PX = 160


class ModelPage(Page):
    """Network cards, the freeze slider and what they mean; every choice is saved at once."""

    name = "model"
    title = "Model"
    purpose = "Choose the network it starts from, and how much of it learns from your images."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._cards: dict[str, NetworkCard] = {}
        self._said: tuple[str, bool] | None = None
        self._choose_file = ("Use a weights file…", self.ask_for_weights)
        self._pictures = Thumbnails(self)
        self._pictures.arrived.connect(self._picture_read)
        advanced = button("Advanced settings", "plain", "sliders-horizontal")
        advanced.clicked.connect(self.open_advanced_settings)
        self.add_action(advanced)
        self.message.setMinimumHeight(
            1
        )  # its wrapped labels would otherwise ask for a narrow window's height
        self._lay_out_head()
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._card_clicked)
        cards = QWidget()
        self._row = QHBoxLayout(cards)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self.body.addWidget(cards)
        self.list = NetworkList(tuple(BACKBONES.values()))
        self.list.backbone_chosen.connect(self.choose_backbone)
        self.list.hide()
        self.body.addWidget(self.list)
        self.freeze_card = FreezeCard()
        self.freeze_card.depth_chosen.connect(self._choose_depth)
        self.body.addWidget(self.freeze_card, 1)
        self.primary_pressed.connect(self._start)
        self.refresh()

    def _lay_out_head(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Backbone", "section"))
        head.addWidget(label("the network it starts from", "help", "text2"))
        head.addStretch(1)
        head.addWidget(
            label("Accuracy of its published weights on everyday photos (ImageNet)", "help", "text2")
        )
        self.all_networks = button(f"All {len(BACKBONES)} networks", "link")
        self.all_networks.setCheckable(True)
        self.all_networks.toggled.connect(self._show_all)
        head.addWidget(self.all_networks)
        self.body.addLayout(head)

    # What is shown

    def refresh(self) -> None:
        """Show the project's choices."""
        project = self.session.project
        if project is None:
            self.footer(primary="Start training", primary_icon="play-fill", enabled=False, back="data")
            return
        chosen = project.settings.model
        backbone = known_backbone(chosen)
        self._show_cards(backbone, chosen)
        self.list.mark(backbone.name)
        self._show_freezing(project, backbone)
        self._show_message(chosen)
        self._show_footer(project)

    def _show_cards(self, chosen: Backbone, settings: ModelSettings) -> None:
        names = cards_for(chosen.name)
        if list(self._cards) != names:
            for card in self._cards.values():
                self._group.removeButton(card)
                self._row.removeWidget(card)
                card.deleteLater()
            self._cards = {name: NetworkCard(BACKBONES.get(name, chosen)) for name in names}
            for card in self._cards.values():
                self._group.addButton(card)
                self._row.addWidget(card, 1)
        for name, card in self._cards.items():
            card.shorten(self.height() < LOW_WINDOW_PX)
            is_from_file = name == chosen.name and settings.weights != "random"
            card.say(
                f"Starts from {Path(settings.weights).name}" if is_from_file else "Starts from random weights"
            )
        self._cards[chosen.name].setChecked(True)

    def _show_freezing(self, project: Project, backbone: Backbone) -> None:
        chosen, images = project.settings.model, project.images
        classes = images.classes if images else []
        example = self._example(classes)
        picture = self._pictures.picture(project.data_root / example[1], PICTURE_PX) if example else None
        facts = FreezeFacts(
            backbone=backbone,
            depth=backbone.depth(chosen.freeze),
            is_pretrained=chosen.weights != "random",
            train_images=images.split["train"] if images else 0,
            classes=len(classes),
            example=example[0] if example else "",
            time=training_time(project),
        )
        self.freeze_card.show_facts(facts, picture)

    def _example(self, classes: Sequence[str]) -> tuple[str, str] | None:
        """Class and path of the training image with the most pixels: the one that looks best small."""
        rows = [row for row in self.session.rows() if row.split == "train" and row.class_name in classes]
        best = max(rows, key=lambda row: min(row.width, row.height), default=None)
        return (best.class_name, best.path) if best else None

    def _show_message(self, chosen: ModelSettings) -> None:
        said = (chosen.weights, chosen.freeze == 0)
        if said == self._said:
            return  # one that the user closed stays closed
        self._said = said
        if chosen.weights != "random":
            name = Path(chosen.weights).name
            text = "The recommended depth may suit them. If they are of another network, training says so."
            self.message.say(
                "ok", f"Starts from {name}.", text, [("Use random weights", self.use_random_weights)]
            )
        elif chosen.freeze == 0:
            text = "It starts from random weights and has seen nothing yet, so nothing should be frozen."
            self.message.say("accent", "No pretrained weights are bundled yet.", text, [self._choose_file])
        else:
            text = "No pretrained weights are bundled yet, so these blocks know nothing worth keeping."
            relearn = ("Relearn everything", self._relearn_everything)
            self.message.say("warn", "Frozen blocks keep random weights.", text, [relearn, self._choose_file])

    def _show_footer(self, project: Project) -> None:
        reason = ""
        if project.images is None:
            reason = "Add images on the Data page first."
        elif project.is_read_only:
            reason = "This project is open elsewhere, so it can only be looked at here."
        elif self.session.running_step is not None:
            reason = "Something is running already. Wait for it, or stop it on its page."
        self.footer(
            status="" if reason else "All changes saved",
            help=reason,
            primary="Start training",
            primary_icon="play-fill",
            enabled=not reason,
            back="data",
        )

    # What the user does

    def choose_backbone(self, name: str) -> None:
        """Start from that row of the table; a weights file belongs to one network, so it is let go."""
        project = self.session.project
        if project is None or name == project.settings.model.backbone:
            return
        self._choose(ModelSettings(backbone=name, freeze=0, weights="random"))

    def use_weights(self, file: Path) -> None:
        """Start from the weights in that file, frozen as far as is recommended."""
        project = self.session.project
        if project is None:
            return
        backbone = known_backbone(project.settings.model)
        images = project.images.split["train"] if project.images else 0
        depth = recommended_depth(backbone.head_depth, images, is_pretrained=True)
        self._choose(
            replace(project.settings.model, weights=str(file), freeze=as_freeze(depth, backbone.head_depth))
        )

    def use_random_weights(self) -> None:
        """Start from nothing, and so with nothing frozen."""
        if self.session.project is not None:
            self._choose(replace(self.session.project.settings.model, weights="random", freeze=0))

    def ask_for_weights(self) -> None:
        """Let the user pick a weights file."""
        kinds = "Weights (*.safetensors *.pt *.pth)"
        self._said = None  # the message went with its button; it comes back if nothing is chosen
        name, _ = QFileDialog.getOpenFileName(self, "Use a weights file", "", kinds)
        if name:
            self.use_weights(Path(name))
        else:
            self.refresh()

    def open_advanced_settings(self) -> None:
        """Show every training setting."""
        if self.session.project is None:
            return
        dialog = AdvancedSettings(self.session.project.settings.train, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self._choose_training)
        dialog.open()

    def _choose_training(self, settings: object) -> None:
        self.session.choose(train=settings)

    def _choose_depth(self, depth: int) -> None:
        project = self.session.project
        if project is not None:
            head = known_backbone(project.settings.model).head_depth
            self._choose(replace(project.settings.model, freeze=as_freeze(depth, head)))

    def _relearn_everything(self) -> None:
        self._choose_depth(0)

    def _choose(self, model: ModelSettings) -> None:
        project = self.session.project
        if project is not None and model != project.settings.model:
            self.session.choose(model=model)
        self.refresh()

    def _card_clicked(self, card: object) -> None:
        if isinstance(card, NetworkCard):
            self.choose_backbone(card.backbone.name)

    def _show_all(self, is_open: bool) -> None:  # noqa: FBT001 (a slot of Qt's)
        self.list.setVisible(is_open)
        self.all_networks.setText("Fewer networks" if is_open else f"All {len(BACKBONES)} networks")

    def _picture_read(self) -> None:
        self.refresh()

    def _start(self) -> None:
        self.session.start("train")
        self.went.emit("train")

    # Qt's own names

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the cards in a low window."""
        super().resizeEvent(event)
        for card in self._cards.values():
            card.shorten(self.height() < theme.px(LOW_WINDOW_PX))


def cards_for(chosen: str) -> list[str]:
    """The four that are shown as cards; the chosen one is always among them."""
    featured = [name for name in FEATURED if name in BACKBONES]
    return featured if chosen in featured else [*featured[:3], chosen]


def known_backbone(settings: ModelSettings) -> Backbone:
    """The table's row of these settings; the first where a newer version knew more."""
    return BACKBONES.get(settings.backbone) or next(iter(BACKBONES.values()))


def as_freeze(depth: int, head_depth: int) -> FreezeDepth:
    """The setting of that slider position; its end means the classifier alone on every backbone."""
    return "head" if depth >= head_depth else depth


def training_time(project: Project) -> tuple[str, str]:
    """How long it may take by an earlier run of this backbone, and which; else "–" and why."""
    model, epochs = project.settings.model, project.settings.train.epochs
    earlier = [run for run in project.runs if run.model.backbone == model.backbone and run.epochs]
    if not earlier or project.images is None:
        return "–", "measured while training"
    run = max(earlier, key=lambda run: (run.model.freeze == model.freeze, run.number))
    seconds = (
        _seconds_an_epoch(run) * epochs * project.images.split["train"] / max(1, run.started.train_images)
    )
    basis = f"{counted(epochs, 'epoch')}, by run {run.number}"
    return duration(seconds), basis if run.model.freeze == model.freeze else f"{basis}, frozen differently"


def _seconds_an_epoch(run: Run) -> float:
    return sum(epoch.seconds for epoch in run.epochs) / len(run.epochs)
