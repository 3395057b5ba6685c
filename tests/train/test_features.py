"""What is frozen is computed once, and a run is the same whether its features are kept or not."""

import shutil
import threading
from collections import Counter
from contextlib import closing

import pytest
import torch
from safetensors.torch import load_file

from tlstudio.events import Noted
from tlstudio.model.backbones import TEST_BACKBONES, find_backbone
from tlstudio.model.groups import parameter_groups
from tlstudio.model.network import create
from tlstudio.train import feature_keys, feature_rows, features, keeping
from tlstudio.train.events import EpochDone, RunStarted, TrainDone
from tlstudio.train.feature_keys import store_keys
from tlstudio.train.feature_room import room_taken
from tlstudio.train.feature_rows import from_rows, layout_of, to_rows
from tlstudio.train.feature_store import Layout

DEPTHS = [(name, depth) for name, row in TEST_BACKBONES.items() for depth in {1, 3, row.head_depth}]
MUCH = 10**9


@pytest.fixture(autouse=True)
def everything_is_worth_keeping(monkeypatch):
    """So small a network computes faster than any disk reads."""
    monkeypatch.setattr(keeping, "READ_BYTES_PER_SECOND", 1e15)


@pytest.fixture
def computed(monkeypatch):
    """How often each view of an image went through a frozen part, by its pixels."""
    counts = Counter()
    real = features.Frozen.compute

    def counting(self, images):
        counts.update(image.numpy().tobytes() for image in images)
        return real(self, images)

    monkeypatch.setattr(features.Frozen, "compute", counting)
    return counts


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def losses(events):
    return [loss for event in of(EpochDone, events) for loss in (event.train_loss, event.validation_loss)]


@pytest.mark.parametrize(("name", "depth"), DEPTHS)
def test_that_a_run_is_the_same_with_kept_and_with_computed_features(small_set, name, depth):
    # Where all views are alike the second epoch takes what the first has kept.
    augmentation = "none" if depth == 3 else "standard"
    options = {"model": name, "freeze": depth, "epochs": 2, "views": 2, "augmentation": augmentation}
    kept = losses(small_set.elsewhere("kept").fit(**options))
    computed = losses(small_set.elsewhere("computed").fit(**options, cache_bytes=0))

    assert kept == pytest.approx(computed, abs=1e-4)


def test_that_frozen_layers_see_each_view_of_an_image_once(small_set, computed):
    events = list(small_set.fit(freeze="head", epochs=5, views=2, augmentation="light"))
    once = [view for view, times in computed.items() if times == 1]

    # ten training images in two views, four validation images in one
    assert len(once) == 10 * 2 + 4
    assert len(computed) - len(once) < 10  # a few images show how rows look and how long computing takes
    assert of(RunStarted, events)[0].views == 2
    assert of(TrainDone, events)[0].views == 2


def test_that_the_next_images_are_drawn_by_the_caller_while_frozen_layers_compute(small_set, monkeypatch):
    drawn, was_beside, drew = threading.Semaphore(0), [], []
    draw, compute = features.augmented, features.Frozen.make

    def drawing(*arguments):
        drew.append(threading.current_thread())
        drawn.release()
        return draw(*arguments)

    def computing(self, batch):
        # Ten training images in two batches: the first is computed only when the second has been drawn.
        if threading.current_thread() is not threading.main_thread() and not was_beside:
            was_beside.append(drawn.acquire(timeout=10) and drawn.acquire(timeout=10))
        return compute(self, batch)

    monkeypatch.setattr(features, "augmented", drawing)
    monkeypatch.setattr(features.Frozen, "make", computing)
    list(small_set.fit(freeze="head", epochs=1, batch_size=5, augmentation="light"))

    assert was_beside == [True]
    assert drew == [threading.main_thread()] * 2


def test_that_a_second_run_with_another_seed_computes_nothing(small_set, computed):
    list(small_set.fit(freeze="head", epochs=2, views=2, augmentation="light"))
    shutil.rmtree(small_set.run_folder)
    computed.clear()
    list(
        small_set.fit(
            freeze="head", epochs=2, views=2, augmentation="light", seed=1, weights=_weights_of(small_set)
        )
    )

    assert len(computed) > 10  # other weights than the random ones of seed 0
    shutil.rmtree(small_set.run_folder)
    computed.clear()
    list(
        small_set.fit(
            freeze="head", epochs=2, views=2, augmentation="light", seed=2, weights=_weights_of(small_set)
        )
    )
    assert computed.total() < 10  # a few images show how rows look


