"""The words of the Export page: names, sizes, states and messages as functions of facts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tlstudio.amounts import counted
from tlstudio.app.widgets.amounts import megabytes
from tlstudio.data.table import ImageRow
from tlstudio.events import Progress
from tlstudio.export.events import ExportDone
from tlstudio.model.weight_store import remembered_sha256
from tlstudio.project.project import Project, Run

OPEN_FORMAT = "ONNX, an open format read by many programs and devices."
SAME_ANSWERS = "Checked: the file gives the same answers as TL Studio."


@dataclass(frozen=True)
class ParityRow:
    """One line of the comparison.

    Attributes:
        is_fine: None for a plain fact.
    """

    name: str
    value: str
    is_fine: bool | None


def exportable(project: Project | None) -> list[Run]:
    """Runs with weights to save, the newest first."""
    runs = project.runs if project else ()
    return [run for run in reversed(runs) if run.best is not None]


def file_name(project: Project, run: Run) -> str:
    """The suggested name: "blood-smear-run6.onnx"."""
    plain = re.sub(r"[^\w]+", "-", project.name.lower()).strip("-_")
    return f"{plain or 'model'}-run{run.number}.onnx"


def file_size(run: Run, exported: ExportDone | None) -> str:
    """The size of the file: measured, or about what it will be."""
    if exported is None:
        return f"About {megabytes(run.started.total_parameters)}"
    return f"{exported.megabytes:,.0f} MB" if exported.megabytes >= 10 else f"{exported.megabytes:.1f} MB"


def run_line(run: Run) -> str:
    """A run in the chooser: "Run 6, 482 of 510 on Validation"."""
    if run.best is None:
        return f"Run {run.number}"
    images = run.started.validation_images
    return f"Run {run.number}, {round(run.best.validation_accuracy * images):,} of {images:,} on Validation"


def difference(value: float) -> str:
    """A small number in plain digits, in groups of three: "0.000 004"."""
    if value < 5e-7:
        return "under 0.000 001"
    digits = f"{value:.6f}".split(".")[1]
    return f"{int(value)}.{digits[:3]} {digits[3:]}"


def milliseconds(value: float) -> str:
    """A short time: "9 ms", "0.4 ms", "1.2 s"."""
    if value >= 1000:
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if value >= 2 else f"{max(value, 0.1):.1f} ms"


def parity_rows(exported: ExportDone, split: str) -> list[ParityRow]:
    """What the comparison of the file with the app found."""
    compared = exported.images_compared
    return [
        ParityRow(
            f"Same class on the {split} split",
            f"{exported.same_class:,} of {compared:,}",
            exported.same_class == compared,
        ),
        ParityRow(
            "Largest probability difference",
            difference(exported.largest_difference),
            exported.largest_difference < 1e-2,
        ),
        ParityRow("Time per image, this computer", milliseconds(exported.milliseconds_per_image), None),
    ]


def compared_words(exported: ExportDone, split: str) -> str:
    """How many images were run through both; `split`: whose images they are."""
    compared, left_out = exported.images_compared, exported.left_out
    if left_out:
        are = "was" if compared == 1 else "were"
        return (
            f"{compared:,} of {compared + left_out:,} {split} images {are} run through both; the others "
            "can't be read any more."
        )
    if compared == 1:
        return f"The one {split} image was run through both."
    return f"All {compared:,} {split} images were run through both."


def comparison_plan(images: int, split: str) -> str:
    """What happens to the file before it is kept."""
    which = f"all {images:,} {split} images" if images > 1 else f"the {split} images"
    return (
        f"When it is saved, {which} are run through the file and through TL Studio. "
        "The file is kept only if both give the same answers."
    )


def compared_split(rows: Sequence[ImageRow]) -> tuple[str, int]:
    """Whose images the file is compared with, and how many they are: test, or validation if there is none."""
    for split in ("test", "validation"):
        images = sum(row.split == split for row in rows)
        if images:
            return split, images
    return "test", 0


def progress_words(progress: Progress | None) -> tuple[str, str, float | None]:
    """Headline, detail and fraction while the file is being made; None for a bar that only moves."""
    if progress is None:
        return "Getting ready", "Loading the network.", None
    if not progress.total:
        return progress.what, f"{progress.done:,} so far" if progress.done else "", None
    return progress.what, f"{progress.done:,} of {progress.total:,}", progress.done / progress.total


def empty_parts(not_to_be_used_for: str, contact: str) -> str:
    """How many parts of the card only the user can fill in, and has not yet."""
    empty = sum(not text.strip() for text in (not_to_be_used_for, contact))
    if not empty:
        return ""
    return f"{counted(empty, 'part')} of the model card {'is' if empty == 1 else 'are'} empty."


def saved_file(run: Run | None) -> Path | None:
    """The run's saved file if it still lies where it was put, and nothing was saved over it since."""
    if run is None or run.exported is None:
        return None
    path = Path(run.exported.path)
    try:
        is_same = remembered_sha256(path) == run.exported.sha256
    except OSError:
        return None
    return path if is_same else None


def example_code(run: Run | None) -> Path | None:
    """The example that lies beside the run's saved file, if it is still there."""
    path = saved_file(run)
    beside = None if path is None else path.with_name(f"{path.stem}-example.py")
    return beside if beside is not None and beside.is_file() else None
