"""How fast each backbone is on this computer, measured by itself while nothing else runs."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tlstudio.app.errands import Errand, Errands
from tlstudio.model.backbones import find_backbone
from tlstudio.model.events import SpeedMeasured
from tlstudio.model.speeds import Speed, known_speeds, new_speed

QUIET_MILLISECONDS = 1_500
"""So long nothing must have happened: who only passes by need not pay for it."""

HEAVY_ERRANDS = frozenset({"estimate", "inspect", "match_weights", "recognise"})
"""The user waits for these; beside them the figures would be too low."""


class SpeedProbe(QObject):
    """Measures what it is asked for and remembers it; gives way to every step of a project.

    Attributes:
        speeds: by the backbone's name, as far as they are known.
        measuring: the backbones that are measured now.

    Signals:
        measured: the name of a backbone.
        changed: measuring began or ended.
    """

    measured = Signal(str)
    changed = Signal()

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.speeds: dict[str, Speed] = {}
        self.measuring: tuple[str, ...] = ()
        self._is_loaded = False
        self._errands = errands
        self._errand: Errand | None = None
        self._wanted: list[str] = []
        self._tried: set[str] = set()
        self._holders: set[str] = set()
        self._is_cut_short = False
        errands.started.connect(self._errand_started)
        errands.ended.connect(self._errand_ended)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET_MILLISECONDS)
        self._timer.timeout.connect(self._start)

    @property
    def fastest(self) -> float | None:
        """Of all that were measured, images a second; None below two, as nothing can be compared."""
        rates = [speed.images_per_second for speed in self.speeds.values()]
        return max(rates) if len(rates) > 1 else None

    def rate(self, name: str) -> float | None:
        """Images a second that a backbone answers; None before it was measured."""
        speed = self.speeds.get(name)
        return speed.images_per_second if speed is not None else None

    def want(self, names: Sequence[str]) -> None:
        """Measure these when it is quiet, in this order; whatever else was wanted is not any more."""
        if not self._is_loaded:
            self._load()
        self._wanted = [name for name in names if name not in self.speeds and name not in self._tried]
        if self._wanted and self._errand is None and not self._holders:
            self._timer.start()

    def forget(self) -> None:
        """Take nothing for known: the computer may have been busy when it was measured."""
        self._is_loaded = True
        self.speeds.clear()
        self._tried.clear()
        self.changed.emit()

    def hold(self, who: str) -> None:
        """Something else needs the computer: end what is measured now, and begin nothing."""
        self._holders.add(who)
        self._timer.stop()
        if self._errand is not None:
            self._is_cut_short = True
            self._errand.stop(0.5)

    def go_on(self, who: str) -> None:
        """It ended."""
        self._holders.discard(who)
        self.want(self._wanted)

    def _load(self) -> None:
        self._is_loaded = True
        self.speeds |= known_speeds()

    @Slot(str)
    def _errand_started(self, step: str) -> None:
        if step in HEAVY_ERRANDS:
            self.hold(step)

    @Slot(str)
    def _errand_ended(self, step: str) -> None:
        if step in HEAVY_ERRANDS and not self._errands.running(step):
            self.go_on(step)

    @Slot()
    def _start(self) -> None:
        names = [name for name in self._wanted if name not in self.speeds]
        if not names or self._holders or self._errand is not None:
            return
        self._is_cut_short = False
        self._errand = self._errands.start("measure_speed", names=names)
        self._errand.reported.connect(self._take)
        self._errand.ended.connect(self._ended)
        self.measuring = tuple(names)
        self.changed.emit()

    @Slot(object)
    def _take(self, event: object) -> None:
        if isinstance(event, SpeedMeasured):
            self.speeds[event.name] = new_speed(
                find_backbone(event.name),
                event.device,
                event.images_per_second,
                event.training_images_per_second,
                "",
            )
            self.measured.emit(event.name)

    @Slot()
    def _ended(self) -> None:
        if not self._is_cut_short:  # it had its chance: one that can't be measured is not tried again
            self._tried.update(self.measuring)
        self._errand, self.measuring = None, ()
        self.changed.emit()
        self.want(self._wanted)