def _weights_of(small_set):
    from safetensors.torch import save_file

    file = small_set.folder / "start.safetensors"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        save_file(create(find_backbone("test_resnet"), 2, seed=5).state_dict(), file)
    return file


def test_that_the_number_of_views_follows_the_epochs_and_the_augmentation(small_set):
    def views(**options):
        events = small_set.elsewhere(str(options)).fit(**{"freeze": "head", **options})
        with closing(events):
            return next(event for event in events if isinstance(event, RunStarted)).views

    assert views(epochs=6) == views(epochs=6, views=5) == 1  # ten images are learned as they are
    assert views(epochs=1, augmentation="light") == 1
    assert views(epochs=6, augmentation="light") == views(epochs=6, augmentation="medical_light") == 2
    assert views(epochs=3, augmentation="standard") == 3
    assert views(epochs=6, augmentation="strong") == 4
    assert views(epochs=6, views=5, augmentation="light") == 5
    assert views(epochs=6, views=50, augmentation="light") == 6
    assert views(epochs=6, augmentation="none") == 1
    assert views(epochs=6, freeze=0, augmentation="light") == 6


def test_that_a_budget_of_nothing_computes_every_epoch_and_says_so(small_set, computed):
    events = list(small_set.fit(freeze="head", epochs=3, cache_bytes=0))

    # The training images once more, for the head's features, and a few to see how rows look.
    assert len(computed) == 10 + 4
    assert min(computed.values()) == 3
    assert computed.total() < (1 + 3) * 10 + 3 * 4 + 10
    assert any("is 0 GB" in event.message for event in of(Noted, events))
    assert of(RunStarted, events)[0].is_kept is False
    assert not (small_set.cache_folder / "features").exists()


def test_that_a_budget_of_nothing_gives_back_what_was_kept(small_set):
    list(small_set.fit(freeze="head", epochs=1))
    assert room_taken(small_set.cache_folder).features > 0

    list(small_set.fit(freeze="head", epochs=1, cache_bytes=0))

    assert room_taken(small_set.cache_folder).features == 0


def test_that_a_small_budget_means_fewer_views_first(small_set):
    row_bytes = find_backbone("test_resnet").features * 2
    room = row_bytes * (2 * 10 + 4) + 200
    events = list(small_set.fit(freeze="head", epochs=4, views=4, augmentation="light", cache_bytes=room))

    assert of(RunStarted, events)[0].views == 2
    assert any("2 views of each image can be kept" in event.message for event in of(Noted, events))


def test_that_features_of_another_augmentation_give_way_where_the_room_is_small(small_set, computed):
    row_bytes = find_backbone("test_resnet").features * 2
    room = row_bytes * (2 * 10 + 4) + 2000  # what names the rows counts too
    options = {"freeze": "head", "epochs": 2, "views": 2, "weights": _weights_of(small_set)}
    list(small_set.fit(**options, cache_bytes=room, augmentation="light"))
    computed.clear()

    events = list(small_set.fit(**options, cache_bytes=room, augmentation="standard"))

    assert not any("computed anew" in event.message for event in of(Noted, events))
    once = [view for view, times in computed.items() if times == 1]
    assert len(once) >= 2 * 10
    assert computed.total() < 2 * 10 + 10


