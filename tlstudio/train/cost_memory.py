"""What costs were measured for a project, kept in its cache and read without torch."""

from pathlib import Path

from tlstudio import atomic, this_computer
from tlstudio.events import from_json, to_json
from tlstudio.model.backbone import Backbone
from tlstudio.model.speeds import torch_version
from tlstudio.train.events import CostMeasured
from tlstudio.train.settings import TrainSettings

FILE_NAME = "costs.jsonl"
LARGEST_BYTES = 2_000_000
MOST = 50
"""Older ones are forgotten."""


def known_cost(
    cache_folder: Path, backbone: Backbone, settings: TrainSettings, data_fingerprint: str
) -> CostMeasured | None:
    """What was measured last for this backbone, these images and this computer, or None."""
    wanted = (
        backbone.name,
        backbone.preprocessing.input_px,
        settings.device,
        this_computer.processor(),
        torch_version(),
        data_fingerprint,
    )
    return next((cost for cost in reversed(_remembered(cache_folder)) if _key(cost) == wanted), None)


def remember_cost(cache_folder: Path, cost: CostMeasured) -> None:
    """Keep a measurement, in place of an older one of the same.

    Raises:
        OSError: if the cache can't be written; what was known before is kept.
    """
    costs = [known for known in _remembered(cache_folder) if _key(known) != _key(cost)] + [cost]
    cache_folder.mkdir(parents=True, exist_ok=True)
    atomic.write_text(cache_folder / FILE_NAME, "".join(to_json(known) + "\n" for known in costs[-MOST:]))


def _key(cost: CostMeasured) -> tuple[object, ...]:
    computer = (cost.wanted_device, cost.processor, cost.torch)
    return (cost.backbone, cost.input_px, *computer, cost.data_fingerprint)


def _remembered(cache_folder: Path) -> list[CostMeasured]:
    """All measurements, the latest last; those that are damaged are passed over."""
    file = cache_folder / FILE_NAME
    try:
        if file.stat().st_size > LARGEST_BYTES:
            return []
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []
    return [cost for line in lines if (cost := _read(line)) is not None]


def _read(line: str) -> CostMeasured | None:
    try:
        cost = from_json(line, (CostMeasured,))
    except (ValueError, RecursionError):
        return None
    if not isinstance(cost, CostMeasured) or not (cost.network.is_possible and cost.images.is_possible):
        return None
    return cost
