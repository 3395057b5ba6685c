"""What is trained gets blends of two images, whose labels count by their shares."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tlstudio.model.backbones import find_backbone
from tlstudio.model.network import create
from tlstudio.train import keeping
from tlstudio.train.batches import batches
from tlstudio.train.events import EpochDone
from tlstudio.train.mixup import Mix, draw_mix


@pytest.fixture(autouse=True)
def everything_is_worth_keeping(monkeypatch):
    """So small a network computes faster than any disk reads."""
    monkeypatch.setattr(keeping, "READ_BYTES_PER_SECOND", 1e15)


def epochs(events):
    return [event for event in events if isinstance(event, EpochDone)]


def losses(events):
    return [loss for event in epochs(events) for loss in (event.train_loss, event.validation_loss)]


def test_that_blends_are_those_made_by_hand():
    mix = Mix(torch.tensor([2, 0, 1]), 0.75)
    values, pictures = torch.tensor([[0.0, 4.0], [8.0, 8.0], [4.0, 0.0]]), torch.rand(3, 2, 5, 5)

    blended, of_pictures = mix.blend((values, pictures))

    assert blended.tolist() == [[1.0, 3.0], [6.0, 7.0], [5.0, 2.0]]
    assert torch.allclose(of_pictures[1], 0.75 * pictures[1] + 0.25 * pictures[0])


def test_that_the_layout_that_convolutions_are_fastest_in_stays():
    pictures = torch.rand(4, 3, 6, 6).contiguous(memory_format=torch.channels_last)

    (blended,) = Mix(torch.tensor([1, 0, 3, 2]), 0.6).blend((pictures,))

    assert blended.is_contiguous(memory_format=torch.channels_last)


def test_that_a_mix_is_a_function_of_seed_epoch_and_batch():
    first, same = draw_mix(8, 0.4, 3, 2, 1), draw_mix(8, 0.4, 3, 2, 1)
    others = [draw_mix(8, 0.4, *place) for place in ((4, 2, 1), (3, 3, 1), (3, 2, 2))]

    assert torch.equal(first.partners, same.partners)
    assert first.share == same.share
    assert len({mix.share for mix in (first, *others)}) == 4
    assert all(0.5 <= mix.share <= 1 for mix in (first, *others))
    assert sorted(first.partners.tolist()) == list(range(8))
    assert draw_mix(8, 0.0, 3, 2, 1) is None


def test_that_the_loss_is_the_one_made_by_hand(small_set, monkeypatch):
    """One batch of all ten training images, head only, rare classes counting more, labels smoothed."""
    monkeypatch.setattr("tlstudio.train.steps.FEWEST_STEPS", 1)
    monkeypatch.setattr("tlstudio.train.fit.standardise", lambda *_: None)  # the head itself, as it was made
    rows = tuple(row for row in small_set.rows if row.path not in ("dark/0.png", "dark/1.png"))
    options = {"freeze": "head", "epochs": 1, "batch_size": 16, "augmentation": "none", "mixup": 1.0}
    (done,) = epochs(small_set.fit(rows=rows, **options))

    backbone = find_backbone("test_resnet")
    network = create(backbone, 2, seed=0).eval()
    features, labels = _features_and_labels(small_set, rows, network, backbone.preprocessing)
    order = batches(len(labels), 16, 0, 1)[0]
    mix = draw_mix(len(labels), 1.0, 0, 1, 0)
    features, labels = features[order], labels[order]
    blended = mix.share * features + (1 - mix.share) * features[mix.partners]
    with torch.no_grad():
        logs = network.get_classifier()(blended).log_softmax(1).double().numpy()
    weight = np.array([8 / (2 * 3), 8 / (2 * 5)])  # three dark ones, five light ones
    expected = 0.0
    for place, partner in enumerate(mix.partners.tolist()):
        for label, share in ((labels[place], mix.share), (labels[partner], 1 - mix.share)):
            wanted = np.full(2, 0.05)
            wanted[label] += 0.9
            expected -= share * (wanted * weight * logs[place]).sum() / weight[labels].sum()

    assert done.train_loss == pytest.approx(expected, abs=1e-3)  # features are kept in half precision


def _features_and_labels(small_set, rows, network, preprocessing):
    from PIL import Image

    from tlstudio.data.preprocess import crop, normalise, resize

    rows = [row for row in rows if row.split == "train"]
    pictures = [
        np.asarray(crop(resize(Image.open(small_set.root / row.path), preprocessing), preprocessing))
        for row in rows
    ]
    with torch.no_grad():
        inputs = torch.from_numpy(normalise(np.stack(pictures), preprocessing))
        features = network.forward_head(network.forward_features(inputs), pre_logits=True)
    return features, np.array([int(row.class_name == "light") for row in rows])


@pytest.mark.parametrize(("name", "freeze"), [("test_resnet", 3), ("test_vit", 3), ("test_resnet", "head")])
def test_that_mixed_runs_are_the_same_with_kept_and_with_computed_features(small_set, name, freeze):
    options = {"model": name, "freeze": freeze, "epochs": 3, "views": 3, "mixup": 0.4}
    kept = losses(small_set.elsewhere("kept").fit(**options))
    computed = losses(small_set.elsewhere("computed").fit(**options, cache_bytes=0))
    plain = losses(small_set.elsewhere("plain").fit(**{**options, "mixup": 0.0}))

    assert kept == pytest.approx(computed, abs=1e-4)
    assert kept != pytest.approx(plain, abs=1e-3)


def test_that_images_are_mixed_where_nothing_is_frozen(small_set):
    mixed = losses(small_set.elsewhere("mixed").fit(mixup=0.4))
    again = losses(small_set.elsewhere("again").fit(mixup=0.4))
    plain = losses(small_set.elsewhere("plain").fit())

    assert mixed == again
    assert mixed[0] != pytest.approx(plain[0], abs=1e-3)


def test_that_zero_is_bit_equal_to_no_mixup(small_set):
    def weights(place, **options):
        there = small_set.elsewhere(place)
        list(there.fit(epochs=1, **options))
        return load_file(there.run_folder / "best.safetensors")

    without, zero = weights("without"), weights("zero", mixup=0.0)

    assert all(torch.equal(without[name], zero[name]) for name in without)


def test_that_a_mixed_run_goes_on_exactly(small_set):
    options = {"freeze": 3, "epochs": 4, "mixup": 0.4}
    whole = losses(small_set.elsewhere("whole").fit(**options))
    broken = small_set.elsewhere("broken")
    run, first = broken.fit(**options), []
    for event in run:
        first.append(event)
        if isinstance(event, EpochDone) and event.epoch == 2:
            run.close()
    rest = broken.fit(**options, resume=True)

    assert losses([*first, *rest]) == pytest.approx(whole, abs=1e-6)


def test_that_a_batch_halved_for_want_of_memory_gives_the_same_blends(small_set):
    from tlstudio.train.step import Trainee

    whole = losses(small_set.elsewhere("whole").fit(freeze="head", epochs=1, mixup=0.4))
    real = Trainee.logits

    def of_two_at_most(self, inputs):
        if len(inputs[0]) > 2:
            raise MemoryError("out of memory")
        return real(self, inputs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainee, "logits", of_two_at_most)
        halved = losses(small_set.elsewhere("halved").fit(freeze="head", epochs=1, mixup=0.4))

    assert halved == pytest.approx(whole, abs=1e-5)