@pytest.mark.parametrize("damage", ["deleted", "truncated", "altered"])
def test_that_a_cache_damaged_while_training_changes_nothing(small_set, damage):
    options = {"freeze": 3, "epochs": 4, "views": 2, "augmentation": "light"}
    whole = losses(small_set.elsewhere("whole").fit(**options))
    harmed = small_set.elsewhere("harmed")
    events = []
    for event in harmed.fit(**options):
        events.append(event)
        if isinstance(event, EpochDone) and event.epoch == 2:
            (rows,) = (harmed.cache_folder / "features").glob("*/rows.bin")
            if damage == "deleted":
                shutil.rmtree(rows.parent)
            elif damage == "truncated":
                rows.write_bytes(rows.read_bytes()[: rows.stat().st_size // 3])
            else:
                rows.write_bytes(bytes(rows.stat().st_size))

    assert losses(events) == pytest.approx(whole, abs=1e-6)


def test_that_a_resumed_run_goes_on_with_its_views(small_set):
    options = {"freeze": 3, "epochs": 4, "views": 3, "augmentation": "standard"}
    whole = losses(small_set.elsewhere("whole").fit(**options))
    broken = small_set.elsewhere("broken")
    steps = broken.fit(**options)
    first = []
    for event in steps:
        if isinstance(event, EpochDone):
            first.append(event)
            if event.epoch == 2:
                steps.close()
                break
    shutil.rmtree(broken.cache_folder)
    events = list(broken.fit(**options, resume=True, cache_bytes=0))

    assert of(RunStarted, events)[0].views == 3
    assert losses([*first, *events]) == pytest.approx(whole, abs=1e-5)


def test_that_the_kept_network_is_whole_and_its_frozen_part_untouched(small_set):
    list(small_set.fit(freeze=3, epochs=2))
    best = load_file(small_set.run_folder / "best.safetensors")
    start = create(find_backbone("test_resnet"), 2, seed=0)
    layers = {name.rpartition(".")[0] for group in parameter_groups(start)[:3] for name in group.parameters}
    frozen = {name: t for name, t in start.state_dict().items() if name.rpartition(".")[0] in layers}

    assert best.keys() == start.state_dict().keys()
    assert frozen
    assert all(torch.equal(best[name], tensor) for name, tensor in frozen.items())


def test_that_rows_give_the_tensors_back_in_half_precision():
    features = (torch.randn(3, 4, 2, 5), torch.randn(3, 6), torch.randn(3, 7, 2))
    layout = layout_of(features, "float32")
    back = from_rows(to_rows(features, layout), layout, torch.device("cpu"))

    assert layout == Layout(((2, 5, 4), (6,), (7, 2)), "float16")
    assert [tensor.dtype for tensor in back] == [torch.float32] * 3
    for given, read in zip(features, back, strict=True):
        assert torch.equal(read, given.half().float())


def test_that_features_too_large_for_float16_are_kept_in_bfloat16():
    features = (torch.tensor([[70000.0, 1.0]]),)
    layout = layout_of(features, "float32")

    assert layout.dtype == "bfloat16"
    assert torch.isfinite(from_rows(to_rows(features, layout), layout, torch.device("cpu"))[0]).all()


def test_that_a_float32_run_goes_on_where_features_are_too_large_for_float16(small_set, monkeypatch):
    monkeypatch.setattr(feature_rows, "LARGEST_HALF", 1e-9)
    kept = losses(small_set.elsewhere("kept").fit(freeze=3, epochs=2))
    computed = losses(small_set.elsewhere("computed").fit(freeze=3, epochs=2, cache_bytes=0))

    assert kept == pytest.approx(computed, abs=1e-4)


@pytest.mark.parametrize("version", ["READER_VERSION", "VIEWS_VERSION", "__version__"])
def test_that_the_key_tells_another_reading_of_images_and_another_version_apart(monkeypatch, version):
    backbone = find_backbone("test_resnet")
    network = create(backbone, 2, seed=0)
    before = store_keys(backbone, network, 3, "float32", torch.device("cpu"))

    monkeypatch.setattr(feature_keys, version, "another")

    after = store_keys(backbone, network, 3, "float32", torch.device("cpu"))
    assert not set(before.values()) & set(after.values())


def test_that_the_key_tells_weights_boundaries_and_precisions_apart():
    backbone = find_backbone("test_resnet")
    network, other = create(backbone, 2, seed=0), create(backbone, 2, seed=1)
    device = torch.device("cpu")

    def key(network, depth, precision):
        return store_keys(backbone, network, depth, precision, device)[depth]

    keys = {
        key(network, 3, "float32"),
        key(network, 2, "float32"),
        key(network, 3, "bfloat16"),
        key(other, 3, "float32"),
    }

    assert len(keys) == 4
    assert store_keys(backbone, network, 5, "float32", device)[3] in keys
    with torch.no_grad():
        network.get_classifier().weight.add_(1)
    assert key(network, 3, "float32") in keys
    with torch.no_grad():
        network.bn1.running_mean.add_(1)
    assert key(network, 3, "float32") not in keys
