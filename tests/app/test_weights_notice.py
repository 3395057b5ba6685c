"""What the Model page says about the weights of the chosen network."""

from dataclasses import replace
from pathlib import Path

from tlstudio.app.downloads import Download
from tlstudio.app.widgets.network_words import NetworkFacts
from tlstudio.app.widgets.weights_notice import notice
from tlstudio.events import Failed
from tlstudio.model.backbones import BACKBONES
from tlstudio.model.weight_store import WeightsState

HERE = WeightsState("here", Path("model.safetensors"), 102_441_032)
AWAY = WeightsState("download", None, 102_441_032)
NOWHERE = WeightsState("none", None, 0)
RESNET = BACKBONES["resnet50"]


def said(facts, *, is_frozen=True, matched="", backbone=RESNET):
    return notice(backbone, facts, is_frozen=is_frozen, matched=matched)


def offers(told):
    return [offer for _, offer in told.actions]


def test_that_weights_that_are_here_need_no_word():
    assert said(NetworkFacts(HERE)) is None


def test_that_missing_weights_are_offered_with_size_source_and_licence():
    told = said(NetworkFacts(AWAY))

    assert told.title == "The weights of ResNet-50 are not on this computer yet."
    assert told.text == "102 MB once, from huggingface.co/timm/resnet50.a1_in1k. Licence Apache-2.0."
    assert told.actions == (("Download 102 MB", "download"), ("Use random weights", "random"))


def test_that_a_licence_against_commercial_use_says_so():
    weights = replace(RESNET.weights, licence="CC-BY-NC-4.0")

    told = said(NetworkFacts(AWAY), backbone=replace(RESNET, weights=weights))

    assert "Licence CC-BY-NC-4.0, which does not allow commercial use." in told.text


def test_that_a_download_can_be_cancelled_and_says_that_nobody_need_wait():
    told = said(NetworkFacts(AWAY, download=Download("resnet50", 41_000_000, 102_441_032)))

    assert told.is_loading
    assert told.text.startswith("41 of 102 MB. It goes on while you look at other pages")
    assert offers(told) == ["cancel"]


def test_that_a_stopped_download_continues():
    told = said(NetworkFacts(AWAY, download=Download("resnet50", 41_000_000, 102_441_032, is_running=False)))

    assert told.title == "Download stopped at 41 of 102 MB."
    assert told.actions[0] == ("Continue", "download")


def test_that_a_failed_download_says_what_to_try():
    problem = Failed("No connection", "huggingface.co could not be reached.", "Check the network.")

    told = said(NetworkFacts(AWAY, download=Download("resnet50", 0, 0, is_running=False, problem=problem)))

    assert told.tone == "bad"
    assert told.title == "No connection."
    assert told.text == "huggingface.co could not be reached. Check the network."
    assert told.actions[0] == ("Try again", "download")


def test_that_random_weights_can_be_exchanged_for_pretrained_ones():
    told = said(NetworkFacts(HERE, start="random"), is_frozen=False)

    assert told.title == "Starts from random weights."
    assert offers(told) == ["pretrained"]


def test_that_frozen_random_blocks_are_warned_of():
    told = said(NetworkFacts(HERE, start="random"))

    assert told.tone == "warn"
    assert offers(told) == ["relearn", "pretrained"]


def test_that_where_no_weights_are_to_be_had_a_file_is_offered():
    told = said(NetworkFacts(NOWHERE), is_frozen=False)

    assert "No pretrained weights of ResNet-50 are to be had" in told.text
    assert offers(told) == ["file"]


def test_that_an_own_file_is_named_with_how_it_fits():
    told = said(NetworkFacts(AWAY, start="mine.pt"), matched="102 of 102 tensors fit.")

    assert (told.tone, told.title, told.text) == ("ok", "Starts from mine.pt.", "102 of 102 tensors fit.")
    assert offers(told) == ["pretrained"]
