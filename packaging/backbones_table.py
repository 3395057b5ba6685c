"""Writes the tables of backbones in `tlstudio/model/` from timm's own networks.

Run `python packaging/backbones_table.py` after a change here. Accuracies are those of
results/results-imagenet.csv in timm's repository for these weights (DINOv2: Oquab et al. 2023, table 4,
linear; Swin: Liu et al. 2021, table 1).
"""

import math
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import timm
import torch
from timm.data.constants import IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD

from tlstudio.model.groups import parameter_groups

MODEL = Path(__file__).parents[1] / "tlstudio" / "model"
RESOURCES = Path(__file__).parents[1] / "resources" / "backbones"


@dataclass(frozen=True)
class Elsewhere:
    """Weights of one of timm's architectures that others published, as their own model card says."""

    repo: str
    licence: str
    trained_on: str
    classes: int
    sha256: str = ""
    mean: tuple[float, float, float] = IMAGENET_DEFAULT_MEAN
    std: tuple[float, float, float] = IMAGENET_DEFAULT_STD


@dataclass(frozen=True)
class Facts:
    """What timm does not know about a backbone."""

    title: str
    family: str
    good_for: str
    accuracy: float | None = None
    sizes: tuple[int, int] | None = None  # input and resize in pixels, where they are not timm's
    is_bundled: bool = False  # its weights are made by packaging/pretraining
    elsewhere: Elsewhere | None = None


