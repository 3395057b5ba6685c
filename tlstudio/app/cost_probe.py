"""What training the chosen backbone costs on this computer, measured by itself when a page needs it."""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tlstudio.app import preferences
from tlstudio.app.errands import Errand, Errands
from tlstudio.app.speed_probe import HEAVY_ERRANDS
from tlstudio.events import Failed
from tlstudio.project.estimate import Estimate, estimate_of
from tlstudio.project.project import Project
from tlstudio.train.events import CostMeasured

QUIET_MILLISECONDS = 400
"""So long no other backbone must have been chosen."""

STEP = "estimate"

State = Literal["known", "measuring", "waiting", "unknown", "no images"]
Wanted = tuple[Path, str, str, str]
"""A project's folder, its backbone, device and images."""

NOT_KEPT = "It was measured, but the project's cache folder can't be written to."


class CostProbe(QObject):
    """Measures once for each backbone and set of images; gives way to every step of a project.

    Attributes:
        reason: why it could not be measured; empty if that was not tried.

    Signals:
        changed: something was measured, or could not be.
    """

    changed = Signal()

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.reason = ""
        self._errands = errands
        self._errand: Errand | None = None
        self._measured: Wanted | None = None
        self._wanted: Wanted | None = None
        self._tried: set[Wanted] = set()
        self._is_held = self._is_cut_short = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET_MILLISECONDS)
        self._timer.timeout.connect(self._start)

    def estimate(self, project: Project) -> Estimate | None:
        """What can be told of the project's runs; None as long as nothing was measured."""
        return estimate_of(project, preferences.load().cache_gb)

    def want(self, project: Project | None) -> Estimate | None:
        """What can be told; if that is nothing it is measured. None if nobody looks any more."""
        self._wanted = None
        found = None if project is None else self.estimate(project)
        if project is None or found is not None or project.images is None:
            self._timer.stop()
            return found
        self._wanted = _key(project)
        if self._wanted not in self._tried and self._errand is None and not self._is_held:
            self._timer.start()
        return None

    def state(self, project: Project) -> State:
        """Whether it is known, being found out, or can't be had."""
        if project.images is None:
            return "no images"
        if self.estimate(project) is not None:
            return "known"
        if _key(project) in self._tried:
            return "unknown"
        return "waiting" if self._is_held else "measuring"

    @Slot()
    def hold(self) -> None:
        """A step of the project needs the computer."""
        self._is_held = True
        self._timer.stop()
        if self._errand is not None:
            self._is_cut_short = True
            self._errand.stop(0.5)

    @Slot()
    def go_on(self) -> None:
        """It ended."""
        self._is_held = False
        self._begin_again()

    def _begin_again(self) -> None:
        if self._wanted is not None and self._wanted not in self._tried and not self._is_held:
            self._timer.start()

    @Slot()
    def _start(self) -> None:
        if self._wanted is None or self._errand is not None or self._is_held:
            return
        if any(self._errands.running(step) for step in HEAVY_ERRANDS):
            self._timer.start()  # what the user waits for goes first
            return
        self._is_cut_short, self.reason = False, ""
        self._measured = self._wanted
        self._errand = self._errands.start(STEP, self._wanted[0])
        self._errand.reported.connect(self._take)
        self._errand.ended.connect(self._ended)

    @Slot(object)
    def _take(self, event: object) -> None:
        if isinstance(event, Failed):
            self.reason = f"{event.title}. {event.message}"
        elif isinstance(event, CostMeasured):  # if it is not known after that, it could not be kept
            self.reason = NOT_KEPT

    @Slot()
    def _ended(self) -> None:
        if not self._is_cut_short and self._measured is not None:
            self._tried.add(self._measured)  # what can't be measured is not tried again
        self._errand, self._measured = None, None
        self.changed.emit()
        self._begin_again()


def _key(project: Project) -> Wanted:
    images = project.images.fingerprint if project.images is not None else ""
    settings = project.settings
    return project.folder, settings.model.backbone, settings.train.device, images
