import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from shiboken6 import delete

from tlstudio.app.pages.data import DataPage
from tlstudio.app.session import Session
from tlstudio.data.scan import scan
from tlstudio.data.settings import DataSettings
from tlstudio.events import Failed, Progress, Stopped
from tlstudio.project.file import create_project


class Quiet:
    """A step that reports nothing; the tests hand over its events."""

    def __init__(self, step, folder, options, settings=None):
        self.step = step
        type(self).asked_for = settings.data

    def __iter__(self):
        return iter(())

    def stop(self, grace_seconds=10.0):
        """Nothing runs."""

    pause = go_on = kill = stop


def draw_images(root, counts):
    random = np.random.default_rng(0)
    for name, count in counts.items():
        (root / name).mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 255, (40, 40, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / name / f"P{number // 2:02d}_{number:02d}.png")


@pytest.fixture
def images(tmp_path):
    draw_images(tmp_path / "images", {"ants": 24, "bees": 8})
    (tmp_path / "images" / "ants" / "torn.png").write_bytes(b"no image")
    return tmp_path / "images"


@pytest.fixture
def session(qapp, tmp_path, images):
    session = Session(begin=Quiet)
    project = create_project(tmp_path / "project")
    session.project = project.with_settings(data=DataSettings(root=str(images)))
    return session


@pytest.fixture
def page(qtbot, session):
    page = DataPage(session)
    qtbot.addWidget(page)
    page.resize(1056, 800)
    page.show()
    yield page
    delete(page)


def begin(session, step="scan"):
    session.running_step = step
    session.step_started.emit(step)


def end(session, step="scan"):
    session.running_step = None
    session.step_ended.emit(step)


def read(session):
    """Scan for real, each event handed over as the step thread would."""
    begin(session)
    for event in scan(session.project.settings.data, session.project.folder / "images.csv"):
        session.take(event)
    end(session)


def read_as_asked(session, qtbot):
    """Scan for real by the settings that the page has asked for."""
    qtbot.waitUntil(lambda: session.running_step is None)
    for event in scan(Quiet.asked_for, session.project.folder / "images.csv"):
        session.take(event)


def open_other(page, session, folder, root):
    """Leave the page, open a new project with images in `root`, come back, and read them."""
    page.hide()
    session.project = create_project(folder).with_settings(data=DataSettings(root=str(root)))
    page.show()
    read(session)


def shown(page):
    return [page.view.browser.grid.tiles.tile(number).caption for number in range(page.view.browser.count)]


def test_that_without_images_the_page_asks_for_folders_and_says_why_it_can_not_go_on(page):
    assert page.empty.isVisible()
    assert not page.primary.isEnabled()
    assert page._status.text() == "Add images of at least two classes to continue."


def test_that_images_appear_and_counts_climb_while_they_are_read(page, session, qtbot):
    begin(session)
    qtbot.waitUntil(lambda: len(page.view._growing) == 33)
    for event in scan(session.project.settings.data, session.project.folder / "images.csv"):
        session.take(event)
        if page.view.browser.grid.tiles.count:
            break

    assert page.view.scan_card.isVisible()
    assert page.view.balance.counts.rowCount() == 2
    assert not page.primary.isEnabled()


def test_that_read_images_fill_the_page(page, session):
    read(session)

    assert page.view.isVisible()
    assert not page.view.scan_card.isVisible()
    assert page.view.browser.count == 32
    assert page.view.split.accessibleName().startswith("Images by use: Training ")
    assert [count.name for count in page.view.balance.counts._counts] == ["ants", "bees"]
    assert page.primary.isEnabled()


def test_that_the_step_on_leads_to_the_model(page, session, qtbot):
    read(session)
    with qtbot.waitSignal(page.went) as went:
        page.primary.click()

    assert went.args == ["model"]


def test_that_a_class_filters_and_the_same_click_shows_all_again(page, session):
    read(session)
    page.view.balance.choose("bees")
    assert page.view.browser.count == 8

    page.view.balance.choose("bees")
    assert page.view.browser.count == 32


def test_that_search_and_split_filter_together_and_are_cleared_together(page, session):
    read(session)
    page.view.browser.search.setText("P00")
    page.view.browser.filter()
    assert shown(page) == ["P00_00.png", "P00_01.png"] * 2

    page.view.browser.search.setText("nothing like it")
    page.view.browser.filter()
    assert page.view.browser.nothing.isVisible()

    page.view.browser.clear.click()
    assert page.view.browser.count == 32


