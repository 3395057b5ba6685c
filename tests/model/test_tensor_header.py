"""A safetensors file is believed only as far as its own size bears it out."""

import json
import os
import struct

import pytest
import torch
from safetensors.torch import save_file

from tlstudio.errors import ModelError
from tlstudio.model.errors import WeightsNotFound, WeightsUnreadable
from tlstudio.model.tensor_header import is_safetensors, read_header


def tensor(start, end, shape, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def file_of(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def test_that_the_header_tells_what_safetensors_wrote(tmp_path):
    path = tmp_path / "w.safetensors"
    save_file(
        {"a": torch.zeros(2, 3), "b": torch.zeros(4).half(), "c": torch.tensor(3)}, path, {"made by": "us"}
    )

    entries = read_header(path)

    assert {name: (entry.kind, entry.shape, entry.values) for name, entry in entries.items()} == {
        "a": ("F32", (2, 3), 6),
        "b": ("F16", (4,), 4),
        "c": ("I64", (), 1),
    }
    assert is_safetensors(path)


def test_that_a_header_whose_length_looks_like_a_web_page_is_one_all_the_same(tmp_path):
    path = tmp_path / "w.safetensors"
    header = json.dumps({"a": tensor(0, 4, [1])}).encode()
    path.write_bytes(file_of(header.ljust(0x3C20), bytes(4)))
    assert path.read_bytes()[:2] == b" <"

    assert is_safetensors(path)
    assert list(read_header(path)) == ["a"]


LIES = {
    "10 GB in the header": struct.pack("<Q", 10_000_000_000) + b"{}",
    "2 MB of header": file_of(b"{" + b" " * 2_000_000 + b"}"),
    "10 GB in a tensor": file_of({"a": tensor(0, 10_000_000_000, [2_500_000_000])}, bytes(16)),
    "overlap": file_of({"a": tensor(0, 16, [4]), "b": tensor(8, 24, [4])}, bytes(24)),
    "same place": file_of({"a": tensor(0, 16, [4]), "b": tensor(0, 16, [4])}, bytes(16)),
    "gap": file_of({"a": tensor(0, 4, [1]), "b": tensor(8, 12, [1])}, bytes(12)),
    "outside": file_of({"a": tensor(16, 32, [4])}, bytes(16)),
    "left over": file_of({"a": tensor(0, 16, [4])}, bytes(17)),
    "negative": file_of({"a": tensor(-16, 0, [4])}, bytes(16)),
    "backwards": file_of({"a": tensor(16, 0, [-4])}, bytes(16)),
    "shape of another size": file_of({"a": tensor(0, 16, [5])}, bytes(16)),
    "overflow": file_of({"a": tensor(0, 0, [2**63, 2**63, 0])}),
    "many sides": file_of({"a": tensor(0, 4, [1] * 1000)}, bytes(4)),
    "fractions": file_of({"a": tensor(0, 16.0, [4])}, bytes(16)),
    "truth": file_of({"a": tensor(0, 4, [True])}, bytes(4)),
    "unknown kind": file_of({"a": tensor(0, 4, [1], "PICKLE")}, bytes(4)),
    "twice": file_of(b'{"a":%s,"a":%s}' % (2 * (json.dumps(tensor(0, 4, [1])).encode(),)), bytes(4)),
    "deep": file_of(b"[" * 500_000),
    "deep and closed": file_of(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "list": file_of([1, 2]),
    "number": file_of(3),
    "no tensors": file_of({"__metadata__": {"a": "b"}}),
    "nothing": file_of({}),
    "endless number": file_of(b'{"a":' + b"9" * 20_000 + b"}"),
    "not text": file_of(b"\xff\xfe" * 20),
    "PyTorch, zipped": b"PK\x03\x04" + bytes(200),
    "PyTorch, bare": b"\x80\x02}q\x00." + bytes(200),
    "short": b"\x01",
    "empty": b"",
}


@pytest.mark.parametrize("lie", LIES)
def test_that_a_file_that_lies_about_its_tensors_is_refused_by_name(tmp_path, lie):
    path = tmp_path / "w.safetensors"
    path.write_bytes(LIES[lie])

    with pytest.raises(WeightsUnreadable, match=r"“w\.safetensors” holds no weights"):
        read_header(path)


def test_that_safetensors_under_another_name_is_recognised(tmp_path):
    path = tmp_path / "pytorch_model.bin"
    save_file({"a": torch.zeros(2)}, path)

    assert is_safetensors(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes in folders")
@pytest.mark.parametrize("name", ["endless.safetensors", "endless.pt"])
def test_that_a_pipe_is_never_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)

    with pytest.raises(WeightsNotFound, match="it is no file"):
        is_safetensors(tmp_path / name)


def test_that_a_folder_or_nothing_at_all_is_no_weights_file(tmp_path):
    for path in (tmp_path, tmp_path / "gone.safetensors"):
        with pytest.raises(ModelError):
            read_header(path)
