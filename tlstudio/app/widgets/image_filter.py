"""Which images of the table are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tlstudio.app.widgets.findings import across_classes, is_small
from tlstudio.data.table import ImageRow, Split

Only = Literal["", "set_aside", "two_classes", "small_images"]


@dataclass(frozen=True)
class ImageFilter:
    """All conditions hold together.

    Attributes:
        words: part of the path, in upper or lower case.
        split: or empty for every split.
        class_name: or empty for every class.
        only: images of one finding; files that are set aside are shown by "set_aside" alone.
    """

    words: str = ""
    split: Split | Literal[""] = ""
    class_name: str = ""
    only: Only = ""

    def numbers(self, rows: Sequence[ImageRow]) -> list[int]:
        """Places of the rows that are shown, ascending."""
        words = self.words.casefold()
        copies = across_classes(rows) if self.only == "two_classes" else ()
        paths = {row.path for same in copies for row in same}
        return [
            number
            for number, row in enumerate(rows)
            if self._fits(row)
            and (self.only != "two_classes" or row.path in paths)
            and (not words or words in row.path.casefold())
        ]

    def _fits(self, row: ImageRow) -> bool:
        if row.is_set_aside != (self.only == "set_aside"):
            return False
        if self.split and row.split != self.split:
            return False
        if self.class_name and row.class_name != self.class_name:
            return False
        return self.only != "small_images" or is_small(row)
