"""A run becomes a file that answers as the app does, and says everything but where it was made."""

import copy
import errno
import getpass
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import made_run
import numpy as np
import onnx
import onnxruntime
import pytest
import timm
from PIL import Image
from torch import nn

import tlstudio
from tlstudio.data.images import read_image
from tlstudio.errors import ExportError
from tlstudio.evaluate.answers import Answers
from tlstudio.evaluate.assess import assess
from tlstudio.export import to_onnx
from tlstudio.export.errors import ExportDiffers, ExportNotWritable, NothingToCompare
from tlstudio.export.events import ExportDone
from tlstudio.export.formats import FORMATS, format_of
from tlstudio.export.model_card import CardFacts, model_card
from tlstudio.export.network_graph import network_graph
from tlstudio.export.onnx_model import OnnxModel
from tlstudio.export.parity import Parity
from tlstudio.export.preprocess_graph import RESIZE_MODES
from tlstudio.export.settings import ExportSettings
from tlstudio.export.to_onnx import Files, _proven, export
from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES
from tlstudio.model.catalogue import find_model
from tlstudio.train.run_folder import load_run

NAME = "Mein Modell 🔬"
SPLITS = ("train", "validation", "test")
LARGEST_DIFFERENCE = 1e-3
EARLIER = tlstudio.RESEARCH_NOTICE.encode()


class Exported:
    """A run, what was said when it was exported, and the files."""

    def __init__(
        self, folder, backbone, settings, is_judged, deviation=0.5, splits=SPLITS, sizes=made_run.SIZES
    ):
        root = folder / "patient-müller-root"
        rows = made_run.make_images(root, splits, sizes)
        test = [row for row in rows if row.split == "test"]
        self.run = replace(made_run.make_run(folder, backbone, test, root, deviation), rows=rows)
        self.judged = list(assess(**self.run.arguments(), times_seen=2, run=1))[-1] if is_judged else None
        (folder / "out").mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(to_onnx, "network_graph", self.network_graph)
            self.events = list(
                export(**self.run.arguments(), to=folder / "out" / f"{NAME}.onnx", settings=settings, run=1)
            )
        self.done = self.events[-1]
        self.path = Path(self.done.path)
        self.settings = settings
        self.images = [root / row.path for row in test]

    def network_graph(self, *asked):
        """What the exporter makes, which takes it seconds; a copy is kept."""
        graph = network_graph(*asked)
        self.graph = copy.deepcopy(graph)
        return graph


@pytest.fixture(scope="module")
def inside(tmp_path_factory):
    settings = ExportSettings(not_to_be_used_for="Patients.", contact="lab@example.org")
    return Exported(tmp_path_factory.mktemp("inside"), "test_resnet", settings, is_judged=True)


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    settings = ExportSettings(is_preprocessing_inside=False)
    return Exported(tmp_path_factory.mktemp("outside"), "test_vit", settings, is_judged=False)


@pytest.fixture
def translated_before(inside, monkeypatch):
    """The exporter has its graph ready: what is tested is what becomes of it."""
    monkeypatch.setattr(to_onnx, "network_graph", lambda *asked: copy.deepcopy(inside.graph))


@pytest.fixture(params=FORMATS)
def exported(request):
    """A file of every format."""
    is_inside = FORMATS[request.param].settings.is_preprocessing_inside
    return request.getfixturevalue("inside" if is_inside else "outside")


def session(path):
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def test_that_the_file_names_the_apps_class_for_every_test_image(exported):
    assert isinstance(exported.done, ExportDone)
    assert (exported.done.images_compared, exported.done.same_class) == (9, 9)
    assert exported.done.largest_difference < LARGEST_DIFFERENCE
    assert exported.done.milliseconds_per_image > 0


def test_that_three_files_are_written_and_nothing_else(exported):
    names = sorted(path.name for path in exported.path.parent.iterdir())

    assert names == sorted([f"{NAME}.onnx", f"{NAME}-example.py", f"{NAME}-card.md"])
    content = exported.path.read_bytes()
    assert exported.done.sha256 == hashlib.sha256(content).hexdigest()
    assert exported.done.megabytes == len(content) / 1e6


def test_that_the_answers_tell_the_images_apart(inside):
    model = OnnxModel(inside.path)

    answers = [model.predict(read_image(image)) for image in inside.images]

    assert len({max(answer, key=answer.get) for answer in answers}) > 1
    assert all(sum(answer.values()) == pytest.approx(1, abs=1e-5) for answer in answers)


