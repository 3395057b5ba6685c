"""The downloads of weights that the user asked for, and how far each has come."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from tlstudio.app import preferences
from tlstudio.app.errands import Errand, Errands
from tlstudio.events import Failed
from tlstudio.model.events import DownloadProgressed, WeightsDownloaded


@dataclass(frozen=True)
class Download:
    """One backbone's weights on their way.

    Attributes:
        name: of the backbone.
        done_bytes: so many have come; kept for the next try when it was stopped or failed.
        total_bytes: so many are expected; 0 while nobody knows.
        is_running: whether it goes on now.
        problem: why it ended, if it failed.
    """

    name: str
    done_bytes: int = 0
    total_bytes: int = 0
    is_running: bool = True
    problem: Failed | None = None

    @property
    def fraction(self) -> float | None:
        """0 … 1, or None while nobody knows."""
        return self.done_bytes / self.total_bytes if self.total_bytes else None


class Downloads(QObject):
    """Each backbone at most once; they go on while other pages and projects are shown.

    Signals:
        changed: the name of a backbone whose download began, came on or ended.
        arrived: the name of a backbone whose weights are on this computer now.
        failed: the name of a backbone whose download ended with a problem.
    """

    changed = Signal(str)
    arrived = Signal(str)
    failed = Signal(str)

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._known: dict[str, Download] = {}
        self._running: dict[str, Errand] = {}

    def of(self, name: str) -> Download | None:
        """The download of that backbone that runs, was stopped or failed; None if there is none."""
        return self._known.get(name)

    def start(self, name: str, expected_bytes: int = 0) -> None:
        """Fetch that backbone's weights; what had come before is kept and the rest follows."""
        if name in self._running:
            return
        before = self._known.get(name) or Download(name, 0, expected_bytes)
        self._known[name] = replace(before, is_running=True, problem=None)
        chosen = preferences.load()
        errand = self._errands.start(
            "download", name=name, mirror=chosen.mirror, proxy=chosen.proxy_with_login
        )
        self._running[name] = errand
        errand.reported.connect(self._take)
        errand.ended.connect(self._ended)
        self.changed.emit(name)

    def cancel(self, name: str) -> None:
        """Stop it; what has come is kept."""
        if name in self._running:
            self._running[name].stop()

    @Slot(object)
    def _take(self, event: object) -> None:
        name = self._name_of(self.sender())
        match event:
            case DownloadProgressed(done_bytes=done, total_bytes=total):
                self._change(name, done_bytes=done, total_bytes=total or self._known[name].total_bytes)
            case Failed():
                self._change(name, problem=event)
            case WeightsDownloaded():
                self._known.pop(name, None)

    @Slot()
    def _ended(self) -> None:
        name = self._name_of(self.sender())
        self._running.pop(name, None)
        if name in self._known:
            self._change(name, is_running=False)
            if self._known[name].problem is not None:
                self.failed.emit(name)
        else:
            self.changed.emit(name)
            self.arrived.emit(name)

    def _name_of(self, errand: object) -> str:
        return next((name for name, running in self._running.items() if running is errand), "")

    def _change(self, name: str, **fields: object) -> None:
        if name in self._known:
            self._known[name] = replace(self._known[name], **fields)  # type: ignore[arg-type]
            self.changed.emit(name)
