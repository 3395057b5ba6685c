"""Which runs' curves are shown, each in one of five places that stand for a colour and a dash."""

from collections.abc import Iterable

MOST = 5
"""Up to so many colours can be told apart by everybody."""

DASHES: tuple[tuple[float, ...], ...] = ((), (5, 3), (2, 2.5), (7, 3, 2, 3), (1, 2))
"""Place → lengths drawn and left out, in widths of the line; empty for an unbroken one."""


class RunTicks:
    """Run number → place 0 … 4; a run keeps its place as long as it is ticked."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}

    def place(self, number: int) -> int | None:
        """The run's place, or None if it is not ticked."""
        return self._places.get(number)

    def numbers(self) -> list[int]:
        """The ticked runs by place."""
        return sorted(self._places, key=self._places.__getitem__)

    def toggle(self, number: int) -> bool:
        """Tick the run, or untick it; False if all places are taken."""
        if number in self._places:
            del self._places[number]
            return True
        free = [place for place in range(MOST) if place not in self._places.values()]
        if free:
            self._places[number] = free[0]
        return bool(free)

    def put(self, numbers: Iterable[int]) -> None:
        """Tick these, the first in the first place, and no others."""
        self._places = dict(zip(numbers, range(MOST), strict=False))

    def keep(self, numbers: Iterable[int]) -> None:
        """Untick all others."""
        kept = set(numbers)
        self._places = {number: place for number, place in self._places.items() if number in kept}
