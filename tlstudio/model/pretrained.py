"""A network starts from the weights that its settings name, or from random ones."""

from dataclasses import replace
from pathlib import Path

from torch import nn

from tlstudio.model.backbone import Backbone
from tlstudio.model.errors import WeightsDamaged, WeightsNotHere, WeightsUnreadable
from tlstudio.model.settings import PRETRAINED, RANDOM, ModelSettings
from tlstudio.model.weight_store import forget_weights, weights_file, weights_sha256
from tlstudio.model.weights import LoadedWeights, load_weights


def settled_weights(settings: ModelSettings, backbone: Backbone) -> ModelSettings:
    """The settings as they can be carried out here: random weights if those of the program are missing.

    Raises:
        WeightsNotHere: if the backbone's own weights are wanted, and it takes a download to have them.
    """
    if settings.weights != PRETRAINED or weights_file(backbone) is not None:
        return settings
    if not backbone.weights.bundled:
        raise WeightsNotHere(backbone.title, backbone.name, can_be_had=bool(backbone.weights.repo))
    return replace(settings, weights=RANDOM)


def load_chosen(
    network: nn.Module, backbone: Backbone, weights: str, cache_folder: Path | None = None
) -> LoadedWeights | None:
    """Give the network what `ModelSettings.weights` names, but for the head; None if all stays random.

    Args:
        network: made for the backbone.
        backbone: whose weights "pretrained" are.
        weights: see `ModelSettings`.
        cache_folder: see `read_tensors`.

    Raises:
        WeightsNotHere: if the backbone's own are wanted and not on this computer.
        ModelError: if the file can't be read or does not fit.
    """
    if weights == RANDOM:
        return None
    if weights == PRETRAINED:
        return load_pretrained(network, backbone)
    return load_weights(network, weights, title=backbone.title, cache_folder=cache_folder, keeps_head=True)


def load_pretrained(network: nn.Module, backbone: Backbone, *, keeps_head: bool = True) -> LoadedWeights:
    """Give the network the backbone's own weights, bundled, downloaded or imported.

    Args:
        network: made for the backbone.
        backbone: whose weights they are.
        keeps_head: whether its classes are others than the published ones, however many there are.

    Raises:
        WeightsNotHere: if they are not on this computer.
        WeightsDamaged: if the file is not the one that was kept; it does not count as here any more.
        ModelError: if the file can't be read or does not fit.
    """
    path = weights_file(backbone)
    if path is None:
        raise WeightsNotHere(backbone.title, backbone.name, can_be_had=bool(backbone.weights.repo))
    try:
        loaded = load_weights(
            network,
            path,
            title=backbone.title,
            expected_sha256=weights_sha256(backbone),
            keeps_head=keeps_head,
        )
    except (WeightsDamaged, WeightsUnreadable):
        forget_weights(backbone)
        raise
    return replace(loaded, file=backbone.weights.name)
