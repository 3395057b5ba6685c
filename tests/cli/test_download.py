"""`tlstudio backbones download`: nothing comes before the licence is agreed to."""

import io
import json
import signal

import pytest

from tlstudio.cli.verbs import main
from tlstudio.model.backbones import TEST_BACKBONES
from tlstudio.model.weight_store import models_folder, weights_state

ROW = TEST_BACKBONES["test_resnet"]


@pytest.fixture
def ask(hub, capsys):
    """ask(*options): status, events and text of a download of test_resnet."""

    def ask(*options):
        status = main(["backbones", "download", "test_resnet", "--mirror", hub.address, *options])
        out, errors = capsys.readouterr()
        events = [json.loads(line) for line in out.splitlines()] if "--json" in options else []
        return status, events, out + errors

    return ask


@pytest.mark.parametrize("answer", ["", "n\n"])  # nobody there, or not agreed
def test_that_licence_source_and_size_are_shown_before_anything_is_asked_of_the_hub(
    ask, hub, answer, monkeypatch
):
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))

    status, _, text = ask()

    assert status == 1
    assert ROW.licence in text
    assert ROW.source in text
    assert "1.9 MB" in text
    assert "Nothing was downloaded" in text
    assert hub.asked == []


@pytest.mark.parametrize(("option", "answer"), [((), "y\n"), (("--yes",), "")])
def test_that_who_agrees_gets_the_weights(ask, option, answer, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))

    status, _, text = ask(*option)

    assert status == 0
    assert "checksum" in text
    assert weights_state(ROW).kind == "here"


def test_that_json_tells_progress_and_the_checksum(ask, published):
    status, events, _ = ask("--yes", "--json")

    assert status == 0
    assert events[0]["event"] == "DownloadProgressed"
    assert events[-1]["event"] == "WeightsDownloaded"
    assert events[-1]["megabytes"] == len(published) / 1e6
    assert len(events[-1]["sha256"]) == 64


def test_that_json_can_not_ask_and_so_wants_the_agreement(ask, hub):
    assert main(["backbones", "download", "test_resnet", "--mirror", hub.address, "--json"]) == 2
    assert hub.asked == []


def test_that_a_lost_connection_is_an_error_with_what_to_try(ask, hub):
    hub.manners.drop_at = 500_000

    status, events, _ = ask("--yes", "--json")

    assert status == 1
    assert events[-1]["event"] == "Failed"
    assert "are kept" in events[-1]["message"]


def test_that_ctrl_c_keeps_what_has_come(ask, hub, published, monkeypatch):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    half = len(published) // 2
    hub.manners.stall_at = half
    shown = []

    def interrupt_at_half(line):
        shown.append(line)
        if f'"done_bytes": {half},' in line:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("sys.stdout.write", interrupt_at_half)
    status = main(["backbones", "download", "test_resnet", "--mirror", hub.address, "--yes", "--json"])
    signal.signal(signal.SIGINT, before)

    assert status == 130
    assert json.loads(shown[-1]) == {"event": "Stopped", "step": "download"}
    (part,) = models_folder().rglob("*.part")
    assert part.stat().st_size == half


def test_that_an_unknown_backbone_is_told(ask, capsys):
    assert main(["backbones", "download", "resnet19", "--yes"]) == 1
    assert "Unknown backbone" in capsys.readouterr().err
