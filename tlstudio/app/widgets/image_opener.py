"""Opens one image at a time with the app's own reader, off the window's thread."""

from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage

from tlstudio.errors import TLStudioError

SIDE_PX = 640


class ImageOpener(QObject):
    """Reads what the engine reads, so that the window shows what the model is asked about.

    Signals:
        opened: the path and its picture, at most SIDE_PX wide and high.
        refused: the path and why it could not be read, for people.
    """

    opened = Signal(object, object)
    refused = Signal(object, str)
    _decoded = Signal(object, object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        # Queued to a method of this QObject: if it is gone when the thread ends, Qt drops the call.
        self._decoded.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def open(self, path: Path) -> None:
        """Read it; one of the signals follows."""
        self._pool.start(_Reading(self, path))

    def _tell(self, path: object, image: object, reason: str) -> None:
        if isinstance(image, QImage):
            self.opened.emit(path, image)
        else:
            self.refused.emit(path, reason)


class _Reading(QRunnable):
    def __init__(self, opener: ImageOpener, path: Path) -> None:
        super().__init__()
        self._opener, self._path = opener, path

    def run(self) -> None:
        image, reason = _read(self._path)
        try:
            self._opener._decoded.emit(self._path, image, reason)  # noqa: SLF001 (one module, one idea)
        except RuntimeError:
            return  # the window closed while it was read


def _read(path: Path) -> tuple[QImage | None, str]:
    from tlstudio.data.images import read_image  # noqa: PLC0415 (Pillow loads here, not at the start)

    try:
        picture = read_image(path)
    except TLStudioError as error:
        return None, getattr(error, "reason", "") or error.message
    except OSError as error:
        return None, (error.strerror or "it is not there any more").lower()
    picture.thumbnail((SIDE_PX, SIDE_PX))
    width, height = picture.size
    return QImage(picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy(), ""
