"""How a device says that its memory is full."""

import torch

MEMORY_WORDS = ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")
"""How torch's devices say it when it is not an OutOfMemoryError."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether any device said that its memory is full."""
    words = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(w in words for w in MEMORY_WORDS)
