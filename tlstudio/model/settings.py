"""What the user chooses about the network."""

from dataclasses import dataclass
from typing import Literal

FreezeDepth = int | Literal["head"]
"""How many groups, counted from the input, are frozen; "head" freezes all but the classifier."""


@dataclass(frozen=True)
class ModelSettings:
    """Which backbone, from which weights, frozen how far.

    Attributes:
        backbone: a name in the table `BACKBONES`.
        freeze: see `FreezeDepth`; 0 trains everything.
        weights: "random", or the path of a local .safetensors (or .pt) file.
    """

    backbone: str = "resnet10t"
    freeze: FreezeDepth = 0
    weights: str = "random"
