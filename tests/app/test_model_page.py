from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from shiboken6 import delete

from tlstudio.app.pages.model import ModelPage
from tlstudio.app.widgets.advanced_settings import AdvancedSettings
from tlstudio.app.widgets.network_cards import FEATURED, cards_for
from tlstudio.data.events import ImagesScanned
from tlstudio.events import Failed
from tlstudio.model.adopted import adopt
from tlstudio.model.backbones import BACKBONES
from tlstudio.model.events import (
    DownloadProgressed,
    NetworkInspected,
    PackImported,
    WeightsDownloaded,
    WeightsMatched,
)
from tlstudio.model.settings import ModelSettings
from tlstudio.model.speeds import new_speed
from tlstudio.model.weight_store import keep_weights
from tlstudio.project.file import create_project, open_project

IMAGES = ImagesScanned(
    840, ["a", "b", "c"], 0, 10, {"train": 588, "validation": 126, "test": 126}, {}, "f", None
)


@pytest.fixture
def session(session, tmp_path):
    """With a scanned project of ResNet-50 whose weights are not here."""
    project = create_project(tmp_path / "project").with_settings(model=ModelSettings("resnet50", 4))
    session.project = replace(project, images=IMAGES)
    return session


@pytest.fixture
def page(qtbot, session):
    page = ModelPage(session)
    qtbot.addWidget(page)
    page.resize(1056, 800)
    page.show()
    yield page
    session.end()
    delete(page)  # else the collector takes it apart later, in the middle of another test


def chosen(session):
    return session.project.settings.model


def press(page, words):
    found = [button for button in page.message.findChildren(QPushButton) if button.text() == words]
    found[-1].click()


def click(page, name):
    QTest.mouseClick(page.cards.cards[name], Qt.MouseButton.LeftButton)


