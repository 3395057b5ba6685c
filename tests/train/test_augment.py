"""Every augmentation gives pixels of the network's size, and the medical ones keep sides and colours."""

import numpy as np
import pytest
import torch
from PIL import Image

from tlstudio.data.preprocess import Preprocessing, prepare
from tlstudio.train.augment import AUGMENTATIONS
from tlstudio.train.batches import _seed_everything

P = Preprocessing(32, 36, "bilinear", (0.5, 0.4, 0.3), (0.2, 0.2, 0.2))


def image():
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (36, 48, 3)).astype(np.uint8))


def halves(left, right):
    pixels = np.zeros((36, 36, 3), np.uint8)
    pixels[:, :18], pixels[:, 18:] = left, right
    return Image.fromarray(pixels)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_that_it_gives_8_bit_pixels_of_the_input_size(name):
    augment = AUGMENTATIONS[name](P)
    for seed in range(12):
        _seed_everything(seed, 0, 0)
        pixels = augment(image())
        assert (pixels.shape, pixels.dtype) == ((32, 32, 3), np.uint8)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_that_the_same_seed_gives_the_same_pixels(name):
    augment = AUGMENTATIONS[name](P)

    def draw(index):
        _seed_everything(3, 1, index)
        return augment(image())

    assert np.array_equal(draw(5), draw(5))
    if name != "none":
        assert any(not np.array_equal(draw(5), draw(index)) for index in range(5))


def test_that_none_shows_what_validation_shows():
    assert np.array_equal(AUGMENTATIONS["none"](P)(image()), prepare(image(), P))


@pytest.mark.parametrize("name", ["medical", "medical_light"])
def test_that_medical_augmentations_never_mirror_nor_recolour(name):
    augment = AUGMENTATIONS[name](P)
    for seed in range(20):
        torch.manual_seed(seed)
        pixels = augment(halves((200, 10, 10), (10, 10, 200)))
        left, right = pixels[8:24, 4:10].reshape(-1, 3), pixels[8:24, 22:28].reshape(-1, 3)
        assert (left == (200, 10, 10)).all()
        assert (right == (10, 10, 200)).all()


@pytest.mark.parametrize("name", ["light", "standard", "strong"])
def test_that_the_others_mirror_about_every_second_image(name):
    augment = AUGMENTATIONS[name](P)
    mirrored = 0
    for seed in range(40):
        _seed_everything(seed, 0, 0)
        pixels = augment(halves((200, 0, 0), (0, 0, 200))).astype(int)
        mirrored += pixels[:, :16, 2].sum() > pixels[:, :16, 0].sum()

    assert 8 <= mirrored <= 32
