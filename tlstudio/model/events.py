"""What is reported about backbones and their weights."""

from dataclasses import dataclass, field

from tlstudio.events import Event


@dataclass(frozen=True)
class DownloadProgressed(Event):
    """More of a weights file has come; at most ten a second."""

    name: str  # of the backbone
    done_bytes: int
    total_bytes: int  # 0 if it is not known yet


@dataclass(frozen=True)
class WeightsDownloaded(Event):
    """The weights are whole, checked, and on this computer."""

    name: str
    sha256: str
    megabytes: float
    seconds: float


@dataclass(frozen=True)
class PackWritten(Event):
    """A folder holds the weights of these backbones, to be carried to a machine without a network."""

    folder: str
    backbones: list[str]
    megabytes: float


@dataclass(frozen=True)
class PackImported(Event):
    """The weights of a pack are on this computer now."""

    backbones: list[str]  # that came new
    already_here: list[str]
    megabytes: float  # of the new ones


@dataclass(frozen=True)
class WeightsMatched(Event):
    """A weights file was held against a backbone, tensor by tensor; nothing was changed."""

    file: str  # its name without its folder
    backbone: str
    fits: bool
    matched: int  # tensors
    expected: int  # tensors of the backbone without the classifier's
    left_out: list[str]  # the classifier's, in whose place a new one is trained
    missing: list[str]  # that the backbone needs and the file has not, or of another shape
    unexpected: list[str]  # that the backbone has no place for
    reason: str  # why not, with the backbone that it fits if there is one; empty if it fits
    different: list[str] = field(default_factory=list)  # a sentence for each of another shape
    fitting_backbone: str = ""  # the name of one that the file fits, if not this one


@dataclass(frozen=True)
class NetworkInspected(Event):
    """A network of timm was built, cut, trained by a step and exported, as far as it went."""

    name: str
    usable: bool
    reason: str  # one sentence; empty if it is usable
    title: str
    family: str
    freeze_groups: list[str]  # from the input; the classifier is one more
    parameters: int  # without the classifier's
    input_px: int
    licence: str
    megabytes: float  # of its published weights, about; 0 if there are none
    seconds: float


@dataclass(frozen=True)
class SpeedMeasured(Event):
    """How fast a backbone is on this machine."""

    name: str
    images_per_second: float  # answered
    training_images_per_second: float  # with everything relearning
    device: str


@dataclass(frozen=True)
class SpeedNotMeasured(Event):
    """A backbone could not be timed on this machine; the others go on."""

    name: str
    reason: str  # one sentence


@dataclass(frozen=True)
class SpeedsMeasured(Event):
    """Every backbone that was asked for is measured; the speeds are remembered."""

    backbones: int
    left_out: list[str]  # that could not be measured
    device: str
    seconds: float


@dataclass(frozen=True)
class Recognised(Event):
    """What a backbone as it is sees in an image, by the classes that it was pretrained with."""

    image: str
    names: list[str]  # the most probable first, at most five
    probabilities: list[float]  # likewise


@dataclass(frozen=True)
class NotRecognised(Event):
    """One image could not be read; the others go on."""

    image: str
    reason: str


@dataclass(frozen=True)
class RecogniseDone(Event):
    """Every image was asked about."""

    backbone: str
    images: int
    unreadable: int
    seconds: float


EVENTS: tuple[type[Event], ...] = (
    DownloadProgressed,
    WeightsDownloaded,
    PackWritten,
    PackImported,
    WeightsMatched,
    NetworkInspected,
    SpeedMeasured,
    SpeedNotMeasured,
    SpeedsMeasured,
    Recognised,
    NotRecognised,
    RecogniseDone,
)
