"""Convolutional networks: quick, and good with few images.

Written by packaging/backbones_table.py; a test compares every row with the network.
"""

from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.backbone import Backbone, FreezeGroup, PublishedWeights

# fmt: off
CONVNETS: dict[str, Backbone] = {
    "resnet10t.c3_in1k": Backbone(
        "resnet10t.c3_in1k", "ResNet-10 (photos)", "ResNet", "Small and quick",
        groups=(
            FreezeGroup("stem", 26232), FreezeGroup("layer1", 73984), FreezeGroup("layer2", 230144),
            FreezeGroup("layer3", 919040), FreezeGroup("layer4", 3673088),
        ),
        features=512,
        preprocessing=Preprocessing(176, 201, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.684,
        weights=PublishedWeights(
            repo="timm/resnet10t.c3_in1k", file="model.safetensors", size_bytes=21765552, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/resnet10t.c3_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "resnet18": Backbone(
        "resnet18", "ResNet-18", "ResNet", "Dependable all-rounder",
        groups=(
            FreezeGroup("stem", 9536), FreezeGroup("layer1", 147968), FreezeGroup("layer2", 525568),
            FreezeGroup("layer3", 2099712), FreezeGroup("layer4", 8393728),
        ),
        features=512,
        preprocessing=Preprocessing(224, 235, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.732,
        weights=PublishedWeights(
            repo="timm/resnet18.a1_in1k", file="model.safetensors", size_bytes=46796608, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/resnet18.a1_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "resnet50": Backbone(
        "resnet50", "ResNet-50", "ResNet", "Strong all-rounder",
        groups=(
            FreezeGroup("stem", 9536), FreezeGroup("layer1", 215808), FreezeGroup("layer2", 1219584),
            FreezeGroup("layer3", 7098368), FreezeGroup("layer4", 14964736),
        ),
        features=2048,
        preprocessing=Preprocessing(224, 235, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.812,
        weights=PublishedWeights(
            repo="timm/resnet50.a1_in1k", file="model.safetensors", size_bytes=102441032, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/resnet50.a1_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "vgg11": Backbone(
        "vgg11", "VGG-11", "VGG", "Simple classic",
        groups=(
            FreezeGroup("stem", 1792), FreezeGroup("features.3", 73856), FreezeGroup("features.6", 295168),
            FreezeGroup("features.8", 590080), FreezeGroup("features.11", 1180160),
            FreezeGroup("features.13", 2359808), FreezeGroup("features.16", 2359808),
            FreezeGroup("features.18", 2359808), FreezeGroup("pre_logits", 119545856),
        ),
        features=4096,
        preprocessing=Preprocessing(224, 256, "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.69,
        weights=PublishedWeights(
            repo="timm/vgg11.tv_in1k", file="model.safetensors", size_bytes=531453344, sha256="",
            licence="BSD-3-Clause", source="https://huggingface.co/timm/vgg11.tv_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "inception_v3": Backbone(
        "inception_v3", "Inception v3", "Inception", "Mixed-size details",
        groups=(
            FreezeGroup("stem", 28768), FreezeGroup("Conv2d_3b_1x1", 143904), FreezeGroup("Mixed_5b", 255904),
            FreezeGroup("Mixed_5c", 277472), FreezeGroup("Mixed_5d", 285152),
            FreezeGroup("Mixed_6a", 1153280), FreezeGroup("Mixed_6b", 1297408),
            FreezeGroup("Mixed_6c", 1691008), FreezeGroup("Mixed_6d", 1691008),
            FreezeGroup("Mixed_6e", 2141952), FreezeGroup("Mixed_7a", 1698304),
            FreezeGroup("Mixed_7b", 5044608), FreezeGroup("Mixed_7c", 6076800),
        ),
        features=2048,
        preprocessing=Preprocessing(299, 341, "bicubic", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        imagenet_accuracy=0.774,
        weights=PublishedWeights(
            repo="timm/inception_v3.tv_in1k", file="model.safetensors", size_bytes=95476752, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/inception_v3.tv_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "mobilenetv3_small_100": Backbone(
        "mobilenetv3_small_100", "MobileNetV3 Small", "MobileNet", "Fastest of all",
        groups=(
            FreezeGroup("stem", 464), FreezeGroup("blocks.0", 744), FreezeGroup("blocks.1", 9280),
            FreezeGroup("blocks.2", 128264), FreezeGroup("blocks.3", 51768), FreezeGroup("blocks.4", 680040),
            FreezeGroup("blocks.5", 56448), FreezeGroup("conv_head", 590848),
        ),
        features=1024,
        preprocessing=Preprocessing(224, 256, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.677,
        weights=PublishedWeights(
            repo="timm/mobilenetv3_small_100.lamb_in1k", file="model.safetensors", size_bytes=10220144,
            sha256="", licence="Apache-2.0",
            source="https://huggingface.co/timm/mobilenetv3_small_100.lamb_in1k", trained_on="ImageNet-1k",
            classes=1000,
        ),
    ),
    "mobilenetv3_large_100": Backbone(
        "mobilenetv3_large_100", "MobileNetV3 Large", "MobileNet", "Light and accurate",
        groups=(
            FreezeGroup("stem", 464), FreezeGroup("blocks.0", 464), FreezeGroup("blocks.1", 7880),
            FreezeGroup("blocks.2", 52312), FreezeGroup("blocks.3", 130824), FreezeGroup("blocks.4", 600544),
            FreezeGroup("blocks.5", 2023944), FreezeGroup("blocks.6", 155520),
            FreezeGroup("conv_head", 1230080),
        ),
        features=1280,
        preprocessing=Preprocessing(224, 256, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.758,
        weights=PublishedWeights(
            repo="timm/mobilenetv3_large_100.ra_in1k", file="model.safetensors", size_bytes=22030096,
            sha256="", licence="Apache-2.0",
            source="https://huggingface.co/timm/mobilenetv3_large_100.ra_in1k", trained_on="ImageNet-1k",
            classes=1000,
        ),
    ),
    "efficientnet_b0": Backbone(
        "efficientnet_b0", "EfficientNet-B0", "EfficientNet", "Accurate for size",
        groups=(
            FreezeGroup("stem", 928), FreezeGroup("blocks.0", 1448), FreezeGroup("blocks.1", 16714),
            FreezeGroup("blocks.2", 46640), FreezeGroup("blocks.3", 242930), FreezeGroup("blocks.4", 543148),
            FreezeGroup("blocks.5", 2026348), FreezeGroup("blocks.6", 1129392),
        ),
        features=1280,
        preprocessing=Preprocessing(224, 256, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.777,
        weights=PublishedWeights(
            repo="timm/efficientnet_b0.ra_in1k", file="model.safetensors", size_bytes=21322648, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/efficientnet_b0.ra_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "convnext_atto": Backbone(
        "convnext_atto", "ConvNeXt Atto", "ConvNeXt", "Modern and small",
        groups=(
            FreezeGroup("stem", 2040), FreezeGroup("stages.0", 30240), FreezeGroup("stages.1", 124640),
            FreezeGroup("stages.2", 1336000), FreezeGroup("stages.3", 1880960), FreezeGroup("head.norm", 640),
        ),
        features=320,
        preprocessing=Preprocessing(224, 256, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.77,
        weights=PublishedWeights(
            repo="timm/convnext_atto.d2_in1k", file="model.safetensors", size_bytes=14782080, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/convnext_atto.d2_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "convnext_tiny": Backbone(
        "convnext_tiny", "ConvNeXt Tiny", "ConvNeXt", "Modern and accurate",
        groups=(
            FreezeGroup("stem", 4896), FreezeGroup("stages.0", 237888), FreezeGroup("stages.1", 992256),
            FreezeGroup("stages.2", 11112960), FreezeGroup("stages.3", 15470592),
            FreezeGroup("head.norm", 1536),
        ),
        features=768,
        preprocessing=Preprocessing(224, 235, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.845,
        weights=PublishedWeights(
            repo="timm/convnext_tiny.in12k_ft_in1k", file="model.safetensors", size_bytes=114356512,
            sha256="", licence="Apache-2.0", source="https://huggingface.co/timm/convnext_tiny.in12k_ft_in1k",
            trained_on="ImageNet-12k, then ImageNet-1k", classes=1000,
        ),
    ),
    "densenet121": Backbone(
        "densenet121", "DenseNet-121", "DenseNet", "Common in radiology",
        groups=(
            FreezeGroup("stem", 9536), FreezeGroup("features.denseblock1", 368320),
            FreezeGroup("features.denseblock2", 1051776), FreezeGroup("features.denseblock3", 3364096),
            FreezeGroup("features.denseblock4", 2158080), FreezeGroup("features.norm5", 2048),
        ),
        features=1024,
        preprocessing=Preprocessing(224, 256, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.765,
        weights=PublishedWeights(
            repo="timm/densenet121.ra_in1k", file="model.safetensors", size_bytes=32250984, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/densenet121.ra_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "regnety_004": Backbone(
        "regnety_004", "RegNetY 400MF", "RegNet", "Efficient all-rounder",
        groups=(
            FreezeGroup("stem", 928), FreezeGroup("s1", 10040), FreezeGroup("s2", 102296),
            FreezeGroup("s3", 737438), FreezeGroup("s4", 3052442),
        ),
        features=440,
        preprocessing=Preprocessing(224, 232, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.756,
        weights=PublishedWeights(
            repo="timm/regnety_004.tv2_in1k", file="model.safetensors", size_bytes=17485608, sha256="",
            licence="BSD-3-Clause", source="https://huggingface.co/timm/regnety_004.tv2_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
}
