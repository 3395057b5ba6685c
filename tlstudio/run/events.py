"""What running itself reports, beside the events of the steps: a child's death, lists, a check-up."""

from dataclasses import dataclass

from tlstudio.events import Event, Failed


@dataclass(frozen=True)
class StepDied(Failed):
    """The child process ended without a word; a run that was under way can be resumed."""


@dataclass(frozen=True)
class RunListed(Event):
    """One training run of a project; what was never reached is None."""

    run: int
    state: str
    backbone: str
    freeze: int | str
    weights: str
    epochs_done: int
    epochs: int
    best_epoch: int | None
    validation_accuracy: float | None  # of the best epoch, as the two that follow
    validation_correct: int | None
    validation_images: int | None
    test_accuracy: float | None
    test_correct: int | None
    test_images: int | None
    exported: str | None
    is_stale: bool
    is_resumable: bool
    started_at: str  # ISO 8601, UTC
    seconds: float
    views: int  # of each training image that the run saw; 0 if none yet, or unknown
    augmentation: str = ""  # that they went through; "auto" in a run of an older version
    accuracy_low: float | None = None  # 95 % interval of the validation accuracy, groups kept together
    accuracy_high: float | None = None


@dataclass(frozen=True)
class RunsListed(Event):
    """Every run of the project was listed."""

    runs: int
    chosen_run: int | None  # that evaluate and export take when they are given none


@dataclass(frozen=True)
class BackboneListed(Event):
    """One row of the table of backbones."""

    name: str
    title: str
    family: str
    good_for: str
    freeze_groups: list[str]  # from the input; the classifier is one more
    parameters: int  # without the classifier's
    input_px: int
    imagenet_accuracy: float | None
    licence: str
    source: str
    state: str  # of its own weights: "bundled", "on this computer", "in an imported pack", "download", "none"
    megabytes: float  # of their file, about if it is not here
    trained_on: str
    images_per_second: float | None  # measured on this machine
    is_recommended: bool
    reason: str  # one sentence; empty if it is not recommended


@dataclass(frozen=True)
class BackbonesListed(Event):
    """Every backbone was listed."""

    backbones: int


@dataclass(frozen=True)
class NetworkFound(Event):
    """One of timm's networks holds the words that were searched for."""

    name: str
    family: str
    parameters: int  # without the classifier's; 0 if unknown
    input_px: int
    classes: int  # of its published classifier, 0 if it has none
    licence: str
    is_commercial: bool  # whether the licence allows to earn money with it
    source: str
    megabytes: float  # of the weights' file, about; 0 if it can't be downloaded
    is_known: bool  # inspected here before, or a row of the table


@dataclass(frozen=True)
class NetworksFound(Event):
    """Everything that was searched for was listed."""

    backbones: int  # rows of the table
    networks: int  # of timm beyond the table


@dataclass(frozen=True)
class Check:
    """One thing that this computer needs.

    Attributes:
        name: for people: "Window".
        is_ok: whether it is as it should be.
        message: what was found, one sentence.
        what_to_try: one sentence, or empty.
    """

    name: str
    is_ok: bool
    message: str
    what_to_try: str = ""


@dataclass(frozen=True)
class DepthEstimated(Event):
    """What a run with so many frozen groups will need."""

    freeze_depth: int
    seconds: float  # of all epochs
    memory_bytes: int
    disk_bytes: int  # that are added
    kept_bytes: int  # that are there already, and used again
    is_kept: bool  # whether what the frozen groups make of the images is kept
    views: int


@dataclass(frozen=True)
class EstimateDone(Event):
    """Every freeze depth was told."""

    backbone: str
    device: str
    epochs: int
    depths: int


@dataclass(frozen=True)
class DoctorDone(Event):
    """This computer was looked over."""

    is_ok: bool  # all of them
    checks: list[Check]
    versions: dict[str, str]  # distribution → version, "" if it is missing


@dataclass(frozen=True)
class DemoDone(Event):
    """The sample project went from drawn images to answers of the exported model."""

    project: str
    images_folder: str
    model: str
    images: int
    test_images: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    predicted: int  # test images that the exported file was asked about, by onnxruntime alone
    predicted_right: int
    seconds: float
