"""Small pictures of the user's images, read by the app's one reader in a worker thread."""

from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QPixmap

from tlstudio.errors import TLStudioError

SIDE_PX = 256


class PictureReader(QObject):
    """Reads each picture once, off the window's thread.

    Signals:
        picture_read: the path as asked for; its pixmap is there from now on.
    """

    picture_read = Signal(str)
    _decoded = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures: dict[str, QPixmap | None] = {}
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        # Queued to a method of this QObject: if it is gone when the thread ends, Qt drops the call.
        self._decoded.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def picture(self, root: Path, path: str) -> QPixmap | None:
        """The picture if it was read already; else None, and it is read now."""
        if path not in self._pictures:
            self._pictures[path] = None
            self._pool.start(_Reading(self, root / path, path))
        return self._pictures[path]

    def forget(self) -> None:
        """Drop everything: another project."""
        self._pool.clear()
        self._pictures.clear()

    def wait(self) -> bool:
        """Whether every picture that was asked for is decoded, after up to five seconds."""
        return self._pool.waitForDone(5_000)

    def _keep(self, path: str, image: object) -> None:
        if path in self._pictures and isinstance(image, QImage):
            self._pictures[path] = QPixmap.fromImage(image)
            self.picture_read.emit(path)


class _Reading(QRunnable):
    def __init__(self, reader: PictureReader, file: Path, path: str) -> None:
        super().__init__()
        self._reader, self._file, self._path = reader, file, path

    def run(self) -> None:
        from tlstudio.data.images import read_image  # noqa: PLC0415 (Pillow loads here, not at the start)

        try:
            picture = read_image(self._file)
        except (TLStudioError, OSError):
            return  # the place stays grey; the Data page lists what can't be read
        picture.thumbnail((SIDE_PX, SIDE_PX))
        picture = picture.convert("RGB")
        width, height = picture.size
        image = QImage(picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        try:
            self._reader._decoded.emit(self._path, image)  # noqa: SLF001 (one module, one idea)
        except RuntimeError:
            return  # the window closed while it was read
