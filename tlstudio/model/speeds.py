"""How fast backbones were when they were measured on this computer, remembered and read without torch."""

import json
import math
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tlstudio import atomic, this_computer
from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import find_backbone
from tlstudio.model.errors import UnknownBackbone
from tlstudio.model.weight_store import models_folder

FILE_NAME = "speeds.json"
LARGEST_BYTES = 2_000_000
MOST = 2_000
"""Older ones are forgotten; a person who measures every network of timm has as many."""


@dataclass(frozen=True)
class Speed:
    """How fast a backbone is on one device; the first five together say what was measured.

    Attributes:
        name: of the backbone.
        input_px: of its images.
        device: for people: "CPU, 2 threads" or "NVIDIA RTX A2000".
        processor: of the computer.
        torch: version that computed.
        images_per_second: forward, as when only the head is trained, or when it answers.
        training_images_per_second: learned from, with nothing frozen.
        precision: that it was computed in.
    """

    name: str
    input_px: int
    device: str
    processor: str
    torch: str
    images_per_second: float
    training_images_per_second: float
    precision: str

    @property
    def key(self) -> tuple[str, int, str, str, str]:
        """What was measured; a newer measurement of the same takes its place."""
        return self.name, self.input_px, self.device, self.processor, self.torch


def new_speed(
    backbone: Backbone, device: str, images_per_second: float, training_per_second: float, precision: str
) -> Speed:
    """A measurement of just now on this computer, at the three digits that can be trusted."""
    return Speed(
        name=backbone.name,
        input_px=backbone.preprocessing.input_px,
        device=device,
        processor=this_computer.processor(),
        torch=torch_version(),
        images_per_second=float(f"{images_per_second:.3g}"),
        training_images_per_second=float(f"{training_per_second:.3g}"),
        precision=precision,
    )


def known_speed(name: str) -> Speed | None:
    """How fast the backbone was on the device that was measured last, or None; see `known_speeds`."""
    return known_speeds().get(name)


def known_speeds() -> dict[str, Speed]:
    """By name, what was measured with this processor and torch on the device that was measured last."""
    here = this_computer.processor(), torch_version()
    fitting = [speed for speed in _remembered() if (speed.processor, speed.torch) == here]
    return {
        speed.name: speed
        for speed in fitting
        if speed.device == fitting[-1].device and speed.input_px == _input_px(speed.name)
    }


def remember(speed: Speed) -> None:
    """Keep a measurement, in place of an older one of the same.

    Raises:
        OSError: if the model folder can't be written; what was known before is kept.
    """
    speeds = [known for known in _remembered() if known.key != speed.key] + [speed]
    text = json.dumps([asdict(known) for known in speeds[-MOST:]], ensure_ascii=False, indent=1)
    models_folder().mkdir(parents=True, exist_ok=True)
    atomic.write_text(_file(), text + "\n")


def _remembered() -> list[Speed]:
    """All measurements, the latest last; none if the file is missing or damaged."""
    try:
        if _file().stat().st_size > LARGEST_BYTES:
            return []
        speeds = TypeAdapter(list[Speed]).validate_json(_file().read_bytes())
    except (OSError, ValidationError):
        return []
    return [speed for speed in speeds if _is_possible(speed)]


def _is_possible(speed: Speed) -> bool:
    rates = speed.images_per_second, speed.training_images_per_second
    return all(math.isfinite(rate) and rate > 0 for rate in rates)


def _file() -> Path:
    return models_folder() / FILE_NAME


def _input_px(name: str) -> int | None:
    try:
        return find_backbone(name).preprocessing.input_px
    except UnknownBackbone:
        return None


def torch_version() -> str:
    """Of what is installed; empty if nothing is."""
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return ""
