"""What the user asks about weights and waits for: a pack, a file, an unknown network."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from tlstudio.amounts import counted
from tlstudio.app.errands import Errands
from tlstudio.app.model_choice import title_of
from tlstudio.app.widgets.amounts import file_size
from tlstudio.app.widgets.errand_message import ErrandMessage
from tlstudio.app.widgets.message_bar import Action, MessageBar
from tlstudio.model.events import NetworkInspected, PackImported, WeightsMatched
from tlstudio.model.pack_manifest import MANIFEST_NAME

NAMED = 3
WEIGHT_SUFFIXES = (".safetensors", ".pt", ".pth")


class WeightsDesk(QObject):
    """Asks, tells of it in a page's message, and passes the answers on.

    Signals:
        asked: a question about the chosen network, or one to be chosen, was put.
        told: an answer stands in the message; a pack's weights may be on this computer now.
        network_found: the name of a network that can be used.
        file_fits: a weights file, the name of the backbone that it fits, and how.
        put_back: nothing came of it; what the message said before is so again.
    """

    asked = Signal()
    told = Signal()
    network_found = Signal(str)
    file_fits = Signal(Path, str, str)
    put_back = Signal()

    def __init__(self, errands: Errands, message: MessageBar, parent: QWidget) -> None:
        super().__init__(parent)
        self._widget = parent
        self._message = message
        self._file = Path()
        self._refused: WeightsMatched | None = None
        self._errand = ErrandMessage(errands, message, self)
        self._errand.finished.connect(self._finished)
        self._errand.failed.connect(self._failed)
        self._errand.stopped.connect(self.put_back)

    @property
    def is_busy(self) -> bool:
        """Whether the message tells of something that goes on."""
        return self._errand.is_running

    def ask_for_pack(self) -> None:
        """Let the user choose the folder of a pack."""
        chosen = QFileDialog.getExistingDirectory(self._widget, "Choose the folder of a weights pack")
        if chosen:
            self.import_pack(Path(chosen))

    def import_pack(self, folder: Path) -> None:
        """Take a pack's weights into this computer's folder."""
        text = "Every file is checked before it counts."
        self._errand.start("import_pack", f"Importing “{folder.name}”.", text, folder=folder)

    def ask_for_file(self, backbone: str) -> None:
        """Let the user choose a file of weights for that network."""
        kinds = " ".join(f"*{suffix}" for suffix in WEIGHT_SUFFIXES)
        name, _ = QFileDialog.getOpenFileName(self._widget, "Use a weights file", "", f"Weights ({kinds})")
        if name:
            self.match(Path(name), backbone)
        else:
            self.put_back.emit()

    def match(self, file: Path, backbone: str) -> None:
        """Hold the file against the network, tensor by tensor; nothing is chosen unless it fits."""
        self._file = file
        self.asked.emit()
        title = f"Holding “{file.name}” against {title_of(backbone)}."
        text = "Nothing is changed unless every tensor has its place."
        self._errand.start("match_weights", title, text, backbone=backbone, file=file)

    def inspect(self, name: str) -> None:
        """Find out whether a network of timm can be frozen, trained and exported here."""
        self.asked.emit()
        text = "It is built, cut at its groups, trained by a step and exported. This may take a minute."
        self._errand.start("inspect", f"Looking at {name}.", text, name=name)

    @Slot(object)
    def _finished(self, event: object) -> None:
        match event:
            case PackImported():
                took = event.backbones or event.already_here
                self._message.say("ok" if took else "warn", *pack_words(event))
                self.told.emit()
            case NetworkInspected(usable=True, name=name):
                self.network_found.emit(name)
            case NetworkInspected(name=name, reason=reason):
                title = f"{name} can't be used here."
                self._message.say("warn", title, f"{reason} Nothing was changed.")
                self.told.emit()
            case WeightsMatched(fits=True, backbone=backbone):
                self.file_fits.emit(self._file, backbone, matched_words(event))
            case WeightsMatched():
                self._refuse(event)

    @Slot(object)
    def _failed(self, _event: object) -> None:
        self.told.emit()

    def _ask_again(self) -> None:
        if self._refused is not None:
            self.ask_for_file(self._refused.backbone)

    def _match_fitting(self) -> None:
        if self._refused is not None:
            self.match(self._file, self._refused.fitting_backbone)

    def _refuse(self, event: WeightsMatched) -> None:
        title = f"“{event.file}” does not fit {title_of(event.backbone)}."
        self._refused = event
        actions: list[Action] = [("Choose another file…", self._ask_again)]
        if event.fitting_backbone:
            actions.insert(0, (f"Use {title_of(event.fitting_backbone)}", self._match_fitting))
        self._message.say("bad", title, f"{event.reason} Nothing was changed.", actions)
        self.told.emit()


def is_pack(folder: Path) -> bool:
    """Whether the folder is a weights pack."""
    return (folder / MANIFEST_NAME).is_file()


def pack_words(event: PackImported) -> tuple[str, str]:
    """Title and text for what a pack brought."""
    new, known = event.backbones, event.already_here
    if not new and not known:
        return "Nothing was taken from this pack.", "It holds nothing for this version of TL Studio."
    if not new:
        return "All of this pack was here already.", f"{_names(known)} can be used as before."
    work = "works" if len(new) == 1 else "work"
    text = f"{_names(new)}, {file_size(round(event.megabytes * 1e6))}."
    if known:
        text += f" {_names(known)} {'was' if len(known) == 1 else 'were'} here already."
    return f"{counted(len(new), 'more network')} {work} offline now.", text


def matched_words(event: WeightsMatched) -> str:
    """How a file fits a network, in one sentence."""
    words = f"{event.matched:,} of {event.expected:,} tensors fit"
    if event.left_out:
        words += "; its classifier is left out, as a new one is trained"
    return f"{words}."


def _names(names: list[str]) -> str:
    titles = [title_of(name) for name in names[:NAMED]]
    if len(names) > NAMED:
        return f"{', '.join(titles)} and {len(names) - NAMED} more"
    return " and ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)