def test_that_files_set_aside_are_listed_and_shown_with_their_reason(page, session):
    read(session)
    row = page.view.check_up.row("set_aside")
    assert row.finding.title == "1 file set aside"

    row.link.click()
    tile = page.view.browser.grid.tiles.tile(0)
    assert shown(page) == ["torn.png"]
    assert tile.note.startswith("Set aside: ")


def test_that_the_same_picture_in_two_classes_is_shown_with_its_copies(page, session, images):
    first, second = sorted(path for path in images.iterdir() if path.is_dir())[:2]
    copied = sorted(path for path in first.glob("*.png"))[0]
    shutil.copy(copied, second / "copy.png")
    read(session)

    page.view.check_up.row("two_classes").link.click()

    assert shown(page) == [copied.name, "copy.png"]
    page.view.browser.only.click()
    assert page.view.browser.count > 2


def test_that_the_imbalance_can_be_left_alone_and_taken_up_again(page, session):
    read(session)
    assert session.project.settings.train.is_class_weighted

    page.view.check_up.row("imbalance").action.click()
    assert not session.project.settings.train.is_class_weighted

    page.view.check_up.row("imbalance").action.click()
    assert session.project.settings.train.is_class_weighted


def test_that_groups_can_be_changed_again_after_the_check_up_has_other_rows(page, session):
    read(session)
    page.view.check_up.row("groups").action.click()
    page.view.check_up.row("imbalance").action.click()
    assert page.view.editor is None  # it lay in one of the rows

    page.view.check_up.row("groups").action.click()
    assert page.view.editor is not None
    read(session)
    assert page.view.browser.count == 32


def test_that_groups_are_changed_in_place_with_a_preview_and_read_again(page, session, qtbot):
    read(session)
    page.view.check_up.row("groups").action.click()
    editor = page.view.editor
    editor.pattern.setText(r"P(\d)")
    editor.show_preview()
    assert editor.preview.text().startswith("2 groups.")

    editor.apply.click()
    qtbot.waitUntil(lambda: session.running_step is None)
    assert Quiet.asked_for.group_pattern == r"P(\d)"
    assert page.view.editor is None


def test_that_a_pattern_that_does_not_work_can_not_be_used(page, session):
    read(session)
    page.view.check_up.row("groups").action.click()
    page.view.editor.pattern.setText("(")
    page.view.editor.show_preview()

    assert not page.view.editor.apply.isEnabled()
    page.view.editor.cancel.click()
    assert page.view.editor is None


def test_that_a_moved_folder_is_told_and_forgotten_when_it_is_back(page, session, images):
    read(session)
    images.rename(images.with_name("elsewhere"))
    page.refresh()
    assert page.message.title == "The folder has moved."

    images.with_name("elsewhere").rename(images)
    [button] = [button for button in page.message.findChildren(QPushButton) if button.text() == "Try again"]
    button.click()
    assert page.message.title == ""


def test_that_a_found_folder_takes_the_place_of_the_moved_one(page, session, images, monkeypatch, qtbot):
    read(session)
    elsewhere = images.rename(images.with_name("elsewhere"))
    page.refresh()
    monkeypatch.setattr("tlstudio.app.pages.data.QFileDialog.getExistingDirectory", lambda *_: str(elsewhere))
    [button] = [button for button in page.message.findChildren(QPushButton) if button.text() == "Find it…"]
    button.click()
    read_as_asked(session, qtbot)

    assert session.project.data_root == elsewhere


def test_that_a_failed_scan_is_told_in_its_own_words(page, session):
    begin(session)
    session.take(Failed("Only one class was found", "Nothing was changed.", "Add a second folder."))
    end(session)

    assert page.message.title == "Only one class was found."
    assert page.empty.isVisible()


def test_that_a_cancelled_scan_says_that_nothing_changed(page, session):
    begin(session)
    session.take(Stopped("scan"))
    end(session)

    assert page.message.title == "Reading was cancelled."


def test_that_the_selection_bar_floats_only_while_images_are_selected(page, session):
    read(session)
    assert not page.view.browser.bar.isVisible()

    page.view.browser.grid.go_to(0)
    page.view.browser.grid.go_to(2, Qt.KeyboardModifier.ShiftModifier)
    assert page.view.browser.bar.count.text() == "3 selected"

    page.view.browser.copy_names()
    assert QGuiApplication.clipboard().text() == "ants/P00_00.png\nants/P00_01.png\nants/P01_02.png"

    QTest.keyClick(page.view.browser.grid, Qt.Key.Key_Escape)
    assert not page.view.browser.bar.isVisible()


