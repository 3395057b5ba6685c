"""Half precision only where it is proven to be faster, and always the same answer."""

import json

import pytest
import torch

from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.network import create
from tlstudio.train import precision
from tlstudio.train.precision import choose_precision, judging_precision

CPU = torch.device("cpu")


@pytest.fixture
def network(monkeypatch):
    monkeypatch.setattr(precision, "SMALLEST_PARAMETERS", 0)
    return create(TEST_BACKBONES["test_resnet"], 2).train()


@pytest.mark.parametrize(("gain", "expected"), [(2.0, "bfloat16"), (1.3, "bfloat16"), (1.2, "float32")])
def test_that_only_a_clear_gain_counts(network, tmp_path, monkeypatch, gain, expected):
    monkeypatch.setattr(precision, "_gain", lambda *_: gain)

    assert choose_precision(network, CPU, 64, tmp_path) == expected


def test_that_the_answer_is_remembered(network, tmp_path, monkeypatch):
    gains = iter([2.0, 0.5])
    monkeypatch.setattr(precision, "_gain", lambda *_: next(gains))

    assert choose_precision(network, CPU, 64, tmp_path) == "bfloat16"
    assert choose_precision(network, CPU, 64, tmp_path) == "bfloat16"
    assert choose_precision(network, CPU, 96, tmp_path) == "float32"


@pytest.mark.parametrize("content", ["", "[]", '{"a": "b"}', "{", "[" * 100_000])
def test_that_a_damaged_memory_is_measured_anew(network, tmp_path, monkeypatch, content):
    (tmp_path / "precision.json").write_text(content)
    monkeypatch.setattr(precision, "_gain", lambda *_: 1.0)

    assert choose_precision(network, CPU, 64, tmp_path) == "float32"
    assert list(json.loads((tmp_path / "precision.json").read_text()).values()) == [1.0]


def test_that_small_networks_stay_exact(tmp_path):
    assert choose_precision(create(TEST_BACKBONES["test_vit"], 2), CPU, 64, tmp_path) == "float32"
    assert list(tmp_path.iterdir()) == []


def test_that_probing_leaves_the_network_as_it_was(network):
    network.layer1.eval()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}

    assert precision._gain(network, 64) > 0
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert network.training
    assert not network.layer1.training


@pytest.mark.parametrize(
    ("trained_in", "judged_in"),
    [("float32", "float32"), ("bfloat16", "bfloat16"), ("float16", "float32")],  # float16 ends at 65,504
)
def test_that_validation_is_as_exact_as_training_unless_answers_could_overflow(trained_in, judged_in):
    assert judging_precision(trained_in) == judged_in
