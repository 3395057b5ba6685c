"""Backbones whose weights are a part of the program: ready at once.

Written by packaging/backbones_table.py; a test compares every row with the network.
"""

from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.backbone import Backbone, FreezeGroup, PublishedWeights

# fmt: off
BUNDLED: dict[str, Backbone] = {
    "resnet10t": Backbone(
        "resnet10t", "ResNet-10", "ResNet", "Ready at once",
        groups=(
            FreezeGroup("stem", 26232), FreezeGroup("layer1", 73984), FreezeGroup("layer2", 230144),
            FreezeGroup("layer3", 919040), FreezeGroup("layer4", 3673088),
        ),
        features=512,
        preprocessing=Preprocessing(144, 164, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=None,
        weights=PublishedWeights(
            repo="", file="resnet10t.safetensors", size_bytes=9862808, sha256="", licence="Apache-2.0",
            source="Made for TL Studio, see packaging/pretraining", trained_on="Synthetic images", classes=0,
            bundled="resnet10t.safetensors",
        ),
    ),
    "fasternet_t0": Backbone(
        "fasternet_t0", "FasterNet-T0", "FasterNet", "Smallest of all",
        groups=(
            FreezeGroup("stem", 2000), FreezeGroup("stages.0", 7460), FreezeGroup("stages.1", 72000),
            FreezeGroup("stages.2", 991040), FreezeGroup("stages.3", 1142400),
            FreezeGroup("conv_head", 409600),
        ),
        features=1280,
        preprocessing=Preprocessing(144, 164, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=None,
        weights=PublishedWeights(
            repo="", file="fasternet_t0.safetensors", size_bytes=5279816, sha256="", licence="Apache-2.0",
            source="Made for TL Studio, see packaging/pretraining", trained_on="Synthetic images", classes=0,
            bundled="fasternet_t0.safetensors",
        ),
    ),
}