def test_that_raw_pixels_give_probabilities_and_the_label_index(inside):
    batch = np.stack([np.asarray(made_run.draw((90, 131), seed)) for seed in range(3)])

    probabilities, label = session(inside.path).run(["probabilities", "label"], {"image": batch})

    assert (probabilities.shape, probabilities.dtype) == ((3, 3), np.float32)
    assert (label.shape, label.dtype) == ((3,), np.int64)
    assert label.tolist() == probabilities.argmax(axis=1).tolist()
    alone = [OnnxModel(inside.path).probabilities(Image.fromarray(image)) for image in batch]
    assert probabilities == pytest.approx(np.stack(alone), abs=1e-5)


def test_that_the_file_carries_what_others_need_to_know(exported):
    texts = session(exported.path).get_modelmeta().custom_metadata_map

    assert tuple(json.loads(texts["classes"])) == made_run.CLASSES
    assert texts["notice"] == tlstudio.RESEARCH_NOTICE
    assert texts["data_fingerprint"] == "f" * 64
    assert (texts["run"], texts["trained_at"]) == ("1", "2026-01-02T03:04:05+00:00")
    assert set(json.loads(texts["versions"])) == {"tlstudio", "torch", "timm", "onnx", "onnxruntime"}
    assert json.loads(texts["preprocessing"])["is_inside"] is exported.settings.is_preprocessing_inside
    assert {"input", "outputs", "backbone"} <= set(texts)


def test_that_the_test_result_stands_in_the_file_if_there_is_one(inside, outside):
    judged = json.loads(session(inside.path).get_modelmeta().custom_metadata_map["test_result"])

    assert (judged["images"], judged["correct"]) == (9, inside.judged.correct)
    assert (judged["times_seen"], judged["groups"]) == (2, 2)
    assert (judged["shared_groups"], judged["left_out"]) == (0, 0)
    assert "test_result" not in session(outside.path).get_modelmeta().custom_metadata_map


def private_words(exported):
    """What would tell where and by whom a file was made."""
    root = Path(tlstudio.__file__).parents[1]
    words = {
        str(root), root.name + os.sep, "site-packages", "patient-müller-root", str(exported.run.run_folder),
        str(Path.home()), os.path.expanduser("~"), sys.prefix, "torch/nn/modules", "stack_trace", ".png",
    }  # fmt: skip
    user = getpass.getuser()
    return words | ({f"/{user}/", f"\\{user}\\"} if len(user) < 6 else {user})


def test_that_no_file_says_where_or_by_whom_it_was_made(exported):
    for path in exported.path.parent.iterdir():
        content = path.read_bytes()
        found = [word for word in private_words(exported) if word.encode() in content]

        assert found == []


def test_that_the_graph_is_whole_and_keeps_no_notes_of_the_exporter(exported):
    model = onnx.load(exported.path)

    onnx.checker.check_model(model, full_check=True)
    assert [(domain.domain, domain.version) for domain in model.opset_import] == [("", 18)]
    assert not any(node.metadata_props or node.doc_string for node in model.graph.node)
    assert not any(tensor.external_data for tensor in model.graph.initializer)


def test_that_the_sample_beside_the_model_prints_the_models_answer(exported):
    image = exported.images[4]
    sample = exported.path.with_name(f"{NAME}-example.py")

    command = [sys.executable, sample, image]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)

    answer = OnnxModel(exported.path).predict(read_image(image))
    label = max(answer, key=answer.get)
    assert ran.stderr == ""
    assert ran.stdout.startswith(f"{label} ")
    assert float(ran.stdout.split()[-1]) == pytest.approx(answer[label], abs=1e-4)
    assert tlstudio.RESEARCH_NOTICE in sample.read_text(encoding="utf-8")


def test_that_the_card_tells_what_it_is_and_how_far_to_trust_it(inside):
    card = inside.path.with_name(f"{NAME}-card.md").read_text(encoding="utf-8")

    assert tlstudio.RESEARCH_NOTICE in card
    assert f"SHA-256 `{inside.done.sha256}`" in card
    assert f"**{inside.judged.correct} of 9** test images" in card
    assert "| 白血球 | 3 | 3 | 3 |" in card
    assert "Bläschen \\| &lt;b>" in card
    assert "2 groups for training, 2 for validation, 2 for the test" in card
    assert "Patients." in card
    assert "| Augmentation | light, 3 views of each training image |" in card
    assert "lab@example.org" in card
    assert "Inside the file from step 2 on" in card
    assert "1. Decode to 8-bit" in card
    assert "Not filled in" not in card


