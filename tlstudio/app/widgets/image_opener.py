"""Opens one image at a time with the app's own reader, off the window's thread."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, Signal
from PySide6.QtGui import QImage

from tlstudio.app.courier import sender_to
from tlstudio.app.workers import workers
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

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def open(self, path: Path) -> None:
        """Read it; one of the signals follows."""
        workers(threads=1).start(_Reading(sender_to(self._tell), path))

    def _tell(self, path: object, image: object, reason: str) -> None:
        if isinstance(image, QImage):
            self.opened.emit(path, image)
        else:
            self.refused.emit(path, reason)


class _Reading(QRunnable):
    def __init__(self, tell: Callable[..., None], path: Path) -> None:
        super().__init__()
        self._tell, self._path = tell, path

    def run(self) -> None:
        self._tell(self._path, *_read(self._path))


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
