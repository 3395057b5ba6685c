"""What crosses a boundary as rows of bytes, and back."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from tlstudio.train.feature_store import Layout
from tlstudio.train.precision import Precision
from tlstudio.train.step import moved

KEPT_AS: dict[str, torch.dtype] = {
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "float32": torch.float32,
}
LARGEST_HALF = 6e3
"""A tenth of what float16 holds: features that come near it are kept in bfloat16, which holds them all."""

Tensors = tuple[Tensor, ...]


def layout_of(features: Tensors, precision: Precision) -> Layout:
    """How features are kept, judged by those of a few images."""
    shapes = tuple(_kept_order(tensor).shape[1:] for tensor in features)
    largest = max(float(tensor.abs().max()) for tensor in features)
    dtype = "bfloat16" if precision == "bfloat16" or not largest < LARGEST_HALF else "float16"
    return Layout(tuple(tuple(shape) for shape in shapes), dtype)


def to_rows(features: Tensors, layout: Layout) -> list[bytes]:
    """One row for each image."""
    parts = [_kept_order(tensor).to(KEPT_AS[layout.dtype]).flatten(1) for tensor in features]
    packed = torch.cat(parts, 1).contiguous().cpu().view(torch.uint8).numpy()
    return [row.tobytes() for row in packed]


def from_rows(rows: Sequence[bytes], layout: Layout, device: torch.device) -> Tensors:
    """The tensors of these rows, in float32 or bfloat16."""
    packed = torch.frombuffer(bytearray(b"".join(rows)), dtype=KEPT_AS[layout.dtype]).view(len(rows), -1)
    packed = moved(packed, device)
    if layout.dtype == "float16":
        packed = packed.float()
    tensors, start = [], 0
    for shape in layout.shapes:
        size = int(np.prod(shape))
        tensor = packed[:, start : start + size].reshape(len(rows), *shape)
        tensors.append(tensor.permute(0, 3, 1, 2) if len(shape) == 3 else tensor)
        start += size
    return tuple(tensors)


def _kept_order(tensor: Tensor) -> Tensor:
    """Channels last, the order that convolutions are fastest in, so that reading gives it as it is."""
    return tensor.permute(0, 2, 3, 1) if tensor.ndim == 4 else tensor
