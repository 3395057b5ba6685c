"""What exporting and predicting report."""

from dataclasses import dataclass

from tlstudio.events import Event


@dataclass(frozen=True)
class ExportDone(Event):
    """The file was written, run by onnxruntime against the app's own answers, and kept."""

    run: int
    path: str
    images_compared: int
    same_class: int
    largest_difference: float  # of any probability of any compared image
    megabytes: float
    milliseconds_per_image: float  # by onnxruntime on this computer, reading the file not counted
    sha256: str
    left_out: int = 0  # images that could not be read any more, and so not compared


@dataclass(frozen=True)
class Predicted(Event):
    """An exported model answered for one image."""

    image: str  # as it was given
    label: str
    probabilities: dict[str, float]


@dataclass(frozen=True)
class PredictDone(Event):
    """Every image was answered or listed as unreadable."""

    images: int
    unreadable: int
    seconds: float
    csv: str | None = None


@dataclass(frozen=True)
class ImageUnreadable(Event):
    """One image could not be read; the others go on."""

    image: str
    reason: str


EVENTS: tuple[type[Event], ...] = (ExportDone, Predicted, ImageUnreadable, PredictDone)
