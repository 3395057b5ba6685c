"""Where the weights of a backbone lie on this computer."""

import json
from dataclasses import replace

import pytest

from tlstudio.model import weight_store
from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES
from tlstudio.model.weight_store import (
    file_sha256,
    keep_weights,
    models_folder,
    remembered_sha256,
    weights_file,
    weights_sha256,
    weights_state,
)

TINY = TEST_BACKBONES["test_resnet"]


@pytest.fixture
def came(tmp_path):
    path = tmp_path / "came.part"
    path.write_bytes(b"tensors")
    return path


def test_that_published_weights_are_not_here_until_they_came():
    state = weights_state(TINY)

    assert (state.kind, state.path, state.size_bytes) == ("download", None, TINY.weights.size_bytes)
    assert not state.is_here


@pytest.mark.parametrize(("origin", "kind"), [("download", "here"), ("pack", "pack")])
def test_that_kept_weights_are_here_and_remember_where_they_came_from(came, origin, kind):
    kept = keep_weights(TINY, came, origin, "abc")

    assert kept == models_folder() / "test_resnet" / "model.safetensors"
    assert kept.read_bytes() == b"tensors"
    assert not came.exists()
    assert weights_state(TINY).kind == kind
    assert weights_file(TINY) == kept
    assert weights_sha256(TINY) == "abc"
    noted = json.loads((kept.parent / "weights.json").read_text())
    assert noted == {
        "name": "test_resnet",
        "repo": "timm/test_resnet.r160_in1k",
        "file": "model.safetensors",
        "sha256": "abc",
        "bytes": 7,
        "licence": "Apache-2.0",
        "source": "https://huggingface.co/timm/test_resnet.r160_in1k",
        "origin": origin,
    }


def test_that_a_file_of_another_size_than_noted_does_not_count(came):
    keep_weights(TINY, came, "download", "abc").write_bytes(b"tens")

    assert weights_file(TINY) is None
    assert weights_state(TINY).kind == "download"


@pytest.mark.parametrize("damage", ["gone", "{", '{"name": "test_resnet"}', '{"name": "other"}'])
def test_that_a_file_without_its_whole_note_does_not_count(came, damage):
    note = keep_weights(TINY, came, "download", "abc").parent / "weights.json"
    if damage == "gone":
        note.unlink()
    else:
        note.write_text(damage)

    assert weights_file(TINY) is None


def test_that_newer_weights_take_the_place_of_older_ones(came, tmp_path):
    keep_weights(TINY, came, "download", "abc")
    newer = tmp_path / "newer"
    newer.write_bytes(b"other tensors")
    keep_weights(TINY, newer, "pack", "def")

    assert weights_file(TINY).read_bytes() == b"other tensors"
    assert weights_sha256(TINY) == "def"


def test_that_a_network_without_published_weights_has_none():
    nowhere = replace(TINY, weights=replace(TINY.weights, repo=""))

    assert weights_state(nowhere).kind == "none"


@pytest.mark.parametrize("name", [name for name, row in BACKBONES.items() if row.weights.bundled])
def test_that_bundled_weights_are_the_ones_that_their_note_describes(name):
    row = BACKBONES[name]
    path = weights_file(row)
    if path is None:
        pytest.skip("its file is not made yet")
    noted = json.loads(path.with_suffix(".json").read_text())

    assert weights_state(row).kind == "bundled"
    assert weights_sha256(row) == file_sha256(path) == noted["sha256"]
    assert row.preprocessing.input_px == noted["input_px"]
    assert [list(row.preprocessing.mean), list(row.preprocessing.std)] == [noted["mean"], noted["std"]]
    assert row.licence == noted["licence"]
    assert row.weights.size_bytes == pytest.approx(path.stat().st_size, rel=0.01)
    assert path.with_suffix(".md").exists()


def test_that_a_checksum_is_remembered_until_the_file_changes(tmp_path, monkeypatch):
    path = tmp_path / "weights"
    path.write_bytes(b"abc")
    read = []
    monkeypatch.setattr(weight_store, "file_sha256", lambda path: read.append(path) or file_sha256(path))

    found = [remembered_sha256(path), remembered_sha256(path)]
    path.write_bytes(b"")
    found.append(remembered_sha256(path))

    # FIPS 180-2, appendix B.1, and the checksum of nothing.
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert found == [abc, abc, empty]
    assert len(read) == 2
