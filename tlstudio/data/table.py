"""The table of images: one row for each file that was found, saved as images.csv."""

from dataclasses import dataclass
from typing import Literal

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class ImageRow:
    """One file that was found under the data root.

    Attributes:
        path: relative to the data root, with forward slashes, never with `..`.
        class_name: the class whose folder it lies in.
        group: images of one group never stand in two splits; the path itself where there are no groups.
        split: which split it belongs to; empty for a file that is set aside.
        sha256: of the file's bytes, in hexadecimal; empty if it could not be read.
        width: in pixels after EXIF orientation; 0 if it could not be read.
        height: likewise.
        flags: short facts such as "16-bit"; for a file that is set aside, the reason, for people.
    """

    path: str
    class_name: str
    group: str
    split: Split | Literal[""]
    sha256: str
    width: int
    height: int
    flags: str = ""

    @property
    def is_set_aside(self) -> bool:
        """Whether the file takes no part in training, evaluation and export."""
        return self.split == ""
