"""The backbones that can be named: one explicit row each, and those that were adopted on this computer."""

from difflib import get_close_matches

from tlstudio.model.adopted import NAME, adopted_backbone
from tlstudio.model.backbone import Backbone, FreezeGroup, PublishedWeights
from tlstudio.model.bundled_backbones import BUNDLED
from tlstudio.model.catalogue import TimmModel, catalogue, find_model
from tlstudio.model.convnet_backbones import CONVNETS
from tlstudio.model.errors import NetworkNotInspected, UnknownBackbone
from tlstudio.model.tiny_backbones import TEST_BACKBONES
from tlstudio.model.transformer_backbones import TRANSFORMERS

__all__ = [
    "BACKBONES", "TEST_BACKBONES", "Backbone", "FreezeGroup", "PublishedWeights", "find_backbone",
    "network_to_inspect",
]  # fmt: skip

BACKBONES: dict[str, Backbone] = {**BUNDLED, **CONVNETS, **TRANSFORMERS}
"""Those that the gallery offers; the first is the default of new projects."""


def find_backbone(name: str) -> Backbone:
    """The backbone of that name: a row, one for tests, or a network of timm that was inspected here before.

    Raises:
        NetworkNotInspected: if timm has it and it was not inspected here.
        UnknownBackbone: if there is none; it names the closest.
    """
    known = BACKBONES.get(name) or TEST_BACKBONES.get(name) or adopted_backbone(name)
    if known is not None:
        return known
    if find_model(name) is not None:
        raise NetworkNotInspected(name)
    raise UnknownBackbone(name, get_close_matches(name, BACKBONES, n=3))


def network_to_inspect(name: str) -> TimmModel:
    """The network of timm that has that name.

    Raises:
        UnknownBackbone: if timm has no pretrained network of that name; it names the closest.
    """
    model = find_model(name)
    if model is None or NAME.fullmatch(name) is None:
        names = [*BACKBONES, *(known.name for known in catalogue())]
        raise UnknownBackbone(name, get_close_matches(name, names, n=3))
    return model
