"""Files of tensors that notice when they are cut off or altered: safetensors with a checksum of their own."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from tlstudio import atomic

CHECKSUM = "sha256_of_tensors"
FACTS = "facts"


def write_tensors(
    path: Path,
    tensors: Mapping[str, Tensor],
    facts: Mapping[str, Any],
    before_replacing: Callable[[], None] | None = None,
) -> None:
    """Put the tensors and a few JSON facts in place of the file, whole or not at all.

    Args:
        path: the file.
        tensors: by name.
        facts: what else is to be known, as JSON.
        before_replacing: called when the new file is complete and the old one still stands.

    Raises:
        OSError, SafetensorError: if it can't be written; the old file stands.
    """
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    header = {CHECKSUM: _checksum(plain), FACTS: json.dumps(facts)}
    with atomic.replacing(path) as temporary:
        save_file(plain, temporary, metadata=header)
        if before_replacing is not None:
            before_replacing()


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """The tensors and facts, or None if the file is missing, cut off or altered.

    safetensors alone would not see a flipped bit among the values.
    """
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        facts = json.loads(header.get(FACTS, "null"))
    except (OSError, SafetensorError, ValueError):
        return None
    if not isinstance(facts, dict) or header.get(CHECKSUM) != _checksum(tensors):
        return None
    return tensors, facts


def _checksum(tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
