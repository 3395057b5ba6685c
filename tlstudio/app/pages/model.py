"""The second step: which backbone to start from, and how much of it relearns."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from tlstudio.app import theme
from tlstudio.app.model_choice import (
    is_known,
    known_backbone,
    suggestion,
    title_of,
    usable,
    with_recommended_depth,
)
from tlstudio.app.page import Page
from tlstudio.app.session import Session
from tlstudio.app.widgets.about_network import AboutNetwork
from tlstudio.app.widgets.advanced_settings import AdvancedSettings
from tlstudio.app.widgets.all_networks import AllNetworks
from tlstudio.app.widgets.buttons import button
from tlstudio.app.widgets.freeze_card import FreezeCard, FreezeFacts
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.needed_words import NeededWords, needed_words, not_known
from tlstudio.app.widgets.network_cards import NetworkCards, cards_for
from tlstudio.app.widgets.network_list import Listed
from tlstudio.app.widgets.network_words import NetworkFacts, about_weights
from tlstudio.app.widgets.run_findings import RunFindings
from tlstudio.app.widgets.thumbnails import Thumbnails
from tlstudio.app.widgets.weights_desk import WEIGHT_SUFFIXES, WeightsDesk, is_pack
from tlstudio.app.widgets.weights_message import WeightsMessage
from tlstudio.app.widgets.weights_notice import Notice, notice, notice_of_unknown
from tlstudio.model.adopted import adopted_backbones
from tlstudio.model.backbones import BACKBONES, Backbone, find_backbone
from tlstudio.model.catalogue import search
from tlstudio.model.recommend import as_freeze
from tlstudio.model.settings import PRETRAINED, RANDOM, ModelSettings
from tlstudio.model.weight_store import weights_state
from tlstudio.project.project import Project

LOW_WINDOW_PX = 760
PICTURE_PX = 160


class ModelPage(Page):
    """Network cards, the freeze slider and what they mean; every choice is saved at once."""

    name = "model"
    title = "Model"
    purpose = "Choose the network it starts from, and how much of it learns from your images."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._matched: dict[str, str] = {}
        self._findings = RunFindings(self)
        self._findings.arrived.connect(self._show_again)
        self._asked_at: tuple[Path, ModelSettings] | None = None
        self._pictures = Thumbnails(self)
        self._pictures.arrived.connect(self.refresh)
        advanced = button("Advanced settings", "plain", "sliders-horizontal")
        advanced.clicked.connect(self.open_advanced_settings)
        self.add_action(advanced)
        self._weights_message = WeightsMessage(
            self.message,
            {
                "download": self._download,
                "cancel": self._cancel_download,
                "pretrained": self.use_pretrained_weights,
                "random": self.use_random_weights,
                "file": self.ask_for_weights,
                "relearn": self._relearn_everything,
            },
        )
        self.desk = WeightsDesk(session.errands, self.message, self)
        self.desk.told.connect(self._desk_told)
        self.desk.put_back.connect(self._say_again)
        self.desk.asked.connect(self._remember_choice)
        self.desk.network_found.connect(self._network_found)
        self.desk.file_fits.connect(self._use_matched)
        self._lay_out()
        session.downloads.changed.connect(self._download_changed)
        probes = session.speed_probe, session.cost_probe
        for signal in (session.speed_probe.measured, *(probe.changed for probe in probes)):
            signal.connect(self._show_again)
        for signal in (session.step_started, session.step_ended):
            signal.connect(self._show_again)
        self.primary_pressed.connect(self._start)
        self.refresh()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Backbone", "section"))
        head.addWidget(label("the network it starts from", "help", "text2"))
        head.addStretch(1)
        head.addWidget(label("Accuracy on everyday photos (ImageNet)", "help", "text2"))
        self.all_networks = button(f"All {len(BACKBONES)} networks", "link")
        self.all_networks.setCheckable(True)
        self.all_networks.toggled.connect(self._show_all)
        head.addWidget(self.all_networks)
        self.cards = NetworkCards()
        self.cards.chosen.connect(self._card_chosen)
        self.cards.cancelled.connect(self.session.downloads.cancel)
        self.about = AboutNetwork()
        for wrapped in (self.message, self.about):
            wrapped.setMinimumHeight(1)  # they would otherwise ask for a narrow window's height
        self.list = AllNetworks(search)
        self.list.chosen.connect(self._listed_chosen)
        self.list.pack_asked.connect(self.desk.ask_for_pack)
        self.list.file_asked.connect(self.ask_for_weights)
        self.list.closed.connect(self.all_networks.toggle)
        self.list.measure_asked.connect(self.session.speed_probe.forget)
        self.list.hide()
        self.freeze_card = FreezeCard()
        self.freeze_card.depth_chosen.connect(self._choose_depth)
        choice = QVBoxLayout()
        choice.setSpacing(8)
        choice.addLayout(head)
        choice.addWidget(self.cards)
        choice.addWidget(self.about)
        self.body.addLayout(choice)
        self.body.addWidget(self.list)
        self.body.addWidget(self.freeze_card, 1)

    # What is shown

    def refresh(self) -> None:
        """Show the project's choices and what is on this computer."""
        project = self.session.project
        if project is None:
            self.footer(primary="Start training", primary_icon="play-fill", enabled=False, back="data")
            return
        chosen = usable(project.settings.model)
        backbone = known_backbone(chosen)
        self._show_networks(project, backbone)
        self._show_freezing(project, chosen, backbone)
        self._show_notice(chosen, backbone)
        self._show_footer(project, chosen, backbone)

    def _show_networks(self, project: Project, chosen: Backbone) -> None:
        suggested, reason = suggestion(project, self.session.speed_probe.speeds)
        names = cards_for(chosen.name, suggested)
        networks = [BACKBONES.get(name, chosen) for name in names]
        reasons = {suggested: reason}
        self.cards.shorten(self.height() < theme.px(LOW_WINDOW_PX))
        cards = [(network, self._facts(network, reasons.get(network.name, ""))) for network in networks]
        self.cards.show_networks(cards, chosen.name)
        own = self.cards.cards[chosen.name].facts
        is_plain = own.start == PRETRAINED and own.state.is_here  # else a message says what it starts from
        about = about_weights(chosen) if is_plain else ""
        said = f"{BACKBONES[suggested].title} is suggested. {reason}" if reason else ""
        self.about.say(about, said)
        if not self.list.isHidden():
            self._show_list(chosen)
        if self.isVisible():
            self._measure(names)

    def _show_list(self, chosen: Backbone) -> None:
        known = {**BACKBONES, **{network.name: network for network in adopted_backbones()}}
        rows = [Listed(network.name, network, self._facts(network)) for network in known.values()]
        self.list.show_rows(rows, chosen.name)

    def _measure(self, names: Sequence[str]) -> None:
        wanted = [*names, *(self.list.list.names() if not self.list.isHidden() else [])]
        known = [name for name in dict.fromkeys(wanted) if is_known(name)]
        self.session.speed_probe.want(known)

    def _facts(self, backbone: Backbone, reason: str = "") -> NetworkFacts:
        project, probe = self.session.project, self.session.speed_probe
        start = PRETRAINED
        if project is not None and known_backbone(project.settings.model).name == backbone.name:
            start = usable(project.settings.model).weights
        return NetworkFacts(
            state=weights_state(backbone),
            start=start if start in (PRETRAINED, RANDOM) else Path(start).name,
            speed=probe.rate(backbone.name),
            fastest=probe.fastest,
            is_measuring=backbone.name in probe.measuring,
            suggestion=reason,
            download=self.session.downloads.of(backbone.name),
        )

    def _show_freezing(self, project: Project, chosen: ModelSettings, backbone: Backbone) -> None:
        images = project.images
        classes = images.classes if images else []
        example = self._example(classes)
        picture = self._pictures.picture(project.data_root / example[1], PICTURE_PX) if example else None
        facts = FreezeFacts(
            backbone=backbone,
            depth=backbone.depth(chosen.freeze),
            weights=chosen.weights,
            train_images=images.split["train"] if images else 0,
            classes=len(classes),
            example=example[0] if example else "",
            needed=self._needed(project),
            measured=self._findings.depth(project),
        )
        self.freeze_card.show_facts(facts, picture)

    def _needed(self, project: Project) -> Callable[[int], NeededWords]:
        """What a run takes at each depth; measured if it is not known and somebody looks."""
        probe = self.session.cost_probe
        estimate = probe.want(project) if self.isVisible() else probe.estimate(project)
        if estimate is not None:
            return lambda depth: needed_words(estimate, depth)
        unknown = not_known(probe.state(project), probe.reason)
        return lambda _depth: unknown

    def _example(self, classes: Sequence[str]) -> tuple[str, str] | None:
        """Class and path of the training image with the most pixels: the one that looks best small."""
        rows = [row for row in self.session.rows() if row.split == "train" and row.class_name in classes]
        best = max(rows, key=lambda row: min(row.width, row.height), default=None)
        return (best.class_name, best.path) if best else None

    def _show_notice(self, chosen: ModelSettings, backbone: Backbone) -> None:
        if self.desk.is_busy:
            return
        download = self.session.downloads.of(backbone.name)
        self._weights_message.show(self._notice(chosen, backbone), download.fraction if download else None)

    def _notice(self, chosen: ModelSettings, backbone: Backbone) -> Notice | None:
        project = self.session.project
        if project is not None and not is_known(project.settings.model.backbone):
            return notice_of_unknown(project.settings.model.backbone, backbone)
        matched = self._matched.get(chosen.weights, "")
        return notice(backbone, self._facts(backbone), is_frozen=chosen.freeze != 0, matched=matched)

    def _show_footer(self, project: Project, chosen: ModelSettings, backbone: Backbone) -> None:
        reason = ""
        if project.images is None:
            reason = "Add images on the Data page first."
        elif project.is_read_only:
            reason = "This project can only be looked at here."
        elif self.session.running_step is not None:
            reason = "Something is running already. Wait for it, or stop it on its page."
        elif chosen.weights == PRETRAINED and not weights_state(backbone).is_here:
            download = self.session.downloads.of(backbone.name)
            if download is not None and download.is_running:
                reason = "Training can start once its weights are here."
            else:
                reason = "Its weights are not here yet. Download them, or use random ones."
        self.footer(
            status="" if reason else "All changes saved",
            help=reason,
            primary="Start training",
            primary_icon="play-fill",
            enabled=not reason,
            back="data",
        )

    # What the user does

    def take_drop(self, paths: list[Path]) -> bool:
        """A weights pack is imported, a weights file held against the chosen network."""
        if len(paths) == 1 and is_pack(paths[0]):
            self.desk.import_pack(paths[0])
            return True
        if len(paths) == 1 and paths[0].suffix.lower() in WEIGHT_SUFFIXES and self.session.project:
            self.desk.match(paths[0], known_backbone(self.session.project.settings.model).name)
            return True
        return False

    @Slot(str)
    def choose_backbone(self, name: str) -> None:
        """Start from that backbone: from its own weights where there are any, frozen as is recommended."""
        project = self.session.project
        if project is None:
            return
        if name == project.settings.model.backbone:
            self._say_again()
            return
        weights = RANDOM if weights_state(find_backbone(name)).kind == "none" else PRETRAINED
        self._choose(with_recommended_depth(ModelSettings(name, 0, weights), project))

    def use_pretrained_weights(self) -> None:
        """Start from the backbone's own weights."""
        self._choose_weights(PRETRAINED)

    def use_random_weights(self) -> None:
        """Start from nothing, and so with nothing frozen."""
        self._choose_weights(RANDOM)

    def ask_for_weights(self) -> None:
        """Let the user pick a weights file."""
        if self.session.project is not None:
            self.desk.ask_for_file(known_backbone(self.session.project.settings.model).name)

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
            chosen = usable(project.settings.model)
            self._choose(replace(chosen, freeze=as_freeze(depth, known_backbone(chosen).head_depth)))

    def _relearn_everything(self) -> None:
        self._choose_depth(0)

    def _choose_weights(self, weights: str) -> None:
        project = self.session.project
        if project is not None:
            model = replace(usable(project.settings.model), weights=weights)
            self._choose(with_recommended_depth(model, project))

    def _choose(self, model: ModelSettings) -> None:
        project = self.session.project
        if project is not None and model != project.settings.model:
            self.session.choose(model=model)
        self.refresh()

    def _card_chosen(self, name: str) -> None:
        self.choose_backbone(name)
        self.refresh()  # a project that can't be changed keeps its card

    def _listed_chosen(self, name: str) -> None:
        if is_known(name):
            self._card_chosen(name)
        else:
            self.desk.inspect(name)
        self._bring_message_into_view()

    def _choice(self) -> tuple[Path, ModelSettings] | None:
        project = self.session.project
        return None if project is None else (project.folder, project.settings.model)

    @Slot()
    def _remember_choice(self) -> None:
        self._asked_at = self._choice()

    @Slot(str)
    def _network_found(self, name: str) -> None:
        if self._asked_at == self._choice():
            self.choose_backbone(name)
        else:
            self._say_too_late(f"{title_of(name)} can be used here.")

    @Slot(Path, str, str)
    def _use_matched(self, file: Path, backbone: str, words: str) -> None:
        project = self.session.project
        self._matched[str(file)] = words
        if project is None or self._asked_at != self._choice():
            self._say_too_late(f"“{file.name}” fits {title_of(backbone)}.")
            return
        model = replace(project.settings.model, backbone=backbone, weights=str(file))
        self._choose(with_recommended_depth(model, project))

    def _say_too_late(self, title: str) -> None:
        """What was asked is answered, but something else was chosen or opened since."""
        self.message.say("ok", title, "You have chosen something else since, so nothing was changed.")
        self._desk_told()

    def _download(self) -> None:
        project = self.session.project
        if project is not None:
            backbone = known_backbone(project.settings.model)
            self.session.downloads.start(backbone.name, weights_state(backbone).size_bytes)

    def _cancel_download(self) -> None:
        project = self.session.project
        if project is not None:
            self.session.downloads.cancel(known_backbone(project.settings.model).name)

    def _show_all(self, is_open: bool) -> None:  # noqa: FBT001 (a slot of Qt's)
        self.list.setVisible(is_open)
        self.all_networks.setText("Fewer networks" if is_open else f"All {len(BACKBONES)} networks")
        if not is_open:
            self.all_networks.setFocus(Qt.FocusReason.OtherFocusReason)
        self.refresh()

    def _start(self) -> None:
        project = self.session.project
        if project is not None:
            # What is shown is what is trained, also where the weights that were chosen once are no more.
            self.session.choose(model=usable(project.settings.model))
        self.session.start("train")
        self.went.emit("train")

    # What happens

    @Slot(str)
    def _download_changed(self, name: str) -> None:
        if not self.isVisible() or self.session.project is None:
            return
        chosen = usable(self.session.project.settings.model)
        download = self.session.downloads.of(name)
        card = self.cards.cards.get(name)
        known = card.facts.download if card is not None else None
        if card is not None and known is not None and known.is_running and download and download.is_running:
            card.show_facts(replace(card.facts, download=download))
            if name == chosen.backbone:
                self._show_notice(chosen, known_backbone(chosen))
        else:
            self.refresh()

    @Slot()
    def _show_again(self) -> None:
        if self.isVisible():
            self.refresh()

    @Slot()
    def _desk_told(self) -> None:
        """What the desk's message says is of more use than what the page itself would."""
        project = self.session.project
        if project is not None:
            chosen = usable(project.settings.model)
            self._weights_message.leave(self._notice(chosen, known_backbone(chosen)))
        self.refresh()
        self._bring_message_into_view()

    def _bring_message_into_view(self) -> None:
        """The list is long, and who chose from its end would not see the answer above it."""
        if self.message.isVisible():
            self._scroll.verticalScrollBar().setValue(0)

    @Slot()
    def _say_again(self) -> None:
        self._weights_message.forget()
        self.refresh()

    # Qt's own names

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the cards in a low window."""
        super().resizeEvent(event)
        self.cards.shorten(self.height() < theme.px(LOW_WINDOW_PX))

    def hideEvent(self, event: QHideEvent) -> None:
        """Measure nothing that nobody looks at."""
        super().hideEvent(event)
        self.session.speed_probe.want(())
        self.session.cost_probe.want(None)
