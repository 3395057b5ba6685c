"""Where to train: the fastest device that proves itself by a real step."""

import platform
import warnings
from dataclasses import dataclass

import torch
from torch import nn

from tlstudio.train.errors import DeviceNotUsable
from tlstudio.train.settings import Device

FASTEST_FIRST: tuple[Device, ...] = ("cuda", "mps", "cpu")
NAMES = {"cuda": "The graphics card", "mps": "Apple's graphics chip", "cpu": "The processor"}
TOLERANCE = 0.05
"""Between a device's answer and the CPU's; half precision inside a GPU's convolutions is well within."""


@dataclass(frozen=True)
class ChosenDevice:
    """The device to train on.

    Attributes:
        device: for torch.
        title: for people: "CPU, 2 threads" or "NVIDIA RTX A2000".
        note: why a faster one was passed over, for people; empty if none was.
    """

    device: torch.device
    title: str
    note: str = ""


def choose_device(wanted: Device) -> ChosenDevice:
    """The device that is wanted; for "auto" the fastest one that works.

    `is_available()` alone is not enough: it is also true where a driver or card is too old for every
    kernel (pytorch#17966), so each candidate computes one small training step and is compared.

    Raises:
        DeviceNotUsable: if a certain one is wanted and does not work.
    """
    if wanted != "auto":
        reason = failure(wanted)
        if reason:
            raise DeviceNotUsable(NAMES[wanted], reason)
        return ChosenDevice(torch.device(wanted), _title(wanted))
    notes: list[str] = []
    for kind in FASTEST_FIRST:
        if not _is_present(kind):
            continue
        reason = failure(kind)
        if not reason:
            return ChosenDevice(torch.device(kind), _title(kind), " ".join(notes))
        notes.append(f"{NAMES[kind]} was passed over: it did not pass its test step ({reason}).")
    raise DeviceNotUsable(NAMES["cpu"], reason)


def wait_for(device: torch.device) -> None:
    """Come back when the device has done all that it was given; the CPU always has."""
    if device.type == "cuda":
        torch.cuda.synchronize()
    elif device.type == "mps":
        torch.mps.synchronize()


def failure(kind: Device) -> str:
    """Why a small convolution can't be trained there; empty if it can."""
    if not _is_present(kind):
        return "there is none that this installation can use"
    try:
        expected, found = _step("cpu"), _step(kind)
    # Any driver may raise anything here, and every answer but a right one means the same.
    except Exception as error:
        return str(error).strip().splitlines()[0][:120] or type(error).__name__
    if not torch.allclose(expected, found, atol=TOLERANCE):
        return "its answer was wrong"
    return ""


def _step(kind: str) -> torch.Tensor:
    """The gradient of a small convolution's weights."""
    values = torch.linspace(-1, 1, 3 * 8 * 8, device="cpu")
    layer = nn.Conv2d(3, 4, 3)
    with torch.no_grad():
        layer.weight.copy_(torch.linspace(-1, 1, 4 * 3 * 9).reshape(4, 3, 3, 3))
        layer.bias.zero_()  # type: ignore[union-attr]
    layer = layer.to(kind)
    layer(values.reshape(1, 3, 8, 8).to(kind)).relu().mean().backward()
    gradient = layer.weight.grad
    if gradient is None:
        raise RuntimeError("no gradient came back")
    return gradient.cpu()


def _is_present(kind: Device) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an old driver is a fact to report, not to print
        if kind == "cuda":
            return torch.cuda.is_available()
        if kind == "mps":
            return torch.backends.mps.is_available()
    return True


def _title(kind: Device) -> str:
    if kind == "cuda":
        return str(torch.cuda.get_device_name())
    if kind == "mps":
        return f"Apple {platform.machine()} graphics"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"
