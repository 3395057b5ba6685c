"""Tensors out of a local weights file, without ever running what the file may hold."""

import tempfile
from contextlib import suppress
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from tlstudio.errors import reason_of
from tlstudio.model.errors import WeightsNotFound, WeightsUnreadable
from tlstudio.model.tensor_header import is_safetensors, read_header
from tlstudio.model.torch_files import convert_torch_file
from tlstudio.model.weight_store import file_sha256

CONVERTED_FOLDER = "weights"


def read_tensors(path: Path, cache_folder: Path | None = None) -> dict[str, Tensor]:
    """Every tensor of the file by its name, on the CPU.

    Args:
        path: a safetensors file, or a PyTorch file, which another process converts.
        cache_folder: where the converted file is kept for the next time; nowhere without one.

    Raises:
        WeightsNotFound: if the file can't be opened.
        WeightsUnreadable: if it is empty, cut off, or something else.
        WeightsCarryCode: if it would run a program.
    """
    if is_safetensors(path):
        return _read_safetensors(path)
    if cache_folder is not None:
        return _read_safetensors(converted_file(path, cache_folder))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # Copied, as Windows removes no file that tensors are still mapped from.
        tensors = _read_safetensors(converted_file(path, Path(folder)))
        return {name: tensor.clone() for name, tensor in tensors.items()}


def converted_file(path: Path, cache_folder: Path) -> Path:
    """The PyTorch file's tensors as safetensors below the cache, converted now if they are not yet there.

    Only the newest is kept. It bears the original's checksum, so an altered file is another one.

    Raises:
        WeightsNotFound, WeightsUnreadable, WeightsCarryCode: as `read_tensors`.
    """
    folder = cache_folder / CONVERTED_FOLDER
    target = folder / f"{sha256(path)}.safetensors"
    try:
        with suppress(WeightsNotFound, WeightsUnreadable):
            read_header(target)
            return target
        folder.mkdir(parents=True, exist_ok=True)
        for other in folder.iterdir():
            with suppress(OSError):
                other.unlink()
    except OSError as error:
        raise WeightsNotFound(path.name, reason_of(error)) from error
    convert_torch_file(path, target)
    return target


def sha256(path: Path) -> str:
    """Of the file's bytes, in hexadecimal.

    Raises:
        WeightsNotFound: if it can't be read.
    """
    try:
        return file_sha256(path)
    except OSError as error:
        raise WeightsNotFound(path.name, reason_of(error)) from error


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    read_header(path)
    try:
        return load_file(path, device="cpu")
    except (SafetensorError, ValueError, KeyError) as error:
        raise WeightsUnreadable(path.name, "it is cut off or damaged") from error
    except OSError as error:
        raise WeightsNotFound(path.name, reason_of(error)) from error
