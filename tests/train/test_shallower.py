"""A deeper boundary goes on from what a shallower one has kept, and never asks for the images again."""

import hashlib
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from filelock import FileLock
from PIL import Image
from safetensors.torch import save_file

from tlstudio.model.backbones import TEST_BACKBONES, find_backbone
from tlstudio.model.cut import Cut, cut
from tlstudio.model.freeze import freeze
from tlstudio.model.network import create
from tlstudio.train import boundary, features, keeping
from tlstudio.train.events import EpochDone
from tlstudio.train.feature_rows import layout_of, to_rows
from tlstudio.train.feature_store import FeatureStore, RowName
from tlstudio.train.shallower import find_shallower, in_precision

PAIRS = [(name, depths) for name, row in TEST_BACKBONES.items() for depths in ((1, 3), (2, row.head_depth))]
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def everything_is_worth_keeping(monkeypatch):
    """So small a network computes faster than any disk reads."""
    monkeypatch.setattr(keeping, "READ_BYTES_PER_SECOND", 1e15)


@pytest.fixture
def drawn(monkeypatch):
    """The numbers of the training images that were drawn from their pixels."""
    numbers = []
    real = features.augmented
    monkeypatch.setattr(features, "augmented", lambda *a: (numbers.extend(a[1].tolist()), real(*a))[1])
    return numbers


@pytest.fixture
def computed(monkeypatch):
    """How many images went through a whole frozen part."""
    counts = []
    real = Cut.prefix

    def counting(self, images):
        counts.append(len(images))
        return real(self, images)

    monkeypatch.setattr(Cut, "prefix", counting)
    return counts


def weights_of(name, folder, change=lambda network: None):
    network = create(find_backbone(name), 2, seed=5)
    with torch.no_grad():
        change(network)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(network.state_dict(), folder / "start.safetensors")
    return folder / "start.safetensors"


def train(small_set, weights, freeze, **options):
    """A new run in the same project."""
    shutil.rmtree(small_set.run_folder, ignore_errors=True)
    chosen = {"epochs": 2, "views": 2, "augmentation": "standard", **options}
    return list(small_set.fit(weights=weights, freeze=freeze, **chosen))


def losses(events):
    epochs = [event for event in events if isinstance(event, EpochDone)]
    return [loss for event in epochs for loss in (event.train_loss, event.validation_loss)]


@pytest.mark.parametrize(("name", "depths"), PAIRS)
def test_that_no_image_is_needed_again_and_the_losses_agree(small_set, tmp_path, drawn, name, depths):
    shallow, deep = depths
    weights = weights_of(name, tmp_path)
    alone = losses(train(small_set.elsewhere("alone"), weights, deep, model=name))
    train(small_set, weights, shallow, model=name)
    drawn.clear()

    led_on = losses(train(small_set, weights, deep, model=name))

    assert drawn == []
    assert led_on == pytest.approx(alone, abs=1e-3)
    again = losses(train(small_set, weights, deep, model=name))
    assert again == led_on


def test_that_whole_frozen_parts_compute_probes_only(small_set, tmp_path, computed):
    weights = weights_of("test_resnet", tmp_path)
    options = {"epochs": 6, "views": 6}
    train(small_set, weights, 2, **options)
    assert sum(computed) > 6 * 10
    computed.clear()

    train(small_set, weights, 4, **options)

    # Ten training images in six views: however much is tried on a few of them, it is less.
    assert sum(computed) < 6 * 10


