"""What evaluation reports."""

from dataclasses import dataclass

from tlstudio.events import Event


@dataclass(frozen=True)
class ClassResult:
    """One class against all others, on the evaluated split; rates with 95 % Wilson intervals."""

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
    accuracy_low: float  # 95 % Wilson interval
    accuracy_high: float
    balanced_accuracy: float  # mean sensitivity of the classes
    classes: list[ClassResult]
    confusion: list[list[int]]  # [true class][predicted class] → images
    times_seen: int  # how often this project's test split was looked at, this time included


EVENTS: tuple[type[Event], ...] = (EvaluateDone,)
