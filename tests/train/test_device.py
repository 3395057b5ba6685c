"""A device is used because it computed a real step, not because it is listed."""

import pytest
import torch

from tlstudio.train import device as devices
from tlstudio.train.device import choose_device, failure
from tlstudio.train.errors import DeviceNotUsable


def present(monkeypatch, *kinds):
    monkeypatch.setattr(devices, "_is_present", lambda kind: kind in kinds)


def test_that_the_processor_passes_its_step():
    assert failure("cpu") == ""
    assert choose_device("cpu").title == "CPU, 1 thread"


def test_that_auto_passes_over_a_card_that_fails_and_says_why(monkeypatch):
    real = devices._step

    def step(kind):
        if kind == "cuda":
            raise RuntimeError("CUDA error: no kernel image is available\nhint: …")
        return real(kind)

    present(monkeypatch, "cuda", "cpu")
    monkeypatch.setattr(devices, "_step", step)
    chosen = choose_device("auto")

    assert chosen.device == torch.device("cpu")
    assert "The graphics card was passed over" in chosen.note
    assert "no kernel image is available" in chosen.note
    assert "hint" not in chosen.note


def test_that_a_wrong_answer_counts_as_a_failure(monkeypatch):
    real = devices._step
    present(monkeypatch, "mps", "cpu")
    monkeypatch.setattr(
        devices, "_step", lambda kind: real("cpu") * (1 if kind == "cpu" else 3) + (kind != "cpu")
    )

    assert choose_device("auto").device == torch.device("cpu")
    assert failure("mps") == "its answer was wrong"


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_that_a_missing_device_that_is_wanted_is_an_error_in_words(monkeypatch, kind):
    present(monkeypatch, "cpu")

    with pytest.raises(DeviceNotUsable, match="there is none that this installation can use"):
        choose_device(kind)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a graphics card")
def test_that_the_graphics_card_is_chosen_where_it_works():
    assert choose_device("auto").device == torch.device("cuda")
