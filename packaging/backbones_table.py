"""Prints the rows of `tlstudio/model/backbones.py` and `tiny_backbones.py` from timm's own networks.

After a change of FACTS: `python packaging/backbones_table.py | ruff format -`, then put the two tables
in place of those in the files. Accuracies are those of results/results-imagenet.csv in timm's repository
for the default tag (DINOv2: Oquab et al. 2023, table 4, linear; Swin: Liu et al. 2021, table 1).
"""

import math
from dataclasses import dataclass
from typing import Any

import timm
import torch

from tlstudio.model.groups import parameter_groups


@dataclass(frozen=True)
class Facts:
    """What timm does not know about a backbone."""

    title: str
    family: str
    good_for: str
    accuracy: float | None = None
    sizes: tuple[int, int] | None = None  # input and resize in pixels, where they are not timm's


FACTS = {
    "resnet10t": Facts("ResNet-10", "ResNet", "Small and quick", 0.684),
    "resnet18": Facts("ResNet-18", "ResNet", "Dependable all-rounder", 0.732),
    "resnet50": Facts("ResNet-50", "ResNet", "Strong all-rounder", 0.812),
    "vgg11": Facts("VGG-11", "VGG", "Simple classic", 0.690),
    "inception_v3": Facts("Inception v3", "Inception", "Mixed-size details", 0.774),
    "mobilenetv3_small_100": Facts("MobileNetV3 Small", "MobileNet", "Fastest of all", 0.677),
    "mobilenetv3_large_100": Facts("MobileNetV3 Large", "MobileNet", "Light and accurate", 0.758),
    "efficientnet_b0": Facts("EfficientNet-B0", "EfficientNet", "Accurate for size", 0.777),
    "convnext_atto": Facts("ConvNeXt Atto", "ConvNeXt", "Modern and small", 0.770),
    "convnext_tiny": Facts("ConvNeXt Tiny", "ConvNeXt", "Modern and accurate", 0.845),
    "vit_tiny_patch16_224": Facts("ViT Tiny", "Vision Transformer", "Small transformer", 0.755),
    # At 518 px, as it was pretrained, an image takes half a second on a CPU. Its own linear evaluation
    # runs at 224 px after resizing to 256 (facebookresearch/dinov2, dinov2/data/transforms.py).
    "vit_small_patch14_dinov2": Facts(
        "DINOv2 Small", "Vision Transformer", "Few labelled images", 0.811, (224, 256)
    ),
    "swin_tiny_patch4_window7_224": Facts("Swin Tiny", "Swin Transformer", "Fine detail", 0.813),
    "densenet121": Facts("DenseNet-121", "DenseNet", "Common in radiology", 0.765),
    "regnety_004": Facts("RegNetY 400MF", "RegNet", "Efficient all-rounder", 0.756),
}
# Tests run at 64 px, so that they take seconds.
TINY_FACTS = {
    "test_resnet": Facts("Tiny ResNet", "Tests", "Tests", None, (64, 67)),
    "test_vit": Facts("Tiny ViT", "Tests", "Tests", None, (64, 67)),
    "test_convnext": Facts("Tiny ConvNeXt", "Tests", "Tests", None, (64, 67)),
    "test_efficientnet": Facts("Tiny EfficientNet", "Tests", "Tests", None, (64, 67)),
}
SPDX = {"apache-2.0": "Apache-2.0", "mit": "MIT", "bsd-3-clause": "BSD-3-Clause"}


def row(name: str, facts: Facts) -> str:
    """One row as Python."""
    cfg: dict[str, Any] = timm.get_pretrained_cfg(name).to_dict()
    size = {"img_size": facts.sizes[0]} if facts.sizes and cfg["fixed_input_size"] else {}
    with torch.device("meta"):
        network = timm.create_model(name, pretrained=False, num_classes=2, **size)
    if cfg["crop_mode"] != "center":
        raise SystemExit(f"{name}: crop mode {cfg['crop_mode']} is not supported")
    parameters = dict(network.named_parameters())
    groups = ", ".join(
        f"FreezeGroup({group.name!r}, {sum(parameters[each].numel() for each in group.parameters)})"
        for group in parameter_groups(network)[:-1]
    )
    input_px = cfg["input_size"][-1]
    input_px, resize_px = facts.sizes or (input_px, math.floor(input_px / cfg["crop_pct"]))
    return f"""{name!r}: Backbone(
        {name!r}, {facts.title!r}, {facts.family!r}, {facts.good_for!r},
        groups=({groups},), features={network.get_classifier().in_features},
        preprocessing=Preprocessing(
            {input_px}, {resize_px}, {cfg["interpolation"]!r}, {cfg["mean"]}, {cfg["std"]}
        ),
        imagenet_accuracy={facts.accuracy}, licence={SPDX[cfg["license"]]!r},
        source="https://huggingface.co/{cfg["hf_hub_id"]}",
    ),"""


def main() -> None:
    """Print both tables."""
    for table, facts in (("BACKBONES", FACTS), ("TEST_BACKBONES", TINY_FACTS)):
        print(f"{table}: dict[str, Backbone] = {{")
        for name in facts:
            print(row(name, facts[name]))
        print("}\n")


if __name__ == "__main__":
    main()
