"""The points of one training chart."""

from dataclasses import dataclass

from tlstudio.app.widgets.raw_curve import Point


@dataclass(frozen=True)
class CurveData:
    """What a chart shows; x are epochs, values lie within low … high.

    Attributes:
        epochs: the axis runs from 0 to this.
        training: one point for each epoch.
        validation: likewise.
        raw: Training within the epochs; at most 600 points.
        best_epoch: 0 for none.
    """

    epochs: int
    low: float
    high: float
    training: tuple[Point, ...] = ()
    validation: tuple[Point, ...] = ()
    raw: tuple[Point, ...] = ()
    best_epoch: int = 0
