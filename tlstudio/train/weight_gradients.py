"""The gradient of a convolution's weights as one matrix product, where its maps are small.

On a processor in bfloat16, oneDNN takes two to three times as long for it as a matrix product of the same
size where a kernel of many channels sees a small map, as in the last stage of a ResNet: 14 instead of 6 ms
for 512 × 512 × 3 × 3 weights and 32 maps of 7 × 7 (measured with torch 2.15 and AMX). Everything else stays
with oneDNN.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor
from torch.nn.grad import conv2d_input
from torch.overrides import TorchFunctionMode

FEWEST_WEIGHTS = 2**20
"""With fewer, copying the windows takes what the product saves."""

MOST_POSITIONS = 64
"""Of the output's map; at 9 × 9 both take the same time."""


class AsProducts(TorchFunctionMode):
    """A forward pass whose backward pass computes the gradients of large kernels on small maps by products.

    For a processor in bfloat16.
    """

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        if func is F.conv2d and not kwargs and _suits(*args):
            images, weight, _, stride, padding, *_ = args
            half = torch.bfloat16
            return _Convolution.apply(images.to(half), weight.to(half), stride, padding)
        return func(*args, **(kwargs or {}))


def _suits(
    images: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> bool:
    """Whether a product is faster, and all is as usual; arguments as of `conv2d`."""
    if bias is not None or groups != 1 or weight.numel() < FEWEST_WEIGHTS or not weight.requires_grad:
        return False
    is_usual = all(isinstance(each, tuple) for each in (stride, padding, dilation)) and set(dilation) == {1}
    return (
        is_usual
        and images.ndim == 4
        and _positions(images.shape[2:], weight.shape[2:], stride, padding) <= MOST_POSITIONS
    )


def _positions(
    size: Sequence[int], kernel: Sequence[int], stride: Sequence[int], padding: Sequence[int]
) -> int:
    """Of the output's map."""
    height, width = (
        (length + 2 * pad - window) // step + 1
        for length, window, step, pad in zip(size, kernel, stride, padding, strict=True)
    )
    return height * width


class _Convolution(torch.autograd.Function):
    """conv2d (N, C, H, W) with (D, C, h, w) to (N, D, H', W'), without bias, dilation or groups."""

    @staticmethod
    def forward(
        ctx: Any, images: Tensor, weight: Tensor, stride: tuple[int, int], padding: tuple[int, int]
    ) -> Tensor:
        ctx.save_for_backward(images, weight)
        ctx.stride, ctx.padding = stride, padding
        return F.conv2d(images, weight, None, stride, padding)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor, None, None]:
        images, weight = ctx.saved_tensors
        of_images = None
        if ctx.needs_input_grad[0]:
            of_images = conv2d_input(  # type: ignore[no-untyped-call]
                images.shape, weight, gradient, ctx.stride, ctx.padding
            )
        outputs, inputs, *kernel = weight.shape
        rows = gradient.permute(0, 2, 3, 1).reshape(-1, outputs)  # (N·H'·W', D)
        product = rows.T @ _windows(images, kernel, gradient.shape[2:], ctx.stride, ctx.padding)
        of_weight = product.view(outputs, *kernel, inputs).permute(0, 3, 1, 2)
        return of_images, of_weight, None, None


def _windows(
    images: Tensor,
    kernel: Sequence[int],
    positions: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
) -> Tensor:
    """(N·H'·W', h·w·C): what the kernel sees at each position, channels innermost."""
    pad_height, pad_width = padding
    padded = F.pad(images.permute(0, 2, 3, 1), (0, 0, pad_width, pad_width, pad_height, pad_height))
    padded = padded.contiguous()
    of_image, of_row, of_column, of_channel = padded.stride()
    count, channels = len(padded), padded.shape[3]
    seen = padded.as_strided(
        (count, *positions, *kernel, channels),
        (of_image, of_row * stride[0], of_column * stride[1], of_row, of_column, of_channel),
    )
    return seen.reshape(count * positions[0] * positions[1], -1)
