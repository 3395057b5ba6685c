"""PyTorch files are opened in a process that nothing depends on, and what comes out is safetensors."""

import argparse
import io
import os
import tarfile
import zipfile
from collections import OrderedDict

import pytest
import torch
from safetensors.torch import load_file

from tlstudio.model.errors import WeightsCarryCode, WeightsNotFound, WeightsUnreadable
from tlstudio.model.torch_file_child import SPARE_BYTES, convert
from tlstudio.model.torch_files import (
    CARRIES_CODE,
    CLAIMS_TOO_MUCH,
    DONE,
    NO_ROOM,
    NO_TENSORS,
    UNREADABLE,
    convert_torch_file,
)
from tlstudio.model.weight_files import read_tensors

TENSORS = OrderedDict(a=torch.arange(6.0).reshape(2, 3), b=torch.ones(4).half())


class Hostile:
    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return (os.system, (self.command,))


def rewritten(source, target, content, *, ending="data.pkl", compression=zipfile.ZIP_STORED):
    """The zip archive with one of its files replaced by what `content` makes of it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression, compresslevel=1) as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, content(data) if entry.filename.endswith(ending) else data)


@pytest.mark.parametrize("is_zipped", [True, False])
def test_that_its_tensors_come_out_of_a_process_of_its_own(tmp_path, is_zipped):
    torch.save({"state_dict": TENSORS}, tmp_path / "w.pt", _use_new_zipfile_serialization=is_zipped)

    convert_torch_file(tmp_path / "w.pt", tmp_path / "w.safetensors")

    found = load_file(tmp_path / "w.safetensors")
    assert all(torch.equal(found[name], TENSORS[name]) for name in TENSORS)
    assert found.keys() == TENSORS.keys()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w.pt", "w.safetensors"]


WRAPPED = {
    "bare": TENSORS,
    "with an epoch": {"model": TENSORS, "epoch": 3, "best": 0.5},
    "with options": {"model": TENSORS, "args": argparse.Namespace(lr=0.1, data="images")},
    "of several devices": {f"module.{name}": tensor for name, tensor in TENSORS.items()},
    "averaged": {"model_ema": TENSORS, "model": {"c": torch.zeros(1)}},
    "that share values": {**TENSORS, "c": TENSORS["a"]},
    "turned": {"a": torch.arange(6.0).reshape(3, 2).T, "b": torch.ones(8).half()[::2]},
    "trained": {name: torch.nn.Parameter(tensor) for name, tensor in TENSORS.items()},
}


@pytest.mark.parametrize("kind", WRAPPED)
def test_that_tensors_are_found_as_training_programs_save_them(tmp_path, kind):
    torch.save(WRAPPED[kind], tmp_path / "w.pth")

    assert convert(tmp_path / "w.pth", tmp_path / "w.safetensors") == DONE

    found = load_file(tmp_path / "w.safetensors")
    assert set(TENSORS) <= set(found)
    assert found["b"].dtype == torch.float16
    assert found["a"].shape == (2, 3)


@pytest.mark.parametrize("is_zipped", [True, False])
def test_that_a_hidden_program_never_runs(tmp_path, is_zipped):
    trace = tmp_path / "it ran"
    saved = {"a": torch.zeros(1), "b": Hostile(f"touch '{trace}'")}
    torch.save(saved, tmp_path / "w.pt", _use_new_zipfile_serialization=is_zipped)

    with pytest.raises(WeightsCarryCode, match="opening it would run a program"):
        convert_torch_file(tmp_path / "w.pt", tmp_path / "w.safetensors")

    assert [path.name for path in tmp_path.iterdir()] == ["w.pt"]


def whole_network(path):
    torch.save(torch.nn.Linear(2, 2), path)


def nested_zip(path):
    torch.save(TENSORS, path)
    inner = path.read_bytes()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", inner)


def old_tar(path):
    content = b"\x80\x02cposix\nsystem\nX\x10\x00\x00\x00touch it_has_ran.\x85R."
    with tarfile.open(path, "w") as archive:
        for name in ("sys_info", "pickle", "storages", "tensors"):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def path_outside(path):
    torch.save(TENSORS, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../outside.txt", "x")
        archive.writestr("archive/../data/9", "x")


def repeated(path):
    torch.save({"a": torch.zeros(1).expand(1_000_000, 100_000)}, path)


def long_storage(path):
    torch.save({"a": torch.zeros(4)}, path.with_name("honest"))
    ten_billion = b"\x8a\x05" + (10**10).to_bytes(5, "little")
    rewritten(path.with_name("honest"), path, lambda data: data.replace(b"K\x04", ten_billion))


def cut_off(path):
    torch.save(TENSORS, path)
    path.write_bytes(path.read_bytes()[:-30])


def text(path):
    path.write_text("epoch,loss\n1,0.5\n")


def no_tensors(path):
    torch.save({"epoch": 3, "loss": [1.0, 2.0]}, path)


def only_a_list(path):
    torch.save([torch.zeros(2)], path)


def sparse(path):
    torch.save({"a": torch.eye(3).to_sparse()}, path)


def without_values(path):
    torch.save({"a": torch.empty(10**6, 10**6, device="meta")}, path)


HOSTILE = {
    whole_network: CARRIES_CODE,
    nested_zip: UNREADABLE,
    old_tar: UNREADABLE,
    repeated: CLAIMS_TOO_MUCH,
    long_storage: UNREADABLE,
    cut_off: UNREADABLE,
    text: UNREADABLE,
    no_tensors: NO_TENSORS,
    only_a_list: NO_TENSORS,
    sparse: NO_TENSORS,
    without_values: NO_TENSORS,
}


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_that_a_hostile_or_strange_file_has_one_harmless_answer(tmp_path, monkeypatch, make):
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "w.pt")
    before = sorted(path.name for path in tmp_path.iterdir())

    assert convert(tmp_path / "w.pt", tmp_path / "w.safetensors") == HOSTILE[make]

    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_that_names_inside_the_archive_are_no_paths(tmp_path):
    path_outside(tmp_path / "w.pt")

    convert(tmp_path / "w.pt", tmp_path / "w.safetensors")

    assert not (tmp_path.parent / "outside.txt").exists()
    assert not (tmp_path.parent.parent / "outside.txt").exists()


def endless(path):
    """Keys of a dictionary are hashed, and tuples of tuples 60 deep take 2^60 steps for it."""
    doubled = b"".join(b"h%c\x86q%c" % (depth, depth + 1) for depth in range(60))
    torch.save({"a": torch.zeros(3)}, path.with_name("honest"))
    rewritten(path.with_name("honest"), path, lambda _: b"\x80\x02}K\x02q\x00" + doubled + b"K\x01s.")


@pytest.mark.slow
def test_that_a_file_that_takes_for_ever_is_given_up(tmp_path):
    endless(tmp_path / "w.pt")

    with pytest.raises(WeightsUnreadable, match="more time or memory than weights need"):
        convert_torch_file(tmp_path / "w.pt", tmp_path / "w.safetensors", seconds=6)

    assert not (tmp_path / "w.safetensors").exists()


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="only Linux says what a process maps")
def test_that_a_file_that_unfolds_into_gigabytes_is_given_up(tmp_path):
    torch.save({"a": torch.zeros(4)}, tmp_path / "honest")
    gigabytes = bytes(SPARE_BYTES + 2**27)
    rewritten(
        tmp_path / "honest",
        tmp_path / "w.pt",
        lambda _: gigabytes,
        ending="data/0",
        compression=zipfile.ZIP_DEFLATED,
    )

    with pytest.raises(WeightsUnreadable, match="more time or memory than weights need"):
        convert_torch_file(tmp_path / "w.pt", tmp_path / "w.safetensors")


def test_that_what_cannot_be_written_leaves_nothing(tmp_path):
    torch.save(TENSORS, tmp_path / "w.pt")

    assert convert(tmp_path / "w.pt", tmp_path / "no folder" / "w.safetensors") == NO_ROOM
    with pytest.raises(WeightsNotFound, match="no such file"):
        convert_torch_file(tmp_path / "w.pt", tmp_path / "no folder" / "w.safetensors")


def test_that_a_file_is_converted_once_and_again_when_it_changes(tmp_path, converted_here):
    torch.save(TENSORS, tmp_path / "w.pt")
    first = read_tensors(tmp_path / "w.pt", tmp_path / "cache")
    (kept,) = (tmp_path / "cache").rglob("*.safetensors")
    made = kept.stat().st_mtime_ns

    again = read_tensors(tmp_path / "w.pt", tmp_path / "cache")
    assert converted_here == ["w.pt"]
    assert kept.stat().st_mtime_ns == made
    assert torch.equal(first["a"], again["a"])

    torch.save({"a": torch.zeros(7)}, tmp_path / "w.pt")
    changed = read_tensors(tmp_path / "w.pt", tmp_path / "cache")
    assert converted_here == ["w.pt", "w.pt"]
    assert changed["a"].shape == (7,)
    assert not kept.exists()
