"""What the user chooses about training."""

from dataclasses import dataclass, replace
from typing import Literal

Augmentation = Literal["none", "light", "standard", "strong", "medical", "medical_light"]
AugmentationChoice = Literal["auto", "none", "light", "standard", "strong", "medical", "medical_light"]
Device = Literal["auto", "cpu", "cuda", "mps"]

FEW_IMAGES = 100
"""Up to so many training images, none against light augmentation, points of accuracy of a bundled ResNet-10:
digits +10 by the head alone and +3 by all of it (50 images); blood cells +2 and 0 (15), +1 and 0 (60); ants
and bees 0 and +3 (10), -1 and +4 (40). Of 244 ants and bees -3 by the head alone, -2 with the last stage.
"""


@dataclass(frozen=True)
class TrainSettings:
    """How long, how fast and with which care.

    Attributes:
        epochs: at most this many passes over the training images.
        batch_size: images in one step, fewer where a small set would have few steps, see `steps_per_epoch`;
            halved by itself when the memory does not suffice.
        learning_rate: of the head at its peak; groups below it get less, see layer_decay. None: 0.02 where
            the head alone is trained, else 0.001.
        layer_decay: each trainable group learns this much slower than the one above it, 0 … 1;
            with random weights, which hold nothing to keep, all groups learn alike.
        weight_decay: of AdamW.
        label_smoothing: 0 … 1.
        warmup_epochs: the learning rate rises over these, then falls as a half cosine.
        augmentation: a row of the table `AUGMENTATIONS`, or "auto", see `with_augmentation`.
        views: of each training image that are drawn while the frozen layers' output is kept, at most one for
            each epoch; None: two of light augmentation, four of stronger. Where nothing is frozen every epoch
            draws a new one. Without augmentation there is one.
        mixup: alpha of the beta distribution that shares are drawn from when two images and their labels are
            blended, 0 … 2; 0: no image is blended. Where layers are frozen, what they make of the images is
            blended. An answer counts as right in training if it names the class with the larger share.
        patch_drop: share of an image's patches that a vision transformer does not see in a step, another
            part of them each time, 0 … 0.9; other networks see all.
        is_class_weighted: rare classes count more in the loss.
        early_stop_epochs: stop when for so many epochs neither validation accuracy rose nor, where it stayed
            the same, the loss fell; None: never.
        is_averaged: keep an exponential moving average of the weights, and judge and keep that.
        seed: of data order, augmentation, dropout and the new head.
        device: where to train; "auto" proves the fastest one by a real step.
    """

    epochs: int = 20
    batch_size: int = 32
    learning_rate: float | None = None
    layer_decay: float = 0.75
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    warmup_epochs: int = 1
    augmentation: AugmentationChoice = "auto"
    views: int | None = None
    mixup: float = 0.0
    patch_drop: float = 0.0
    is_class_weighted: bool = True
    early_stop_epochs: int | None = 5
    is_averaged: bool = False
    seed: int = 0
    device: Device = "auto"


def with_augmentation(settings: TrainSettings, train_images: int) -> TrainSettings:
    """The settings with the augmentation that "auto" stands for: none for few images, else light.

    What few images teach as they are was measured, see `FEW_IMAGES`.
    """
    if settings.augmentation != "auto":
        return settings
    return replace(settings, augmentation="none" if train_images <= FEW_IMAGES else "light")


def applied(settings: TrainSettings) -> Augmentation:
    """The augmentation by its name.

    Raises:
        ValueError: if it is still "auto", which `with_augmentation` settles.
    """
    if settings.augmentation == "auto":
        raise ValueError("expected settings whose augmentation is settled, received auto")
    return settings.augmentation
