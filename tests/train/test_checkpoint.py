"""A checkpoint is whole or not taken."""

import random

import pytest
import torch

from tlstudio.train.checkpoint import Place, load_checkpoint, save_checkpoint, state_of
from tlstudio.train.tensor_file import read_tensors, write_tensors


@pytest.fixture
def saved(tmp_path):
    write_tensors(
        tmp_path / "t.safetensors", {"a": torch.arange(6.0).reshape(2, 3), "n": torch.tensor(7)}, {"epoch": 3}
    )
    return tmp_path / "t.safetensors"


def test_that_tensors_and_facts_come_back(saved):
    tensors, facts = read_tensors(saved)

    assert torch.equal(tensors["a"], torch.tensor([[0.0, 1, 2], [3, 4, 5]]))
    assert tensors["n"] == 7
    assert facts == {"epoch": 3}


def test_that_every_cut_is_noticed(saved):
    whole = saved.read_bytes()
    for length in range(len(whole)):
        saved.write_bytes(whole[:length])
        assert read_tensors(saved) is None


def test_that_every_flipped_bit_among_the_values_is_noticed(saved):
    whole = saved.read_bytes()
    values = 8 + int.from_bytes(whole[:8], "little")
    for place in range(values, len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << random.Random(place).randrange(8)
        saved.write_bytes(flipped)
        assert read_tensors(saved) is None


def test_that_a_missing_file_is_none(tmp_path):
    assert read_tensors(tmp_path / "none.safetensors") is None
    assert load_checkpoint(tmp_path) is None


def trainee():
    torch.manual_seed(1)
    network = torch.nn.Linear(2, 2)
    optimizer = torch.optim.AdamW(network.parameters())
    network(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    return network, optimizer


def test_that_the_checkpoint_before_the_last_is_kept(tmp_path):
    for epoch in (1, 2, 3):
        save_checkpoint(tmp_path, Place(epoch=epoch), state_of(*trainee(), None))

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "last.previous.safetensors",
        "last.safetensors",
    ]
    assert load_checkpoint(tmp_path).place.epoch == 3
    (tmp_path / "last.safetensors").write_bytes(b"")
    assert load_checkpoint(tmp_path).place.epoch == 2
    (tmp_path / "last.safetensors").unlink()
    assert load_checkpoint(tmp_path).place.epoch == 2


def test_that_a_place_comes_back_as_it_was(tmp_path):
    place = Place(
        4, 2, 0.75, 0.4, 2, 12.5, 1.5, "float16", "cuda", 8, {"scale": 1024.0, "growth_interval": 2000}
    )
    save_checkpoint(tmp_path, place, state_of(*trainee(), None))
    back = load_checkpoint(tmp_path).place

    assert back == place
    assert isinstance(back.scaler["growth_interval"], int)


@pytest.mark.parametrize(
    ("accuracy", "loss", "is_better"),
    [(0.8, 9.0, True), (0.7, 0.4, True), (0.7, 0.5, False), (0.7, 0.6, False), (0.6, 0.1, False)],
)
def test_that_accuracy_decides_and_then_loss(accuracy, loss, is_better):
    assert Place(best_accuracy=0.7, best_loss=0.5).is_beaten_by(accuracy, loss) is is_better
