"""A backbone as it is names what it sees, by the classes of its pretraining."""

import hashlib
import math

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from timm.data import ImageNetInfo, infer_imagenet_subset

from tlstudio.data.errors import NoImageReadable, NoImagesGiven
from tlstudio.data.images import read_image
from tlstudio.data.preprocess import normalise, prepare
from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES
from tlstudio.model.errors import (
    KnowsNoNames,
    NoNamesInWeights,
    NothingKnowsNames,
    WeightsDamaged,
    WeightsDoNotFit,
    WeightsNotHere,
)
from tlstudio.model.events import NotRecognised, Recognised, RecogniseDone
from tlstudio.model.network import create
from tlstudio.model.recognise import recognise
from tlstudio.model.weight_store import keep_weights

TINY = TEST_BACKBONES["test_resnet"]
TENCH, GOLDFISH, GOLDEN_RETRIEVER = 0, 1, 207


@pytest.fixture
def images(tmp_path):
    """A red image, a blue one, and a file that is none."""
    folder = tmp_path / "images"
    folder.mkdir()
    for name, colour in (("blue", (0, 0, 255)), ("red", (255, 0, 0))):
        Image.new("RGB", (90, 70), colour).save(folder / f"{name}.png")
    return folder


@pytest.fixture
def planted(tmp_path):
    """planted(odds, …): a weights file whose classifier gives these odds to its classes."""

    def write(odds, backbone=TINY, classes=1000, suffix=".safetensors"):
        network = create(backbone, classes)
        head = network.get_classifier()
        with torch.no_grad():
            head.weight.zero_()
            head.bias.fill_(-1e4)
            for index, share in odds.items():
                head.bias[index] = math.log(share)
        path = tmp_path / f"planted{suffix}"
        if suffix == ".pt":
            torch.save(network.state_dict(), path)
        else:
            save_file(network.state_dict(), path)
        return path

    return write


def keep(backbone, file):
    keep_weights(backbone, file, "download", hashlib.sha256(file.read_bytes()).hexdigest())


def seen(events):
    return [event for event in events if isinstance(event, Recognised)]


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_that_the_five_most_probable_names_are_told_with_their_probabilities(
    images, planted, converted_here, suffix
):
    odds = {GOLDEN_RETRIEVER: 50, GOLDFISH: 25, TENCH: 12, 2: 8, 3: 4, 4: 1}
    file = planted(odds, suffix=suffix)

    events = list(recognise([images / "red.png"], "test_resnet", str(file)))

    (answer,) = seen(events)
    assert answer.image == str(images / "red.png")
    assert answer.names[:3] == ["golden retriever", "goldfish, Carassius auratus", "tench, Tinca tinca"]
    assert answer.probabilities == pytest.approx([0.50, 0.25, 0.12, 0.08, 0.04])
    assert isinstance(events[-1], RecogniseDone)
    assert (events[-1].backbone, events[-1].images, events[-1].unreadable) == ("test_resnet", 1, 0)


def test_that_classes_as_probable_as_each_other_come_in_their_order(images, planted):
    (answer,) = seen(recognise([images / "red.png"], "test_resnet", str(planted({5: 1, 1: 1, 0: 1}))))

    assert answer.names[:2] == ["tench, Tinca tinca", "goldfish, Carassius auratus"]


def test_that_images_are_prepared_as_the_backbone_was_pretrained(images, tmp_path):
    network = create(TINY, 1000).eval()

    def features(name):
        crop = prepare(read_image(images / f"{name}.png"), TINY.preprocessing)
        batch = torch.from_numpy(normalise(crop[None], TINY.preprocessing))
        return network.forward_head(network.forward_features(batch), pre_logits=True)[0]

    with torch.no_grad():
        apart = features("red") - features("blue")
        middle = (features("red") + features("blue")) / 2
        head = network.get_classifier()
        head.weight.zero_()
        head.bias.fill_(-1e4)
        # The sign of a plane half-way between the two: red is a goldfish, blue a tench.
        for index, side in ((GOLDFISH, 1), (TENCH, -1)):
            head.weight[index] = side * apart / apart.norm() ** 2 * 2
            head.bias[index] = -side * (apart @ middle) / apart.norm() ** 2 * 2
    save_file(network.state_dict(), tmp_path / "plane.safetensors")

    answers = seen(recognise([images], "test_resnet", str(tmp_path / "plane.safetensors")))

    assert [answer.names[0].partition(",")[0] for answer in answers] == ["tench", "goldfish"]
    # Each lies half of `apart` from the plane: logits 1 and -1.
    sure = 1 / (1 + math.exp(-2))
    assert [answer.probabilities[0] for answer in answers] == pytest.approx([sure, sure], abs=1e-4)


