"""What the chosen backbone names in images before anything is trained."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from tlstudio.app.errands import Errand, Errands
from tlstudio.app.model_choice import known_backbone
from tlstudio.events import Event
from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import BACKBONES
from tlstudio.model.weight_store import weights_state
from tlstudio.project.project import Project

STEP = "recognise"
STOP_SECONDS = 0.5

KNOWN: dict[int, str] = {
    1_000: "1,000 everyday things from ImageNet",
    11_221: "11,221 things from ImageNet-21k",
    11_821: "11,821 things from ImageNet-12k",
    21_841: "21,841 things from ImageNet-22k",
    21_843: "21,843 things from ImageNet-21k",
}
"""Classes of a published classifier → what they are, for those lists whose names the engine has."""


def namer(project: Project | None) -> Backbone | None:
    """The chosen backbone if it knows names and its weights are on this computer."""
    if project is None:
        return None
    backbone = known_backbone(project.settings.model)
    return backbone if backbone.weights.classes in KNOWN and weights_state(backbone).is_here else None


def knowledge(backbone: Backbone) -> str:
    """What a backbone that knows names can name."""
    return f"Knows {KNOWN[backbone.weights.classes]}; not your classes."


def why_not(project: Project, *, is_coming: bool) -> str:
    """Why the chosen backbone can't be tried as it is, with what to do about it.

    Args:
        project: for which `namer` found none.
        is_coming: whether its weights are being downloaded.
    """
    backbone = known_backbone(project.settings.model)
    if backbone.weights.classes not in KNOWN:
        other = _easiest()
        way = "choose it" if weights_state(other).is_here else "choose and download it"
        return (
            f"{backbone.title} knows no names before it is trained. A network with names, such as "
            f"{other.title}, can be tried as it is: {way} on the Model page."
        )
    if is_coming:
        return f"{backbone.title} can be tried as it is when its weights are here. They are on their way."
    return (
        f"{backbone.title} can be tried as it is once its weights are on this computer: "
        "download them on the Model page."
    )


def short(name: str) -> str:
    """The first of the words that ImageNet has for a thing: "tench" of "tench, Tinca tinca"."""
    return name.partition(",")[0]


def _easiest() -> Backbone:
    """Of those that know names one that is here, else the quickest to download."""
    named = [backbone for backbone in BACKBONES.values() if backbone.weights.classes in KNOWN]
    return min(named, key=lambda backbone: (not weights_state(backbone).is_here, backbone.weights.size_bytes))


class Naming(QObject):
    """Asks one backbone at a time, beside whatever else runs.

    Signals:
        told: an event of the step.
        ended: the step is over; another may start.
    """

    told = Signal(object)
    ended = Signal()

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._errand: Errand | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a backbone is asked now."""
        return self._errand is not None

    def start(self, backbone: Backbone, images: list[Path]) -> None:
        """Ask about these images; the question before must have ended or been stopped."""
        paths = [str(path) for path in images]
        self._errand = self._errands.start(STEP, backbone=backbone.name, images=paths)
        self._errand.reported.connect(self._take)
        self._errand.ended.connect(self._finish)

    def stop(self) -> None:
        """Ask no more; nothing more is told of it."""
        errand, self._errand = self._errand, None
        if errand is not None:
            errand.stop(STOP_SECONDS)

    @Slot(object)
    def _take(self, event: object) -> None:
        if self.sender() is self._errand and isinstance(event, Event):
            self.told.emit(event)

    @Slot()
    def _finish(self) -> None:
        if self.sender() is self._errand:
            self._errand = None
            self.ended.emit()