def test_that_space_enlarges_and_arrows_lead_on(page, session):
    read(session)
    page.view.browser.grid.go_to(0)
    QTest.keyClick(page.view.browser.grid, Qt.Key.Key_Space)
    large = page.view.browser.large
    assert large.isVisible()

    QTest.keyClick(large, Qt.Key.Key_Right)
    QTest.keyClick(large, Qt.Key.Key_Space)
    assert not large.isVisible()
    assert page.view.browser.grid.selection.current == 1


def test_that_the_large_image_goes_with_its_page(page, session):
    read(session)
    page.view.browser._open_large(31)
    page.hide()
    page.show()

    assert not page.view.browser.large.isVisible()


def test_that_the_large_image_is_put_away_when_a_class_is_chosen_behind_it(page, session):
    read(session)
    page.view.browser._open_large(31)
    page.view.balance.choose("bees")

    assert not page.view.browser.large.isVisible()


def test_that_the_large_image_is_put_away_when_the_images_are_read_again(page, session):
    read(session)
    page.view.browser._open_large(31)
    begin(session)
    assert not page.view.browser.large.isVisible()

    end(session)


def test_that_an_image_that_was_enlarged_while_reading_is_put_away_when_all_are_read(page, session, qtbot):
    begin(session)
    qtbot.waitUntil(lambda: len(page.view._growing) == 33)
    session.take(Progress("Reading images", 20, 33))
    page.view.browser._open_large(19)
    session.take(Progress("Reading images", 30, 33))
    assert page.view.browser.large.isVisible()

    read(session)
    assert not page.view.browser.large.isVisible()


def test_that_a_class_that_is_clicked_while_reading_filters_when_all_are_read(page, session, qtbot):
    begin(session)
    qtbot.waitUntil(lambda: len(page.view._growing) == 33)
    session.take(Progress("Reading images", 12, 33))
    page.view.balance.choose("bees")
    session.take(Progress("Reading images", 33, 33))
    page.grab()
    assert page.view.browser.grid.tiles.count == 33

    for event in scan(session.project.settings.data, session.project.folder / "images.csv"):
        session.take(event)
    end(session)
    assert page.view.balance.chosen_class == "bees"
    assert page.view.browser.count == 8


def test_that_a_search_that_was_just_typed_waits_until_all_are_read(page, session, qtbot):
    read(session)
    page.view.browser.search.setText("P00")
    begin(session)
    qtbot.waitUntil(lambda: len(page.view._growing) == 33)
    page.view.browser.filter()
    session.take(Progress("Reading images", 33, 33))
    page.grab()
    assert page.view.browser.grid.tiles.count == 33

    end(session)
    assert shown(page) == ["P00_00.png", "P00_01.png"] * 2


def test_that_reading_again_lifts_the_class_and_keeps_the_search(page, session):
    read(session)
    page.view.browser.search.setText("P00")
    page.view.balance.choose("bees")
    read(session)

    assert page.view.balance.chosen_class == ""
    assert page.view.browser.search.text() == "P00"
    assert shown(page) == ["P00_00.png", "P00_01.png"] * 2


def test_that_a_class_that_is_gone_filters_no_longer(page, session):
    read(session)
    page.view.balance.choose("bees")
    ants = [row for row in session.rows() if row.class_name == "ants"]
    images = replace(session.project.images, classes=["ants"], class_counts={"ants": 24})
    page.view.show_images(session.project.data_root, images, ants)

    assert page.view.browser.count == 24


@pytest.mark.parametrize("has_same_images", [True, False])
def test_that_another_project_starts_without_filters(page, session, images, tmp_path, has_same_images):
    read(session)
    page.view.check_up.row("set_aside").link.click()
    page.view.browser.search.setText("torn")
    page.view.browser.splits.set_index(2)
    page.view.balance.choose("bees")
    other = images
    if not has_same_images:
        other = tmp_path / "other"
        draw_images(other, {"ants": 20, "bees": 12})
    open_other(page, session, tmp_path / "second", other)

    assert page.view.browser.search.text() == ""
    assert page.view.browser.splits.index() == 0
    assert page.view.browser.only.text() == ""
    assert page.view.balance.chosen_class == ""
    assert page.view.browser.count == 32