def card_of(exported, rows=None, **train):
    """The card of that export, had it had those rows or training settings."""
    trained = load_run(exported.run.run_folder)
    facts = CardFacts(
        file="m.onnx",
        sha256=exported.done.sha256,
        metadata=OnnxModel(exported.path).metadata,
        backbone=trained.backbone,
        info=replace(trained.info, train=replace(trained.info.train, **train)),
        rows=exported.run.rows if rows is None else rows,
        result=exported.judged,
        parity=Parity(9, 9, 1e-5, 1.0),
        compared_split="test",
        settings=exported.settings,
    )
    return model_card(facts)


def test_that_the_card_says_where_the_folders_tore_groups_apart(inside):
    rows = inside.run.rows
    test_group = next(row.group for row in rows if row.split == "test")
    place = next(place for place, row in enumerate(rows) if row.split == "train")

    card = card_of(inside, (*rows[:place], replace(rows[place], group=test_group), *rows[place + 1 :]))

    assert "**1 of them stands in more than one split**" in card
    assert "Each stands in one split only." not in card
    assert "none of which was in training" not in card


def test_that_the_card_of_whole_groups_says_that_no_test_image_was_in_training(inside):
    card = inside.path.with_name(f"{NAME}-card.md").read_text(encoding="utf-8")

    assert "Each stands in one split only." in card
    assert "test images, none of which was in training" in card


def independent(rows):
    return tuple(replace(row, group=row.path) for row in rows)


def with_a_copy(rows, split):
    """The rows, of which the last training image is a copy of the first one of that split."""
    first = next(row for row in rows if row.split == split)
    place = max(place for place, row in enumerate(rows) if row.split == "train")
    copy = replace(rows[place], sha256=first.sha256, group=first.group)
    return (*rows[:place], copy, *rows[place + 1 :])


def test_that_copies_do_not_make_independent_images_groups(inside):
    rows = independent(inside.run.rows)

    alone = card_of(inside, rows)
    together = card_of(inside, with_a_copy(rows, "train"))
    torn = card_of(inside, with_a_copy(rows, "test"))

    for card in (alone, together, torn):
        assert "The images were taken as independent of each other" in card
        assert "Images were grouped" not in card
    assert "copies" not in alone
    assert "Exact copies of an image stand in one split only." in together
    assert "**Exact copies of 1 image stand in more than one split**" in torn
    assert "none of which was in training" not in torn


def test_that_the_card_names_the_settings_that_are_not_the_usual(inside):
    usual = card_of(inside)
    card = card_of(inside, patch_drop=0.5, is_class_weighted=False, is_averaged=True, layer_decay=0.9)

    assert "Layer decay" not in usual
    for row in (
        "| Share of patches dropped | 0.5 |",
        "| Rare classes count more in the loss | no |",
        "| Weights averaged | yes |",
        "| Layer decay | 0.9 |",
    ):
        assert row in card
        assert row not in usual


def test_that_the_card_of_a_run_that_was_not_judged_says_so(outside):
    card = outside.path.with_name(f"{NAME}-card.md").read_text(encoding="utf-8")

    assert "Not judged on test images yet." in card
    assert "Unknown until it is judged" in card
    assert card.count("Not filled in.") == 2


def test_that_a_file_whose_answers_differ_is_not_saved(inside, translated_before, tmp_path, monkeypatch):
    monkeypatch.setitem(RESIZE_MODES, "bilinear", {"mode": "cubic", "cubic_coeff_a": 9.0})
    to = tmp_path / "model.onnx"
    to.write_bytes(EARLIER)

    with pytest.raises(ExportDiffers, match=r"another class for \d of 9 images, .* nothing was saved"):
        list(export(**inside.run.arguments(), to=to, settings=ExportSettings(), run=1))

    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]
    assert to.read_bytes() == EARLIER


