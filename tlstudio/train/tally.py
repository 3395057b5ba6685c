"""What the steps of an epoch add up to so far."""

from dataclasses import dataclass, field

from tlstudio.train.step import StepDone


@dataclass
class Tally:
    """Sums over an epoch's images; what a step saw is read from the device only when somebody asks.

    Attributes:
        images: how many were shown.
    """

    images: int = 0
    _loss: float = 0.0
    _correct: int = 0
    _unread: list[tuple[int, StepDone]] = field(default_factory=list)

    def add(self, images: int, step: StepDone) -> None:
        """One more batch of so many images."""
        self.images += images
        self._unread.append((images, step))

    @property
    def loss(self) -> float:
        """Mean over the images; perhaps not finite."""
        self._read()
        return self._loss / self.images

    @property
    def accuracy(self) -> float:
        """Share of the images whose class was named."""
        self._read()
        return self._correct / self.images

    def _read(self) -> None:
        for images, step in self._unread:
            self._loss += sum(step.loss.tolist()) * images
            self._correct += sum(step.correct.tolist())
        self._unread.clear()