def put_here(name, folder, origin="download"):
    """Weights in the model folder, as a download or a pack leaves them."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.safetensors"
    file.write_bytes(b"weights")
    keep_weights(BACKBONES[name], file, origin, "0" * 64)


def test_that_every_card_is_in_the_table():
    assert set(FEATURED) <= set(BACKBONES)
    assert len(cards_for("resnet50")) == 4


def test_that_what_comes_with_the_program_is_first():
    assert cards_for("resnet50")[0] == "resnet10t"


@pytest.mark.parametrize("name", ["vgg11", "resnet18", "somebody_elses.tag"])
@pytest.mark.parametrize("suggested", ["", "densenet121", "resnet10t", "convnext_tiny"])
def test_that_what_is_chosen_and_what_is_suggested_are_always_among_the_cards(name, suggested):
    names = cards_for(name, suggested)

    assert len(set(names)) == 4
    assert {name, suggested} - {""} <= set(names)


def test_that_the_cards_say_how_their_weights_can_be_had(page, tmp_path):
    put_here("convnext_tiny", tmp_path / "kept")
    page.refresh()

    said = {name: card.accessibleDescription() for name, card in page.cards.cards.items()}

    assert "Works offline" in said["convnext_tiny"]
    assert "Download once, 102 MB" in said["resnet50"]


def test_that_a_card_is_a_radio_button_for_assistive_technology(page):
    card = page.cards.cards["resnet50"]
    found = QAccessible.queryAccessibleInterface(card)

    assert found.role() == QAccessible.Role.RadioButton
    assert card.isChecked()
    assert found.text(QAccessible.Text.Name) == "Strong all-rounder, ResNet-50"


def test_that_missing_weights_are_offered_and_never_fetched_by_themselves(page, session, bench):
    click(page, "convnext_tiny")

    assert chosen(session).weights == "pretrained"
    assert page.message.title == "The weights of ConvNeXt Tiny are not on this computer yet."
    assert bench.steps == []
    assert not page.primary.isEnabled()
    assert "Its weights are not here yet" in page.primary.toolTip()


def test_that_a_download_is_followed_in_the_card_and_in_the_message(page, session, bench, qtbot):
    press(page, "Download 102 MB")

    card = page.cards.cards["resnet50"]
    assert bench.steps[0].options["name"] == "resnet50"
    assert card.bar.isVisible()
    bench.steps[0].release(DownloadProgressed("resnet50", 41_000_000, 102_441_032))
    qtbot.waitUntil(lambda: "41 of 102 MB" in card.accessibleDescription())
    assert page.message.title == "Downloading the weights of ResNet-50."
    assert page.message._text.text().startswith("41 of 102 MB.")
    assert card.bar.fraction() == pytest.approx(0.4, abs=0.01)
    assert page.primary.toolTip() == "Training can start once its weights are here."


def test_that_weights_that_have_come_make_the_card_ready(page, session, bench, tmp_path, qtbot):
    press(page, "Download 102 MB")
    put_here("resnet50", tmp_path / "kept")

    bench.steps[0].release(WeightsDownloaded("resnet50", "0" * 64, 102.4, 9.0), None)

    qtbot.waitUntil(page.primary.isEnabled)
    assert "Works offline" in page.cards.cards["resnet50"].accessibleDescription()
    assert chosen(session) == ModelSettings("resnet50", 4, "pretrained")
    assert not page.message.isVisible()
    assert page.about.about.text().startswith("Pretrained on ImageNet-1k")


def test_that_a_finished_download_does_not_take_back_another_choice(page, session, bench, tmp_path, qtbot):
    press(page, "Download 102 MB")
    click(page, "convnext_tiny")
    put_here("resnet50", tmp_path / "kept")

    bench.steps[0].release(WeightsDownloaded("resnet50", "0" * 64, 102.4, 9.0), None)

    card = page.cards.cards["resnet50"]
    qtbot.waitUntil(lambda: "Works offline" in card.accessibleDescription())
    assert chosen(session).backbone == "convnext_tiny"


def test_that_a_download_is_cancelled_from_the_card_and_continues(page, bench, qtbot):
    press(page, "Download 102 MB")
    bench.steps[0].release(DownloadProgressed("resnet50", 41_000_000, 102_441_032))

    page.cards.cards["resnet50"].cancel.click()

    qtbot.waitUntil(lambda: page.message.title == "Download stopped at 41 of 102 MB.")
    assert "Stopped, 41 of 102 MB here" in page.cards.cards["resnet50"].accessibleDescription()
    press(page, "Continue")
    assert len(bench.steps) == 2


def test_that_a_failed_download_says_what_to_try(page, bench, qtbot):
    press(page, "Download 102 MB")

    bench.steps[0].release(Failed("No connection", "The hub can't be reached.", "Check the network."), None)

    qtbot.waitUntil(lambda: page.message.title == "No connection.")
    assert page.message.tone == "bad"
    assert page.message._text.text() == "The hub can't be reached. Check the network."


def test_that_training_may_start_from_random_weights_instead(page, session):
    press(page, "Use random weights")

    assert chosen(session) == ModelSettings("resnet50", 0, "random")
    assert page.primary.isEnabled()
    assert page.freeze_card.slider.recommended == 0
    assert "Starts from random weights" in page.cards.cards["resnet50"].accessibleDescription()


def test_that_there_is_a_way_back_from_random_weights(page, session):
    press(page, "Use random weights")
    assert page.message.title == "Starts from random weights."

    press(page, "Use pretrained weights")

    assert chosen(session) == ModelSettings("resnet50", 4, "pretrained")


def test_that_pretrained_weights_are_recommended_to_be_kept(page):
    assert page.freeze_card.slider.recommended == 4  # 588 training images: 0.8 of 5 groups
    assert page.freeze_card.slider.value() == 4


def test_that_a_message_that_was_closed_stays_closed_until_the_card_is_pressed_again(page):
    page.message.clear()
    page.refresh()
    assert not page.message.isVisible()

    click(page, "resnet50")

    assert page.message.isVisible()


def test_that_freezing_random_weights_is_warned_of_and_undone_by_one_press(page, session):
    press(page, "Use random weights")
    QTest.keyClick(page.freeze_card.slider, Qt.Key.Key_Right)
    assert chosen(session).freeze == 1
    assert page.message.tone == "warn"

    press(page, "Relearn everything")

    assert chosen(session).freeze == 0
    assert page.message.tone == "accent"


def test_that_weights_that_are_nowhere_are_not_promised(page, session, bench):
    unpublished = replace(BACKBONES["resnet18"].weights, repo="")
    adopt(replace(BACKBONES["resnet18"], name="bare", title="Bare", weights=unpublished))
    session.project = session.project.with_settings(model=ModelSettings("bare", 4))
    page.refresh()

    assert page.message.title == "Starts from random weights."
    assert page.freeze_card.slider.value() == 0
    page.primary.click()
    assert chosen(session) == ModelSettings("bare", 0, "random")


def test_that_a_network_that_nobody_knows_here_gives_way_to_the_first(page, session):
    session.project = session.project.with_settings(model=ModelSettings("nobody_knows_this", 99))

    page.refresh()

    assert page.message.title == "nobody_knows_this is not known on this computer."
    assert page.cards.cards["resnet10t"].isChecked()
    assert page.freeze_card.slider.value() <= BACKBONES["resnet10t"].head_depth


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
    press(page, "Use random weights")
    assert card.adjusts.value() == "all 23.5 million"
    assert card.strategy.value() == "Full fine-tuning"

    QTest.keyClick(card.slider, Qt.Key.Key_End)

    assert card.strategy.value() == "Feature extraction"
    assert card.adjusts.value() == "6,147 of 23.5 million"  # 2,048 features × 3 classes + 3


def test_that_the_figures_are_labelled_in_the_words_of_the_field_with_plain_ones_beside(page):
    card = page.freeze_card
    press(page, "Use random weights")

    assert card.adjusts.accessibleName() == (
        "Trainable parameters: all 23.5 million. values in the network that it adjusts"
    )
    assert card.risk.accessibleName() == (
        "Overfitting: High risk. it may learn many images by heart: 40,000 values for each"
    )


def test_that_relearning_everything_is_given_its_reason_where_it_is_recommended(page, session):
    page._choose(ModelSettings("resnet10t"))
    said = page.freeze_card.strategy.accessibleName()
    page._choose(ModelSettings("resnet50"))

    assert "Best in our trials of weights that have seen no photograph." in said
    assert "May suit large sets" in page.freeze_card.strategy.accessibleName()


def test_that_the_risk_is_said_with_may(page):
    press(page, "Use random weights")
    assert page.freeze_card.risk.value() == "High risk"
    assert "may" in page.freeze_card.risk.accessibleName()


def test_that_an_own_file_is_chosen_only_once_it_fits(page, session, bench, qtbot):
    page.take_drop([Path("/w/mine.safetensors")])

    assert bench.steps[0].options == {"backbone": "resnet50", "file": Path("/w/mine.safetensors")}
    assert chosen(session).weights == "pretrained"
    matched = WeightsMatched("mine.safetensors", "resnet50", True, 318, 318, ["fc.weight"], [], [], "")
    bench.steps[0].release(matched, None)
    qtbot.waitUntil(lambda: chosen(session).weights == str(Path("/w/mine.safetensors")))
    assert chosen(session).freeze == 4
    assert page.message.title == "Starts from mine.safetensors."
    assert page.message._text.text().startswith("318 of 318 tensors fit; its classifier")
    assert "Starts from mine.safetensors" in page.cards.cards["resnet50"].accessibleDescription()
    assert page.primary.isEnabled()


def test_that_a_file_that_does_not_fit_changes_nothing(page, session, bench, qtbot):
    before = chosen(session)
    page.take_drop([Path("/w/mine.pt")])

    matched = WeightsMatched("mine.pt", "resnet50", False, 9, 318, [], ["a"], ["b"], "It is another's.")
    bench.steps[0].release(matched, None)

    qtbot.waitUntil(lambda: page.message.title == "“mine.pt” does not fit ResNet-50.")
    page.refresh()
    assert page.message.tone == "bad"
    assert chosen(session) == before


def test_that_another_backbone_starts_from_its_own_weights(page, session):
    session.choose(model=ModelSettings("resnet50", 4, "/w/mine.safetensors"))

    click(page, "convnext_tiny")

    assert chosen(session) == ModelSettings("convnext_tiny", 5, "pretrained")
    assert page.freeze_card.slider.maximum() == BACKBONES["convnext_tiny"].head_depth


def test_that_a_dropped_pack_is_imported_and_its_networks_work_offline(page, bench, tmp_path, qtbot):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "manifest.json").write_text("{}")

    assert page.take_drop([tmp_path / "pack"])

    assert bench.steps[0].options == {"folder": tmp_path / "pack"}
    put_here("resnet50", tmp_path / "kept", "pack")
    bench.steps[0].release(PackImported(["resnet50"], [], 102.4), None)
    qtbot.waitUntil(lambda: page.message.title == "1 more network works offline now.")
    assert "Works offline" in page.cards.cards["resnet50"].accessibleDescription()
    page.refresh()
    assert page.message.isVisible()


def test_that_other_drops_are_not_taken(page, tmp_path):
    assert not page.take_drop([tmp_path])
    assert not page.take_drop([tmp_path / "a.png"])


def test_that_speeds_are_shown_when_they_are_measured(page, session):
    for name, speed in (("resnet50", 40.0), ("convnext_tiny", 25.0), ("resnet10t", 400.0)):
        session.speed_probe.speeds[name] = new_speed(BACKBONES[name], "CPU", speed, speed / 3, "float32")
    session.speed_probe.measured.emit("resnet50")

    said = {name: card.accessibleDescription() for name, card in page.cards.cards.items()}
    assert "Speed Slower" in said["resnet50"]
    assert "Speed Fastest" in said["resnet10t"]
    unmeasured = set(page.cards.cards) - {"resnet50", "convnext_tiny", "resnet10t"}
    assert all("Speed not measured yet" in said[name] for name in unmeasured)


def test_that_one_is_suggested_with_the_reason_in_its_card_and_below(page, tmp_path):
    put_here("resnet18", tmp_path / "kept")
    page.refresh()

    card = page.cards.cards["resnet18"]
    assert "Suggested: 588 training images in 3 classes are few" in card.accessibleDescription()
    assert "Suggested: 588 training images" in card.toolTip()
    assert page.about.suggestion.text().startswith("ResNet-18 is suggested. 588 training images")
    assert [chip.texts[0] for chip in card.chips()] == ["Works offline", "Suggested"]


def test_that_the_cards_are_measured_first_and_the_list_when_it_is_open(page, session):
    assert session.speed_probe._wanted == list(page.cards.cards)

    page.all_networks.click()

    assert session.speed_probe._wanted[:4] == list(page.cards.cards)
    assert set(session.speed_probe._wanted) == set(page.list.list.names()) | set(page.cards.cards)
    page.hide()
    assert session.speed_probe._wanted == []


def test_that_all_networks_are_listed_in_place_and_can_be_chosen(page, session):
    page.all_networks.click()
    assert page.list.isVisible()
    assert "vgg11" in page.list.list.names()

    page.list.chosen.emit("vgg11")

    assert chosen(session).backbone == "vgg11"
    assert page.cards.cards["vgg11"].isChecked()


def test_that_esc_closes_the_list_and_leads_back_to_its_button(page):
    page.all_networks.click()
    page.list.field.setFocus()

    QTest.keyClick(page.list.field, Qt.Key.Key_Escape)

    assert page.list.isHidden()
    assert page.all_networks.hasFocus()


def test_that_the_answer_to_a_choice_at_the_end_of_the_list_is_in_view(page):
    page.resize(1056, 500)
    page.all_networks.click()
    page._scroll.verticalScrollBar().setValue(300)

    page.list.chosen.emit("vgg11")

    assert page._scroll.verticalScrollBar().value() == 0
    assert page.message.isVisible()


def test_that_an_unknown_network_is_looked_at_before_it_is_chosen(page, session, bench, qtbot):
    page.list.chosen.emit("test_net.odd")

    assert (bench.steps[0].step, bench.steps[0].options) == ("inspect", {"name": "test_net.odd"})
    assert chosen(session).backbone == "resnet50"
    adopt(replace(BACKBONES["resnet18"], name="test_net.odd", title="Odd"))
    usable = NetworkInspected("test_net.odd", True, "", "Odd", "", ["stem"], 9, 64, "MIT", 1.0, 2.0)
    bench.steps[0].release(usable, None)
    qtbot.waitUntil(lambda: chosen(session).backbone == "test_net.odd")
    assert page.cards.cards["test_net.odd"].isChecked()
    page.all_networks.click()
    assert "test_net.odd" in page.list.list.names()


def test_that_an_answer_that_comes_after_another_choice_changes_nothing(page, session, bench, qtbot):
    page.list.chosen.emit("test_net.odd")
    page.choose_backbone("vgg11")

    usable = NetworkInspected("test_net.odd", True, "", "Odd", "", ["stem"], 9, 64, "MIT", 1.0, 2.0)
    bench.steps[0].release(usable, None)

    qtbot.waitUntil(lambda: page.message.title == "test_net.odd can be used here.")
    assert chosen(session).backbone == "vgg11"


def test_that_advanced_settings_are_saved_at_once(page, session):
    page.open_advanced_settings()
    dialog = page.findChild(AdvancedSettings)

    dialog.editor("epochs").setValue(7)

    assert session.project.settings.train.epochs == 7
    dialog.close()


def test_that_start_training_starts_it_and_goes_to_train(page, session, monkeypatch):
    press(page, "Use random weights")
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


def test_that_every_backbone_of_the_table_can_be_shown(page):
    for name, row in BACKBONES.items():
        page.choose_backbone(name)

        assert (name, page.freeze_card.slider.maximum()) == (name, row.head_depth)
        assert page.cards.cards[name].isChecked()
