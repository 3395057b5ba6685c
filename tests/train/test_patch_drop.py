"""In each step a vision transformer sees only some of an image's patches, before the cut or behind it."""

import pytest
import torch
from timm.layers import PatchDropout

from tlstudio.events import Noted
from tlstudio.model.backbones import find_backbone
from tlstudio.model.cut import cut
from tlstudio.model.network import create
from tlstudio.train import keeping
from tlstudio.train.events import EpochDone
from tlstudio.train.patch_drop import drop_patches


@pytest.fixture(autouse=True)
def everything_is_worth_keeping(monkeypatch):
    """So small a network computes faster than any disk reads."""
    monkeypatch.setattr(keeping, "READ_BYTES_PER_SECOND", 1e15)


def losses(events):
    done = [event for event in events if isinstance(event, EpochDone)]
    return [loss for event in done for loss in (event.train_loss, event.validation_loss)]


def notes(events):
    return [event.message for event in events if isinstance(event, Noted)]


def small_transformer(depth):
    backbone = find_backbone("test_vit")
    network = create(backbone, 2, seed=0)
    torch.nn.init.normal_(network.head.weight, generator=torch.Generator().manual_seed(1))  # was zero
    parts = cut(network, depth, backbone.preprocessing.input_px)
    images = torch.rand(3, 3, backbone.preprocessing.input_px, backbone.preprocessing.input_px)
    return network, parts, images


def test_that_half_of_the_patches_go_on_and_the_class_token_with_them():
    network, parts, images = small_transformer(depth=2)
    (tokens,) = parts.prefix(images)

    seen = drop_patches(network, parts, 0.5, "").behind_cut(tokens)

    patches = network.patch_embed.num_patches
    assert seen.shape[:2] == (3, network.num_prefix_tokens + patches // 2)
    assert torch.equal(seen[:, : network.num_prefix_tokens], tokens[:, : network.num_prefix_tokens])
    rows = {tuple(row) for row in tokens[0].tolist()}
    assert all(tuple(row) in rows for row in seen[0].tolist())


def test_that_dropping_behind_the_embedding_is_what_timms_own_network_does():
    network, parts, images = small_transformer(depth=1)
    behind = drop_patches(network, parts, 0.5, "").behind_cut
    network.train()

    torch.manual_seed(4)
    here = parts.suffix(behind(*parts.prefix(images)))
    network.patch_drop = PatchDropout(0.5, network.num_prefix_tokens)
    torch.manual_seed(4)
    theirs = network(images)

    assert theirs.abs().min() > 0.01
    assert torch.equal(here, theirs)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_that_every_boundary_between_blocks_has_patches_to_drop(depth):
    network, parts, images = small_transformer(depth)
    dropping = drop_patches(network, parts, 0.75, "")

    assert dropping.problem == ""
    assert parts.suffix(dropping.behind_cut(*parts.prefix(images))).shape == (3, 2)


def test_that_without_a_cut_the_network_drops_them_while_it_learns_only():
    network, _, images = small_transformer(depth=1)
    network.eval()
    before = network(images)

    assert drop_patches(network, None, 0.5, "").behind_cut is None
    assert torch.equal(network(images), before)
    network.train()
    assert not torch.equal(network(images), network(images))


@pytest.mark.parametrize(
    ("name", "freeze", "words"),
    [
        ("test_vit", "head", "What is trained sees an image as a whole, so no patches are dropped."),
        ("test_resnet", 3, "needs all parts of an image in their places, so none is dropped."),
        ("test_resnet", 0, "needs all parts of an image in their places, so none is dropped."),
    ],
)
def test_that_where_nothing_can_be_dropped_it_is_said_and_the_run_is_as_without(
    small_set, name, freeze, words
):
    options = {"model": name, "freeze": freeze, "epochs": 1}
    wanted = list(small_set.elsewhere("wanted").fit(**options, patch_drop=0.5))
    without = list(small_set.elsewhere("without").fit(**options))

    assert any(text.endswith(words) for text in notes(wanted))
    assert not any(text.endswith(words) for text in notes(without))
    assert losses(wanted) == losses(without)


@pytest.mark.parametrize("freeze", [0, 3])
def test_that_a_run_with_fewer_patches_is_another_one_and_always_the_same(small_set, freeze):
    options = {"model": "test_vit", "freeze": freeze, "epochs": 2}
    fewer = losses(small_set.elsewhere("fewer").fit(**options, patch_drop=0.5))
    again = losses(small_set.elsewhere("again").fit(**options, patch_drop=0.5))
    every = losses(small_set.elsewhere("every").fit(**options))

    assert fewer == again
    assert fewer[0] != pytest.approx(every[0], abs=1e-3)


def test_that_it_is_the_same_with_kept_and_with_computed_features(small_set):
    options = {"model": "test_vit", "freeze": 3, "epochs": 2, "patch_drop": 0.5, "mixup": 0.4}
    kept = losses(small_set.elsewhere("kept").fit(**options))
    computed = losses(small_set.elsewhere("computed").fit(**options, cache_bytes=0))

    assert kept == pytest.approx(computed, abs=1e-4)


def test_that_a_run_goes_on_exactly(small_set):
    options = {"model": "test_vit", "freeze": 3, "epochs": 4, "patch_drop": 0.5}
    whole = losses(small_set.elsewhere("whole").fit(**options))
    broken = small_set.elsewhere("broken")
    run, first = broken.fit(**options), []
    for event in run:
        first.append(event)
        if isinstance(event, EpochDone) and event.epoch == 2:
            run.close()
    rest = broken.fit(**options, resume=True)

    assert losses([*first, *rest]) == pytest.approx(whole, abs=1e-6)
