"""What a run needs, in words: a time, a line beside it, and a warning where it will not fit."""

from dataclasses import dataclass

from tlstudio.amounts import counted
from tlstudio.app.cost_probe import State
from tlstudio.app.widgets.amounts import brief_duration, file_size
from tlstudio.project.estimate import Estimate

MEASURING = "Measuring this computer…"
UNBROKEN = "\N{NO-BREAK SPACE}"
"""A number stays with its unit at the end of a line."""

WAITING = "measured when nothing else runs"
NO_IMAGES = "known once there are images"
UNKNOWN = "This computer could not be measured."


@dataclass(frozen=True)
class NeededWords:
    """What is shown of an estimate.

    Attributes:
        time: "About 40 s"; "–" while it is not known.
        beside: the rest of the line: "0.9 GB of memory, 210 MB on disk".
        counted: what is counted, for a tooltip.
        warning: what does not suffice, with what to try; empty if all does.
    """

    time: str
    beside: str
    counted: str = ""
    warning: str = ""

    @property
    def line(self) -> str:
        """All in one line."""
        if self.warning:
            return self.warning
        return f"{self.time} · {self.beside}" if self.time != "–" else self.beside


def not_known(state: State, reason: str) -> NeededWords:
    """What is said while nothing is known."""
    words = {"measuring": MEASURING, "waiting": WAITING, "no images": NO_IMAGES}
    return NeededWords("–", words.get(state, UNKNOWN), reason if state == "unknown" else "")


def needed_words(estimate: Estimate, depth: int) -> NeededWords:
    """What a run with so many frozen groups needs."""
    train = estimate.project.settings.train
    found = estimate.at(depth)
    memory = "graphics memory" if estimate.is_on_graphics else "memory"
    parts = f"{file_size(found.memory_bytes)} of {memory}", f"{file_size(found.disk_bytes)} on disk"
    beside = ", ".join(part.replace(" ", UNBROKEN) for part in parts)
    epochs = counted(train.epochs, "epoch")
    times = [f"Preparing {brief_duration(found.preparing)}"]
    if found.filling:
        times.append(f"frozen blocks, computed once, {brief_duration(found.filling)}")
    times.append(f"{epochs} {brief_duration(found.learning)}")
    said = [", ".join(times) + "."]
    if train.early_stop_epochs is not None:
        said.append("It may stop earlier.")
    said.append(
        f"Disk: {file_size(found.feature_bytes)} for what frozen blocks make of the images, "
        f"{file_size(found.image_bytes)} for images, {file_size(found.run_bytes)} for the run."
    )
    if found.kept_bytes:
        said.append(f"{file_size(found.kept_bytes)} are kept from earlier runs and used again.")
    return NeededWords(
        f"About {brief_duration(found.seconds)}", beside, " ".join(said), _warning(estimate, depth)
    )


def _warning(estimate: Estimate, depth: int) -> str:
    found = estimate.at(depth)
    free_memory, free_disk = estimate.free_memory, estimate.free_disk
    if free_memory is not None and found.memory_bytes > free_memory:
        return (
            f"It needs {file_size(found.memory_bytes)} of memory, and {file_size(free_memory)} are free. "
            "Close other programs, choose smaller batches, or freeze more."
        )
    if free_disk is not None and found.disk_bytes > free_disk:
        return (
            f"It needs {file_size(found.disk_bytes)} on the disk, and {file_size(free_disk)} are free. "
            "Make room, or allow less space for kept features in Preferences."
        )
    return ""