BUNDLED = {
    # Made at 64 px; at 144 px their features tell most images apart (measured at 96, 128 and 144 px).
    "resnet10t": Facts("ResNet-10", "ResNet", "Ready at once", None, (144, 164), is_bundled=True),
    "fasternet_t0": Facts("FasterNet-T0", "FasterNet", "Smallest of all", None, (144, 164), is_bundled=True),
}
KATHER_100K = "NCT-CRC-HE-100K (tissue slides)"
CONVNETS = {
    "resnet10t.c3_in1k": Facts("ResNet-10 (photos)", "ResNet", "Small and quick", 0.684),
    "resnet18": Facts("ResNet-18", "ResNet", "Dependable all-rounder", 0.732),
    "resnet34": Facts("ResNet-34", "ResNet", "Middle-sized all-rounder", 0.779),
    "resnet50": Facts("ResNet-50", "ResNet", "Strong all-rounder", 0.812),
    # Made by TIA Toolbox, which scales to 0…1 and does no more (Pocock et al. 2022).
    "resnet18.tiatoolbox-kather100k": Facts(
        "ResNet-18 (tissue)",
        "ResNet",
        "Stained tissue",
        None,
        (224, 224),
        elsewhere=Elsewhere(
            "1aurent/resnet18.tiatoolbox-kather100k",
            "CC-BY-4.0",
            KATHER_100K,
            9,
            "87350a7d70871d6c349fda3112ab896b879d1c82e889ed70fc398f02be48ebd7",
            mean=(0.0, 0.0, 0.0),
            std=(1.0, 1.0, 1.0),
        ),
    ),
    "resnet50.tiatoolbox-kather100k": Facts(
        "ResNet-50 (tissue)",
        "ResNet",
        "Stained tissue, finer",
        None,
        (224, 224),
        elsewhere=Elsewhere(
            "1aurent/resnet50.tiatoolbox-kather100k",
            "CC-BY-4.0",
            KATHER_100K,
            9,
            "95315e0a670dd8782f7dcb9fa90054716996ec0ed82d17ad7913e04e5054c4c7",
            mean=(0.0, 0.0, 0.0),
            std=(1.0, 1.0, 1.0),
        ),
    ),
    "vgg11": Facts("VGG-11", "VGG", "Simple classic", 0.690),
    "vgg16": Facts("VGG-16", "VGG", "Often published", 0.716),
    "inception_v3": Facts("Inception v3", "Inception", "Mixed-size details", 0.774),
    "inception_v4": Facts("Inception v4", "Inception", "Mixed sizes, finer", 0.802),
    "mobilenetv2_100": Facts("MobileNetV2", "MobileNet", "Runs on phones", 0.730),
    "mobilenetv3_small_100": Facts("MobileNetV3 Small", "MobileNet", "Fastest of all", 0.677),
    "mobilenetv3_large_100": Facts("MobileNetV3 Large", "MobileNet", "Light and accurate", 0.758),
    "efficientnet_b0": Facts("EfficientNet-B0", "EfficientNet", "Accurate for size", 0.777),
    "efficientnet_b2": Facts("EfficientNet-B2", "EfficientNet", "Accurate, still small", 0.806),
    "efficientnetv2_rw_t": Facts("EfficientNetV2 Tiny", "EfficientNet", "Very accurate, small", 0.824),
    "convnext_atto": Facts("ConvNeXt Atto", "ConvNeXt", "Modern and small", 0.770),
    "convnext_nano.in12k_ft_in1k": Facts("ConvNeXt Nano", "ConvNeXt", "Modern, middle-sized", 0.829),
    "convnext_tiny": Facts("ConvNeXt Tiny", "ConvNeXt", "Modern and accurate", 0.845),
    "convnext_tiny.dinov3_lvd1689m": Facts("ConvNeXt Tiny (DINOv3)", "DINOv3", "Few images, unlike photos"),
    "densenet121": Facts("DenseNet-121", "DenseNet", "Common in radiology", 0.765),
    "densenet169": Facts("DenseNet-169", "DenseNet", "Deeper, still small", 0.759),
    "regnety_004": Facts("RegNetY 400MF", "RegNet", "Efficient all-rounder", 0.756),
    "regnety_016": Facts("RegNetY 1.6GF", "RegNet", "Efficient and strong", 0.807),
}
TRANSFORMERS = {
    "vit_tiny_patch16_224": Facts("ViT Tiny", "Vision Transformer", "Small transformer", 0.755),
    "vit_small_patch16_224": Facts("ViT Small", "Vision Transformer", "Strong transformer", 0.814),
    # At 518 px, as it was pretrained, an image takes half a second on a CPU. Its own linear evaluation
    # runs at 224 px after resizing to 256 (facebookresearch/dinov2, dinov2/data/transforms.py).
    "vit_small_patch14_dinov2": Facts("DINOv2 Small", "DINOv2", "Few labelled images", 0.811, (224, 256)),
    # Fine-tuned from DINOv2 at 224 px on thirteen sets of blood cells (Koch et al. 2024).
    "vit_small_patch14_dinov2.dinobloom": Facts(
        "DinoBloom Small",
        "DINOv2",
        "Blood cells",
        None,
        (224, 224),
        elsewhere=Elsewhere(
            "1aurent/vit_small_patch14_224.dinobloom",
            "Apache-2.0",
            "Blood and bone marrow cells",
            0,
        ),
    ),
    "vit_small_patch16_dinov3": Facts("DINOv3 Small", "DINOv3", "Few images, newest"),
    "swin_tiny_patch4_window7_224": Facts("Swin Tiny", "Swin Transformer", "Fine detail", 0.813),
    "swinv2_tiny_window8_256": Facts("Swin v2 Tiny", "Swin Transformer", "Fine detail, newer", 0.818),
}
# Tests run at 64 px, so that they take seconds.
TINY_FACTS = {
    "test_resnet": Facts("Tiny ResNet", "Tests", "Tests", None, (64, 67)),
    "test_vit": Facts("Tiny ViT", "Tests", "Tests", None, (64, 67)),
    "test_convnext": Facts("Tiny ConvNeXt", "Tests", "Tests", None, (64, 67)),
    "test_efficientnet": Facts("Tiny EfficientNet", "Tests", "Tests", None, (64, 67)),
}
SPDX = {
    "apache-2.0": "Apache-2.0",
    "mit": "MIT",
    "bsd-3-clause": "BSD-3-Clause",
    "dinov3-license": "DINOv3 License",
}
PHOTOS = {
    "in1k": "ImageNet-1k",
    "in12k": "ImageNet-12k",
    "in21k": "ImageNet-21k",
    "lvd142m": "LVD-142M",
    "lvd1689m": "LVD-1689M",
}
"""The words of a tag that name what the weights were trained on; the last one in the tag came last."""


TABLES = {
    "bundled_backbones": (
        "BUNDLED",
        "Backbones whose weights are a part of the program: ready at once.",
        BUNDLED,
    ),
    "convnet_backbones": ("CONVNETS", "Convolutional networks: quick, and good with few images.", CONVNETS),
    "transformer_backbones": (
        "TRANSFORMERS",
        "Vision transformers: strong, and slower on a CPU.",
        TRANSFORMERS,
    ),
    "tiny_backbones": (
        "TEST_BACKBONES",
        "Tiny networks of the same families, usable by name but not offered: for tests and rehearsals.",
        TINY_FACTS,
    ),
}
"""By module: the table's name, the module's sentence, its rows."""


def module(table: str, sentence: str, facts: dict[str, Facts]) -> str:
    """A table as a Python module."""
    rows = "\n".join(row(name, facts[name]) for name in facts)
    return f'''"""{sentence}

Written by packaging/backbones_table.py; a test compares every row with the network.
"""

from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.backbone import Backbone, FreezeGroup, PublishedWeights

# fmt: off
{table}: dict[str, Backbone] = {{
{textwrap.indent(rows, "    ")}
}}
'''


