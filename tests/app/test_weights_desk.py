"""Packs, weights files and unknown networks: asked for, waited for, told of."""

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from shiboken6 import delete

from tlstudio.app.widgets.message_bar import MessageBar
from tlstudio.app.widgets.weights_desk import WeightsDesk, is_pack
from tlstudio.events import Failed, Progress
from tlstudio.model.events import NetworkInspected, PackImported, WeightsMatched


@pytest.fixture
def desk(session, qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    yield WeightsDesk(session.errands, MessageBar(page), page)
    session.end()
    delete(page)


@pytest.fixture
def message(desk):
    return desk._message


def inspected(name, *, usable, reason=""):
    return NetworkInspected(name, usable, reason, name, "", ["stem"], 9, 64, "MIT", 1.0, 2.0)


def matched(*, fits, backbone="resnet18", left_out=(), reason="", fitting=""):
    return WeightsMatched(
        "mine.pt", backbone, fits, 102, 102, list(left_out), [], [], reason, fitting_backbone=fitting
    )


def press(message, words):
    [button for button in message.findChildren(QPushButton) if button.text() == words][-1].click()


def test_that_a_pack_is_known_by_its_manifest(tmp_path):
    assert not is_pack(tmp_path)

    (tmp_path / "manifest.json").write_text(json.dumps({}))

    assert is_pack(tmp_path)


def test_that_an_import_tells_how_far_it_is_and_what_came(desk, message, bench, record, qtbot):
    told = record(desk.told)

    desk.import_pack(Path("/media/stick/networks"))

    assert (bench.steps[0].step, bench.steps[0].options) == (
        "import_pack",
        {"folder": Path("/media/stick/networks")},
    )
    assert message.title == "Importing “networks”."
    bench.steps[0].release(Progress("Checking ResNet-18", 1, 2))
    qtbot.waitUntil(lambda: message._text.text() == "Checking ResNet-18…")
    bench.steps[0].release(PackImported(["resnet18", "resnet50"], ["vgg11"], 149.0), None)
    qtbot.waitUntil(lambda: len(told.events) == 1)
    assert (message.tone, message.title) == ("ok", "2 more networks work offline now.")
    assert message._text.text() == "ResNet-18 and ResNet-50, 149 MB. VGG-11 was here already."


def test_that_a_pack_that_brings_nothing_new_says_so(desk, message, bench, qtbot):
    desk.import_pack(Path("/media/stick/networks"))

    bench.steps[0].release(PackImported([], ["vgg11"], 0.0), None)

    qtbot.waitUntil(lambda: message.title == "All of this pack was here already.")


def test_that_a_pack_of_which_nothing_can_be_used_says_so(desk, message, bench, qtbot):
    desk.import_pack(Path("/media/stick/networks"))

    bench.steps[0].release(PackImported([], [], 0.0), None)

    qtbot.waitUntil(lambda: message.title == "Nothing was taken from this pack.")
    assert message.tone == "warn"


def test_that_a_refused_pack_says_why_and_what_to_try(desk, message, bench, record, qtbot):
    told = record(desk.told)
    desk.import_pack(Path("/media/stick/networks"))

    bench.steps[0].release(
        Failed("Pack refused", "A file lies outside of it. Nothing was imported.", "Get it again."),
        None,
    )

    qtbot.waitUntil(lambda: bool(told.events))
    assert (message.tone, message.title) == ("bad", "Pack refused.")
    assert message._text.text().endswith("Nothing was imported. Get it again.")


def test_that_a_usable_network_is_told_by_name(desk, bench, record, qtbot):
    found = record(desk.network_found)

    desk.inspect("convnextv2_nano")

    assert bench.steps[0].options == {"name": "convnextv2_nano"}
    bench.steps[0].release(inspected("convnextv2_nano", usable=True), None)
    qtbot.waitUntil(lambda: found.events == ["convnextv2_nano"])


def test_that_a_network_that_can_not_be_used_says_why(desk, message, bench, record, qtbot):
    found = record(desk.network_found)
    desk.inspect("levit_128")

    bench.steps[0].release(inspected("levit_128", usable=False, reason="It can't be exported."), None)

    qtbot.waitUntil(lambda: message.title == "levit_128 can't be used here.")
    assert message._text.text() == "It can't be exported. Nothing was changed."
    assert found.events == []


def test_that_looking_at_a_network_can_be_cancelled(desk, message, bench, record, qtbot):
    put_back = record(desk.put_back)
    desk.inspect("levit_128")

    press(message, "Cancel")

    qtbot.waitUntil(lambda: len(put_back.events) == 1)
    assert not desk.is_busy
    assert not message.title


def test_that_one_network_is_looked_at_at_a_time_the_last_that_was_asked_for(desk, bench, qtbot):
    for name in ("a", "b", "c"):
        desk.inspect(name)

    qtbot.waitUntil(lambda: len(bench.steps) == 2)
    assert [step.options["name"] for step in bench.steps] == ["a", "c"]
    assert bench.steps[0].asked[0] == "stop"


def test_that_a_file_that_fits_is_told_with_what_is_left_out(desk, bench, record, qtbot):
    fits = []
    desk.file_fits.connect(lambda *told: fits.append(told))

    desk.match(Path("/w/mine.pt"), "resnet18")

    assert bench.steps[0].options == {"backbone": "resnet18", "file": Path("/w/mine.pt")}
    bench.steps[0].release(matched(fits=True, left_out=["fc.weight", "fc.bias"]), None)
    words = "102 of 102 tensors fit; its classifier is left out, as a new one is trained."
    qtbot.waitUntil(lambda: fits == [(Path("/w/mine.pt"), "resnet18", words)])


def test_that_a_file_that_does_not_fit_is_refused_with_the_reason(desk, message, bench, record, qtbot):
    told = record(desk.told)
    desk.match(Path("/w/mine.pt"), "resnet18")

    bench.steps[0].release(matched(fits=False, reason="It belongs to another network."), None)

    qtbot.waitUntil(lambda: bool(told.events))
    assert (message.tone, message.title) == ("bad", "“mine.pt” does not fit ResNet-18.")
    assert message._text.text() == "It belongs to another network. Nothing was changed."


def test_that_the_network_that_a_file_fits_is_offered_and_held_against_it_again(desk, message, bench, qtbot):
    desk.match(Path("/w/mine.pt"), "resnet18")
    bench.steps[0].release(matched(fits=False, reason="It fits ResNet-50.", fitting="resnet50"), None)
    qtbot.waitUntil(lambda: message.tone == "bad")

    press(message, "Use ResNet-50")

    assert bench.steps[1].options == {"backbone": "resnet50", "file": Path("/w/mine.pt")}
    fits = []
    desk.file_fits.connect(lambda *told: fits.append(told))
    bench.steps[1].release(matched(fits=True, backbone="resnet50"), None)
    qtbot.waitUntil(lambda: fits == [(Path("/w/mine.pt"), "resnet50", "102 of 102 tensors fit.")])
