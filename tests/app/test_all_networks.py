"""The list of all networks, its search and its keys."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from shiboken6 import delete

from tlstudio.app.widgets.all_networks import MOST_FOUND, AllNetworks
from tlstudio.app.widgets.network_list import COLUMNS, NOT_LOOKED_AT, Listed
from tlstudio.app.widgets.network_words import NetworkFacts
from tlstudio.model.backbones import BACKBONES
from tlstudio.model.catalogue import TimmModel
from tlstudio.model.weight_store import weights_state

GALLERY = [BACKBONES[name] for name in (
    "resnet10t", "resnet18", "resnet50", "vgg11", "convnext_atto", "convnext_tiny", "densenet121"
)]  # fmt: skip


def of_timm(name, licence="Apache-2.0"):
    return TimmModel(name, "Odd", f"timm/{name}", licence, 224, 1000, 5_000_000, 20_000_000)


TIMM = [
    of_timm("convnext_atto"),
    of_timm("convnext_atto.d2_in1k"),
    of_timm("convnextv2_nano.fcmae_in1k", "CC-BY-NC-4.0"),
    of_timm("convnext_odd.in12k"),
    *(of_timm(f"vit_odd_{number}") for number in range(200)),
]


def listed(backbone, speed=None):
    return Listed(backbone.name, backbone, NetworkFacts(weights_state(backbone), speed=speed, fastest=speed))


def barred():
    weights = replace(BACKBONES["vgg11"].weights, licence="CC-BY-NC-4.0")
    return replace(BACKBONES["vgg11"], name="barred", title="Barred", weights=weights)


@pytest.fixture
def panel(qtbot):
    made = AllNetworks(lambda text: [model for model in TIMM if text in model.name])
    qtbot.addWidget(made)
    made.resize(1000, 400)
    made.show_rows([*map(listed, GALLERY), listed(barred())], "resnet50")
    made.show()
    yield made
    delete(made)


def search(panel, words):
    panel.field.setText(words)
    panel._typing.timeout.emit()


def cell(panel, row, column):
    return panel.list.item(row, COLUMNS.index(column)).text()


def test_that_every_network_of_the_gallery_is_listed_and_the_chosen_one_marked(panel):
    assert panel.list.names() == [backbone.name for backbone in GALLERY]
    assert panel.list.names()[panel.list.currentRow()] == "resnet50"


def test_that_a_licence_against_commercial_use_is_hidden_until_it_is_asked_for(panel):
    assert "1 hidden, as their licence does not allow commercial use" in panel._count.text()

    panel.non_commercial.click()

    assert panel.list.names() == [*(backbone.name for backbone in GALLERY), "barred"]


def test_that_what_is_not_known_is_a_dash(panel):
    row = panel.list.names().index("resnet10t")

    assert cell(panel, row, "Accuracy") == "–"
    assert cell(panel, row, "Images/s") == "–"
    assert cell(panel, row, "Trained on") == "Synthetic images"


def test_that_a_measured_speed_is_told_as_a_number(panel):
    panel.show_rows([listed(BACKBONES["resnet18"], 91.6)], "resnet18")

    assert cell(panel, 0, "Images/s") == "92"


@pytest.mark.parametrize("words", ["densenet", "radiology", "DenseNet-121", "common RADIOLOGY"])
def test_that_the_search_looks_at_name_title_family_and_use(panel, words):
    search(panel, words)

    assert panel.list.names()[0] == "densenet121"


def test_that_the_search_also_finds_networks_that_nobody_looked_at(panel):
    search(panel, "convnext")

    assert panel.list.names() == ["convnext_atto", "convnext_tiny", "convnext_odd.in12k"]
    assert cell(panel, 2, "Good for") == NOT_LOOKED_AT
    assert cell(panel, 2, "Size") == "20 MB"
    assert cell(panel, 2, "Trained on") == "ImageNet-12k"
    assert "1 more of timm" in panel._count.text()
    assert "1 hidden" in panel._count.text()


def test_that_of_very_many_only_the_first_are_listed(panel):
    search(panel, "vit_odd")

    assert panel.list.rowCount() == MOST_FOUND
    assert f"The first {MOST_FOUND} of 200" in panel._count.text()


def test_that_an_empty_result_says_how_names_look(panel):
    search(panel, "qwertz")

    assert not panel.list.isVisible()
    assert panel.nothing.text().startswith("No network has “qwertz” in its name.")
    search(panel, "")
    assert panel.list.isVisible()


def test_that_a_result_that_is_hidden_as_a_whole_says_why(panel):
    search(panel, "fcmae")

    assert not panel.list.isVisible()
    assert panel.nothing.text().startswith("What has “fcmae” in its name has a licence")
    panel.non_commercial.click()
    assert panel.list.names() == ["convnextv2_nano.fcmae_in1k"]


def test_that_the_list_is_reached_and_chosen_from_by_key(panel, record):
    chosen = record(panel.chosen)
    panel.field.setFocus()
    QTest.keyClicks(panel.field, "convnext_")
    QTest.keyClick(panel.field, Qt.Key.Key_Down)

    assert panel.list.hasFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    QTest.keyClick(panel.list, Qt.Key.Key_Up)
    QTest.keyClick(panel.list, Qt.Key.Key_Space)

    assert chosen.events == ["convnext_tiny", "convnext_atto"]


def test_that_new_facts_do_not_take_the_place_of_who_walks_through_the_list(panel):
    panel.list.setCurrentCell(3, 0)

    panel.show_rows([*map(listed, GALLERY)], "resnet50")

    assert panel.list.currentRow() == 3


def test_that_its_controls_have_names_for_assistive_technology(panel):
    for widget in (panel.field, panel.non_commercial, panel.list):
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def test_that_esc_empties_the_search_first_and_then_closes(panel, record):
    closed = record(panel.closed)
    panel.field.setFocus()
    QTest.keyClicks(panel.field, "conv")

    QTest.keyClick(panel.field, Qt.Key.Key_Escape)
    assert (panel.field.text(), len(closed.events)) == ("", 0)

    QTest.keyClick(panel.field, Qt.Key.Key_Escape)
    QTest.keyClick(panel.list, Qt.Key.Key_Escape)
    assert len(closed.events) == 2
