"""Which tiles of a running list are selected, in reading order."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass
class TileSelection:
    """A mask over the list, the current tile, and where a Shift selection starts.

    Qt's own selection model keeps rectangles, which are wrong as soon as the columns change.
    """

    mask: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    current: int = 0
    anchor: int = 0

    def reset(self, count: int) -> None:
        """Another list: nothing selected, the first tile current."""
        self.mask = np.zeros(count, dtype=np.bool_)
        self.current = self.anchor = 0

    def grow(self, count: int) -> None:
        """The list has become longer; what is selected stays."""
        self.mask = np.concatenate((self.mask, np.zeros(max(0, count - self.mask.size), dtype=np.bool_)))

    def __contains__(self, number: int) -> bool:
        return bool(self.mask[number])

    @property
    def count(self) -> int:
        """How many are selected."""
        return int(self.mask.sum())

    @property
    def numbers(self) -> list[int]:
        """The selected ones in reading order."""
        return [int(number) for number in np.flatnonzero(self.mask)]

    def only(self, number: int) -> None:
        """Select this one alone."""
        self.mask[:] = False
        self.mask[number] = True
        self.current = self.anchor = number

    def toggle(self, number: int) -> None:
        """Add this one or take it away; the others stay."""
        self.mask[number] = not self.mask[number]
        self.current = self.anchor = number

    def extend_to(self, number: int) -> None:
        """Select from the anchor to this one, in reading order."""
        first, last = sorted((self.anchor, number))
        self.mask[:] = False
        self.mask[first : last + 1] = True
        self.current = number

    def all(self) -> None:
        """Select every tile."""
        self.mask[:] = True

    def none(self) -> None:
        """Select nothing; the current tile stays."""
        self.mask[:] = False
