"""The kinds of file that a run can be saved as, one explicit row each."""

from dataclasses import dataclass
from typing import Literal

from tlstudio.export.settings import ExportSettings

FormatName = Literal["onnx", "onnx-network"]


@dataclass(frozen=True)
class Format:
    """One kind of file.

    Attributes:
        help: what the program that reads it has to do, for people.
        settings: that ask for it.
    """

    help: str
    settings: ExportSettings


FORMATS: dict[FormatName, Format] = {
    "onnx": Format(
        "Resizing and colours. The other program then only has to hand over the image.",
        ExportSettings(is_preprocessing_inside=True),
    ),
    "onnx-network": Format(
        "The other program has to resize and scale the image exactly as the model card says.",
        ExportSettings(is_preprocessing_inside=False),
    ),
}
"""Everything that a run can be saved as; each file is checked against the app before it is kept."""


def format_of(settings: ExportSettings) -> Format:
    """The row that the settings ask for."""
    inside = settings.is_preprocessing_inside
    return next(row for row in FORMATS.values() if row.settings.is_preprocessing_inside == inside)
