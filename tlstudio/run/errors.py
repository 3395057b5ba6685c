"""What can go wrong with the process that a step runs in, each in a person's words."""

import signal

from tlstudio.errors import TLStudioError

STEP_WORDS = {
    "scan": ("Reading the images", "Your images are unchanged.", "Add the folders again."),
    "train": ("Training", "Every finished epoch is kept.", "Resume the run."),
    "resume": ("Training", "Every finished epoch is kept.", "Resume the run."),
    "evaluate": ("Evaluation", "The run and its weights are unchanged.", "Evaluate it again."),
    "export": ("Export", "The run is unchanged, and no file was replaced.", "Export it again."),
    "download": ("The download", "What has come of it is kept.", "Download again; it continues there."),
    "pack": ("Writing the pack", "The weights on this computer are unchanged.", "Write it again."),
    "import_pack": ("The import", "The weights that were here are unchanged.", "Import the pack again."),
    "match_weights": ("Reading the weights", "Nothing was changed.", "Choose the file again."),
    "predict": ("Prediction", "The model and the images are unchanged.", "Try it again."),
}
"""Step → what it is called at the start of a sentence, what is safe, what to do."""


class StepEndedUnexpectedly(TLStudioError):
    """The child process that a step ran in died or was ended by the system."""

    def __init__(self, step: str, exit_code: int) -> None:
        name, safe, again = STEP_WORDS.get(step, ("The work", "Your files are unchanged.", "Try it again."))
        if signal_name(exit_code) == "SIGKILL":
            cause = "The system ended its process, most likely because the memory ran out."
            again = f"{again} If it happens again, choose smaller batches or close other programs."
        else:
            cause = "Its process ended by itself."
        super().__init__(f"{name} stopped unexpectedly", f"{cause} {safe}", again)


class StepNotStarted(TLStudioError):
    """The system refused to start a child process."""

    def __init__(self, step: str, reason: str) -> None:
        name, safe, _ = STEP_WORDS.get(step, ("The work", "Your files are unchanged.", ""))
        super().__init__(
            f"{name} could not start",
            f"The system did not start a process for it: {reason}. {safe}",
            "Close other programs, then try again.",
        )


class SomethingUnexpected(TLStudioError):
    """A fault of the program; the details are kept apart from this sentence."""

    def __init__(self) -> None:
        super().__init__(
            "Something unexpected",
            "TL Studio met a fault of its own and ended this step. What was saved before is unchanged.",
            "Try it again; if it comes back, report it together with the details.",
        )


def signal_name(exit_code: int) -> str:
    """The name of the signal that ended a process, or empty if none did."""
    try:
        return signal.Signals(-exit_code).name if exit_code < 0 else ""
    except ValueError:
        return f"signal {-exit_code}"
