"""A noisy curve kept thin while it grows: the lowest and the highest value of each narrow strip."""

Point = tuple[float, float]


class RawCurve:
    """The curve's points, at most two for each strip of x, however many are added.

    Args:
        end: x runs from 0 to this.
        strips: into how many equal strips x is cut.
    """

    def __init__(self, end: float, strips: int = 300) -> None:
        self._end = end
        self._strips = strips
        self._lowest: dict[int, Point] = {}
        self._highest: dict[int, Point] = {}

    def add(self, x: float, y: float) -> None:
        """Take in one more point; points outside 0 … end count to the strip at that end."""
        strip = min(self._strips - 1, max(0, int(x / self._end * self._strips)))
        if strip not in self._lowest or y < self._lowest[strip][1]:
            self._lowest[strip] = (x, y)
        if strip not in self._highest or y > self._highest[strip][1]:
            self._highest[strip] = (x, y)

    def points(self) -> list[Point]:
        """The kept points by x; a strip with a single value gives one point."""
        return sorted({*self._lowest.values(), *self._highest.values()})

    def __len__(self) -> int:
        return len({*self._lowest.values(), *self._highest.values()})
