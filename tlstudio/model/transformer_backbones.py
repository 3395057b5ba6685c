"""Vision transformers: strong, and slower on a CPU.

Written by packaging/backbones_table.py; a test compares every row with the network.
"""

from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.backbone import Backbone, FreezeGroup, PublishedWeights

# fmt: off
TRANSFORMERS: dict[str, Backbone] = {
    "vit_tiny_patch16_224": Backbone(
        "vit_tiny_patch16_224", "ViT Tiny", "Vision Transformer", "Small transformer",
        groups=(
            FreezeGroup("stem", 185664), FreezeGroup("blocks.0", 444864), FreezeGroup("blocks.1", 444864),
            FreezeGroup("blocks.2", 444864), FreezeGroup("blocks.3", 444864), FreezeGroup("blocks.4", 444864),
            FreezeGroup("blocks.5", 444864), FreezeGroup("blocks.6", 444864), FreezeGroup("blocks.7", 444864),
            FreezeGroup("blocks.8", 444864), FreezeGroup("blocks.9", 444864),
            FreezeGroup("blocks.10", 444864), FreezeGroup("blocks.11", 445248),
        ),
        features=192,
        preprocessing=Preprocessing(224, 248, "bicubic", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        imagenet_accuracy=0.755,
        weights=PublishedWeights(
            repo="timm/vit_tiny_patch16_224.augreg_in21k_ft_in1k", file="model.safetensors",
            size_bytes=22869664, sha256="", licence="Apache-2.0",
            source="https://huggingface.co/timm/vit_tiny_patch16_224.augreg_in21k_ft_in1k",
            trained_on="ImageNet-21k, then ImageNet-1k", classes=1000,
        ),
    ),
    "vit_small_patch16_224": Backbone(
        "vit_small_patch16_224", "ViT Small", "Vision Transformer", "Strong transformer",
        groups=(
            FreezeGroup("stem", 371328), FreezeGroup("blocks.0", 1774464), FreezeGroup("blocks.1", 1774464),
            FreezeGroup("blocks.2", 1774464), FreezeGroup("blocks.3", 1774464),
            FreezeGroup("blocks.4", 1774464), FreezeGroup("blocks.5", 1774464),
            FreezeGroup("blocks.6", 1774464), FreezeGroup("blocks.7", 1774464),
            FreezeGroup("blocks.8", 1774464), FreezeGroup("blocks.9", 1774464),
            FreezeGroup("blocks.10", 1774464), FreezeGroup("blocks.11", 1775232),
        ),
        features=384,
        preprocessing=Preprocessing(224, 248, "bicubic", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        imagenet_accuracy=0.814,
        weights=PublishedWeights(
            repo="timm/vit_small_patch16_224.augreg_in21k_ft_in1k", file="model.safetensors",
            size_bytes=88202656, sha256="", licence="Apache-2.0",
            source="https://huggingface.co/timm/vit_small_patch16_224.augreg_in21k_ft_in1k",
            trained_on="ImageNet-21k, then ImageNet-1k", classes=1000,
        ),
    ),
    "vit_small_patch14_dinov2": Backbone(
        "vit_small_patch14_dinov2", "DINOv2 Small", "DINOv2", "Few labelled images",
        groups=(
            FreezeGroup("stem", 325248), FreezeGroup("blocks.0", 1775232), FreezeGroup("blocks.1", 1775232),
            FreezeGroup("blocks.2", 1775232), FreezeGroup("blocks.3", 1775232),
            FreezeGroup("blocks.4", 1775232), FreezeGroup("blocks.5", 1775232),
            FreezeGroup("blocks.6", 1775232), FreezeGroup("blocks.7", 1775232),
            FreezeGroup("blocks.8", 1775232), FreezeGroup("blocks.9", 1775232),
            FreezeGroup("blocks.10", 1775232), FreezeGroup("blocks.11", 1776000),
        ),
        features=384,
        preprocessing=Preprocessing(224, 256, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.811,
        weights=PublishedWeights(
            repo="timm/vit_small_patch14_dinov2.lvd142m", file="model.safetensors", size_bytes=88224768,
            sha256="", licence="Apache-2.0",
            source="https://huggingface.co/timm/vit_small_patch14_dinov2.lvd142m", trained_on="LVD-142M",
            classes=0,
        ),
    ),
    "vit_small_patch14_dinov2.dinobloom": Backbone(
        "vit_small_patch14_dinov2.dinobloom", "DinoBloom Small", "DINOv2", "Blood cells",
        groups=(
            FreezeGroup("stem", 325248), FreezeGroup("blocks.0", 1775232), FreezeGroup("blocks.1", 1775232),
            FreezeGroup("blocks.2", 1775232), FreezeGroup("blocks.3", 1775232),
            FreezeGroup("blocks.4", 1775232), FreezeGroup("blocks.5", 1775232),
            FreezeGroup("blocks.6", 1775232), FreezeGroup("blocks.7", 1775232),
            FreezeGroup("blocks.8", 1775232), FreezeGroup("blocks.9", 1775232),
            FreezeGroup("blocks.10", 1775232), FreezeGroup("blocks.11", 1776000),
        ),
        features=384,
        preprocessing=Preprocessing(224, 224, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=None,
        weights=PublishedWeights(
            repo="1aurent/vit_small_patch14_224.dinobloom", file="model.safetensors", size_bytes=86515200,
            sha256="", licence="Apache-2.0",
            source="https://huggingface.co/1aurent/vit_small_patch14_224.dinobloom",
            trained_on="Blood and bone marrow cells", classes=0,
        ),
    ),
    "vit_small_patch16_dinov3": Backbone(
        "vit_small_patch16_dinov3", "DINOv3 Small", "DINOv3", "Few images, newest",
        groups=(
            FreezeGroup("stem", 297216), FreezeGroup("blocks.0", 1774080), FreezeGroup("blocks.1", 1774080),
            FreezeGroup("blocks.2", 1774080), FreezeGroup("blocks.3", 1774080),
            FreezeGroup("blocks.4", 1774080), FreezeGroup("blocks.5", 1774080),
            FreezeGroup("blocks.6", 1774080), FreezeGroup("blocks.7", 1774080),
            FreezeGroup("blocks.8", 1774080), FreezeGroup("blocks.9", 1774080),
            FreezeGroup("blocks.10", 1774080), FreezeGroup("blocks.11", 1774848),
        ),
        features=384,
        preprocessing=Preprocessing(256, 256, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=None,
        weights=PublishedWeights(
            repo="timm/vit_small_patch16_dinov3.lvd1689m", file="model.safetensors", size_bytes=86347776,
            sha256="", licence="DINOv3 License",
            source="https://huggingface.co/timm/vit_small_patch16_dinov3.lvd1689m", trained_on="LVD-1689M",
            classes=0,
        ),
    ),
    "swin_tiny_patch4_window7_224": Backbone(
        "swin_tiny_patch4_window7_224", "Swin Tiny", "Swin Transformer", "Fine detail",
        groups=(
            FreezeGroup("stem", 4896), FreezeGroup("layers.0", 224694), FreezeGroup("layers.1", 966252),
            FreezeGroup("layers.2", 10955400), FreezeGroup("layers.3", 15366576), FreezeGroup("norm", 1536),
        ),
        features=768,
        preprocessing=Preprocessing(224, 248, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.813,
        weights=PublishedWeights(
            repo="timm/swin_tiny_patch4_window7_224.ms_in1k", file="model.safetensors", size_bytes=113153416,
            sha256="", licence="MIT",
            source="https://huggingface.co/timm/swin_tiny_patch4_window7_224.ms_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
    "swinv2_tiny_window8_256": Backbone(
        "swinv2_tiny_window8_256", "Swin v2 Tiny", "Swin Transformer", "Fine detail, newer",
        groups=(
            FreezeGroup("stem", 4896), FreezeGroup("layers.0", 229638), FreezeGroup("layers.1", 972684),
            FreezeGroup("layers.2", 10986312), FreezeGroup("layers.3", 15383088), FreezeGroup("norm", 1536),
        ),
        features=768,
        preprocessing=Preprocessing(256, 284, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        imagenet_accuracy=0.818,
        weights=PublishedWeights(
            repo="timm/swinv2_tiny_window8_256.ms_in1k", file="model.safetensors", size_bytes=113388616,
            sha256="", licence="MIT", source="https://huggingface.co/timm/swinv2_tiny_window8_256.ms_in1k",
            trained_on="ImageNet-1k", classes=1000,
        ),
    ),
}
