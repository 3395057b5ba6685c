"""The kinds of file that a run can be saved as, one explicit row each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """One kind of file.

    Attributes:
        title: for people.
        help: whom it is for, one sentence.
        suffix: of the file's name.
        is_preprocessing_inside: whether the graph takes raw images of any size; see ExportSettings.
    """

    title: str
    help: str
    suffix: str
    is_preprocessing_inside: bool


FORMATS: dict[str, Format] = {
    "onnx": Format(
        "ONNX, everything inside",
        "Takes any 8-bit RGB image; resizing and normalising are part of the file. For onnxruntime on a CPU.",
        ".onnx",
        is_preprocessing_inside=True,
    ),
    "onnx-network": Format(
        "ONNX, network only",
        "Takes prepared pixels; for runtimes that can't resize with antialiasing: CUDA, OpenVINO, TensorRT.",
        ".onnx",
        is_preprocessing_inside=False,
    ),
}
"""Everything that a run can be saved as; each is checked against the app before it is kept."""
