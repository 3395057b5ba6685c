"""How long a run will still take, estimated from its epochs, in calm words."""

from tlstudio.app.widgets.amounts import duration

WEIGHT = 0.7  # of the estimate before, in the smoothing
NOTICEABLE = 1.25  # an estimate that grew by more than this is owned up to


class TimeLeft:
    """The estimate, fed with progress and asked for words; it never jumps up without saying so.

    Args:
        epochs: of the whole run.
        epochs_done: before now, when a run is resumed.
    """

    def __init__(self, epochs: int, epochs_done: int = 0) -> None:
        self._epochs = epochs
        self._begun_at = float(epochs_done)
        self._position = float(epochs_done)  # in epochs
        self._elapsed = 0.0
        self._pace: float | None = None  # seconds an epoch, smoothed, of whole epochs
        self._said: float | None = None
        self.is_longer_than_thought = False

    def took(self, epoch: int, seconds: float) -> None:
        """An epoch ended after so many seconds."""
        self._pace = seconds if self._pace is None else WEIGHT * self._pace + (1 - WEIGHT) * seconds
        self._position = float(epoch)

    def reached(self, epoch: int, fraction: float, elapsed: float) -> None:
        """Within an epoch; `elapsed` are the seconds of work since the run began or was resumed."""
        self._position = epoch - 1 + fraction
        self._elapsed = elapsed

    @property
    def fraction(self) -> float:
        """Of the whole run, 0 … 1."""
        return min(1.0, self._position / self._epochs)

    @property
    def seconds(self) -> float | None:
        """The estimate, or None before 2 % or 10 seconds are done."""
        remaining = max(0.0, self._epochs - self._position)
        if self._pace is not None:
            return self._pace * remaining
        done = self._position - self._begun_at
        if done <= 0 or (done / self._epochs < 0.02 and self._elapsed < 10):
            return None
        return self._elapsed / done * remaining

    def words(self) -> str:
        """For the largest text of the page: "about 6 min left"; takes note of a jump."""
        seconds = self.seconds
        if seconds is None:
            return "Working out the time"
        if self._said is not None:
            self.is_longer_than_thought = seconds > max(self._said * NOTICEABLE, self._said + 60)
        if not self.is_longer_than_thought:
            self._said = seconds if self._said is None else min(self._said, seconds)
        return f"{duration(seconds)} left".capitalize()