def row(name: str, facts: Facts) -> str:
    """One row as Python."""
    known = name if facts.elsewhere is None else name.partition(".")[0]
    cfg: dict[str, Any] = timm.get_pretrained_cfg(known).to_dict()
    size = {"img_size": facts.sizes[0]} if facts.sizes and cfg["fixed_input_size"] else {}
    with torch.device("meta"):
        network = timm.create_model(known, pretrained=False, num_classes=2, **size)
    if cfg["crop_mode"] != "center":
        raise SystemExit(f"{name}: crop mode {cfg['crop_mode']} is not supported")
    parameters = dict(network.named_parameters())
    groups = [
        f'FreezeGroup("{group.name}", {sum(parameters[each].numel() for each in group.parameters)}),'
        for group in parameter_groups(network)[:-1]
    ]
    input_px = cfg["input_size"][-1]
    input_px, resize_px = facts.sizes or (input_px, math.floor(input_px / cfg["crop_pct"]))
    colours = f"{cfg['mean']}, {cfg['std']}"
    if facts.is_bundled:
        weights = bundled(name)
    elif facts.elsewhere:
        colours = f"{facts.elsewhere.mean}, {facts.elsewhere.std}"
        weights = published_elsewhere(facts.elsewhere, known, size)
    else:
        weights = published(name, cfg)
    return f"""{quoted(name)}: Backbone(
    {quoted(name)}, {quoted(facts.title)}, {quoted(facts.family)}, {quoted(facts.good_for)},
    groups=(
{filled(groups)}
    ),
    features={network.get_classifier().in_features},
    preprocessing=Preprocessing({input_px}, {resize_px}, "{cfg["interpolation"]}", {colours}),
    imagenet_accuracy={facts.accuracy},
    weights=PublishedWeights(
{filled([f"{key}={quoted(value)}," for key, value in weights.items()])}
    ),
),"""


def size_bytes(name: str, **options: Any) -> int:
    """Of a file with the weights of that network, its own classifier included."""
    with torch.device("meta"):
        network = timm.create_model(name, pretrained=False, **options)
    return sum(tensor.numel() * tensor.element_size() for tensor in network.state_dict().values())


def published_elsewhere(weights: Elsewhere, known: str, size: dict[str, Any]) -> dict[str, str | int]:
    """The weights in somebody else's repository at the hub."""
    return {
        "repo": weights.repo,
        "file": "model.safetensors",
        "size_bytes": size_bytes(known, num_classes=weights.classes, **size),
        "sha256": weights.sha256,
        "licence": weights.licence,
        "source": f"https://huggingface.co/{weights.repo}",
        "trained_on": weights.trained_on,
        "classes": weights.classes,
    }


def published(name: str, cfg: dict[str, Any]) -> dict[str, str | int]:
    """The weights in timm's repository at the hub."""
    return {
        "repo": cfg["hf_hub_id"],
        "file": "model.safetensors",
        "size_bytes": size_bytes(name),
        "sha256": "",
        "licence": SPDX[cfg["license"]],
        "source": f"https://huggingface.co/{cfg['hf_hub_id']}",
        "trained_on": trained_on(cfg["tag"]),
        "classes": cfg["num_classes"],
    }


def bundled(name: str) -> dict[str, str | int]:
    """The weights among the resources, which packaging/pretraining put there."""
    return {
        "repo": "",
        "file": f"{name}.safetensors",
        "size_bytes": (RESOURCES / f"{name}.safetensors").stat().st_size,
        "sha256": "",
        "licence": "Apache-2.0",
        "source": "Made for TL Studio, see packaging/pretraining",
        "trained_on": "Synthetic images",
        "classes": 0,
        "bundled": f"{name}.safetensors",
    }


def trained_on(tag: str) -> str:
    """What the tag says that the weights were trained on: "ImageNet-12k, then ImageNet-1k"."""
    words = [PHOTOS[word] for word in tag.split("_") if word in PHOTOS]
    return ", then ".join(words) if words else "ImageNet-1k"


def quoted(value: str | int) -> str:
    """The value as Python."""
    return f'"{value}"' if isinstance(value, str) else str(value)


def filled(parts: list[str]) -> str:
    """The parts on as few lines as hold them."""
    # No part may be broken at a space within it.
    whole = [part.replace(" ", "\0") for part in parts]
    lines = textwrap.wrap(" ".join(whole), 98, break_long_words=False, break_on_hyphens=False)
    return textwrap.indent("\n".join(lines), " " * 8).replace("\0", " ")


def main() -> None:
    """Write every table."""
    for name, (table, sentence, facts) in TABLES.items():
        (MODEL / f"{name}.py").write_text(module(table, sentence, facts), encoding="utf-8")


if __name__ == "__main__":
    main()
