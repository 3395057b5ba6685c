"""The only errors that are meant for people: what happened, what is safe, what to try.

TLStudioError
 ├─ DataError       images and their folders
 ├─ ModelError      backbones and weights
 ├─ TrainError      a training run
 ├─ ExportError     exported files and predicting with them
 └─ ProjectError    the saved project

A step's concrete errors are small subclasses in its own `errors.py`; they build their sentences
from their fields. Everything else that is raised is a fault of the program.
"""


class TLStudioError(Exception):
    """Something that a person can understand and act on.

    Attributes:
        title: what happened, up to five words, no full stop.
        message: what exactly, and what is safe; one or two sentences.
        what_to_try: one sentence, or empty.
    """

    def __init__(self, title: str, message: str, what_to_try: str = "") -> None:
        super().__init__(" ".join(part for part in (f"{title}.", message, what_to_try) if part))
        self.title = title
        self.message = message
        self.what_to_try = what_to_try


class DataError(TLStudioError):
    """Something about the images or their folders."""


class ModelError(TLStudioError):
    """Something about a backbone or its weights."""


class TrainError(TLStudioError):
    """Something about a training run."""


class ExportError(TLStudioError):
    """Something about an exported file."""


class ProjectError(TLStudioError):
    """Something about the saved project."""


def reason_of(error: OSError) -> str:
    """Why the system refused, to stand within a sentence."""
    text = error.strerror or "unknown reason"
    return text[:1].lower() + text[1:]
