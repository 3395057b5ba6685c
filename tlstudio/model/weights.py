"""A local weights file goes into a network whole, or not at all."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from tlstudio.model.errors import WeightsDamaged, WeightsDoNotFit, WeightsUnreadable
from tlstudio.model.groups import is_of_classifier
from tlstudio.model.match import match
from tlstudio.model.weight_files import read_tensors, sha256


@dataclass(frozen=True)
class LoadedWeights:
    """What a network was given.

    Attributes:
        file: the file's name without its folder.
        sha256: of the file, in hexadecimal.
        loaded: how many tensors.
        left_out: the tensors of the classifier, in whose place a new one is trained.
    """

    file: str
    sha256: str
    loaded: int
    left_out: tuple[str, ...]


def load_weights(
    network: nn.Module,
    file: str | Path,
    *,
    title: str = "",
    expected_sha256: str = "",
    cache_folder: Path | None = None,
    keeps_head: bool = False,
) -> LoadedWeights:
    """Put the file's tensors into the network; only the classifier keeps its own if its shape differs.

    Args:
        network: takes them in its own precision.
        file: .safetensors or .pt.
        title: of the backbone, as people know it.
        expected_sha256: of the file, if it is known.
        cache_folder: see `read_tensors`.
        keeps_head: whether the classifier stays as it is even if the file's has its shape.

    Raises:
        WeightsDamaged: if the file is not the expected one.
        WeightsNotFound: if the file can't be opened.
        WeightsUnreadable: if it is empty, cut off, or something else.
        WeightsCarryCode: if it would run a program.
        WeightsDoNotFit: if any other tensor is missing, left over or of another shape.
    """
    path = Path(file)
    title = title or type(network).__name__
    tensors = read_tensors(path, cache_folder)
    found_sha256 = sha256(path)
    if expected_sha256 not in ("", found_sha256):
        raise WeightsDamaged(title, path.name)
    found = match(network, tensors)
    if not found.fits:
        raise WeightsDoNotFit(path.name, title, found.matched, found.expected, found.reason(title))
    if not all(_is_finite(tensor) for tensor in found.fitting.values()):
        raise WeightsUnreadable(path.name, "some of its values are no numbers")
    own: dict[str, Tensor] = network.state_dict()
    head = tuple(name for name in own if is_of_classifier(network, name))
    left_out = head if keeps_head else found.left_out
    fitting = {name: tensor for name, tensor in found.fitting.items() if name not in left_out}
    with torch.no_grad():
        for name, tensor in fitting.items():
            own[name].copy_(tensor)
    return LoadedWeights(path.name, found_sha256, len(fitting), left_out)


def _is_finite(tensor: Tensor) -> bool:
    if not tensor.is_floating_point():
        return True
    values = tensor.float() if tensor.element_size() == 1 else tensor
    return bool(torch.isfinite(values).all())