def test_that_a_backbone_s_own_weights_are_taken_where_they_are_kept(images, planted):
    keep(TINY, planted({GOLDFISH: 1}))

    (answer,) = seen(recognise([images / "red.png"], "test_resnet"))

    assert answer.names[0].startswith("goldfish")


def test_that_without_a_name_the_most_accurate_backbone_that_is_here_is_asked(images, planted):
    with pytest.raises(NothingKnowsNames, match="backbones download mobilenetv3_small_100"):
        list(recognise([images]))

    row = BACKBONES["resnet10t.c3_in1k"]
    keep(row, planted({GOLDFISH: 1}, row))
    *_, done = recognise([images])

    assert done.backbone == "resnet10t.c3_in1k"


def test_that_names_of_larger_classifiers_are_known_too(images, planted):
    file = planted({1: 1}, classes=11821)

    (answer,) = seen(recognise([images / "red.png"], "test_resnet", str(file)))

    assert answer.names[0] == "cell"  # of ImageNet-12k


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("resnet10t", "ResNet-10 was made without photographs and knows no names"),
        ("vit_small_patch14_dinov2", "was pretrained on LVD-142M and knows no names"),
    ],
)
def test_that_a_backbone_without_classes_says_so_and_what_to_try(images, name, said):
    with pytest.raises(KnowsNoNames, match=said) as caught:
        list(recognise([images], name))

    assert "Train it on your own classes first" in caught.value.what_to_try
    assert "tlstudio backbones download mobilenetv3_small_100" in caught.value.what_to_try


def test_that_weights_that_are_not_here_are_not_imagined(images):
    with pytest.raises(WeightsNotHere):
        list(recognise([images], "test_resnet"))


def test_that_weights_changed_since_they_came_are_refused(images, planted):
    file = planted({GOLDFISH: 1})
    keep_weights(TINY, file, "download", "0" * 64)

    with pytest.raises(WeightsDamaged):
        list(recognise([images], "test_resnet"))


@pytest.mark.parametrize("classes", [2, 999])
def test_that_a_file_whose_classes_nobody_has_named_is_refused(images, planted, classes):
    with pytest.raises(NoNamesInWeights, match=r"“planted\.safetensors” holds no classifier"):
        list(recognise([images], "test_resnet", str(planted({0: 1}, classes=classes))))


def test_that_a_file_of_another_network_is_told(images, planted):
    with pytest.raises(WeightsDoNotFit):
        list(recognise([images], "test_vit", str(planted({0: 1}))))


def test_that_a_file_that_is_no_image_is_told_and_the_others_go_on(images, planted):
    (images / "notes.png").write_text("no image")

    events = list(recognise([images], "test_resnet", str(planted({0: 1}))))

    (unreadable,) = [event for event in events if isinstance(event, NotRecognised)]
    assert unreadable.image == str(images / "notes.png")
    assert len(seen(events)) == 2
    assert (events[-1].images, events[-1].unreadable) == (2, 1)


def test_that_nothing_to_look_at_is_an_error(tmp_path, planted):
    with pytest.raises(NoImagesGiven):
        list(recognise([tmp_path / "gone.png"], "test_resnet", str(planted({0: 1}))))

    (tmp_path / "notes.png").write_text("no image")
    with pytest.raises(NoImageReadable):
        list(recognise([tmp_path / "notes.png"], "test_resnet", str(planted({0: 1}))))


def test_that_the_engine_has_as_many_names_as_the_window_promises():
    from tlstudio.app.widgets.as_it_is import KNOWN

    for classes in KNOWN:
        info = ImageNetInfo(infer_imagenet_subset({"num_classes": classes}))
        assert len(info.label_descriptions()) == classes
