"""The names in a folder, listed beside the scan so that images show while they are read."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QRunnable, Qt, Signal

from tlstudio.app.widgets.thumbnails import workers
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import ImageRow
from tlstudio.errors import TLStudioError


class FolderListing(QObject):
    """Lists what the scan will read, in the order in which it reads.

    Signals:
        listed: the rows, with path and class alone.
    """

    listed = Signal(object)
    _done = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._edition = 0
        # Queued to a method of this QObject: if it is gone when the thread ends, Qt drops the call.
        self._done.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def start(self, settings: DataSettings) -> None:
        """List that folder; an earlier listing that is still under way is dropped."""
        self._edition += 1
        workers().start(_Listing(self, self._edition, settings))

    def _tell(self, edition: int, rows: Sequence[ImageRow]) -> None:
        if edition == self._edition:
            self.listed.emit(rows)


class _Listing(QRunnable):
    def __init__(self, listing: FolderListing, edition: int, settings: DataSettings) -> None:
        super().__init__()
        self._listing, self._edition, self._settings = listing, edition, settings

    def run(self) -> None:
        from tlstudio.data.folder import find_images  # noqa: PLC0415 (Pillow loads here, not at the start)

        try:
            found = find_images(self._settings).images
        except (TLStudioError, OSError):
            return  # the scan meets the same trouble and tells of it
        rows = [ImageRow(image.path, image.class_name, image.path, "train", "", 0, 0) for image in found]
        try:
            self._listing._done.emit(self._edition, rows)  # noqa: SLF001 (one module, one idea)
        except RuntimeError:
            return  # the window closed while it was read
