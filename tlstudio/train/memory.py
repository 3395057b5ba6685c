"""How a device says that its memory is full, and what is tried then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from tlstudio.train.errors import MemoryFull, MemoryTooSmall

MEMORY_WORDS = ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")
"""How torch's devices say it when it is not an OutOfMemoryError."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether any device said that its memory is full."""
    words = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(w in words for w in MEMORY_WORDS)


@contextmanager
def telling_of_full_memory() -> Iterator[None]:
    """Translate a full memory where nothing smaller can be tried.

    Raises:
        MemoryFull: instead of what the device says.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise MemoryFull from error


def in_pieces(
    function: Callable[..., tuple[Tensor, ...]], inputs: tuple[Tensor, ...], input_px: int
) -> tuple[Tensor, ...]:
    """What the function makes of the images, in two halves where the memory does not suffice.

    Args:
        function: of tensors with one row for each image, to such tensors.
        inputs: of it.
        input_px: edge of the images, for the error.

    Raises:
        MemoryTooSmall: if a single image is too much.
    """
    try:
        return function(*inputs)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    # Outside the except block: the exception would keep the failed attempt's tensors (pytorch#18853).
    if len(inputs[0]) == 1:
        raise MemoryTooSmall(input_px)
    pairs = zip(*(tensor.chunk(2) for tensor in inputs), strict=True)
    halves = [in_pieces(function, pair, input_px) for pair in pairs]
    return tuple(torch.cat(parts) for parts in zip(*halves, strict=True))
