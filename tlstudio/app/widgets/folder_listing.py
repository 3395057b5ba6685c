"""The names in a folder, listed beside the scan so that images show while they are read."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QRunnable, Signal

from tlstudio.app.courier import sender_to
from tlstudio.app.workers import workers
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import ImageRow
from tlstudio.errors import TLStudioError


class FolderListing(QObject):
    """Lists what the scan will read, in the order in which it reads.

    Signals:
        listed: the rows, with path and class alone.
    """

    listed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._edition = 0

    def start(self, settings: DataSettings) -> None:
        """List that folder; an earlier listing that is still under way is dropped."""
        self._edition += 1
        workers().start(_Listing(sender_to(self._tell), self._edition, settings))

    def _tell(self, edition: int, rows: Sequence[ImageRow]) -> None:
        if edition == self._edition:
            self.listed.emit(rows)


class _Listing(QRunnable):
    def __init__(self, tell: Callable[..., None], edition: int, settings: DataSettings) -> None:
        super().__init__()
        self._tell, self._edition, self._settings = tell, edition, settings

    def run(self) -> None:
        from tlstudio.data.folder import find_images  # noqa: PLC0415 (Pillow loads here, not at the start)

        try:
            found = find_images(self._settings).images
        except (TLStudioError, OSError):
            return  # the scan meets the same trouble and tells of it
        rows = [ImageRow(image.path, image.class_name, image.path, "train", "", 0, 0) for image in found]
        self._tell(self._edition, rows)
