"""Small pictures of the user's images, read by worker threads and kept as long as there is room."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from PySide6.QtCore import QObject, QRunnable, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from tlstudio.app.courier import sender_to
from tlstudio.app.widgets.thumbnail_reader import read_thumbnail
from tlstudio.app.workers import WORKERS, is_closing, workers

ROOM_BYTES = 200 * 2**20
WAITING = 400
"""More than fit on any screen; what was asked for before has scrolled away."""

DELIVERY_MS = 30
SIDES_PX = (96, 192, 384, 1024, 2560)
"""Pictures are read at these sizes only, so that the size slider does not read every file again."""

Key = tuple[str, int]  # the file, the side in pixels


class Thumbnails(QObject):
    """Pictures by file and size; what is not there yet is read, the newest request first.

    Signals:
        arrived: more pictures are there, or files turned out unreadable.
    """

    arrived = Signal()

    def __init__(self, parent: QObject | None = None, room_bytes: int = ROOM_BYTES) -> None:
        super().__init__(parent)
        self._room_bytes = room_bytes
        self._used_bytes = 0
        self._pictures: OrderedDict[Key, QPixmap] = OrderedDict()
        self._reasons: dict[str, str] = {}
        self._desk = _Desk()
        self.destroyed.connect(self._desk.clear)  # nobody waits for what was asked
        self._delivery = QTimer(self)
        self._delivery.setSingleShot(True)
        self._delivery.setInterval(DELIVERY_MS)
        self._delivery.timeout.connect(self._deliver)

    def picture(self, path: Path, side_px: int) -> QPixmap | None:
        """The picture with a shorter side of about `side_px` device pixels; None while it is being read.

        Until the right size has come, one of another size stands in.
        """
        side = next((known for known in SIDES_PX if known >= side_px), SIDES_PX[-1])
        key = (str(path), side)
        if key in self._pictures:
            self._pictures.move_to_end(key)
            return self._pictures[key]
        if key[0] not in self._reasons and self._desk.ask(key):
            workers().start(_Worker(sender_to(self._deliver_soon), self._desk))
        others = ((key[0], other) for other in SIDES_PX)
        return next((self._pictures[other] for other in others if other in self._pictures), None)

    def why_not(self, path: Path) -> str:
        """Why the file has no picture, for people; empty if it has one or was not read yet."""
        return self._reasons.get(str(path), "")

    def forget(self) -> None:
        """Drop everything: another folder."""
        self._desk.clear()
        self._pictures.clear()
        self._reasons.clear()
        self._used_bytes = 0

    @property
    def used_bytes(self) -> int:
        """Memory that the kept pictures take."""
        return self._used_bytes

    def _deliver_soon(self) -> None:
        self._delivery.start()

    def _deliver(self) -> None:
        for key, read in self._desk.take():
            if isinstance(read, QImage):
                self._keep(key, QPixmap.fromImage(read))
            else:
                self._reasons[key[0]] = read
        self.arrived.emit()

    def _keep(self, key: Key, picture: QPixmap) -> None:
        self._pictures[key] = picture
        self._used_bytes += _bytes_of(picture)
        while self._used_bytes > self._room_bytes and len(self._pictures) > 1:
            _, oldest = self._pictures.popitem(last=False)
            self._used_bytes -= _bytes_of(oldest)


class _Desk:
    """What is asked for and what is ready, shared by the window's thread and the workers."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: OrderedDict[Key, None] = OrderedDict()
        self._under_way: set[Key] = set()
        self._ready: list[tuple[Key, QImage | str]] = []
        self._workers = 0
        self._edition = 0

    def ask(self, key: Key) -> bool:
        """Put the request on top; whether one more worker is needed."""
        with self._lock:
            if key in self._under_way:
                return False
            self._asked[key] = None
            self._asked.move_to_end(key)
            if len(self._asked) > WAITING:
                self._asked.popitem(last=False)
            needed = self._workers < WORKERS
            self._workers += needed
            return needed

    def next(self) -> tuple[int, Key] | None:
        """The newest request, or None when there is none left and the worker may go."""
        with self._lock:
            if not self._asked or is_closing():
                self._workers -= 1
                return None
            key, _ = self._asked.popitem(last=True)
            self._under_way.add(key)
            return self._edition, key

    def put(self, edition: int, key: Key, read: QImage | str) -> bool:
        """Hand over what was read; whether it is the first of a new batch."""
        with self._lock:
            if edition != self._edition:
                return False
            self._ready.append((key, read))
            return len(self._ready) == 1

    def take(self) -> list[tuple[Key, QImage | str]]:
        """Everything that is ready."""
        with self._lock:
            ready, self._ready = self._ready, []
            self._under_way.difference_update(key for key, _ in ready)
            return ready

    def clear(self) -> None:
        """Drop requests and results; what is being read now is dropped when it comes."""
        with self._lock:
            self._edition += 1
            self._asked.clear()
            self._under_way.clear()
            self._ready.clear()


class _Worker(QRunnable):
    def __init__(self, tell: Callable[[], None], desk: _Desk) -> None:
        super().__init__()
        self._tell, self._desk = tell, desk

    def run(self) -> None:
        while (job := self._desk.next()) is not None:
            edition, key = job
            path, side = key
            if self._desk.put(edition, key, read_thumbnail(Path(path), side)):
                self._tell()


def _bytes_of(picture: QPixmap) -> int:
    return picture.width() * picture.height() * 4