def test_that_images_of_another_folder_are_shown_without_filters(page, session, tmp_path):
    read(session)
    page.view.browser.search.setText("P11")
    page.view.browser.splits.set_index(2)
    page.view.balance.choose("ants")
    draw_images(tmp_path / "other", {"ants": 6, "bees": 4})
    session.choose(data=replace(session.project.settings.data, root=str(tmp_path / "other")))
    read(session)

    assert page.view.browser.search.text() == ""
    assert page.view.browser.splits.index() == 0
    assert page.view.browser.count == 10


def test_that_a_file_that_was_replaced_has_its_new_picture_after_reading_again(page, session, images, qtbot):
    def color():
        picture = page.view.browser.thumbnails.picture(images / "ants" / "P00_00.png", 90)
        return picture.toImage().pixelColor(0, 0).name() if picture else ""

    Image.new("RGB", (40, 40), "#ff0000").save(images / "ants" / "P00_00.png")
    read(session)
    qtbot.waitUntil(lambda: color() == "#ff0000")
    Image.new("RGB", (40, 40), "#0000ff").save(images / "ants" / "P00_00.png")
    read(session)

    qtbot.waitUntil(lambda: color() == "#0000ff")


def test_that_dropped_class_folders_become_the_settings(page, session, images, qtbot):
    page.use_folders([images / "ants", images / "bees"])
    qtbot.waitUntil(lambda: session.running_step is None)

    assert session.project.settings.data.root == str(images)
    assert session.project.settings.data.folders == ("ants", "bees")


def test_that_single_files_are_refused_in_words(page, images):
    page.use_folders([images / "ants" / "P00_00.png"])

    assert page.message.title == "No folder among them."


def test_that_nothing_is_read_again_while_another_step_runs(page, session):
    read(session)
    before = session.project.settings.data
    begin(session, "train")
    page._regroup("P(.)", False)
    end(session, "train")

    assert session.project.settings.data == before
    assert page.message.title == "Another step is running."


def test_that_an_unchanged_project_keeps_filters_and_selection(page, session):
    read(session)
    page.view.browser.grid.go_to(3)
    session.choose(train=replace(session.project.settings.train, epochs=3))

    assert page.view.browser.grid.selection.numbers == [3]


def test_that_single_images_are_no_folders_to_read(page, session, tmp_path):
    read(session)
    (tmp_path / "a.png").write_bytes(b"")

    assert not page.take_drop([tmp_path / "a.png"])
    assert page.message.title == ""


def test_that_other_folders_replace_the_images_only_after_a_question(page, session, tmp_path, qtbot):
    read(session)
    before = session.project.settings.data
    draw_images(tmp_path / "other", {"cats": 6, "dogs": 4})
    page.take_drop([tmp_path / "other"])
    assert session.project.settings.data == before
    assert page.message.title == "Use these folders instead?"

    [button] = [each for each in page.message.findChildren(QPushButton) if each.text() == "Use them instead"]
    button.click()
    assert session.project.settings.data == before  # until the others are read, whatever happens
    read_as_asked(session, qtbot)
    assert session.project.settings.data.root == str(tmp_path / "other")
    assert session.project.images.classes == ["cats", "dogs"]


def test_that_a_page_made_while_images_are_read_shows_them_as_well(session, qtbot):
    session.running_step = "scan"
    page = DataPage(session)
    page.show()
    qtbot.waitUntil(lambda: len(page.view._growing) == 33)

    assert page.view.scan_card.isVisible()
    session.running_step = None
    delete(page)


def test_that_a_reading_without_result_leaves_the_project_at_its_folder(page, session, tmp_path):
    read(session)
    before = session.project.settings.data
    page._rescan(root=str(tmp_path / "elsewhere"))
    assert session.data_settings.root == str(tmp_path / "elsewhere")

    session.take(Failed("Only one class was found", "All images lie in one folder."))

    assert session.project.settings.data == before


def test_that_a_second_class_folder_joins_the_first_after_only_one_class_was_found(
    page, session, images, qtbot
):
    page.use_folders([images / "ants"])
    qtbot.waitUntil(lambda: session.running_step is None)
    page.use_folders([images / "bees"])
    qtbot.waitUntil(lambda: session.running_step is None)

    assert session.project.settings.data.folders == ("ants", "bees")
