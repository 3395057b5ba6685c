"""What the user chooses about the network."""

from dataclasses import dataclass
from typing import Literal

FreezeDepth = int | Literal["head"]
"""How many groups, counted from the input, are frozen; "head" freezes all but the classifier."""

RANDOM = "random"
PRETRAINED = "pretrained"


@dataclass(frozen=True)
class ModelSettings:
    """Which backbone, from which weights, frozen how far.

    Attributes:
        backbone: a name that `find_backbone` knows.
        freeze: see `FreezeDepth`; 0 trains everything.
        weights: "pretrained", which are the backbone's own, wherever they lie on this computer; "random";
            or the path of a local .safetensors (or .pt) file.
    """

    backbone: str = "resnet10t"
    freeze: FreezeDepth = 0
    weights: str = PRETRAINED
