"""What can go wrong with exported files and with asking them, in words for people."""

from collections.abc import Iterator
from contextlib import contextmanager

from tlstudio.errors import ExportError, reason_of

RUN_IS_SAFE = "The run and its weights are unchanged."


class ExportDiffers(ExportError):
    """The file that was made does not answer as the app does, so it was not kept."""

    def __init__(self, differing: int, compared: int, largest_difference: float) -> None:
        images = f"{compared} image{'' if compared == 1 else 's'}"
        names = f"it names another class for {differing} of {images}, and its" if differing else "its"
        super().__init__(
            "The saved file answers differently",
            f"Run by onnxruntime, {names} probabilities are up to {largest_difference:.3f} off, so nothing "
            f"was saved. {RUN_IS_SAFE}",
            "Save it with the preprocessing outside the file, or train a while longer: it differs first "
            "where the network can't decide between two classes.",
        )


class NothingToCompare(ExportError):
    """No image is left to check the file with."""

    def __init__(self) -> None:
        super().__init__(
            "No images to compare",
            "A file is kept only when it gives the app's own answers, and no test or validation image can "
            f"be read. Nothing was saved. {RUN_IS_SAFE}",
            "Bring the image folder back where it was, then export again.",
        )


class NetworkTooLarge(ExportError):
    """ONNX keeps at most 2 GB in one file."""

    def __init__(self, gigabytes: float) -> None:
        super().__init__(
            "Too large for one file",
            f"The network needs {gigabytes:.1f} GB, and an ONNX file holds at most 2 GB. "
            f"Nothing was saved. {RUN_IS_SAFE}",
            "Train a smaller backbone.",
        )


class NetworkNotExportable(ExportError):
    """The exporter gave up on the network."""

    def __init__(self, backbone: str) -> None:
        super().__init__(
            "Can't be written as ONNX",
            f"The ONNX exporter can't translate {backbone}. Nothing was saved. {RUN_IS_SAFE}",
            "Choose another backbone.",
        )


class ExportNotWritable(ExportError):
    """The file can't be written where it should lie."""

    def __init__(self, name: str, folder: str, reason: str) -> None:
        super().__init__(
            "The model wasn't saved",
            f"“{name}” can't be written in “{folder}” ({reason}). What lay there before is unchanged.",
            "Free some space, or choose a folder that exists and that you may write to.",
        )


class TableNotWritten(ExportError):
    """The table of answers can't be written."""

    def __init__(self, name: str, folder: str, reason: str) -> None:
        super().__init__(
            "The table wasn't saved",
            f"“{name}” can't be written in “{folder}” ({reason}). The images and the model are unchanged.",
            "Free some space, or choose a folder that exists and that you may write to.",
        )


class ModelFileUnreadable(ExportError):
    """The file can't be used as a model."""

    def __init__(self, name: str, reason: str, what_to_try: str = "") -> None:
        super().__init__(
            "The model can't be opened",
            f"“{name}” can't be used: {reason}. The file is unchanged.",
            what_to_try or "Choose an .onnx file that was exported by TL Studio, or export it again.",
        )


class ImageNotAnswered(ExportError):
    """The model stopped with an error at one image."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "The model gave no answer",
            f"“{name}” stopped while it was asked about an image. The file and the images are unchanged.",
            "Export the model again, or try on a computer with more free memory.",
        )


@contextmanager
def writing(kind: type[ExportNotWritable] | type[TableNotWritten], name: str, folder: str) -> Iterator[None]:
    """Translate a failure to write.

    Raises:
        ExportError: of `kind`, with the system's reason.
    """
    try:
        yield
    except OSError as error:
        raise kind(name, folder, reason_of(error)) from error
