"""`tlstudio backbones measure` and `tlstudio recognise`: backbones before any training."""

import json

import pytest
from PIL import Image
from safetensors.torch import save_file

from tlstudio.cli.backbone_words import backbone_sentence
from tlstudio.cli.verbs import main
from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES
from tlstudio.model.events import Recognised, RecogniseDone, SpeedMeasured, SpeedNotMeasured, SpeedsMeasured
from tlstudio.model.network import create
from tlstudio.model.speeds import new_speed, remember


@pytest.fixture
def ask(capsys):
    """ask(*arguments): the exit status, and the events or the text."""

    def ask(*arguments):
        status = main([str(argument) for argument in arguments])
        out, errors = capsys.readouterr()
        if "--json" in arguments:
            return status, [json.loads(line) for line in out.splitlines()]
        return status, out + errors

    return ask


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "red.png"
    Image.new("RGB", (80, 70), (255, 0, 0)).save(path)
    return path


def test_that_measure_tells_each_backbone_and_remembers_it(ask):
    status, events = ask("backbones", "measure", "test_resnet", "--json")

    (measured,) = [event for event in events if event["event"] == "SpeedMeasured"]
    assert status == 0
    assert measured["name"] == "test_resnet"
    assert measured["images_per_second"] > 0
    assert measured["training_images_per_second"] > 0
    assert events[-1]["event"] == "SpeedsMeasured"
    assert (events[-1]["backbones"], events[-1]["left_out"]) == (1, [])


def test_that_an_unknown_backbone_is_status_1(ask):
    status, events = ask("backbones", "measure", "resnet19", "--json")

    assert (status, events[-1]["event"]) == (1, "Failed")


def test_that_the_list_shows_the_measured_speed(ask):
    remember(new_speed(BACKBONES["resnet18"], "CPU, 2 threads", 41.26, 12, "float32"))

    _, events = ask("backbones", "--json")
    _, text = ask("backbones")

    speeds = {event["name"]: event["images_per_second"] for event in events[:-1]}
    assert speeds["resnet18"] == 41.3
    assert speeds["resnet50"] is None
    assert "41/s" in text


def test_that_recognise_tells_five_names_an_image(ask, image, tmp_path):
    save_file(create(TEST_BACKBONES["test_resnet"], 1000).state_dict(), tmp_path / "weights.safetensors")

    status, events = ask(
        "recognise",
        image,
        "--backbone",
        "test_resnet",
        "--weights",
        tmp_path / "weights.safetensors",
        "--json",
    )

    (seen,) = [event for event in events if event["event"] == "Recognised"]
    assert status == 0
    assert len(seen["names"]) == len(seen["probabilities"]) == 5
    assert seen["probabilities"] == sorted(seen["probabilities"], reverse=True)
    assert events[-1]["event"] == "RecogniseDone"


def test_that_a_backbone_without_names_is_status_1_with_what_to_try(ask, image):
    status, text = ask("recognise", image, "--backbone", "resnet10t")

    assert status == 1
    assert "knows no names" in text
    assert "Train it on your own classes first" in text


def test_that_a_weights_file_needs_its_backbone_named(ask, image):
    assert ask("recognise", image, "--weights", "x.safetensors")[0] == 2


SENTENCES = {
    SpeedMeasured(
        "resnet18", 41.3, 3.25, "CPU"
    ): "resnet18: answers 41 images a second, learns from 3.2 a second",
    SpeedNotMeasured("vgg16", "Not even one image fits."): "vgg16: not measured. Not even one image fits.",
    Recognised("a.jpg", ("tench, Tinca tinca", "eel", "cock"), (0.997, 0.04, 0.001)): (
        "a.jpg: tench over 99%, eel 4%, cock under 1%"
    ),
}


@pytest.mark.parametrize("event", SENTENCES, ids=lambda event: type(event).__name__)
def test_that_events_are_said_in_words(event):
    assert backbone_sentence(event) == SENTENCES[event]


def test_that_counts_of_what_failed_are_said():
    measured = backbone_sentence(SpeedsMeasured(2, ["vgg16"], "CPU, 2 threads", 8.04))
    done = backbone_sentence(RecogniseDone("resnet18", 2, 1, 0.5))

    assert measured.startswith("2 backbones measured, 1 not, in 8.0 s, on CPU, 2 threads.")
    assert done.startswith("2 images, 1 not read, 0.5 s, by resnet18 as it was pretrained")
