"""What evaluation reports."""

from dataclasses import dataclass

from tlstudio.events import Event


@dataclass(frozen=True)
class ClassResult:
    """One class against all others, on the evaluated split; rates with 95 % intervals."""

    name: str
    images: int  # that really are of this class
    found: int  # of them, called so: true positives
    false_alarms: int  # others that were called so: false positives
    sensitivity: float
    sensitivity_low: float
    sensitivity_high: float
    specificity: float
    specificity_low: float
    specificity_high: float


@dataclass(frozen=True)
class EvaluateDone(Event):
    """A run was judged; predictions.csv and evaluation.json are written in its folder."""

    run: int
    split: str  # "test"
    images: int
    correct: int
    accuracy: float
    accuracy_low: float  # 95 % interval, see `grouped_interval`
    accuracy_high: float
    balanced_accuracy: float  # mean sensitivity of the classes
    classes: list[ClassResult]
    confusion: list[list[int]]  # [true class][predicted class] → images
    times_seen: int  # how often this project's test split was looked at, this time included
    views: int = 0  # of each training image that the run saw; 0 in runs of older versions
    groups: int = 0  # that the images belong to and are counted by in the intervals; 0 if each is its own
    shared_groups: int = 0  # of them, stand in training or validation too, as the folders gave them
    left_out: int = 0  # test images that could not be read any more, and count nowhere

    @property
    def caution(self) -> str:
        """Why the result is better than it would be on new images; empty if nothing is known."""
        if not self.shared_groups:
            return ""
        stand = (
            "1 group of test images stands"
            if self.shared_groups == 1
            else (f"{self.shared_groups:,} groups of test images stand")
        )
        return (
            f"{stand} in training or validation too, as the folders gave them, so the result is better than "
            "it would be on new ones."
        )

    @property
    def incomplete(self) -> str:
        """That not all test images were judged; empty if they were."""
        if not self.left_out:
            return ""
        are = "was" if self.left_out == 1 else "were"
        return (
            f"{self.left_out:,} of {self.left_out + self.images:,} test images {are} left out, because the "
            "file vanished, changed or can't be read any more."
        )


@dataclass(frozen=True)
class SweepPlanned(Event):
    """A sweep trains one run for each depth and seed; it begins, or goes on where it was cut short."""

    depths: list[int]  # frozen groups, ascending
    seeds: list[int]
    epochs: int
    runs_planned: int
    runs_already_done: int  # of them


@dataclass(frozen=True)
class DepthResult:
    """The runs of one freeze depth, one for each seed, on the same validation images."""

    depth: int  # frozen groups
    validation_accuracy: float  # mean over the seeds
    accuracy_low: float  # 95 % interval of that mean, by the groups that the images belong to
    accuracy_high: float
    lowest: float  # of one seed
    highest: float
    seconds: float  # of all its runs together
    runs: list[int]
    can_be_chance: bool  # whether its difference to the best depth can be; true for the best itself


@dataclass(frozen=True)
class SweepDone(Event):
    """Every run of the sweep is done or has failed, and the depths are compared."""

    depths: list[DepthResult]  # ascending
    best_depth: int
    recommended_depth: int  # the deepest whose difference to the best is within its standard error
    next_between: list[int]  # two depths with others in between that may be worth a run, or nothing
    sentence: str  # for people: which depth is ahead, and whether that can be chance
    seconds: float
    failed: int  # runs


EVENTS: tuple[type[Event], ...] = (EvaluateDone, SweepPlanned, SweepDone)
