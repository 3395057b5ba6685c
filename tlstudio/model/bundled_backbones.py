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
    "regnetx_002": Backbone(
        "regnetx_002", "RegNetX 200MF", "RegNet", "Smallest and quickest",
        groups=(
            FreezeGroup("stem", 928), FreezeGroup("s1", 4032), FreezeGroup("s2", 10304),
            FreezeGroup("s3", 226480), FreezeGroup("s4", 2074048),
        ),
        features=368,
        preprocessing=Preprocessing(144, 164, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=None,
        weights=PublishedWeights(
            repo="", file="regnetx_002.safetensors", size_bytes=4692864, sha256="", licence="Apache-2.0",
            source="Made for TL Studio, see packaging/pretraining", trained_on="Synthetic images", classes=0,
            bundled="regnetx_002.safetensors",
        ),
    ),
}
