"""Which tiles of a running list are selected, in reading order."""

from dataclasses import dataclass, field


@dataclass
class TileSelection:
    """A mask over the list, the current tile, and where a Shift selection starts.

    Qt's own selection model keeps rectangles, which are wrong as soon as the columns change.

    Attributes:
        mask: a byte for each tile, 1 if it is selected.
        current: the tile that the keyboard stands on.
        anchor: where a Shift selection starts.
    """

    mask: bytearray = field(default_factory=bytearray)
    current: int = 0
    anchor: int = 0

    def reset(self, count: int) -> None:
        """Another list: nothing selected, the first tile current."""
        self.mask = bytearray(count)
        self.current = self.anchor = 0

    def grow(self, count: int) -> None:
        """The list has become longer; what is selected stays."""
        self.mask.extend(bytes(max(0, count - len(self.mask))))

    def __contains__(self, number: int) -> bool:
        return bool(self.mask[number])

    @property
    def count(self) -> int:
        """How many are selected."""
        return self.mask.count(1)

    @property
    def numbers(self) -> list[int]:
        """The selected ones in reading order."""
        return [number for number, is_selected in enumerate(self.mask) if is_selected]

    def add(self, number: int) -> None:
        """Select this one as well."""
        self.mask[number] = 1

    def only(self, number: int) -> None:
        """Select this one alone."""
        self.none()
        self.add(number)
        self.current = self.anchor = number

    def toggle(self, number: int) -> None:
        """Add this one or take it away; the others stay."""
        self.mask[number] = not self.mask[number]
        self.current = self.anchor = number

    def extend_to(self, number: int) -> None:
        """Select from the anchor to this one, in reading order."""
        first, last = sorted((self.anchor, number))
        self.none()
        self.mask[first : last + 1] = b"\x01" * (last + 1 - first)
        self.current = number

    def all(self) -> None:
        """Select every tile."""
        self.mask[:] = b"\x01" * len(self.mask)

    def none(self) -> None:
        """Select nothing; the current tile stays."""
        self.mask[:] = bytes(len(self.mask))
