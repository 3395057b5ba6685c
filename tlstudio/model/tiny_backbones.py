"""Tiny networks of the same families, usable by name but not offered: for tests and rehearsals.

Written by packaging/backbones_table.py; a test compares every row with the network.
"""

from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.backbone import Backbone, FreezeGroup, PublishedWeights

# fmt: off
TEST_BACKBONES: dict[str, Backbone] = {
    "test_resnet": Backbone(
        "test_resnet", "Tiny ResNet", "Tests", "Tests",
        groups=(
            FreezeGroup("stem", 7472), FreezeGroup("layer1", 18560), FreezeGroup("layer2", 36384),
            FreezeGroup("layer3", 42432), FreezeGroup("layer4", 267840),
        ),
        features=96,
        preprocessing=Preprocessing(64, 67, "bilinear", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        imagenet_accuracy=None,
        weights=PublishedWeights(
            repo="timm/test_resnet.r160_in1k", file="model.safetensors", size_bytes=1887192, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/test_resnet.r160_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "test_vit": Backbone(
        "test_vit", "Tiny ViT", "Tests", "Tests",
        groups=(
            FreezeGroup("stem", 50368), FreezeGroup("blocks.0", 41728), FreezeGroup("blocks.1", 41728),
            FreezeGroup("blocks.2", 41728), FreezeGroup("blocks.3", 41728), FreezeGroup("blocks.4", 41728),
            FreezeGroup("blocks.5", 41856),
        ),
        features=64,
        preprocessing=Preprocessing(64, 67, "bicubic", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        imagenet_accuracy=None,
        weights=PublishedWeights(
            repo="timm/test_vit.r160_in1k", file="model.safetensors", size_bytes=1484960, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/test_vit.r160_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "test_convnext": Backbone(
        "test_convnext", "Tiny ConvNeXt", "Tests", "Tests",
        groups=(
            FreezeGroup("stem", 1224), FreezeGroup("stages.0", 6000), FreezeGroup("stages.1", 23248),
            FreezeGroup("stages.2", 91120), FreezeGroup("stages.3", 85408), FreezeGroup("head.norm", 128),
        ),
        features=64,
        preprocessing=Preprocessing(64, 67, "bicubic", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        imagenet_accuracy=None,
        weights=PublishedWeights(
            repo="timm/test_convnext.r160_in1k", file="model.safetensors", size_bytes=1088512, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/test_convnext.r160_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "test_efficientnet": Backbone(
        "test_efficientnet", "Tiny EfficientNet", "Tests", "Tests",
        groups=(
            FreezeGroup("stem", 696), FreezeGroup("blocks.0", 3488), FreezeGroup("blocks.1", 10928),
            FreezeGroup("blocks.2", 24064), FreezeGroup("blocks.3", 14184), FreezeGroup("blocks.4", 45836),
        ),
        features=256,
        preprocessing=Preprocessing(64, 67, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=None,
        weights=PublishedWeights(
            repo="timm/test_efficientnet.r160_in1k", file="model.safetensors", size_bytes=1435000, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/test_efficientnet.r160_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
}
