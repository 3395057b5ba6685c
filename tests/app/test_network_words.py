"""What cards and lists say of a network."""

from pathlib import Path

import pytest

from tlstudio.app.downloads import Download
from tlstudio.app.widgets.network_card import chip_width, fitting
from tlstudio.app.widgets.network_words import (
    SUGGESTED,
    ChipWords,
    NetworkFacts,
    about_weights,
    done_of,
    size_bytes,
    speed_words,
    state_chip,
    state_words,
)
from tlstudio.events import Failed
from tlstudio.model.backbones import BACKBONES
from tlstudio.model.weight_store import WeightsState

HERE = WeightsState("here", Path("model.safetensors"), 102_000_000)
AWAY = WeightsState("download", None, 102_441_032)
NOWHERE = WeightsState("none", None, 0)
STOPPED = Download("a", 41_000_000, 102_441_032, is_running=False)
FAILED = Download("a", 0, 0, is_running=False, problem=Failed("No connection", ""))


@pytest.mark.parametrize(
    ("facts", "words", "tone"),
    [
        (NetworkFacts(HERE), "Works offline", "ok"),
        (NetworkFacts(WeightsState("bundled", Path("x"), 9)), "Works offline", "ok"),
        (NetworkFacts(WeightsState("pack", Path("x"), 9)), "Works offline", "ok"),
        (NetworkFacts(AWAY), "Download once, 102 MB", "neutral"),
        (NetworkFacts(NOWHERE), "Starts from random weights", "neutral"),
        (NetworkFacts(HERE, start="random"), "Starts from random weights", "neutral"),
        (NetworkFacts(HERE, start="mine.pt"), "Starts from mine.pt", "neutral"),
        (NetworkFacts(AWAY, download=STOPPED), "Stopped, 41 of 102 MB here", "warn"),
        (NetworkFacts(AWAY, download=FAILED), "Download failed", "bad"),
    ],
)
def test_that_a_chip_says_what_the_weights_are(facts, words, tone):
    chip = state_chip(facts)

    assert (chip.texts[0], chip.tone) == (words, tone)


def test_that_a_list_says_the_state_in_two_words():
    kinds = ("bundled", "here", "pack", "download", "none")

    said = [state_words(WeightsState(kind, None, 0)) for kind in kinds]

    assert said == ["Bundled", "On this computer", "Imported pack", "Download", "Random only"]


def test_that_a_speed_is_told_by_comparing_with_the_fastest():
    words = [speed_words(NetworkFacts(HERE, speed=speed, fastest=400.0))[1] for speed in (400, 170, 62, 20)]

    assert words == ["Fastest", "Fast", "Medium", "Slower"]


def test_that_a_faster_network_has_a_longer_meter():
    filled = [speed_words(NetworkFacts(HERE, speed=speed, fastest=400.0))[0] for speed in (1, 20, 170, 400)]

    assert filled == sorted(filled)
    assert filled[0] > 0
    assert filled[-1] == 1


def test_that_what_was_not_measured_is_not_guessed():
    assert speed_words(NetworkFacts(HERE)) == (None, "not measured yet")
    assert speed_words(NetworkFacts(HERE, is_measuring=True)) == (None, "measuring…")


def test_that_the_share_of_a_download_names_its_unit_once():
    assert done_of(Download("a", 41_000_000, 102_441_032)) == "41 of 102 MB"
    assert done_of(Download("a", 400_000_000, 1_300_000_000)) == "400 MB of 1.3 GB"
    assert done_of(Download("a", 4_100_000, 0)) == "4.1 MB"


def test_that_bundled_weights_say_that_no_photograph_was_used():
    assert about_weights(BACKBONES["resnet10t"]) == "Made by us on synthetic images; no photograph was used."


def test_that_published_weights_say_whose_they_are():
    assert about_weights(BACKBONES["resnet50"]) == (
        "Pretrained on ImageNet-1k, licence Apache-2.0, huggingface.co/timm/resnet50.a1_in1k."
    )


def test_that_the_size_is_that_of_the_download_or_of_the_network_itself():
    assert size_bytes(BACKBONES["resnet50"]) == BACKBONES["resnet50"].weights.size_bytes
    assert size_bytes(BACKBONES["resnet10t"]) == BACKBONES["resnet10t"].parameters * 4


def test_that_chips_are_shortened_until_they_fit_beside_each_other(qapp):
    chips = [ChipWords(("Download once, 102 MB", "Download 102 MB", "102 MB"), "neutral", "file"), SUGGESTED]
    gap = chip_width("Suggested") + 10

    assert fitting(chips, chip_width("Download once, 102 MB") + gap) == ["Download once, 102 MB", "Suggested"]
    assert fitting(chips, chip_width("Download 102 MB") + gap) == ["Download 102 MB", "Suggested"]
    assert fitting(chips, chip_width("102 MB") + gap) == ["102 MB", "Suggested"]
    assert fitting(chips, 20) == ["102 MB", ""]
