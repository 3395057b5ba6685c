"""What the parts of training cost on one computer: the numbers that a run's needs are told from.

Seconds and bytes are those of one image unless something else is said. Lists by depth have an entry for every
position of the freeze slider, from 0 to the head alone.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkCost:
    """Of a network on a device.

    Attributes:
        precisions: that training may choose among; the exact one first if it is one of them.
        forward: by precision and depth, seconds until the boundary, and one more for the whole network.
        frozen_share: by precision, what part of that the frozen layers take once they are made faster.
        learning: by precision and depth, seconds forward and backward behind the boundary.
        held: by precision and depth, bytes behind the boundary that are held for the way back.
        widest: bytes in the widest place of the network.
        fixed: by precision and depth, seconds of a step beside those of its images, without its update.
        update: by depth, seconds in which a step changes the values.
        crossing: by depth, numbers that cross the boundary.
        trainable: by depth, values of the network that are trained.
        values: of the network, all of them, statistics included.
        shallowest_cut: depth from which on it can be cut, which it takes to keep anything; 0: nowhere.
        cut_seconds: that finding a cut takes.
    """

    precisions: list[str]
    forward: list[list[float]]
    frozen_share: list[float]
    learning: list[list[float]]
    held: list[list[float]]
    widest: float
    fixed: list[list[float]]
    update: list[float]
    crossing: list[int]
    trainable: list[int]
    values: int
    shallowest_cut: int
    cut_seconds: float

    def frozen_seconds(self, place: int, depth: int) -> float:
        """To compute the frozen layers in the precision of that place."""
        return self.frozen_share[place] * self.forward[place][depth]

    @property
    def is_possible(self) -> bool:
        """Whether every number is one, and every list has an entry for each depth."""
        depths = len(self.trainable)
        by_precision = (self.learning, self.held, self.fixed)
        by_depth: list[list[float]] = [[*self.crossing], [*self.trainable], self.update]
        by_depth += [row for rows in by_precision for row in rows]
        numbers = [self.widest, self.cut_seconds, *(each for row in by_depth for each in row)]
        numbers += [each for row in self.forward for each in row] + self.frozen_share
        return (
            depths > 0
            and self.values > 0
            and 0 <= self.shallowest_cut < depths
            and all(len(row) == depths + 1 for row in self.forward)
            and all(len(row) == depths for row in by_depth)
            and all(
                0 < len(rows) == len(self.precisions)
                for rows in (self.forward, self.frozen_share, *by_precision)
            )
            and all(math.isfinite(number) and number >= 0 for number in numbers)
        )


@dataclass(frozen=True)
class ImageCost:
    """Of a project's images.

    Attributes:
        decode_seconds: from the file to the size that is kept.
        decoded_bytes: that are kept.
        views: seconds to draw one, by augmentation.
    """

    decode_seconds: float
    decoded_bytes: float
    views: dict[str, float]

    @property
    def is_possible(self) -> bool:
        """Whether every number is one."""
        numbers = (self.decode_seconds, self.decoded_bytes, *self.views.values())
        return "none" in self.views and all(math.isfinite(number) and number >= 0 for number in numbers)
