"""Weights travel in a folder to a machine without a network, and arrive whole or not at all."""

import hashlib
import json
import os
import shutil
import struct
from dataclasses import asdict, replace
from itertools import pairwise

import pytest
from safetensors.torch import save_file

from tlstudio import atomic
from tlstudio.errors import ModelError
from tlstudio.events import Noted, Progress
from tlstudio.model.adopted import adopt, adopted_backbone
from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES, find_backbone
from tlstudio.model.errors import UnknownBackbone, WeightsDamaged
from tlstudio.model.events import PackImported, PackWritten
from tlstudio.model.network import build, create
from tlstudio.model.pack_errors import (
    NoPack,
    NothingToPack,
    PackNeedsWeights,
    PackNotImported,
    PackNotWritable,
    PackRefused,
    PackTooNew,
)
from tlstudio.model.pack_import import import_pack
from tlstudio.model.packs import pack
from tlstudio.model.settings import PRETRAINED, ModelSettings
from tlstudio.model.weight_store import (
    file_sha256,
    keep_weights,
    models_folder,
    weights_facts,
    weights_file,
    weights_state,
)

ROW = TEST_BACKBONES["test_resnet"]
BUNDLED = next(name for name, row in BACKBONES.items() if row.weights.bundled)


def downloaded(tmp_path, *rows, seed=1):
    """The rows' weights as if they had been downloaded."""
    for row in rows:
        path = tmp_path / "came.safetensors"
        tensors = create(replace(row, name=row.name.removesuffix(".mine")), 10, seed=seed).state_dict()
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
        keep_weights(row, path, "download", file_sha256(path))


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Made once: a machine with the weights of two backbones, and a pack of them."""
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TLSTUDIO_MODELS_DIR", str(folder / "models"))
        downloaded(folder, ROW, TEST_BACKBONES["test_vit"])
        list(pack(["test_resnet", "test_vit"], folder / "stick"))
    return folder


@pytest.fixture
def stick(template, tmp_path):
    """A pack with the weights of two backbones, which are on this computer too."""
    shutil.copytree(template / "models", models_folder())
    shutil.copytree(template / "stick", tmp_path / "stick")
    return tmp_path / "stick"


@pytest.fixture
def elsewhere(stick, tmp_path, monkeypatch):
    """The other machine, which has no weights yet."""
    monkeypatch.setenv("TLSTUDIO_MODELS_DIR", str(tmp_path / "other machine"))
    return tmp_path / "other machine"


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def changed(folder, change, entry=0):
    """Rewrite the manifest with one of its entries changed."""
    manifest = manifest_of(folder)
    change(manifest["backbones"][entry])
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*")) if folder.exists() else []


def test_that_a_pack_says_what_it_holds_and_nothing_about_the_computer(stick, tmp_path):
    manifest = manifest_of(stick)

    assert sorted(path.name for path in stick.iterdir()) == [
        "LICENCES.txt",
        "manifest.json",
        "test_resnet.safetensors",
        "test_vit.safetensors",
    ]
    assert manifest["schema"] == 1
    assert manifest["program"].startswith("tlstudio ")
    assert manifest["backbones"][0] == {
        "name": "test_resnet",
        "file": "test_resnet.safetensors",
        "bytes": (stick / "test_resnet.safetensors").stat().st_size,
        "sha256": file_sha256(stick / "test_resnet.safetensors"),
        "licence": "Apache-2.0",
        "source": "https://huggingface.co/timm/test_resnet.r160_in1k",
        "repo": "timm/test_resnet.r160_in1k",
        "network": "",
        "network_sha256": "",
    }
    licences = (stick / "LICENCES.txt").read_text(encoding="utf-8")
    assert "test_vit\n  File     test_vit.safetensors\n  Licence  Apache-2.0\n" in licences
    for text in (licences, json.dumps(manifest)):
        assert str(tmp_path) not in text


def test_that_packing_tells_how_far_it_is_and_what_it_wrote(tmp_path):
    downloaded(tmp_path, ROW)

    *passing, last = pack(["test_resnet"], tmp_path / "stick")

    assert passing
    assert all(isinstance(event, Progress) and event.total == 1000 for event in passing)
    assert passing[-1].done == 1000
    size_bytes = (tmp_path / "stick" / "test_resnet.safetensors").stat().st_size
    assert last == PackWritten(str(tmp_path / "stick"), ["test_resnet"], size_bytes / 1e6)


def test_that_a_pack_arrives_and_is_trained_from(stick, elsewhere):
    before = build(ModelSettings("test_resnet", 0, str(stick / "test_resnet.safetensors")), 2)

    *passing, last = import_pack(stick)

    assert isinstance(last, PackImported)
    assert last.backbones == ["test_resnet", "test_vit"]
    assert last.already_here == []
    assert [event.done for event in passing] == sorted(event.done for event in passing)
    assert weights_state(ROW).kind == "pack"
    assert weights_file(ROW) == elsewhere / "test_resnet" / "model.safetensors"
    after = build(ModelSettings("test_resnet", 0, PRETRAINED), 2).state_dict()
    assert all(after[name].equal(tensor) for name, tensor in before.state_dict().items())
    assert files_below(elsewhere) == [
        f"{folder}{file}"
        for folder in ("test_resnet", "test_vit")
        for file in ("", "/model.safetensors", "/weights.json")
    ]


def test_that_what_is_here_already_is_not_copied_again(stick, elsewhere):
    list(import_pack(stick))
    made = weights_file(ROW).stat().st_mtime_ns

    last = list(import_pack(stick / "manifest.json"))[-1]

    assert last == PackImported([], ["test_resnet", "test_vit"], 0)
    assert weights_file(ROW).stat().st_mtime_ns == made


def test_that_the_licences_say_what_is_not_for_commercial_use(tmp_path):
    row = replace(MINE, weights=replace(MINE.weights, licence="CC-BY-NC-4.0"))
    adopt(row)
    downloaded(tmp_path, row)

    list(pack(["test_resnet.mine"], tmp_path / "stick"))

    licences = (tmp_path / "stick" / "LICENCES.txt").read_text(encoding="utf-8")
    assert "  Licence  CC-BY-NC-4.0, not for commercial use\n" in licences


def test_that_newer_weights_of_a_pack_take_the_place_of_older_ones(stick, tmp_path):
    downloaded(tmp_path, ROW, seed=2)

    last = list(import_pack(stick))[-1]

    assert last.backbones == ["test_resnet"]
    assert last.already_here == ["test_vit"]
    assert file_sha256(weights_file(ROW)) == file_sha256(stick / "test_resnet.safetensors")


def test_that_packing_into_a_pack_adds_to_it(stick, tmp_path):
    downloaded(tmp_path, TEST_BACKBONES["test_convnext"])
    list(pack(["test_convnext"], stick))

    assert [entry["name"] for entry in manifest_of(stick)["backbones"]] == [
        "test_convnext",
        "test_resnet",
        "test_vit",
    ]


def test_that_what_is_not_here_is_named_with_how_to_get_it_and_nothing_is_written(tmp_path):
    downloaded(tmp_path, ROW)

    with pytest.raises(PackNeedsWeights, match="test_vit") as caught:
        list(pack(["test_resnet", "test_vit", "resnet18"], tmp_path / "stick"))

    assert caught.value.what_to_try == (
        "Download them first: tlstudio backbones download test_vit; tlstudio backbones download resnet18"
    )
    assert not (tmp_path / "stick").exists()


def test_that_bundled_backbones_need_no_pack(tmp_path):
    downloaded(tmp_path, ROW)

    with pytest.raises(NothingToPack):
        list(pack([BUNDLED], tmp_path / "stick"))
    first, *_, last = pack([BUNDLED, "test_resnet"], tmp_path / "stick")

    assert isinstance(first, Noted)
    assert last.backbones == ["test_resnet"]


def test_that_an_unknown_name_is_answered_with_similar_ones(tmp_path):
    with pytest.raises(UnknownBackbone, match="resnet18"):
        list(pack(["resnet81"], tmp_path / "stick"))


def test_that_weights_that_were_damaged_here_are_not_handed_on(tmp_path):
    downloaded(tmp_path, ROW)
    path = weights_file(ROW)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

    with pytest.raises(WeightsDamaged):
        list(pack(["test_resnet"], tmp_path / "stick"))

    assert files_below(tmp_path / "stick") == []


def test_that_closing_in_the_middle_leaves_no_half_file(stick, elsewhere, tmp_path):
    importing = import_pack(stick)
    next(importing)
    importing.close()

    assert files_below(elsewhere) == []

    list(import_pack(stick))
    packing = pack(["test_resnet"], tmp_path / "other stick")
    next(packing)
    packing.close()

    assert files_below(tmp_path / "other stick") == []


def test_that_files_beside_the_pack_are_ignored_but_named(stick, elsewhere):
    (stick / "setup.exe").write_bytes(b"MZ")
    (stick / "more").mkdir()

    first = next(iter(import_pack(stick)))

    assert first == Noted("Not in the pack's list, so ignored: more, setup.exe.")


@pytest.mark.parametrize("place", ["gone", "empty", "file"])
def test_that_a_folder_without_a_manifest_is_no_pack(tmp_path, place):
    if place == "empty":
        (tmp_path / place).mkdir()
    elif place == "file":
        (tmp_path / place).write_text("x")

    with pytest.raises(NoPack, match=place):
        list(import_pack(tmp_path / place))


def test_that_a_pack_of_a_newer_version_says_so(stick, elsewhere):
    manifest = {"schema": 2, "content": {"of": "another shape"}}
    (stick / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(PackTooNew):
        list(import_pack(stick))


# What a hostile pack may claim of its second backbone.
LIES = {
    "path upwards": {"file": "../test_vit.safetensors"},
    "path upwards by backslashes": {"file": "..\\test_vit.safetensors"},
    "absolute path": {"file": "/etc/passwd"},
    "absolute path of Windows": {"file": "C:\\Windows\\win.ini"},
    "drive": {"file": "C:test_vit.safetensors"},
    "share": {"file": "\\\\server\\share\\w.safetensors"},
    "stream": {"file": "test_vit.safetensors:hidden"},
    "device": {"name": "con", "file": "con.safetensors"},
    "device with an ending": {"name": "com1.a1", "file": "com1.a1.safetensors"},
    "path in the name": {"name": "../test_vit", "file": "test_vit.safetensors"},
    "path in the name and the file": {"name": "../x", "file": "../x.safetensors"},
    "dots": {"name": "..", "file": "...safetensors"},
    "hub address as a name": {"name": "hf-hub:evil/net", "file": "hf-hub:evil/net.safetensors"},
    "folder as a name": {"name": "local-dir:/tmp", "file": "w.safetensors"},
    "long name": {"name": "a" * 300, "file": "a" * 300 + ".safetensors"},
    "no name": {"name": "", "file": ".safetensors"},
    "another's file": {"file": "test_resnet.safetensors"},
    "another ending": {"file": "test_vit.pt"},
    "no file": {"file": ""},
    "row outside": {"network": "../../backbone.json", "network_sha256": "0" * 64},
    "too few bytes": {"bytes": 10},
    "10 GB": {"bytes": 10_000_000_000},
    "more bytes than a float can count": {"bytes": 10**400},
    "what the program notes as a name": {"name": "speeds.json", "file": "speeds.json.safetensors"},
    "a picture for the window's tips": {"licence": "<img src='file://evil/share/x.png'>"},
    "no bytes": {"bytes": 0},
    "fewer than no bytes": {"bytes": -1},
    "half a byte": {"bytes": 0.5},
    "bytes as text": {"bytes": "1000"},
    "another checksum": {"sha256": "0" * 64},
    "no checksum": {"sha256": ""},
    "checksum in capitals": {"sha256": "A" * 64},
    "twice": {"name": "test_resnet", "file": "test_resnet.safetensors"},
    "twice in capitals": {"name": "TEST_RESNET", "file": "TEST_RESNET.safetensors"},
    "bundled": {"name": BUNDLED, "file": f"{BUNDLED}.safetensors"},
    "control characters": {"licence": "free\x1b[2J"},
    "endless licence": {"licence": "free " * 1000},
    "nothing": {"name": None},
}


@pytest.mark.parametrize("lie", LIES)
def test_that_one_lie_refuses_the_whole_pack(stick, elsewhere, tmp_path, lie):
    changed(stick, lambda entry: entry.update(LIES[lie]), entry=1)
    before = files_below(tmp_path)

    with pytest.raises(PackRefused, match=r"can't be trusted: .*Nothing was imported") as caught:
        list(import_pack(stick))

    assert files_below(elsewhere) == []
    assert [path for path in files_below(tmp_path) if path != "other machine"] == before
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 250


def safetensors(header, data=b""):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(start, end, shape):
    return {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}


PICKLE = b"\x80\x02cposix\nsystem\nX\x0a\x00\x00\x00touch it_ran\x85R."
FILES = {
    "program under a wrong name": PICKLE + bytes(100),
    "archive under a wrong name": b"PK\x03\x04" + bytes(100),
    "web page": b"<!DOCTYPE html><html></html>",
    "10 GB of header": struct.pack("<Q", 10_000_000_000) + bytes(100),
    "2 MB of header": struct.pack("<Q", 2_000_000) + b"{" + b" " * 2_000_000,
    "10 GB in a tensor": safetensors({"a": tensor(0, 10_000_000_000, [2_500_000_000])}, bytes(8)),
    "overlap": safetensors({"a": tensor(0, 16, [4]), "b": tensor(8, 24, [4])}, bytes(24)),
    "outside": safetensors({"a": tensor(16, 32, [4])}, bytes(16)),
    "deep": struct.pack("<Q", 200_000) + b"[" * 200_000,
    "another network's": safetensors({"a": tensor(0, 16, [4])}, bytes(16)),
}


@pytest.mark.parametrize("name", FILES)
def test_that_a_file_that_is_no_such_weights_refuses_the_whole_pack(stick, elsewhere, monkeypatch, name):
    monkeypatch.chdir(stick)
    content = FILES[name]
    (stick / "test_vit.safetensors").write_bytes(content)
    facts = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    changed(stick, lambda entry: entry.update(facts), entry=1)

    with pytest.raises(PackRefused, match=r"test_vit\.safetensors"):
        list(import_pack(stick))

    assert files_below(elsewhere) == []
    assert not (stick / "it_ran").exists()


def test_that_one_flipped_bit_refuses_the_whole_pack(stick, elsewhere):
    path = stick / "test_vit.safetensors"
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)

    with pytest.raises(PackRefused, match="altered or damaged on the way"):
        list(import_pack(stick))

    assert files_below(elsewhere) == []


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("name", ["test_vit.safetensors", "manifest.json"])
def test_that_a_link_is_not_followed(stick, elsewhere, tmp_path, name):
    (stick / name).rename(tmp_path / "target")
    (stick / name).symlink_to(tmp_path / "target")

    with pytest.raises(PackRefused, match=f"{name}.* is a link"):
        list(import_pack(stick))

    assert files_below(elsewhere) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes in folders")
def test_that_a_pipe_is_never_waited_for(stick, elsewhere):
    (stick / "test_vit.safetensors").unlink()
    os.mkfifo(stick / "test_vit.safetensors")

    with pytest.raises(PackRefused):
        list(import_pack(stick))


def test_that_a_missing_file_refuses_the_whole_pack(stick, elsewhere):
    (stick / "test_vit.safetensors").unlink()

    with pytest.raises(PackRefused, match=r"test_vit\.safetensors.*no such file"):
        list(import_pack(stick))

    assert files_below(elsewhere) == []


MANIFESTS = {
    "empty": b"",
    "text": b"hello",
    "deep": b'{"schema": 1, "backbones": ' + b"[" * 300_000,
    "deep and closed": b'{"schema": 1, "backbones": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "huge": b'{"schema": 1, "program": "' + b"a" * 2_000_000 + b'", "backbones": []}',
    "list": b"[]",
    "not text": b"\xff\xfe\x00",
    "many": json.dumps(
        {
            "schema": 1,
            "program": "",
            "backbones": [
                asdict(ROW.weights) | {"name": f"a{number}", "bytes": 1, "licence": "", "source": ""}
                for number in range(1001)
            ],
        }
    ).encode(),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_that_a_damaged_manifest_refuses_the_pack(stick, elsewhere, name):
    (stick / "manifest.json").write_bytes(MANIFESTS[name])

    with pytest.raises(PackRefused, match=r"manifest\.json|1,001 backbones"):
        list(import_pack(stick))


def test_that_a_backbone_of_another_version_is_left_out_and_the_others_come(stick, elsewhere):
    (stick / "test_vit.safetensors").rename(stick / "novelnet.safetensors")
    changed(stick, lambda entry: entry.update(name="novelnet", file="novelnet.safetensors"), entry=1)

    events = list(import_pack(stick))

    notes = [event.message for event in events if isinstance(event, Noted)]
    assert notes == ["novelnet was left out: this version of TL Studio does not know it."]
    assert events[-1].backbones == ["test_resnet"]


def test_that_other_weights_of_a_known_network_are_left_out(stick, elsewhere):
    changed(stick, lambda entry: entry.update(repo="timm/test_vit.r999_other"), entry=1)

    events = list(import_pack(stick))

    notes = [event.message for event in events if isinstance(event, Noted)]
    assert "“timm/test_vit.r999_other”" in notes[0]
    assert events[-1].backbones == ["test_resnet"]


MINE = replace(
    ROW,
    name="test_resnet.mine",
    title="My ResNet",
    weights=replace(ROW.weights, repo="me/test_resnet.mine", sha256="", bundled=""),
)


@pytest.fixture
def own_stick(tmp_path, monkeypatch):
    """A pack with a network that is in no table."""
    adopt(MINE)
    downloaded(tmp_path, MINE)
    list(pack(["test_resnet.mine"], tmp_path / "stick"))
    monkeypatch.setenv("TLSTUDIO_MODELS_DIR", str(tmp_path / "other machine"))
    return tmp_path / "stick"


def test_that_a_network_beyond_the_table_brings_its_row(own_stick):
    with pytest.raises(UnknownBackbone):
        find_backbone("test_resnet.mine")

    last = list(import_pack(own_stick))[-1]

    assert last.backbones == ["test_resnet.mine"]
    assert find_backbone("test_resnet.mine") == MINE
    assert weights_state(MINE).kind == "pack"
    assert list(import_pack(own_stick))[-1].already_here == ["test_resnet.mine"]


def test_that_a_network_that_timm_does_not_know_here_is_left_out(tmp_path, monkeypatch):
    unknown = replace(MINE, name="test_resnet_of_next_year.mine")
    adopt(unknown)
    downloaded(tmp_path, MINE)
    keep_weights(unknown, weights_file(MINE), "download", weights_facts(MINE).sha256)
    list(pack([unknown.name], tmp_path / "stick"))
    monkeypatch.setenv("TLSTUDIO_MODELS_DIR", str(tmp_path / "other machine"))

    *notes, last = import_pack(tmp_path / "stick")

    assert "timm that is installed here does not know it" in notes[0].message
    assert last.backbones == []
    assert adopted_backbone(unknown.name) is None


ROWS = {
    "another name": {"name": "resnet18"},
    "a file of this computer": {"weights.bundled": "../../../secret.safetensors"},
    "a path as file": {"weights.file": "../x.safetensors"},
    "a program as file": {"weights.file": "model.bin"},
    "an address as repo": {"weights.repo": "https://evil/x"},
    "a huge input": {"preprocessing.input_px": 100_000, "preprocessing.resize_px": 100_000},
    "no deviation": {"preprocessing.std": [0, 0, 0]},
    "control characters": {"title": "My\x1b[2JResNet"},
    "a picture for the window's tips": {"title": "<img src='file://evil/share/x.png'>"},
    "a long title": {"title": "My" * 1000},
    "no groups": {"groups": []},
    "no features": {"features": 0},
    "features as text": {"features": "many"},
    "an accuracy above all": {"imagenet_accuracy": 7.5},
    "no number": {"imagenet_accuracy": float("nan")},
}


@pytest.mark.parametrize("kind", [*ROWS, "deep", "huge", "altered"])
def test_that_a_row_that_could_do_harm_refuses_the_pack(own_stick, kind):
    path = own_stick / "test_resnet.mine.backbone.json"
    row = json.loads(path.read_text(encoding="utf-8"))
    for place, value in ROWS.get(kind, {}).items():
        *parts, last = place.split(".")
        (row[parts[0]] if parts else row)[last] = value
    content = json.dumps(row).encode()
    if kind in ("deep", "huge"):
        content = b"[" * 100_000 if kind == "deep" else content + b" " * 300_000
    path.write_bytes(content + (b" " if kind == "altered" else b""))
    changed(own_stick, lambda entry: entry.update(network_sha256=hashlib.sha256(content).hexdigest()))

    with pytest.raises(PackRefused, match=r"test_resnet\.mine\.backbone\.json"):
        list(import_pack(own_stick))

    assert adopted_backbone("test_resnet.mine") is None
    assert files_below(models_folder()) == []


@pytest.fixture
def small_files_only():
    """As on a full disk: no file may grow beyond 100 kB."""
    resource = pytest.importorskip("resource")
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, was[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, was)


def test_that_a_full_disk_imports_nothing(stick, elsewhere, small_files_only):
    with pytest.raises(PackNotImported, match=r"file too large.*Nothing was imported"):
        list(import_pack(stick))

    assert files_below(elsewhere) == []


def test_that_a_full_stick_leaves_no_half_pack(stick, tmp_path, small_files_only):
    with pytest.raises(PackNotWritable, match="file too large"):
        list(pack(["test_resnet"], tmp_path / "small stick"))

    assert files_below(tmp_path / "small stick") == []


def test_that_too_little_room_is_said_before_anything_is_copied(stick, elsewhere, monkeypatch):
    usage = type("Usage", (), {"free": 2_000_000})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)

    with pytest.raises(PackNotImported, match="MB are needed, and 2 MB are free"):
        list(import_pack(stick))


def test_that_a_folder_that_cannot_be_written_is_told(stick, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("TLSTUDIO_MODELS_DIR", str(tmp_path / "file" / "models"))

    with pytest.raises(PackNotImported):
        list(import_pack(stick))
    with pytest.raises(ModelError):
        list(pack(["test_resnet"], tmp_path / "file" / "stick"))


def test_that_leftovers_of_a_killed_import_are_removed_the_next_day(stick, elsewhere):
    old, now = elsewhere / ".incoming-old", elsewhere / ".incoming-now"
    for folder in (old, now):
        folder.mkdir(parents=True)
        atomic.write_bytes(folder / "w", b"half")
    os.utime(old, (1, 1))

    list(import_pack(stick))

    assert not old.exists()
    assert now.exists()


def test_that_progress_never_floods(stick, elsewhere):
    shares = [event.done for event in import_pack(stick) if isinstance(event, Progress)]

    assert all(earlier <= later for earlier, later in pairwise(shares))
    assert len(shares) < 20


def test_that_the_licence_and_the_origin_arrive_with_the_weights(stick, elsewhere):
    list(import_pack(stick))

    facts = weights_facts(ROW)
    assert (facts.origin, facts.licence, facts.repo) == ("pack", "Apache-2.0", "timm/test_resnet.r160_in1k")
