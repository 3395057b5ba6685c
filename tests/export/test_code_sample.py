"""The script beside an exported file answers as the app does, or says who can."""

import subprocess
import sys

import made_model
import numpy as np
import pytest
import tifffile
from PIL import Image

from tlstudio.export.batch import predict
from tlstudio.export.code_sample import code_sample
from tlstudio.export.events import Predicted


@pytest.fixture(params=[True, False], ids=["inside", "outside"])
def sample(request, tmp_path):
    """The script of a model that tells greys apart: a normalised grey x has the logits x, 2x and 3x."""
    made_model.write_colour_model(tmp_path / "m.onnx", request.param, factors=(1, 2, 3))
    script = tmp_path / "m-example.py"
    text = code_sample("m.onnx", script.name, made_model.metadata(request.param))
    script.write_text(text, encoding="utf-8")
    return script


def run(sample, image):
    command = [sys.executable, "-X", "utf8", sample, image]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def answer(sample, image):
    """What the program itself says by the model beside the script."""
    events = predict(sample.with_name("m.onnx"), [image])
    return next(event for event in events if isinstance(event, Predicted))


def flat(mode, colour):
    return Image.new(mode, (12, 9), colour)


def deep():
    return Image.fromarray(np.full((9, 12), 13_307, np.uint16))  # 51.78 · 257


PICTURES = {
    # Red is 2, the others are −2: logits 2, −4, −6, so 1 / (1 + e⁻⁶ + e⁻⁸).
    "plain": (flat("RGB", (255, 0, 0)), "rot", 0.9972),
    # 52 of 255 is −1.18431: 1 / (1 + e^−1.18431 + e^−2.36863).
    "16-bit": (deep(), "rot", 0.7145),
    # Nothing but the page: 2, 4, 6, so 1 / (1 + e⁻² + e⁻⁴).
    "transparent": (flat("RGBA", (255, 0, 0, 0)), "青", 0.8668),
    # 153 of 255 is 0.4: 1 / (1 + e^−0.4 + e^−0.8).
    "half transparent grey": (flat("LA", (0, 102)), "青", 0.4718),
}


@pytest.mark.parametrize("name", PICTURES)
def test_that_the_sample_and_predict_read_an_image_alike(sample, tmp_path, name):
    picture, label, probability = PICTURES[name]
    picture.save(tmp_path / "a.png")

    ran, app = run(sample, tmp_path / "a.png"), answer(sample, tmp_path / "a.png")

    assert ran.stderr == ""
    assert ran.stdout == f"{label} {probability:.4f}\n"
    assert (app.label, round(app.probabilities[app.label], 4)) == (label, probability)


def test_that_the_sample_turns_a_tiff_upright(sample, tmp_path):
    picture = Image.new("L", (40, 20), 0)
    picture.paste(255, (0, 0, 4, 20))  # lies at the upper edge once it is turned, outside the middle square
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "a.tif", exif=exif)

    ran = run(sample, tmp_path / "a.tif")

    # Black is −2: logits −2, −4, −6, so 1 / (1 + e⁻² + e⁻⁴).
    assert (ran.stdout, ran.stderr) == ("rot 0.8668\n", "")


def test_that_the_sample_takes_the_middle_of_a_very_long_strip_as_the_app_does(sample, tmp_path):
    strip = Image.new("L", (101, 1), 0)
    # Of columns 18 to 81, which are kept, the middle lies between 49 and 50; of all 101 it is 50.
    strip.paste(255, (0, 0, 50, 1))
    strip.save(tmp_path / "a.png")

    ran, app = run(sample, tmp_path / "a.png"), answer(sample, tmp_path / "a.png")

    # White is 2 and black is −2. Half of each is 0, so every class has about a third; black alone: .8668.
    assert ran.stderr == ""
    assert ran.stdout == f"{app.label} {app.probabilities[app.label]:.4f}\n"
    assert app.probabilities[app.label] == pytest.approx(1 / 3, abs=0.01)


REFUSED = "This script reads plain 8-bit images and 16-bit PNGs. Use: tlstudio predict MODEL IMAGE\n"
DEEP_TIFFS = {
    "grey": (np.zeros((9, 12), np.uint16), "minisblack"),
    "colour": (np.zeros((9, 12, 3), np.uint16), "rgb"),
    "float": (np.zeros((9, 12), np.float32), "minisblack"),
}
PLANES = {
    "two": {"photometric": "minisblack", "shape": (2, 9, 12)},
    "rgb and more": {"photometric": "rgb", "extrasamples": ["assocalpha"], "shape": (4, 9, 12)},
}


@pytest.mark.parametrize("name", DEEP_TIFFS)
def test_that_the_sample_refuses_a_deep_tiff_and_names_who_reads_it(sample, tmp_path, name):
    pixels, photometric = DEEP_TIFFS[name]
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric=photometric)

    ran = run(sample, tmp_path / "a.tif")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == REFUSED


@pytest.mark.parametrize("name", PLANES)
def test_that_the_sample_refuses_a_tiff_of_planes_that_only_the_app_reads(sample, tmp_path, name):
    how = dict(PLANES[name])
    pixels = np.zeros(how.pop("shape"), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", pixels, planarconfig="separate", **how)

    ran = run(sample, tmp_path / "a.tif")

    assert answer(sample, tmp_path / "a.tif")
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", REFUSED)
