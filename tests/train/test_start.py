"""Which weights a run starts from, and goes on from when it was cut short."""

from dataclasses import replace

import pytest
from safetensors.torch import save_file

from tlstudio.events import Noted
from tlstudio.model.adopted import adopt
from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.errors import WeightsNotHere
from tlstudio.model.network import create
from tlstudio.model.weight_store import file_sha256, keep_weights
from tlstudio.train.events import EpochDone, RunStarted, TrainDone
from tlstudio.train.run_info import read_info

TINY = TEST_BACKBONES["test_resnet"]
MISSING = replace(
    TINY, name="test_resnet.ours", weights=replace(TINY.weights, repo="", bundled="missing.safetensors")
)


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_that_a_run_says_which_weights_it_started_from(small_set, tmp_path):
    save_file(create(TINY, 5, seed=3).state_dict(), tmp_path / "came")
    sha256 = file_sha256(tmp_path / "came")
    keep_weights(TINY, tmp_path / "came", "pack", sha256)

    events = list(small_set.fit(weights="pretrained", freeze=4, epochs=1))

    (started,) = of(RunStarted, events)
    assert (started.weights, started.weights_sha256) == ("test_resnet.r160_in1k", sha256)
    assert read_info(small_set.run_folder).weights_sha256 == sha256
    assert any("Starts from test_resnet.r160_in1k" in note.message for note in of(Noted, events))


def test_that_weights_that_take_a_download_are_asked_for_before_any_image_is_read(small_set):
    with pytest.raises(WeightsNotHere, match="not on this computer"):
        next(small_set.fit(weights="pretrained"))

    assert not small_set.run_folder.exists()


def test_that_an_installation_without_its_bundled_weights_starts_from_random_ones_and_says_so(small_set):
    adopt(MISSING)

    events = list(small_set.fit(MISSING.name, weights="pretrained", epochs=1))

    assert of(RunStarted, events)[0].weights == "random"
    assert "missing from this installation" in of(Noted, events)[0].message
    assert read_info(small_set.run_folder).model.weights == "random"


def test_that_a_run_from_random_weights_goes_on_so_although_its_weights_came_since(small_set, tmp_path):
    adopt(MISSING)
    running = small_set.fit(MISSING.name, weights="pretrained", epochs=2)
    next(event for event in running if isinstance(event, EpochDone))
    running.close()
    save_file(create(TINY, 5, seed=3).state_dict(), tmp_path / "came")
    keep_weights(MISSING, tmp_path / "came", "download", "")

    events = list(small_set.fit(MISSING.name, weights="pretrained", epochs=2, resume=True))

    assert of(RunStarted, events)[0].weights == "random"
    assert of(TrainDone, events)


def test_that_a_run_from_pretrained_weights_goes_on_although_their_file_is_gone(small_set, tmp_path):
    save_file(create(TINY, 5, seed=3).state_dict(), tmp_path / "came")
    kept = keep_weights(TINY, tmp_path / "came", "download", "")
    running = small_set.fit(weights="pretrained", epochs=2)
    next(event for event in running if isinstance(event, EpochDone))
    running.close()
    kept.unlink()

    events = list(small_set.fit(weights="pretrained", epochs=2, resume=True))

    assert of(RunStarted, events)[0].weights == "test_resnet.r160_in1k"
    assert of(TrainDone, events)
