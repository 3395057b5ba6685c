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
class PublishedWeights:
    """What a network was pretrained on, by whom, and where that can be had.

    Attributes:
        repo: at the Hugging Face hub: "timm/resnet18.a1_in1k"; empty if there is none.
        file: the name of the file in the repo.
        size_bytes: of the file, about.
        sha256: of the file, in hexadecimal; empty if only the hub knows it.
        licence: an SPDX identifier, or the name of a licence of its own.
        source: where the weights come from, an address or a paper.
        trained_on: the images: "ImageNet-1k", "Synthetic images".
        classes: how many class names the published classifier has, 0 if there is no classifier.
        bundled: the file's name among the program's resources; empty if it is not a part of the program.
    """

    repo: str
    file: str
    size_bytes: int
    sha256: str
    licence: str
    source: str
    trained_on: str
    classes: int
    bundled: str = ""

    @property
    def name(self) -> str:
        """What these weights are called, of all that there are for the network: "resnet18.a1_in1k"."""
        return self.repo.rpartition("/")[2] or self.bundled.removesuffix(".safetensors")

    @property
    def is_non_commercial(self) -> bool:
        """Whether the licence forbids to earn money with them."""
        return is_non_commercial(self.licence)


def is_non_commercial(licence: str) -> bool:
    """Whether a licence forbids to earn money with what is under it."""
    return any(word in licence.lower() for word in ("-nc", "noncommercial", "non-commercial"))


@dataclass(frozen=True)
class Backbone:
    """A pretrained network of timm, cut into the groups that the freeze slider counts.

    Attributes:
        name: timm's name, with a tag where there are several weights: "resnet10t.c3_in1k".
        title: the name that people know.
        family: one of the families of the gallery, such as "ResNet".
        good_for: what it is good for, up to three words: "Dependable all-rounder".
        groups: from the input to the last before the classifier; the classifier is one more group.
        features: length of the vector that enters the classifier.
        preprocessing: as it was pretrained.
        imagenet_accuracy: top-1 share on ImageNet-1k as published, or None.
        weights: that were published for it.
    """

    name: str
    title: str
    family: str
    good_for: str
    groups: tuple[FreezeGroup, ...]
    features: int
    preprocessing: Preprocessing
    imagenet_accuracy: float | None
    weights: PublishedWeights

    @property
    def architecture(self) -> str:
        """The name without its tag."""
        return self.name.partition(".")[0]

    @property
    def licence(self) -> str:
        """Of the pretrained weights."""
        return self.weights.licence

    @property
    def source(self) -> str:
        """Where the pretrained weights come from."""
        return self.weights.source

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
