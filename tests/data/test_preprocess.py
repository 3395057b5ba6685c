import math

import numpy as np
import pytest
from PIL import Image

from tlstudio.data.preprocess import Preprocessing, crop, normalise, prepare, resize

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
RANDOM_SIZES = np.random.default_rng(7).integers(20, 400, (12, 2)).tolist()
SIZES = [*RANDOM_SIZES, [64, 64], [73, 74], [200, 31], [31, 200], [1, 60], [75, 73]]


@pytest.fixture(scope="module")
def timm_transform():
    from timm.data import create_transform

    def build(p, normalize):
        return create_transform(
            p.input_px,
            is_training=False,
            interpolation=p.interpolation,
            mean=p.mean,
            std=p.std,
            crop_pct=p.input_px / p.resize_px,
            normalize=normalize,
        )

    return build


def noise(width, height):
    return Image.fromarray(np.random.default_rng(width).integers(0, 256, (height, width, 3), np.uint8))


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize(("input_px", "resize_px"), [(56, 64), (64, 73), (75, 75)])
def test_that_every_pixel_equals_timms(interpolation, input_px, resize_px, timm_transform):
    p = Preprocessing(input_px, resize_px, interpolation, MEAN, STD)
    assert math.floor(input_px / (input_px / resize_px)) == resize_px
    transform, normalised = timm_transform(p, False), timm_transform(p, True)
    for width, height in SIZES:
        image = noise(width, height)

        ours = prepare(image, p)

        assert np.array_equal(transform(image).permute(1, 2, 0).numpy(), ours)
        assert np.array_equal(normalised(image).numpy(), normalise(ours, p))


def test_that_the_shorter_side_is_resized_and_the_longer_cut_down():
    p = Preprocessing(56, 64, "bicubic", MEAN, STD)

    assert resize(noise(100, 33), p).size == (193, 64)  # 64 · 100 / 33 = 193.9
    assert resize(noise(33, 100), p).size == (64, 193)


def test_that_the_crop_rounds_half_to_even():
    p = Preprocessing(4, 7, "bicubic", MEAN, STD)
    columns = np.arange(7, dtype=np.uint8)[None, :, None].repeat(7, 0).repeat(3, 2)

    cropped = np.asarray(crop(Image.fromarray(columns), p))

    assert cropped[0, :, 0].tolist() == [2, 3, 4, 5]  # 1.5 rounds to 2
    assert cropped.shape == (4, 4, 3)


def test_that_normalising_gives_channels_first_in_standard_deviations():
    p = Preprocessing(2, 2, "bilinear", (0.5, 0.0, 1.0), (0.5, 1.0, 0.25))
    batch = np.full((5, 2, 2, 3), 255, np.uint8)

    values = normalise(batch, p)

    assert (values.shape, values.dtype) == ((5, 3, 2, 2), np.float32)
    assert values[0, :, 0, 0].tolist() == [1.0, 1.0, 0.0]
    assert normalise(batch[0], p).shape == (3, 2, 2)


@pytest.mark.parametrize("size", [(1, 30_000), (30_000, 1)])
def test_that_a_line_of_pixels_stays_bounded(size):
    p = Preprocessing(32, 36, "bicubic", MEAN, STD)

    assert max(resize(Image.new("RGB", size), p).size) == 36 * 64
    assert prepare(Image.new("RGB", size), p).shape == (32, 32, 3)
