"""What can go wrong with judging a run, in words for people."""

from tlstudio.errors import TLStudioError


class EvaluationError(TLStudioError):
    """Something about judging a run."""


class NoTestImages(EvaluationError):
    """The run has no image that it may be judged on."""

    def __init__(self) -> None:
        super().__init__(
            "No test images",
            "This run's images have no test split, so there is nothing that it never saw. "
            "The run and its weights are unchanged.",
            "Read the images again with a share for the test on the Data page, then train a new run.",
        )


class ClassUnknown(EvaluationError):
    """The table of images names a class that the network never learned."""

    def __init__(self, class_name: str) -> None:
        super().__init__(
            "The classes differ",
            f"The run did not learn the class “{class_name}” that its images name. Nothing was changed.",
            "Train a new run with the classes as they are now.",
        )


class EvaluationNotSaved(EvaluationError):
    """The run's folder can't be written."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            "The result wasn't saved",
            f"“{file}” can't be written in the run's folder ({reason}). The run itself is unchanged.",
            "Free some space or bring the drive back, then evaluate again.",
        )


class NotComparable(EvaluationError):
    """Runs were not asked about the same validation images."""

    def __init__(self) -> None:
        super().__init__(
            "The runs can't be compared",
            "They were not asked about the same validation images, as some came or went in between. "
            "Every run is kept.",
            "Read the images again on the Data page, then start the sweep again.",
        )


class PredictionsUnreadable(EvaluationError):
    """The table of a run's predictions is missing or damaged."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "Predictions can't be read",
            f"predictions.csv can't be used: {reason}. The run and its weights are unchanged.",
            "Evaluate the run again.",
        )
