from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from shiboken6 import delete

from tlstudio.app.pages.model import FEATURED, ModelPage, cards_for
from tlstudio.app.session import Session
from tlstudio.app.widgets.advanced_settings import AdvancedSettings
from tlstudio.data.events import ImagesScanned
from tlstudio.model.backbones import BACKBONES
from tlstudio.model.settings import ModelSettings
from tlstudio.project.file import create_project, open_project
from tlstudio.train.events import EpochDone, RunStarted

IMAGES = ImagesScanned(
    840, ["a", "b", "c"], 0, 10, {"train": 588, "validation": 126, "test": 126}, {}, "f", None
)


@pytest.fixture
def session(qapp, tmp_path):
    project = create_project(tmp_path / "project").with_settings(model=ModelSettings("resnet50"))
    session = Session()
    session.project = replace(project, images=IMAGES)
    return session


@pytest.fixture
def page(qtbot, session):
    page = ModelPage(session)
    qtbot.addWidget(page)
    page.resize(1056, 800)
    page.show()
    yield page
    delete(page)  # else the collector takes it apart later, in the middle of another test


def chosen(session):
    return session.project.settings.model


def press(page, words):
    found = [button for button in page.message.findChildren(QPushButton) if button.text() == words]
    found[0].click()


def test_that_every_featured_backbone_is_in_the_table():
    assert set(FEATURED) <= set(BACKBONES)
    assert len(FEATURED) == 4


def test_that_the_chosen_backbone_is_always_one_of_the_four_cards():
    assert cards_for("resnet50") == list(FEATURED)
    assert cards_for("vgg11") == [*FEATURED[:3], "vgg11"]


def test_that_the_cards_say_what_is_true_of_their_weights(page):
    said = [card.accessibleDescription() for card in page._cards.values()]

    assert all("Starts from random weights" in words for words in said)
    assert not any("offline" in words.lower() or "download" in words.lower() for words in said)


def test_that_a_card_is_a_radio_button_for_assistive_technology(page):
    card = page._cards["resnet50"]
    found = QAccessible.queryAccessibleInterface(card)

    assert found.role() == QAccessible.Role.RadioButton
    assert card.isChecked()
    assert found.text(QAccessible.Text.Name) == "Strong all-rounder, ResNet-50"


def test_that_random_weights_are_told_and_recommend_to_freeze_nothing(page):
    assert page.message.title == "No pretrained weights are bundled yet."
    assert page.freeze_card.slider.recommended == 0
    assert page.freeze_card.slider.value() == 0


def test_that_freezing_random_weights_is_warned_of_and_undone_by_one_press(page, session):
    QTest.keyClick(page.freeze_card.slider, Qt.Key.Key_Right)
    assert chosen(session).freeze == 1
    assert page.message.tone == "warn"

    press(page, "Relearn everything")

    assert chosen(session).freeze == 0
    assert page.message.tone == "accent"


def test_that_a_depth_is_saved_at_once_and_the_last_one_as_head(page, session):
    QTest.keyClick(page.freeze_card.slider, Qt.Key.Key_End)

    assert chosen(session).freeze == "head"
    assert open_project(session.project.folder).settings.model.freeze == "head"


def test_that_presets_set_the_depth(page, session):
    page.freeze_card.presets.chosen.emit(2)
    assert chosen(session).freeze == "head"
    page.freeze_card.presets.chosen.emit(1)
    assert chosen(session).freeze == 4
    page.freeze_card.presets.chosen.emit(0)
    assert chosen(session).freeze == 0


def test_that_the_read_out_counts_what_is_adjusted(page):
    card = page.freeze_card
    assert card.adjusts.value() == "all 23.5 million"
    assert card.strategy.value() == "Full fine-tuning"

    QTest.keyClick(card.slider, Qt.Key.Key_End)

    assert card.strategy.value() == "Feature extraction"
    assert card.adjusts.value() == "6,147 of 23.5 million"  # 2,048 features × 3 classes + 3


