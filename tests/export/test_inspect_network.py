"""Whether a network of timm beyond the table can be used here, found out by doing it once."""

import pytest

from tlstudio import steps
from tlstudio.events import Progress
from tlstudio.export import inspect_network
from tlstudio.model.adopted import adopted_backbone, adopted_backbones
from tlstudio.model.backbones import find_backbone
from tlstudio.model.catalogue import find_model
from tlstudio.model.errors import ModelFolderNotWritable, NetworkNotInspected, UnknownBackbone
from tlstudio.model.network import create
from tlstudio.model.weight_store import models_folder

TINY = "test_byobnet"  # one of timm's own networks for tests: 0.2 million values at 160 px

pytestmark = pytest.mark.slow


def inspected(name):
    return list(steps.inspect(None, name))


def test_that_a_network_that_works_is_kept_and_found_from_then_on():
    with pytest.raises(NetworkNotInspected, match=f"tlstudio backbones inspect {TINY}"):
        find_backbone(TINY)

    *before, last = inspected(TINY)

    assert all(isinstance(event, Progress) for event in before)
    assert (last.usable, last.reason) == (True, "")
    row = find_backbone(TINY)
    assert row == adopted_backbone(TINY) == adopted_backbones()[0]
    assert [group.name for group in row.groups] == last.freeze_groups
    assert row.weights.repo == f"timm/{find_model(TINY).name}"
    assert row.trainable_parameters(0, 3) == sum(p.numel() for p in create(row, 3).parameters())


def test_that_a_network_of_the_table_is_looked_over_and_stays_a_row(monkeypatch):
    monkeypatch.setattr(inspect_network, "_require_export", lambda network, backbone: None)  # takes seconds

    assert inspected("test_resnet")[-1].usable
    assert adopted_backbone("test_resnet") is None


@pytest.mark.parametrize("name", ["resnet-18", "no such network", "../resnet18", "resnet18/../x", ""])
def test_that_a_name_that_timm_does_not_have_is_answered_with_the_closest(name):
    with pytest.raises(UnknownBackbone, match="There is no backbone called"):
        inspected(name)


def test_that_a_network_for_other_shapes_is_not_usable_and_says_why():
    last = inspected("vit_base_patch16_sapiens2")[-1]

    assert not last.usable
    assert last.reason == "It takes images of 768 × 1024 pixels, and here they are square."
    assert adopted_backbones() == ()


def test_that_a_network_that_no_file_can_hold_is_refused_before_it_is_built():
    assert inspected("vit_7b_patch16_dinov3")[-1].reason == (
        "It needs 26.9 GB, and an ONNX file holds at most 2 GB."
    )


def test_that_what_breaks_in_a_network_is_its_reason(monkeypatch):
    def broken(self, x):
        raise ValueError("the moon is full\nand more")

    monkeypatch.setattr("timm.models.byobnet.ByobNet.forward", broken)

    last = inspected(TINY)[-1]

    assert last.reason == "It can't be trained (ValueError: the moon is full)."


def test_that_a_network_that_the_exporter_can_not_translate_is_not_usable(monkeypatch):
    create = inspect_network.create

    def fickle(*args, **kwargs):
        network = create(*args, **kwargs)
        # What it does depends on what it sees, which no file can hold.
        network.register_forward_hook(lambda _, inputs, output: output * (1 if output.sum() > 0 else 2))
        return network

    monkeypatch.setattr(inspect_network, "create", fickle)

    last = inspected(TINY)[-1]

    assert last.reason == "It can't be exported: can't be written as ONNX."
    assert adopted_backbones() == ()


def test_that_a_folder_that_can_not_be_written_is_an_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TLSTUDIO_MODELS_DIR", str(tmp_path / "file"))

    with pytest.raises(ModelFolderNotWritable):
        next(steps.inspect(None, TINY))


@pytest.mark.parametrize("damage", ["{", "[]", '{"name": "other"}'])
def test_that_a_damaged_row_counts_as_not_looked_at(damage):
    folder = models_folder() / TINY
    folder.mkdir(parents=True)
    (folder / "backbone.json").write_text(damage)

    assert adopted_backbone(TINY) is None
    assert adopted_backbones() == ()
