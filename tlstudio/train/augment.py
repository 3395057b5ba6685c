"""Augmentation: random changes of training images that leave their class as it is."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from timm.data.random_erasing import RandomErasing
from timm.data.transforms_factory import transforms_imagenet_train
from torchvision.transforms import CenterCrop, InterpolationMode, RandomAffine  # type: ignore[import-untyped]

from tlstudio.data.preprocess import Preprocessing, crop
from tlstudio.train.settings import Augmentation

Pixels = NDArray[np.uint8]
Augment = Callable[[Image.Image], Pixels]
"""From an image whose shorter side is resized to the network's input: (H, W, 3), 8-bit RGB."""


def _none(preprocessing: Preprocessing) -> Augment:
    """The centre, as in validation."""
    return lambda image: np.asarray(crop(image, preprocessing))


def _light(preprocessing: Preprocessing) -> Augment:
    """Another part of the image, perhaps mirrored."""
    return _of_timm(preprocessing, scale=(0.6, 1.0), color_jitter=None)


def _standard(preprocessing: Preprocessing) -> Augment:
    """A smaller part, perhaps mirrored, with other light."""
    return _of_timm(preprocessing, scale=(0.35, 1.0), color_jitter=0.3)


def _strong(preprocessing: Preprocessing) -> Augment:
    """RandAugment (Cubuk et al. 2019), and sometimes a part erased (Zhong et al. 2017)."""
    change = _of_timm(preprocessing, scale=(0.25, 1.0), auto_augment="rand-m7-mstd0.5-inc1")
    erase = RandomErasing(0.25, max_area=0.25, device="cpu")  # type: ignore[no-untyped-call]
    mean = torch.tensor(preprocessing.mean).reshape(3, 1, 1) * 255

    def augment(image: Image.Image) -> Pixels:
        # it erases to zero, which shall be the mean colour
        pixels = torch.from_numpy(change(image).copy()).permute(2, 0, 1) - mean
        erased = (erase(pixels) + mean).round().clamp(0, 255).byte()
        return np.ascontiguousarray(erased.permute(1, 2, 0).numpy())

    return augment


def _medical(preprocessing: Preprocessing) -> Augment:
    """Slightly turned, moved and scaled: sides and colours may carry the finding, so they stay."""
    return _moved(preprocessing, degrees=10, share=0.05, scale=(0.9, 1.1))


def _medical_light(preprocessing: Preprocessing) -> Augment:
    """Half of that."""
    return _moved(preprocessing, degrees=5, share=0.025, scale=(0.95, 1.05))


AUGMENTATIONS: dict[Augmentation, Callable[[Preprocessing], Augment]] = {
    "none": _none,
    "light": _light,
    "standard": _standard,
    "strong": _strong,
    "medical": _medical,
    "medical_light": _medical_light,
}


def _of_timm(preprocessing: Preprocessing, **options: Any) -> Augment:
    change = transforms_imagenet_train(
        img_size=preprocessing.input_px,
        interpolation=preprocessing.interpolation,
        mean=preprocessing.mean,
        normalize=False,
        **options,
    )

    def augment(image: Image.Image) -> Pixels:
        pixels: Pixels = change(image).permute(1, 2, 0).numpy()
        return pixels

    return augment


def _moved(preprocessing: Preprocessing, degrees: float, share: float, scale: tuple[float, float]) -> Augment:
    move = RandomAffine(
        degrees,
        translate=(share, share),
        scale=scale,
        interpolation=InterpolationMode.BILINEAR,
        fill=[round(255 * value) for value in preprocessing.mean],
    )
    centre = CenterCrop(preprocessing.input_px)
    return lambda image: np.asarray(centre(move(image)))
