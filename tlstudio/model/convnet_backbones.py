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
    "resnet34": Backbone(
        "resnet34", "ResNet-34", "ResNet", "Middle-sized all-rounder",
        groups=(
            FreezeGroup("stem", 9536), FreezeGroup("layer1", 221952), FreezeGroup("layer2", 1116416),
            FreezeGroup("layer3", 6822400), FreezeGroup("layer4", 13114368),
        ),
        features=512,
        preprocessing=Preprocessing(224, 235, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.779,
        weights=PublishedWeights(
            repo="timm/resnet34.a1_in1k", file="model.safetensors", size_bytes=87259072, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/resnet34.a1_in1k",
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
    "resnet18.tiatoolbox-kather100k": Backbone(
        "resnet18.tiatoolbox-kather100k", "ResNet-18 (tissue)", "ResNet", "Stained tissue",
        groups=(
            FreezeGroup("stem", 9536), FreezeGroup("layer1", 147968), FreezeGroup("layer2", 525568),
            FreezeGroup("layer3", 2099712), FreezeGroup("layer4", 8393728),
        ),
        features=512,
        preprocessing=Preprocessing(224, 224, "bicubic", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
        imagenet_accuracy=None,
        weights=PublishedWeights(
            repo="1aurent/resnet18.tiatoolbox-kather100k", file="model.safetensors", size_bytes=44763076,
            sha256="87350a7d70871d6c349fda3112ab896b879d1c82e889ed70fc398f02be48ebd7", licence="CC-BY-4.0",
            source="https://huggingface.co/1aurent/resnet18.tiatoolbox-kather100k",
            trained_on="NCT-CRC-HE-100K (tissue slides)", classes=9,
        ),
    ),
    "resnet50.tiatoolbox-kather100k": Backbone(
        "resnet50.tiatoolbox-kather100k", "ResNet-50 (tissue)", "ResNet", "Stained tissue, finer",
        groups=(
            FreezeGroup("stem", 9536), FreezeGroup("layer1", 215808), FreezeGroup("layer2", 1219584),
            FreezeGroup("layer3", 7098368), FreezeGroup("layer4", 14964736),
        ),
        features=2048,
        preprocessing=Preprocessing(224, 224, "bicubic", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
        imagenet_accuracy=None,
        weights=PublishedWeights(
            repo="1aurent/resnet50.tiatoolbox-kather100k", file="model.safetensors", size_bytes=94318796,
            sha256="95315e0a670dd8782f7dcb9fa90054716996ec0ed82d17ad7913e04e5054c4c7", licence="CC-BY-4.0",
            source="https://huggingface.co/1aurent/resnet50.tiatoolbox-kather100k",
            trained_on="NCT-CRC-HE-100K (tissue slides)", classes=9,
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
    "vgg16": Backbone(
        "vgg16", "VGG-16", "VGG", "Often published",
        groups=(
            FreezeGroup("stem", 1792), FreezeGroup("features.2", 36928), FreezeGroup("features.5", 73856),
            FreezeGroup("features.7", 147584), FreezeGroup("features.10", 295168),
            FreezeGroup("features.12", 590080), FreezeGroup("features.14", 590080),
            FreezeGroup("features.17", 1180160), FreezeGroup("features.19", 2359808),
            FreezeGroup("features.21", 2359808), FreezeGroup("features.24", 2359808),
            FreezeGroup("features.26", 2359808), FreezeGroup("features.28", 2359808),
            FreezeGroup("pre_logits", 119545856),
        ),
        features=4096,
        preprocessing=Preprocessing(224, 256, "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.716,
        weights=PublishedWeights(
            repo="timm/vgg16.tv_in1k", file="model.safetensors", size_bytes=553430176, sha256="",
            licence="BSD-3-Clause", source="https://huggingface.co/timm/vgg16.tv_in1k",
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
    "inception_v4": Backbone(
        "inception_v4", "Inception v4", "Inception", "Mixed sizes, finer",
        groups=(
            FreezeGroup("stem", 28768), FreezeGroup("features.3", 55488), FreezeGroup("features.4", 189312),
            FreezeGroup("features.5", 332160), FreezeGroup("features.6", 317632),
            FreezeGroup("features.7", 317632), FreezeGroup("features.8", 317632),
            FreezeGroup("features.9", 317632), FreezeGroup("features.10", 2306112),
            FreezeGroup("features.11", 2936256), FreezeGroup("features.12", 2936256),
            FreezeGroup("features.13", 2936256), FreezeGroup("features.14", 2936256),
            FreezeGroup("features.15", 2936256), FreezeGroup("features.16", 2936256),
            FreezeGroup("features.17", 2936256), FreezeGroup("features.18", 2747392),
            FreezeGroup("features.19", 4553088), FreezeGroup("features.20", 4553088),
            FreezeGroup("features.21", 4553088),
        ),
        features=1536,
        preprocessing=Preprocessing(299, 341, "bicubic", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        imagenet_accuracy=0.802,
        weights=PublishedWeights(
            repo="timm/inception_v4.tf_in1k", file="model.safetensors", size_bytes=170973128, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/inception_v4.tf_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "mobilenetv2_100": Backbone(
        "mobilenetv2_100", "MobileNetV2", "MobileNet", "Runs on phones",
        groups=(
            FreezeGroup("stem", 928), FreezeGroup("blocks.0", 896), FreezeGroup("blocks.1", 13968),
            FreezeGroup("blocks.2", 39696), FreezeGroup("blocks.3", 183872), FreezeGroup("blocks.4", 303168),
            FreezeGroup("blocks.5", 795264), FreezeGroup("blocks.6", 886080),
        ),
        features=1280,
        preprocessing=Preprocessing(224, 256, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.73,
        weights=PublishedWeights(
            repo="timm/mobilenetv2_100.ra_in1k", file="model.safetensors", size_bytes=14156352, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/mobilenetv2_100.ra_in1k",
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
    "efficientnet_b2": Backbone(
        "efficientnet_b2", "EfficientNet-B2", "EfficientNet", "Accurate, still small",
        groups=(
            FreezeGroup("stem", 928), FreezeGroup("blocks.0", 2060), FreezeGroup("blocks.1", 27424),
            FreezeGroup("blocks.2", 103134), FreezeGroup("blocks.3", 421550), FreezeGroup("blocks.4", 862768),
            FreezeGroup("blocks.5", 3048878), FreezeGroup("blocks.6", 3234252),
        ),
        features=1408,
        preprocessing=Preprocessing(256, 292, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.806,
        weights=PublishedWeights(
            repo="timm/efficientnet_b2.ra_in1k", file="model.safetensors", size_bytes=36710800, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/efficientnet_b2.ra_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "efficientnetv2_rw_t": Backbone(
        "efficientnetv2_rw_t", "EfficientNetV2 Tiny", "EfficientNet", "Very accurate, small",
        groups=(
            FreezeGroup("stem", 696), FreezeGroup("blocks.0", 10464), FreezeGroup("blocks.1", 218048),
            FreezeGroup("blocks.2", 343616), FreezeGroup("blocks.3", 607790),
            FreezeGroup("blocks.4", 2240634), FreezeGroup("blocks.5", 9203140),
        ),
        features=1024,
        preprocessing=Preprocessing(224, 224, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.824,
        weights=PublishedWeights(
            repo="timm/efficientnetv2_rw_t.ra2_in1k", file="model.safetensors", size_bytes=55074504,
            sha256="", licence="Apache-2.0",
            source="https://huggingface.co/timm/efficientnetv2_rw_t.ra2_in1k", trained_on="ImageNet-1k",
            classes=1000,
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
    "convnext_nano.in12k_ft_in1k": Backbone(
        "convnext_nano.in12k_ft_in1k", "ConvNeXt Nano", "ConvNeXt", "Modern, middle-sized",
        groups=(
            FreezeGroup("stem", 4080), FreezeGroup("stages.0", 111680), FreezeGroup("stages.1", 479680),
            FreezeGroup("stages.2", 6907520), FreezeGroup("stages.3", 7448320),
            FreezeGroup("head.norm", 1280),
        ),
        features=640,
        preprocessing=Preprocessing(224, 235, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.829,
        weights=PublishedWeights(
            repo="timm/convnext_nano.in12k_ft_in1k", file="model.safetensors", size_bytes=62374240, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/convnext_nano.in12k_ft_in1k",
            trained_on="ImageNet-12k, then ImageNet-1k", classes=1000,
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
    "convnext_tiny.dinov3_lvd1689m": Backbone(
        "convnext_tiny.dinov3_lvd1689m", "ConvNeXt Tiny (DINOv3)", "DINOv3", "Few images, unlike photos",
        groups=(
            FreezeGroup("stem", 4896), FreezeGroup("stages.0", 237888), FreezeGroup("stages.1", 992256),
            FreezeGroup("stages.2", 11112960), FreezeGroup("stages.3", 15470592),
            FreezeGroup("head.norm", 1536),
        ),
        features=768,
        preprocessing=Preprocessing(224, 224, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=None,
        weights=PublishedWeights(
            repo="timm/convnext_tiny.dinov3_lvd1689m", file="model.safetensors", size_bytes=111280512,
            sha256="", licence="DINOv3 License",
            source="https://huggingface.co/timm/convnext_tiny.dinov3_lvd1689m", trained_on="LVD-1689M",
            classes=0,
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
    "densenet169": Backbone(
        "densenet169", "DenseNet-169", "DenseNet", "Deeper, still small",
        groups=(
            FreezeGroup("stem", 9536), FreezeGroup("features.denseblock1", 368320),
            FreezeGroup("features.denseblock2", 1051776), FreezeGroup("features.denseblock3", 5137920),
            FreezeGroup("features.denseblock4", 5913600), FreezeGroup("features.norm5", 3328),
        ),
        features=1664,
        preprocessing=Preprocessing(224, 256, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.759,
        weights=PublishedWeights(
            repo="timm/densenet169.tv_in1k", file="model.safetensors", size_bytes=57232872, sha256="",
            licence="Apache-2.0", source="https://huggingface.co/timm/densenet169.tv_in1k",
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
    "regnety_016": Backbone(
        "regnety_016", "RegNetY 1.6GF", "RegNet", "Efficient and strong",
        groups=(
            FreezeGroup("stem", 928), FreezeGroup("s1", 33428), FreezeGroup("s2", 369762),
            FreezeGroup("s3", 6005358), FreezeGroup("s4", 3903954),
        ),
        features=888,
        preprocessing=Preprocessing(224, 232, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.807,
        weights=PublishedWeights(
            repo="timm/regnety_016.tv2_in1k", file="model.safetensors", size_bytes=45021096, sha256="",
            licence="BSD-3-Clause", source="https://huggingface.co/timm/regnety_016.tv2_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
}
