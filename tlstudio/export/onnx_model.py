"""An exported model, asked by onnxruntime alone: it needs neither torch nor the project it came from."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tlstudio.data.preprocess import normalise, prepare
from tlstudio.environment import QUIET
from tlstudio.errors import reason_of
from tlstudio.export.errors import ImageNotAnswered, ModelFileUnreadable
from tlstudio.export.metadata import ModelMetadata
from tlstudio.export.onnx_file import NotOnnx, has_outside_data, properties

LIMIT_BYTES = 2**31
"""An ONNX file is one message of at most 2 GB."""

IMAGE_INPUT = "image"
PREPARED_INPUT = "input"
PROBABILITIES = "probabilities"
LABEL = "label"


class OnnxModel:
    """A model file of this program, ready to be asked.

    Attributes:
        classes: in the order of the outputs.
        metadata: everything that the file says about itself.
    """

    def __init__(self, path: Path) -> None:
        """Read and check the file, and load its network.

        Raises:
            ModelFileUnreadable: if it is missing, of another kind, cut off, of another program, or refers
                to other files.
        """
        self._name = path.name
        content = _read(path)
        self.metadata = _check(path.name, content)
        self.classes = self.metadata.classes
        self._session = _session(path.name, content)
        self._check_ends()

    def predict(self, image: Image.Image) -> dict[str, float]:
        """Class → probability, for an 8-bit RGB image of any size; they sum to 1.

        Raises:
            ImageNotAnswered: if the network stops with an error.
        """
        probabilities = self.probabilities(image)
        return {name: float(share) for name, share in zip(self.classes, probabilities, strict=True)}

    def probabilities(self, image: Image.Image) -> NDArray[np.float32]:
        """The probability of each class: (C,); see `predict`."""
        if self.metadata.is_preprocessing_inside:
            inputs = {IMAGE_INPUT: np.asarray(image.convert("RGB"))[None]}
        else:
            p = self.metadata.preprocessing
            inputs = {PREPARED_INPUT: normalise(prepare(image.convert("RGB"), p)[None], p)}
        try:
            answer = np.asarray(self._session.run([PROBABILITIES], inputs)[0], np.float32)
        # onnxruntime raises its own kinds, RuntimeError and MemoryError; all mean the same here.
        except Exception as error:
            raise ImageNotAnswered(self._name) from error
        if answer.shape != (1, len(self.classes)) or not np.isfinite(answer).all():
            raise ImageNotAnswered(self._name)
        probabilities: NDArray[np.float32] = answer[0]
        return probabilities

    def _check_ends(self) -> None:
        wanted = IMAGE_INPUT if self.metadata.is_preprocessing_inside else PREPARED_INPUT
        inputs = [end.name for end in self._session.get_inputs()]
        outputs = {end.name: end.shape for end in self._session.get_outputs()}
        classes = (outputs.get(PROBABILITIES) or [None])[-1]
        if inputs != [wanted] or not {PROBABILITIES, LABEL} <= set(outputs) or classes != len(self.classes):
            raise ModelFileUnreadable(self._name, "its network and its description don't belong together")


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise ModelFileUnreadable(path.name, "it is a folder")
        if path.exists() and not path.is_file():
            raise ModelFileUnreadable(path.name, "it is not a file")
        if path.stat().st_size >= LIMIT_BYTES:
            raise ModelFileUnreadable(path.name, "it is larger than an ONNX file can be")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ModelFileUnreadable(path.name, "it is not there", "Choose the file again.") from error
    except OSError as error:
        raise ModelFileUnreadable(path.name, reason_of(error)) from error
    except ValueError as error:  # a null byte
        raise ModelFileUnreadable(path.name, "its name is no file name") from error
    except MemoryError as error:
        raise ModelFileUnreadable(path.name, "it needs more memory than is free") from error


def _check(name: str, content: bytes) -> ModelMetadata:
    try:
        texts = properties(content)
    except NotOnnx as error:
        raise ModelFileUnreadable(name, str(error)) from error
    if has_outside_data(content):
        raise ModelFileUnreadable(name, "it takes its weights from other files, which is never opened")
    try:
        return ModelMetadata.from_properties(texts)
    except ValueError as error:
        reason = "its description is damaged" if "format" in texts else "it was made by another program"
        raise ModelFileUnreadable(name, reason) from error


def _session(name: str, content: bytes) -> Any:
    # Read once, when onnxruntime is imported; a notebook may come here without our main.
    os.environ["ORT_DISABLE_TELEMETRY"] = QUIET["ORT_DISABLE_TELEMETRY"]
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what goes wrong is raised; nothing is printed
    try:
        # The CPU provider only: the others ignore Resize's antialiasing or lack it.
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its own kinds, RuntimeError and MemoryError
        raise ModelFileUnreadable(name, "its network is damaged, or needs a newer version") from error
