"""What the window remembers of a run while it trains, beyond what the project keeps."""

from collections.abc import Sequence

from tlstudio.app.widgets.chart_scale import accuracy_floor, loss_ceiling
from tlstudio.app.widgets.curve_data import CurveData
from tlstudio.app.widgets.raw_curve import RawCurve
from tlstudio.app.widgets.time_left import TimeLeft
from tlstudio.events import Event
from tlstudio.train.events import BatchDone, EpochDone, RunStarted


class LiveRun:
    """The last event of each kind, the thin raw curves and the time left; cheap to feed.

    Args:
        epochs: the most that the run may take.
        epochs_done: before the events that follow.
    """

    def __init__(self, epochs: int, epochs_done: int = 0) -> None:
        self.epochs = epochs
        self.left = TimeLeft(epochs, epochs_done)
        self.batch: BatchDone | None = None
        self.raw_accuracy, self.raw_loss = RawCurve(epochs), RawCurve(epochs)
        self._since: float | None = None
        self._paused_at: float | None = None
        self._images_per_second = 0.0

    def take(self, event: Event, now: float) -> None:
        """Remember the event; `now` is a clock's time in seconds."""
        match event:
            case RunStarted():
                self._since = now
            case BatchDone():
                self._take_batch(event, now)
            case EpochDone():
                self.batch = None
                self.left.took(event.epoch, event.seconds)

    def pause(self, now: float) -> None:
        """What passes from now on is no work."""
        self._paused_at = now if self._paused_at is None else self._paused_at

    def go_on(self, now: float) -> None:
        """The pause is over."""
        if self._paused_at is not None and self._since is not None:
            self._since += now - self._paused_at
        self._paused_at = None

    @property
    def images_per_second(self) -> float:
        """Smoothed; 0 while not known."""
        return self._images_per_second

    def _take_batch(self, event: BatchDone, now: float) -> None:
        self._since = now if self._since is None else self._since
        self.batch = event
        self.left.reached(event.epoch, event.fraction, now - self._since)
        x = event.epoch - 1 + event.fraction
        self.raw_accuracy.add(x, event.train_accuracy)
        self.raw_loss.add(x, event.train_loss)
        before = self._images_per_second or event.images_per_second
        self._images_per_second = 0.9 * before + 0.1 * event.images_per_second


def accuracy_curves(live: LiveRun, epochs: Sequence[EpochDone], best_epoch: int, classes: int) -> CurveData:
    """What the accuracy chart shows."""
    values = [value for done in epochs for value in (done.train_accuracy, done.validation_accuracy)]
    return CurveData(
        live.epochs,
        accuracy_floor(classes, values),
        1.0,
        tuple((float(done.epoch), done.train_accuracy) for done in epochs),
        tuple((float(done.epoch), done.validation_accuracy) for done in epochs),
        tuple(live.raw_accuracy.points()),
        best_epoch,
    )


def loss_curves(live: LiveRun, epochs: Sequence[EpochDone], best_epoch: int, classes: int) -> CurveData:
    """What the loss chart shows."""
    values = [value for done in epochs for value in (done.train_loss, done.validation_loss)]
    return CurveData(
        live.epochs,
        0.0,
        loss_ceiling(classes, values),
        tuple((float(done.epoch), done.train_loss) for done in epochs),
        tuple((float(done.epoch), done.validation_loss) for done in epochs),
        tuple(live.raw_loss.points()),
        best_epoch,
    )
