"""A weights file held against a backbone before anything is trained from it."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor

from tlstudio.events import Event, Progress
from tlstudio.model.adopted import adopted_backbones
from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import BACKBONES
from tlstudio.model.events import WeightsMatched
from tlstudio.model.match import Match, match
from tlstudio.model.network import create
from tlstudio.model.weight_files import read_tensors

MOST_TRIED = 8
SHARE_OF_FILE = (0.3, 1.1)
"""What a backbone has of its file's values: the file may hold a classifier for 21,000 classes."""


NO_FILES_CLASSES = 7919
"""The file's classifier shall not fit: it is left out, as a new head is trained."""


def match_weights(backbone: Backbone, file: Path, cache_folder: Path | None = None) -> Iterator[Event]:
    """Say which tensors of the file the backbone would take, and whom they fit if it is not the right one.

    Args:
        backbone: that was chosen.
        file: .safetensors, or a PyTorch file, which is converted in a process of its own.
        cache_folder: see `read_tensors`.

    Yields:
        Progress; last WeightsMatched.

    Raises:
        ModelError: if the file can't be read.
    """
    yield Progress(f"Reading {file.name}", 0, 0)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        tensors = read_tensors(file, cache_folder or Path(folder))
        found = _match(backbone, tensors)
        others = () if found.fits else _others(backbone)
        shapes = _shapes(tensors)
        better = next((row for row in _likely(others, tensors) if _fits(row, shapes)), None)
        del tensors
    yield WeightsMatched(
        file=file.name,
        backbone=backbone.name,
        fits=found.fits,
        matched=found.matched,
        expected=found.expected,
        left_out=list(found.left_out),
        missing=[*found.missing, *(difference.name for difference in found.different)],
        unexpected=list(found.unexpected),
        reason=_reason(found, backbone, better),
        different=[difference.sentence(backbone.title) for difference in found.different],
        fitting_backbone="" if better is None else better.name,
    )


def _match(backbone: Backbone, tensors: Mapping[str, Tensor]) -> Match:
    with torch.device("meta"):  # shapes suffice; a large network would cost seconds
        network = create(backbone, NO_FILES_CLASSES)
    return match(network, tensors)


def _fits(row: Backbone, shapes: Mapping[str, Tensor]) -> bool:
    """Whether the file is of that row; a row whose network can't be made here is of no file."""
    try:
        return _match(row, shapes).fits
    except Exception:  # rows come in packs too, and timm answers odd claims with errors of any kind
        return False


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: torch.empty_like(tensor, device="meta") for name, tensor in tensors.items()}


def _others(backbone: Backbone) -> Iterable[Backbone]:
    """Every other architecture once."""
    rows = (*BACKBONES.values(), *adopted_backbones())
    by_architecture = {row.architecture: row for row in reversed(rows)}
    return [row for row in by_architecture.values() if row.architecture != backbone.architecture]


def _likely(rows: Iterable[Backbone], tensors: Mapping[str, Tensor]) -> list[Backbone]:
    """Those of about as many values as the file, the closest first."""
    values = sum(tensor.numel() for tensor in tensors.values() if tensor.is_floating_point())
    least, most = (share * values for share in SHARE_OF_FILE)
    likely = [row for row in rows if least <= row.parameters <= most]
    return sorted(likely, key=lambda row: abs(values - row.parameters))[:MOST_TRIED]


def _reason(found: Match, backbone: Backbone, better: Backbone | None) -> str:
    if found.fits:
        return ""
    reason = f"{found.matched} of the {found.expected} tensors of {backbone.title} fit; "
    reason += f"{found.reason(backbone.title)}."
    return reason if better is None else f"{reason} The file fits {better.title} ({better.name})."