def test_that_an_image_that_changed_is_drawn_anew_and_the_others_are_not(small_set, tmp_path, drawn):
    weights = weights_of("test_resnet", tmp_path)
    train(small_set, weights, 2, augmentation="light")
    rows = list(small_set.rows)
    path = small_set.root / rows[3].path
    Image.fromarray(np.full((32, 36, 3), 90, np.uint8)).save(path)
    rows[3] = replace(rows[3], sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    drawn.clear()

    train(small_set, weights, 4, augmentation="light", rows=tuple(rows))

    assert drawn == [3, 3]  # in two views


@pytest.mark.parametrize("damage", ["deleted", "truncated", "other weights", "other augmentation"])
def test_that_without_usable_rows_the_way_is_from_the_images(small_set, tmp_path, drawn, damage):
    weights = weights_of("test_resnet", tmp_path)
    alone = losses(train(small_set.elsewhere("alone"), weights, 4))
    if damage == "other weights":
        train(
            small_set, weights_of("test_resnet", tmp_path / "b", lambda net: net.conv1[0].weight.mul_(2)), 2
        )
    elif damage == "other augmentation":
        train(small_set, weights, 2, augmentation="strong")
    else:
        train(small_set, weights, 2)
        (rows,) = (small_set.cache_folder / "features").glob("*/rows.bin")
        if damage == "deleted":
            rows.unlink()
        else:
            rows.write_bytes(rows.read_bytes()[:100])
    drawn.clear()

    events = train(small_set, weights, 4)

    assert sorted(drawn) == sorted(2 * list(range(10)))
    assert losses(events) == pytest.approx(alone, abs=1e-3)


def test_that_what_half_precision_would_spoil_is_made_of_the_images(small_set, tmp_path, drawn):
    def shrink(network):
        """Features so small that float16 keeps hardly anything of them."""
        network.bn1.weight.mul_(1e-7)
        network.bn1.bias.mul_(0)

    weights = weights_of("test_resnet", tmp_path, shrink)
    train(small_set, weights, 1)
    drawn.clear()

    train(small_set, weights, 4)

    assert sorted(drawn) == sorted(2 * list(range(10)))


def test_that_a_store_that_another_run_fills_can_be_read(small_set, tmp_path, drawn):
    weights = weights_of("test_resnet", tmp_path)
    train(small_set, weights, 2)
    (folder,) = (small_set.cache_folder / "features").iterdir()
    with FileLock(folder / "lock"):
        drawn.clear()
        train(small_set, weights, 4)

    assert drawn == []


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", TEST_BACKBONES)
def test_that_the_way_is_as_good_in_either_precision(tmp_path, name, precision):
    row = find_backbone(name)
    network = create(row, 2, seed=5)
    freeze(network, row.head_depth)
    images = torch.randn(6, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    shallow, deep = cut(network, 2, 64), cut(network, row.head_depth, 64)
    with in_precision(precision, CPU):
        crossing, expected = shallow.prefix(images), deep.prefix(images)
    kept_as, layout = layout_of(crossing, precision), layout_of(expected, precision)
    store = FeatureStore(tmp_path / "store", kept_as, 10**9)
    names = [RowName(f"{number:064x}", "centre") for number in range(6)]
    store.add(zip(names, to_rows(crossing, kept_as), strict=True))
    store.close()

    found = find_shallower(network, deep, {2: tmp_path / "store"}, precision, CPU, images[:4], layout)

    assert found is not None
    made = found.lead_on([found.store.read(each) for each in names])
    for one, other in zip(made, expected, strict=True):
        difference = float((one.float() - other.float()).norm() / other.float().norm())
        assert difference < 2 * torch.finfo(torch.float16 if precision == "float32" else torch.bfloat16).eps
    found.store.close()


def test_that_the_deepest_of_several_stores_is_taken(small_set, tmp_path, drawn, monkeypatch):
    taken = []
    real = boundary.find_shallower

    def watching(network, deep, stores, *arguments):
        found = real(network, deep, stores, *arguments)
        taken.append(next(depth for depth, folder in stores.items() if folder == found.store.folder))
        return found

    weights = weights_of("test_resnet", tmp_path)
    train(small_set, weights, 1, epochs=1)
    train(small_set, weights, 3, epochs=1)
    monkeypatch.setattr(boundary, "find_shallower", watching)
    train(small_set, weights, 5, epochs=1)

    assert taken == [3]
