"""The open project's table of images, read when it has changed."""

from contextlib import suppress
from pathlib import Path

from tlstudio.data.table import ImageRow, read_table
from tlstudio.errors import DataError


class ImageRows:
    """The rows of one images.csv at a time."""

    def __init__(self) -> None:
        self._key: object = None
        self._rows: tuple[ImageRow, ...] = ()

    def of(self, path: Path) -> tuple[ImageRow, ...]:
        """The rows as they are on disk; none if there is no table, or none that can be read."""
        try:
            facts = path.stat()
        except OSError:
            return ()
        key = (path, facts.st_mtime_ns, facts.st_size)
        if key != self._key:
            rows: tuple[ImageRow, ...] = ()
            with suppress(DataError):
                rows = read_table(path)
            self._key, self._rows = key, rows
        return self._rows

    def forget(self) -> None:
        """Read the table again, whatever its time says."""
        self._key, self._rows = None, ()
