"""What the user chooses about the exported file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ExportSettings:
    """How the file is made.

    Attributes:
        is_preprocessing_inside: the graph takes raw 8-bit RGB pixels of any size; else it takes the
            prepared float input, for runtimes that lack an antialiased Resize.
        not_to_be_used_for: the part of the model card that no program can know.
        contact: who to ask; likewise.
    """

    is_preprocessing_inside: bool = True
    not_to_be_used_for: str = ""
    contact: str = ""
