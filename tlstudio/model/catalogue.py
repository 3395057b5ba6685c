"""Every network that timm has weights for, known without torch."""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tlstudio.model.backbone import PublishedWeights

RESOURCE = "timm_models.json.gz"

PHOTOS = {
    "in1k": "ImageNet-1k",
    "in12k": "ImageNet-12k",
    "in21k": "ImageNet-21k",
    "in22k": "ImageNet-22k",
    "lvd142m": "LVD-142M",
    "lvd1689m": "LVD-1689M",
    "sat493m": "SAT-493M",
    "laion2b": "LAION-2B",
    "laion400m": "LAION-400M",
    "webli": "WebLI",
    "openai": "OpenAI's image and text pairs",
    "ig1b": "Instagram photos",
    "yfcc100m": "YFCC-100M",
    "inat21": "iNaturalist 2021",
}
"""The words of a tag that name what the weights were trained on; the last one in the tag came last."""


@dataclass(frozen=True)
class TimmModel:
    """A network of timm with one of its pretrained weights.

    Attributes:
        name: "architecture.tag"; the architecture alone if there is one kind of weights only.
        family: timm's module, such as "efficientnet".
        repo: of the weights at the hub, empty if they are not there.
        licence: see PublishedWeights.
        input_px: edge of its input.
        classes: of its published classifier, 0 if it has none.
        parameters: without the classifier's; 0 if it could not be built.
        size_bytes: of the weights' file, about.
    """

    name: str
    family: str
    repo: str
    licence: str
    input_px: int
    classes: int
    parameters: int
    size_bytes: int

    @property
    def architecture(self) -> str:
        """The name without its tag."""
        return self.name.partition(".")[0]

    @property
    def weights(self) -> PublishedWeights:
        """What was published for it."""
        return PublishedWeights(
            repo=self.repo,
            file="model.safetensors",
            size_bytes=self.size_bytes,
            sha256="",
            licence=self.licence,
            source=f"https://huggingface.co/{self.repo}" if self.repo else "timm",
            trained_on=trained_on(self.name.partition(".")[2]),
            classes=self.classes,
        )


@cache
def catalogue() -> tuple[TimmModel, ...]:
    """All of them; of each architecture the weights that its bare name means come first."""
    content = json.loads(gzip.decompress((files("tlstudio.resources") / RESOURCE).read_bytes()))
    licences = content["licences"]
    return tuple(
        TimmModel(name, family, {"": f"timm/{name}", "-": ""}.get(repo, repo), licences[licence], *numbers)
        for name, family, repo, licence, *numbers in content["models"]
    )


def find_model(name: str) -> TimmModel | None:
    """The network of that name; without a tag, the one with the weights that timm takes by default."""
    return _by_name().get(name)


def search(text: str) -> tuple[TimmModel, ...]:
    """Those whose name, family or licence hold every word, the best match first."""
    words = text.lower().split()
    found = [model for model in catalogue() if all(word in _searched(model) for word in words)]
    first, whole = words[0] if words else "", "".join(words)

    def rank(model: TimmModel) -> tuple[bool, bool, int]:
        return not model.name.startswith(whole), not model.name.startswith(first), model.parameters

    return tuple(sorted(found, key=rank))


def trained_on(tag: str) -> str:
    """What the tag says that the weights were trained on: "ImageNet-12k, then ImageNet-1k"."""
    words = [PHOTOS[word] for word in tag.lower().split("_") if word in PHOTOS]
    return ", then ".join(words) if words else "See its source"


@cache
def _by_name() -> dict[str, TimmModel]:
    firsts = {model.architecture: model for model in reversed(catalogue())}
    return firsts | {model.name: model for model in catalogue()}


def _searched(model: TimmModel) -> str:
    return f"{model.name} {model.family} {model.licence}".lower()
