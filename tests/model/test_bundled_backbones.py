"""The weights that ship with the program: whole, small, and told by their card and facts."""

import hashlib
import json

import pytest
import torch
from safetensors.torch import load_file

from tlstudio.model.bundled_backbones import BUNDLED
from tlstudio.model.network import build
from tlstudio.model.settings import ModelSettings
from tlstudio.model.weight_store import bundled_file

SMALLEST_BYTES, LARGEST_BYTES = 6_000_000, 24_000_000


@pytest.fixture(params=BUNDLED.values(), ids=BUNDLED.keys())
def row(request):
    return request.param


@pytest.fixture
def file(row):
    return bundled_file(row)


@pytest.fixture
def facts(file):
    return json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))


def test_that_there_are_two_one_of_them_very_small():
    sizes = sorted(bundled_file(row).stat().st_size for row in BUNDLED.values())

    assert len(sizes) >= 2
    assert sizes[0] <= SMALLEST_BYTES
    assert sizes[-1] <= LARGEST_BYTES


def test_that_the_file_is_the_one_that_its_facts_tell_of(row, file, facts):
    content = file.read_bytes()

    assert facts["sha256"] == hashlib.sha256(content).hexdigest()
    assert facts["bytes"] == len(content) == row.weights.size_bytes
    assert facts["architecture"] == row.name


def test_that_the_row_prepares_images_as_the_facts_tell(row, facts):
    preprocessing = row.preprocessing

    assert facts["input_px"] == preprocessing.input_px
    assert tuple(facts["mean"]) == preprocessing.mean
    assert tuple(facts["std"]) == preprocessing.std


def test_that_values_are_kept_in_half_precision(file):
    assert {tensor.dtype for tensor in load_file(file).values()} == {torch.float16}


def test_that_the_network_takes_all_of_them_and_answers(row, file):
    network = build(ModelSettings(row.name, "head", "pretrained"), classes=3).eval()
    given = load_file(file)
    state = network.state_dict()
    with torch.inference_mode():
        logits = network(torch.randn(2, 3, row.preprocessing.input_px, row.preprocessing.input_px))

    assert all(torch.equal(state[name], tensor.float()) for name, tensor in given.items())
    assert logits.shape == (2, 3)
    assert torch.isfinite(logits).all()


def test_that_the_card_tells_what_it_saw_and_what_it_is_bad_at(file):
    card = file.with_suffix(".md").read_text(encoding="utf-8")

    for words in ("no photograph", "Good at", "Bad at", "Measured", "Licence", "Not a medical device"):
        assert words in card