def test_that_the_risk_is_said_with_may(page):
    assert page.freeze_card.risk.value() == "High risk"
    assert "may" in page.freeze_card.risk.accessibleName()


def test_that_a_weights_file_is_named_and_pins_a_recommended_depth(page, session):
    page.use_weights(Path("/somewhere/resnet50.safetensors"))

    assert chosen(session).weights == str(Path("/somewhere/resnet50.safetensors"))
    assert chosen(session).freeze == 4  # 588 training images: 0.8 of 5 groups
    assert page.freeze_card.slider.recommended == 4
    assert page.message.title == "Starts from resnet50.safetensors."
    assert "Starts from resnet50.safetensors" in page._cards["resnet50"].accessibleDescription()

    press(page, "Use random weights")
    assert chosen(session) == ModelSettings("resnet50", 0, "random")


def test_that_another_backbone_starts_anew_as_a_weights_file_fits_one_network(page, session):
    page.use_weights(Path("/somewhere/resnet50.safetensors"))

    QTest.mouseClick(page._cards["convnext_tiny"], Qt.MouseButton.LeftButton)

    assert chosen(session) == ModelSettings("convnext_tiny", 0, "random")
    assert page.freeze_card.slider.maximum() == BACKBONES["convnext_tiny"].head_depth


def test_that_all_networks_are_listed_in_place_and_can_be_chosen(page, session):
    page.all_networks.click()
    assert page.list.isVisible()
    assert page.list.rowCount() == len(BACKBONES)

    page.list.backbone_chosen.emit("vgg11")

    assert chosen(session).backbone == "vgg11"
    assert page._cards["vgg11"].isChecked()


def test_that_the_list_says_none_where_no_accuracy_was_published(page):
    rows = {
        page.list.item(row, 0).text(): page.list.item(row, 5).text() for row in range(page.list.rowCount())
    }

    for backbone in BACKBONES.values():
        expected = "–" if backbone.imagenet_accuracy is None else f"{backbone.imagenet_accuracy:.1%}"
        assert rows[backbone.title] == expected


def test_that_the_time_is_unknown_until_a_run_of_the_same_backbone_was_measured(page, session):
    assert page.freeze_card.time.value() == "–"
    started = RunStarted(1, "2026", 5, 0, "CPU", "float32", 32, 0, 9, 9, 588, 126, "random", "f")
    epoch = EpochDone(1, 1, 5, 0.5, 0.8, 0.6, 0.8, 30.0, True, 1e-3, {}, [])

    session.take(started)
    session.take(epoch)

    assert page.freeze_card.time.value() == "about 10 min"  # 20 epochs of 30 s
    assert "by run 1" in page.freeze_card.time.accessibleName()


def test_that_advanced_settings_are_saved_at_once(page, session):
    page.open_advanced_settings()
    dialog = page.findChild(AdvancedSettings)

    dialog.editor("epochs").setValue(7)

    assert session.project.settings.train.epochs == 7
    dialog.close()


def test_that_start_training_starts_it_and_goes_to_train(page, session, monkeypatch):
    asked, went = [], []
    monkeypatch.setattr(session, "start", lambda step, **options: asked.append(step))
    page.went.connect(went.append)

    page.primary.click()

    assert (asked, went) == (["train"], ["train"])


def test_that_without_images_training_can_not_start_and_the_footer_says_why(page, session):
    session.project = replace(session.project, images=None)
    page.refresh()

    assert not page.primary.isEnabled()
    assert page.primary.toolTip() == "Add images on the Data page first."
    assert page.freeze_card.risk.value() == "–"


@pytest.mark.parametrize("name", BACKBONES)
def test_that_every_backbone_of_the_table_can_be_shown(name, page, session):
    page.choose_backbone(name)

    assert page.freeze_card.slider.maximum() == BACKBONES[name].head_depth
    assert page._cards[name].isChecked()
