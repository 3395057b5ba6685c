"""One backbone: a pretrained network of timm, cut into the groups that the freeze slider counts."""

from dataclasses import dataclass

from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.errors import FreezeDepthOutOfRange
from tlstudio.model.settings import FreezeDepth


@dataclass(frozen=True)
class FreezeGroup:
    """One step of the freeze slider: parameters that are frozen or trained together.

    Attributes:
        name: the module's name in the network, such as "layer1" or "blocks.3"; the first is "stem".
        parameters: how many values it holds (without the classifier's, which depend on the classes).
    """

    name: str
    parameters: int


@dataclass(frozen=True)
class Backbone:
    """A pretrained network of timm, cut into the groups that the freeze slider counts.

    Attributes:
        name: timm's name.
        title: the name that people know.
        family: one of the families of the gallery, such as "ResNet".
        good_for: what it is good for, up to three words: "Dependable all-rounder".
        groups: from the input to the last before the classifier; the classifier is one more group.
        features: length of the vector that enters the classifier.
        preprocessing: as it was pretrained.
        imagenet_accuracy: top-1 share on ImageNet-1k as published, or None.
        licence: of the pretrained weights, an SPDX identifier.
        source: where the weights come from, an address or a paper.
    """

    name: str
    title: str
    family: str
    good_for: str
    groups: tuple[FreezeGroup, ...]
    features: int
    preprocessing: Preprocessing
    imagenet_accuracy: float | None
    licence: str
    source: str

    @property
    def head_depth(self) -> int:
        """The slider's last position: everything is frozen but the classifier."""
        return len(self.groups)

    @property
    def parameters(self) -> int:
        """How many values it holds, without the classifier's."""
        return sum(group.parameters for group in self.groups)

    def depth(self, freeze: FreezeDepth) -> int:
        """The number of frozen groups that `freeze` means for this backbone, 0 … head_depth.

        Raises:
            FreezeDepthOutOfRange: if it is a number outside that range.
        """
        if freeze == "head":
            return self.head_depth
        if not 0 <= freeze <= self.head_depth:
            raise FreezeDepthOutOfRange(self.name, self.head_depth, freeze)
        return freeze

    def trainable_parameters(self, freeze: FreezeDepth, classes: int) -> int:
        """How many values training adjusts at this depth, with a head for `classes`."""
        trained = self.groups[self.depth(freeze) :]
        return sum(group.parameters for group in trained) + (self.features + 1) * classes
