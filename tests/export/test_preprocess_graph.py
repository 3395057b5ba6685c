"""The graph puts the same pixels before the network as Pillow does."""

import numpy as np
import onnx
import onnxruntime
import pytest
from PIL import Image

from tlstudio.data.preprocess import Preprocessing, normalise, prepare
from tlstudio.export.preprocess_graph import preprocess_graph

PREPROCESSINGS = {
    "bilinear": Preprocessing(64, 67, "bilinear", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "bicubic": Preprocessing(96, 101, "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "uncropped": Preprocessing(64, 64, "bicubic", (0.5, 0.4, 0.3), (0.2, 0.3, 0.4)),
}
SIZES = [
    (12, 30), (30, 12), (400, 37), (37, 400), (64, 64), (67, 67), (101, 101), (68, 67), (2, 3), (1, 1),
    (131, 90), (90, 131), (640, 480), (333, 511), (1, 500), (700, 9),
]  # fmt: skip


def session(p):
    content = preprocess_graph(p, ir_version=10).SerializeToString()
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module", params=PREPROCESSINGS)
def graph(request):
    p = PREPROCESSINGS[request.param]
    return p, session(p)


def grey_levels(prepared, p):
    return np.abs(prepared) * np.asarray(p.std).reshape(3, 1, 1) * 255


def noise(size, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)


def photo_like(size, seed=0):
    return np.asarray(Image.fromarray(noise((6, 5), seed)).resize(size, Image.Resampling.BICUBIC))


@pytest.mark.parametrize("draw", [noise, photo_like])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_that_pixels_are_within_one_grey_level_of_pillow(graph, size, draw):
    p, run = graph
    pixels = draw(size)

    expected = normalise(prepare(Image.fromarray(pixels), p), p)
    actual = run.run(None, {"image": pixels[None]})[0][0]

    off = grey_levels(actual - expected, p)
    assert expected.shape == actual.shape
    assert off.max() < 1.01
    assert (off > 0.5).mean() < 0.01


def test_that_an_image_of_the_right_size_is_only_normalised():
    p = PREPROCESSINGS["uncropped"]
    pixels = noise((64, 64))

    actual = session(p).run(None, {"image": pixels[None]})[0][0]

    assert np.array_equal(normalise(pixels, p), actual)


def test_that_a_batch_of_images_of_one_size_is_prepared_one_by_one(graph):
    _, run = graph
    batch = np.stack([noise((77, 90), seed) for seed in range(3)])

    together = run.run(None, {"image": batch})[0]
    alone = np.concatenate([run.run(None, {"image": image[None]})[0] for image in batch])

    assert np.array_equal(alone, together)


def test_that_the_graph_is_whole_onnx_with_free_sizes():
    model = preprocess_graph(PREPROCESSINGS["bicubic"], ir_version=10)

    onnx.checker.check_model(model, full_check=True)
    dimensions = model.graph.input[0].type.tensor_type.shape.dim
    assert [d.dim_param or d.dim_value for d in dimensions] == ["batch", "height", "width", 3]
