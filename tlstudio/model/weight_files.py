"""Tensors out of a local weights file, without ever running what the file may hold."""

import hashlib
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from tlstudio.model.errors import WeightsCarryCode, WeightsNotFound, WeightsUnreadable

LARGEST_HEADER_BYTES = 1_000_000
"""The largest networks need a tenth of it; larger headers only serve to exhaust the memory."""

WRAPPERS = ("state_dict_ema", "model_ema", "state_dict", "model_state_dict", "model", "teacher")
"""Under these names training programs save the weights beside other things."""

NOT_WEIGHTS = {
    b"<": "it is a web page, perhaps saved instead of the file behind a link",
    b"version https://git-lfs": "it is a pointer to a large file that was not downloaded",
}
"""How files begin that are often taken for weights."""


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Every tensor of the file by its name, on the CPU.

    Raises:
        WeightsNotFound: if the file can't be opened.
        WeightsUnreadable: if it is empty, cut off, or something else.
        WeightsCarryCode: if it would run a program.
    """
    try:
        with path.open("rb") as file:
            start = file.read(64)
        size_bytes = path.stat().st_size
    except OSError as error:
        raise WeightsNotFound(path.name, (error.strerror or "unknown reason").lower()) from error
    if size_bytes == 0:
        raise WeightsUnreadable(path.name, "it is empty")
    for sign, reason in NOT_WEIGHTS.items():
        if start.lstrip().startswith(sign):
            raise WeightsUnreadable(path.name, reason)
    if path.suffix.lower() == ".safetensors":
        return _read_safetensors(path, int.from_bytes(start[:8], "little"), size_bytes)
    return _read_torch(path)


def sha256(path: Path) -> str:
    """Of the file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_safetensors(path: Path, header_bytes: int, size_bytes: int) -> dict[str, Tensor]:
    if size_bytes < 8 or header_bytes > size_bytes:
        raise WeightsUnreadable(path.name, "it is cut off, or no safetensors file")
    if header_bytes > LARGEST_HEADER_BYTES:
        raise WeightsUnreadable(path.name, "its list of tensors is larger than any network's")
    try:
        return load_file(path, device="cpu")
    except (SafetensorError, ValueError, KeyError) as error:
        raise WeightsUnreadable(path.name, "it is cut off or damaged") from error
    except OSError as error:
        raise WeightsNotFound(path.name, (error.strerror or "unknown reason").lower()) from error


def _read_torch(path: Path) -> dict[str, Tensor]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's remarks on odd files; the answer below says it all
            content = torch.load(path, map_location="cpu", weights_only=True)
    # Whatever a hostile file makes of the reader, from any of its layers, is one answer: not this file.
    except Exception as error:
        # torch names the function that the file asks for: "Unsupported global: GLOBAL posix.system".
        if any(word in str(error) for word in ("GLOBAL", "REDUCE", "NEWOBJ", "BUILD")):
            raise WeightsCarryCode(path.name) from error
        raise WeightsUnreadable(path.name, "it is cut off, damaged, or of another kind") from error
    tensors = _unwrapped(content)
    if not tensors:
        raise WeightsUnreadable(path.name, "there are no tensors in it")
    return tensors


def _unwrapped(content: Any) -> dict[str, Tensor]:
    """The tensors of what was saved, under their names in the network."""
    for name in WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(name), Mapping):
            content = content[name]
    if not isinstance(content, Mapping):
        return {}
    tensors = {str(name): value for name, value in content.items() if isinstance(value, Tensor)}
    # Weights of a network that was trained on several devices bear this prefix.
    return {name.removeprefix("module."): value for name, value in tensors.items()}
