"""The throw-away process that opens one PyTorch file and leaves its tensors as safetensors.

`python -m tlstudio.model.torch_file_child SOURCE TARGET SECONDS`; its exit status says how it went.
Standard input only tells, by ending, that whoever wanted the file is no more.
"""

from tlstudio import environment

environment.prepare()

import argparse  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import warnings  # noqa: E402
from collections.abc import Mapping  # noqa: E402
from contextlib import suppress  # noqa: E402
from importlib import import_module  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import torch  # noqa: E402
from safetensors import SafetensorError  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from torch import Tensor  # noqa: E402

from tlstudio.model.torch_files import (  # noqa: E402
    CARRIES_CODE,
    CLAIMS_TOO_MUCH,
    DONE,
    NO_ROOM,
    NO_TENSORS,
    TOO_COSTLY,
    UNREADABLE,
)

WRAPPERS = ("state_dict_ema", "model_ema", "state_dict", "model_state_dict", "model", "teacher")
"""Under these names training programs save the weights beside other things."""

MOST_GROWTH = 4
"""Tensors that share their values are written out one by one; beyond this they only claim a size."""

SPARE_BYTES = 2**30


def main(arguments: list[str]) -> int:
    """Convert the file.

    Returns:
        One of the statuses of `torch_files`.
    """
    source, target, seconds = Path(arguments[0]), Path(arguments[1]), int(arguments[2])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    _limit(source.stat().st_size, seconds)
    try:
        return convert(source, target)
    except MemoryError:
        return TOO_COSTLY


def convert(source: Path, target: Path) -> int:
    """Write the tensors of a PyTorch file into a safetensors file, under their names in the network.

    Returns:
        One of the statuses of `torch_files`.
    """
    size_bytes = source.stat().st_size
    try:
        # Training scripts keep their options in this; it holds values and can't do anything.
        with warnings.catch_warnings(), torch.serialization.safe_globals([argparse.Namespace]):
            warnings.simplefilter("ignore")  # torch's remarks on odd files; the answer below says it all
            content = torch.load(source, map_location="cpu", weights_only=True)
    except MemoryError:
        return TOO_COSTLY
    # Whatever a hostile file makes of the reader, from any of its layers, is one answer: not this file.
    except Exception as error:
        if "allocate memory" in str(error):
            return TOO_COSTLY
        # torch names the function that the file asks for: "Unsupported global: GLOBAL posix.system".
        asks = any(word in str(error) for word in ("GLOBAL", "REDUCE", "NEWOBJ", "BUILD"))
        return CARRIES_CODE if asks else UNREADABLE
    tensors = _unwrapped(content)
    if not tensors:
        return NO_TENSORS
    if sum(tensor.numel() * tensor.element_size() for tensor in tensors.values()) > MOST_GROWTH * size_bytes:
        return CLAIMS_TOO_MUCH
    try:
        save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, target)
    except MemoryError:
        return TOO_COSTLY
    except (OSError, RuntimeError, ValueError, SafetensorError) as error:
        return TOO_COSTLY if "allocate memory" in str(error) else NO_ROOM
    return DONE


def _unwrapped(content: Any) -> dict[str, Tensor]:
    """The tensors of what was saved, under their names in the network."""
    for name in WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(name), Mapping):
            content = content[name]
    if not isinstance(content, Mapping):
        return {}
    tensors = {
        str(name): value.detach()
        for name, value in content.items()
        if isinstance(value, Tensor) and value.layout == torch.strided and not value.is_meta
    }
    # Weights of a network that was trained on several devices bear this prefix.
    return {name.removeprefix("module."): value for name, value in tensors.items()}


def _limit(size_bytes: int, seconds: int) -> None:
    """Let the system end this process if it takes more than any weights need."""
    if os.name == "nt":  # there the parent's clock is the only limit
        return
    resource: Any = import_module("resource")
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    with suppress(OSError, ValueError):
        mapped = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf(
            "SC_PAGESIZE"
        )
        most = mapped + 2 * MOST_GROWTH * size_bytes + SPARE_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _end_with_parent() -> None:
    with suppress(OSError):
        while os.read(0, 1024):
            pass
    os._exit(TOO_COSTLY)


if __name__ == "__main__":
    status = main(sys.argv[1:])
    # Everything is written; whatever the file left behind in the interpreter is not to run at its end.
    os._exit(status)
