"""Backbones are timed one after the other on the device that would train, and their speeds remembered."""

import time
from collections.abc import Iterator, Sequence

import psutil

from tlstudio.events import Event, Noted, Progress
from tlstudio.model.backbones import BACKBONES, find_backbone
from tlstudio.model.events import SpeedMeasured, SpeedNotMeasured, SpeedsMeasured
from tlstudio.model.speeds import new_speed, remember
from tlstudio.train.device import choose_device
from tlstudio.train.errors import MemoryTooSmall, NoSpeedMeasured
from tlstudio.train.speed import probe

BUSY_PERCENT = 30
"""Of the processor, by other programs."""

LISTENING_SECONDS = 0.2

REASON_LENGTH = 160


def measure_speed(names: Sequence[str] = ()) -> Iterator[Event]:
    """Time each of the backbones, or all of the table; closing this between two of them loses nothing.

    Yields:
        Noted, Progress, SpeedMeasured, SpeedNotMeasured; last SpeedsMeasured.

    Raises:
        UnknownBackbone: before any is measured.
        NoSpeedMeasured: if not one could be.
        DeviceNotUsable: if this computer can't train at all.
    """
    began = time.monotonic()
    backbones = [find_backbone(name) for name in dict.fromkeys(names)] or list(BACKBONES.values())
    chosen = choose_device("auto")
    if chosen.note:
        yield Noted(chosen.note)
    if chosen.device.type == "cpu" and psutil.cpu_percent(LISTENING_SECONDS) > BUSY_PERCENT:
        yield Noted(
            "Other programs keep this computer busy now, so the speeds may be too low. "
            "Measure again when it is idle."
        )
    left_out: dict[str, str] = {}
    is_kept = True
    for done, backbone in enumerate(backbones):
        yield Progress("Measuring speed", done, len(backbones))
        try:
            pace = probe(backbone, chosen.device)
        # A network may fail at any of its lines, here or in timm; the others are still worth knowing.
        except Exception as error:
            left_out[backbone.name] = _reason(error)
            yield SpeedNotMeasured(backbone.name, left_out[backbone.name])
            continue
        speed = new_speed(backbone, chosen.title, pace.forward, pace.training, pace.precision)
        try:
            remember(speed)
        except OSError:
            is_kept = False
        yield SpeedMeasured(
            speed.name, speed.images_per_second, speed.training_images_per_second, speed.device
        )
    yield Progress("Measuring speed", len(backbones), len(backbones))
    if len(left_out) == len(backbones):
        raise NoSpeedMeasured(left_out)
    if not is_kept:
        yield Noted("The speeds can't be remembered, as the folder of backbones can't be written to.")
    measured = len(backbones) - len(left_out)
    yield SpeedsMeasured(measured, list(left_out), chosen.title, time.monotonic() - began)


def _reason(error: Exception) -> str:
    if isinstance(error, MemoryTooSmall):
        return "Not even one image at a time fits into the memory."
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return f"It can't be built or trained here: {said[:REASON_LENGTH].rstrip('.')}."