@pytest.mark.parametrize("name", ["model.onnx", "model-example.py", "model-card.md"])
def test_that_a_file_of_another_program_is_not_replaced(inside, tmp_path, name):
    (tmp_path / name).write_bytes(b"of another program")

    with pytest.raises(ExportNotWritable, match="a file of another program called"):
        next(export(**inside.run.arguments(), to=tmp_path / "model", settings=ExportSettings(), run=1))

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, b"of another program")]


def test_that_a_refused_flush_of_the_model_leaves_all_three_files(tmp_path, monkeypatch):
    files = Files.beside(tmp_path / "model.onnx")
    for path in (files.model, files.example, files.card):
        path.write_bytes(b"the one before")
    flushed = os.fsync

    def full(handle):
        if os.fstat(handle).st_size == len(b"new model"):
            raise OSError(errno.ENOSPC, "No space left on device")
        flushed(handle)

    monkeypatch.setattr(os, "fsync", full)
    with (
        pytest.raises(ExportNotWritable, match="no space left"),
        files.writing(),
        files.replacing() as temporary,
    ):
        temporary.model.write_bytes(b"new model")
        temporary.example.write_bytes(b"new")
        temporary.card.write_bytes(b"new")

    assert len(list(tmp_path.iterdir())) == 3
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"the one before"}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know only Unicode")
def test_that_a_name_that_is_no_unicode_will_do(inside, translated_before, tmp_path):
    to = tmp_path / os.fsdecode(b"mod\xe8le.onnx")

    *_, done = export(**inside.run.arguments(), to=to, settings=ExportSettings(), run=1)

    assert done.path == str(to)
    command = [sys.executable, to.with_name(f"{to.stem}-example.py"), inside.images[0]]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def drained(generator):
    """The value of a generator of events."""
    while True:
        try:
            next(generator)
        except StopIteration as stopped:
            return stopped.value


def apps_answers(exported, **changes):
    model = OnnxModel(exported.path)
    test = tuple(row for row in exported.run.rows if row.split == "test")
    shares = np.stack([model.probabilities(read_image(image)) for image in exported.images])
    return model, Answers(test, shares)


def test_that_one_other_class_is_enough_to_refuse(inside):
    model, answers = apps_answers(inside)
    answers.probabilities[3] = np.roll(answers.probabilities[3], 1)

    with pytest.raises(ExportDiffers, match="1 of 9 images"):
        drained(_proven(model, answers, inside.run.data_root))


def test_that_one_probability_far_off_is_enough_to_refuse_though_all_classes_are_the_same(inside):
    model, answers = apps_answers(inside)
    shares = answers.probabilities[3]
    top, *_, least = np.argsort(-shares)
    shares[top] += 0.03
    shares[least] -= 0.03

    with pytest.raises(
        ExportDiffers, match=r"^The saved.*onnxruntime, its probabilities are up to 0.030 off"
    ):
        drained(_proven(model, answers, inside.run.data_root))


def test_that_images_that_changed_since_are_left_out_of_the_comparison(inside, tmp_path):
    model, answers = apps_answers(inside)
    for row in answers.rows:
        (tmp_path / row.path).parent.mkdir(exist_ok=True)
        (tmp_path / row.path).write_bytes((inside.run.data_root / row.path).read_bytes())
    made_run.draw((50, 50), 99).save(tmp_path / answers.rows[0].path)
    (tmp_path / answers.rows[1].path).unlink()

    assert drained(_proven(model, answers, tmp_path)).compared == 7


def test_that_nothing_is_saved_when_no_image_is_left_to_compare(inside, tmp_path):
    model, answers = apps_answers(inside)

    with pytest.raises(NothingToCompare):
        drained(_proven(model, answers, tmp_path / "gone"))
    with pytest.raises(NothingToCompare):
        run = replace(inside.run, rows=inside.run.rows[:9])  # training images only
        list(export(**run.arguments(), to=tmp_path / "m.onnx", settings=ExportSettings(), run=1))
    assert list(tmp_path.iterdir()) == []


def test_that_a_folder_that_is_not_there_is_told_before_the_work(inside, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "taken.onnx").mkdir()

    for to in (tmp_path / "gone" / "m.onnx", tmp_path / "file" / "m.onnx", tmp_path / "taken.onnx"):
        with pytest.raises(ExportNotWritable, match="What lay there before is unchanged"):
            next(export(**inside.run.arguments(), to=to, settings=ExportSettings(), run=1))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit of a file's size")
def test_that_a_full_disk_leaves_what_lay_there(tmp_path):
    import resource

    files = Files.beside(tmp_path / "model.onnx")
    files.model.write_bytes(b"the one before")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with (
            pytest.raises(ExportError, match="can't be written"),
            files.writing(),
            files.replacing() as temporary,
        ):
            temporary.card.write_bytes(b"card")
            temporary.model.write_bytes(bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]
    assert files.model.read_bytes() == b"the one before"


@pytest.mark.parametrize("name", ["model.onnx", "model.ONNX", "model", "model.v2"])
def test_that_the_model_ends_in_onnx_whether_said_or_not(tmp_path, name):
    files = Files.beside(tmp_path / name)

    assert re.search(r"\.onnx$", files.model.name, re.IGNORECASE)
    assert files.model.name.startswith(name.rpartition(".")[0] or name)
    assert {files.example.name, files.card.name} == {
        f"{files.model.stem}-example.py", f"{files.model.stem}-card.md",
    }  # fmt: skip


def test_that_every_choice_of_the_settings_is_a_format():
    for is_inside in (True, False):
        chosen = ExportSettings(is_preprocessing_inside=is_inside, contact="lab@example.org")
        assert format_of(chosen).settings.is_preprocessing_inside == is_inside


@pytest.mark.slow
@pytest.mark.parametrize("backbone", ["test_convnext", "test_efficientnet"])
def test_that_other_tiny_networks_answer_as_the_app_does(tmp_path, backbone):
    done = Exported(tmp_path, backbone, ExportSettings(), is_judged=False).done

    assert done.same_class == 9
    assert done.largest_difference < LARGEST_DIFFERENCE


def timms_module(row):
    return find_model(row.architecture).family


EXPORTED = {timms_module(row) for row in TEST_BACKBONES.values()} | {"inception_v4"}
"""Modules of timm of which a tiny network is exported above; version 4 takes the same steps as version 3."""

BACKBONE_OF = {timms_module(row): name for name, row in reversed(BACKBONES.items())}
OTHERS = [name for module, name in BACKBONE_OF.items() if module not in EXPORTED]
LAYER_SCALE = "vit_small_patch14_dinov2"
"""Each block ends in a factor, which the blocks of the tiny ViT don't have."""

OPTIONS = {
    "densenet": {"block_config": (2, 2)},
    "eva": {"depth": 1},
    "fasternet": {"depths": (1, 2)},
    "mobilenetv3": {"depth_multiplier": 0.1},
    "regnet": {"depth": 5, "wa": 90.0},
    "swin_transformer": {"depths": (1, 2), "embed_dim": 24, "num_heads": (1, 2)},
    "swin_transformer_v2": {"depths": (1, 2), "embed_dim": 24, "num_heads": (1, 2)},
    "vgg": {"mlp_ratio": 1 / 64},
    "vision_transformer": {"depth": 1},
}
"""For timm: few blocks of each kind, as the exporter takes a second for every one and treats them alike."""

REPEATS = {"inception_v3": ["Mixed_5d", "Mixed_6c", "Mixed_6d", "Mixed_6e", "Mixed_7c"]}
"""Blocks of the kind before, where timm has no option for their number."""


def make_quick(monkeypatch, backbone):
    """Let it be made with few blocks of each kind."""
    module, create_model = timms_module(BACKBONES[backbone]), timm.create_model

    def thinner(name, **options):
        network = create_model(name, **OPTIONS.get(module, {}), **options)
        for block in REPEATS.get(module, []):
            network.set_submodule(block, nn.Identity())
        return network

    monkeypatch.setattr(timm, "create_model", thinner)


@pytest.mark.slow
@pytest.mark.parametrize("backbone", [*OTHERS, LAYER_SCALE])
def test_that_a_backbone_of_each_other_module_of_timm_answers_as_the_app_does(
    tmp_path, monkeypatch, backbone
):
    make_quick(monkeypatch, backbone)
    # A deep network with random weights answers wildly to one grey level; a smaller spread calms it.
    images = {"splits": ("test",), "sizes": made_run.SIZES[::4]}
    exported = Exported(tmp_path, backbone, ExportSettings(), is_judged=False, deviation=0.25, **images)

    assert exported.done.same_class == exported.done.images_compared == 3
    assert exported.done.largest_difference <= 5e-3
