"""The shell: pages, rail, messages, keys, closing."""

import json
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel

from tlstudio.app import preferences, theme
from tlstudio.app.image_choice import ExampleDrawn
from tlstudio.app.window import PAGES, SMALLEST, Window
from tlstudio.data.table import ImageRow, write_table
from tlstudio.events import Failed
from tlstudio.project.errors import ProjectNotWritable
from tlstudio.project.file import FILE_NAME, IMAGES_NAME, create_project, open_project


@pytest.fixture
def window(session, qtbot):
    made = Window(session)
    made.show()
    made.activateWindow()
    QTest.qWaitForWindowActive(made)
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def opened(window, tmp_path, bench):
    """The window with a scanned project."""
    window.session.create(tmp_path / "Insects")
    window.session.take(bench.scanned)
    window.show_page("data")
    return window


def cut_texts(root):
    """Labels and buttons that are narrower than their text."""
    return [
        part.text()
        for part in root.findChildren(QLabel) + root.findChildren(QAbstractButton)
        if part.isVisible() and part.text() and not getattr(part, "wordWrap", lambda: False)()
        if part.width() < min(part.sizeHint().width(), part.minimumSizeHint().width())
    ]


def test_that_it_starts_at_home(window):
    assert window.page.name == "home"
    assert window.rail.home.isChecked()
    assert not window.rail.steps[0].isVisible()


def test_that_the_rail_leads_to_every_page(opened):
    steps = {step.state.name: step for step in opened.rail.steps}
    entries = {**steps, "compare": opened.rail.compare}
    assert entries.keys() == PAGES.keys() - {"home"}

    for name, entry in entries.items():
        entry.click()

        assert opened.page.name == name
        assert opened.page.isVisible()
        assert [each for each, other in entries.items() if other.isChecked()] == [name]


def test_that_the_rail_counts_the_runs(opened, bench):
    opened.session.take(bench.started(1))
    opened.session.take(bench.started(2))

    assert opened.rail.compare.accessibleName() == "Compare runs, 2"


def test_that_pages_without_a_project_lead_home(window):
    window.show_page("train")

    assert window.page.name == "home"


def test_that_no_text_is_cut_in_the_smallest_window(opened):
    opened.resize(SMALLEST)

    for name in PAGES:
        opened.show_page(name)
        QApplication.processEvents()

        assert (opened.page.name, cut_texts(opened.page)) == (name, [])
        assert opened.page.needed_width() <= opened.page.width()


def test_that_the_rail_folds_below_1280_pixels(opened):
    opened.resize(1280, 800)
    assert not opened.rail.is_folded

    opened.resize(1200, 800)

    assert opened.rail.is_folded
    assert opened.rail.width() == 64
    assert opened.rail.steps[0].toolTip() == "Step 1, Data: 40 images, 2 classes"


def test_that_the_rail_is_folded_on_every_page_alike_where_letters_are_large(opened, qapp):
    theme.apply(qapp, "light", 130)
    opened.resize(1280, 800)

    for name in PAGES:
        opened.show_page(name)

        assert (opened.page.name, opened.rail.is_folded) == (name, True)


class ShownWindows(QObject):
    """Notes every window that is shown."""

    def __init__(self):
        super().__init__()
        self.shown = []

    def eventFilter(self, watched, event):  # noqa: N802
        if event.type() == QEvent.Type.Show and watched.isWidgetType() and watched.isWindow():
            self.shown.append(watched)
        return False


def test_that_no_page_flashes_a_window_of_its_own(opened, qapp):
    watcher = ShownWindows()
    qapp.installEventFilter(watcher)

    for name in (*PAGES, "try"):
        opened.show_page(name)

    qapp.removeEventFilter(watcher)
    assert watcher.shown == []


def test_that_ctrl_and_a_number_shows_that_step(opened):
    for number in (5, 4, 3, 2, 1):
        QTest.keyClick(opened, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier)

        assert opened.page.name == ("data", "model", "train", "evaluate", "export")[number - 1]


def test_that_ctrl_r_compares_runs(opened):
    QTest.keyClick(opened, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)

    assert opened.page.name == "compare"


def test_that_ctrl_h_leads_home_and_keeps_the_project_open(opened):
    QTest.keyClick(opened, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)

    assert opened.page.name == "home"
    assert opened.session.project is not None


def test_that_ctrl_t_opens_try_it_and_esc_closes_it(opened):
    QTest.keyClick(opened, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert opened.dock.isVisible()

    QTest.keyClick(opened, Qt.Key.Key_Escape)

    assert not opened.dock.isVisible()


def test_that_a_page_that_leads_to_try_it_leaves_it_open(opened):
    opened.page.went.emit("try")
    opened.page.went.emit("try")

    assert opened.dock.isVisible()


def test_that_what_is_not_saved_is_not_called_saved(opened, monkeypatch):
    opened.show_page("model")
    session = opened.session

    def fail(_project):
        raise ProjectNotWritable("Insects", "no space left on device")

    monkeypatch.setattr("tlstudio.app.session.save_project", fail)
    session.choose(train=replace(session.project.settings.train, epochs=3))
    assert opened.page._status.text() == "Not saved yet; it is tried again"

    monkeypatch.undo()
    session._save()
    assert opened.page._status.text() == "All changes saved"


def test_that_a_dialog_is_gone_when_it_is_closed(opened, monkeypatch, qapp):
    monkeypatch.setattr(QDialog, "exec", lambda dialog: 0)
    opened.rail.asked.emit("preferences")
    opened.rail.asked.emit("help")
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    assert opened.findChildren(QDialog) == []


def test_that_try_it_above_a_page_leaves_its_next_step_to_be_pressed(opened, qtbot):
    opened.resize(1120, 680)
    opened.show_page("model")
    opened.show_dock(is_shown=True)

    button = opened.page.primary
    middle = button.mapTo(opened, button.rect().center())
    assert opened.dock.geometry().right() >= middle.x() >= opened.dock.geometry().left()
    assert not opened.dock.geometry().contains(middle)


def test_that_the_way_from_try_it_to_a_page_that_is_there_already_moves_the_focus_to_it(opened):
    opened.show_page("model")
    opened.show_dock(is_shown=True)
    assert opened.dock.isAncestorOf(QApplication.focusWidget()) or QApplication.focusWidget() is opened.dock

    opened.dock.model_button.click()

    assert opened.page.isAncestorOf(QApplication.focusWidget())


def test_that_f6_moves_between_rail_and_page_with_the_ring(opened):
    opened.rail.home.setFocus()
    QTest.keyClick(opened, Qt.Key.Key_F6)
    assert opened.page.isAncestorOf(QApplication.focusWidget())
    assert opened.ring.target is QApplication.focusWidget()

    QTest.keyClick(opened, Qt.Key.Key_F6)

    assert opened.rail.isAncestorOf(QApplication.focusWidget())
    assert opened.ring.target is QApplication.focusWidget()


def go_by_tab_to(window, part):
    for _ in range(40):
        if part.hasFocus():
            return
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
    raise AssertionError(part)


def press_key(key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_that_space_and_enter_lead_to_the_next_page_and_its_first_stop_wears_the_ring(opened, key):
    go_by_tab_to(opened, opened.page.primary)

    press_key(key)

    assert opened.page.name == "model"
    assert opened.page.isAncestorOf(QApplication.focusWidget())
    assert opened.ring.target is QApplication.focusWidget()


def test_that_a_page_shown_by_its_keys_has_the_focus_and_the_ring(opened):
    go_by_tab_to(opened, opened.page.primary)

    press_key(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)

    assert opened.page.name == "train"
    assert opened.page.isAncestorOf(QApplication.focusWidget())
    assert opened.ring.target is QApplication.focusWidget()


def test_that_after_a_click_the_new_page_has_the_focus_without_a_ring_and_tab_enters_it(opened):
    QTest.mouseClick(opened.page.primary, Qt.MouseButton.LeftButton)
    assert opened.page.name == "model"
    assert QApplication.focusWidget() is opened.page
    assert opened.ring.target is None

    press_key(Qt.Key.Key_Tab)

    assert QApplication.focusWidget().text() == "Advanced settings"
    assert opened.ring.target is QApplication.focusWidget()


def test_that_try_it_takes_the_focus_and_gives_it_back_to_the_page(opened):
    go_by_tab_to(opened, opened.page.primary)
    press_key(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert opened.dock.isAncestorOf(QApplication.focusWidget())
    assert opened.ring.target is QApplication.focusWidget()

    press_key(Qt.Key.Key_Escape)

    assert opened.page.isAncestorOf(QApplication.focusWidget())
    assert opened.ring.target is QApplication.focusWidget()


def test_that_enter_opens_a_recent_project(opened):
    opened.show_page("home")
    opened.page.cards[0].setFocus()

    press_key(Qt.Key.Key_Return)

    assert opened.page.name == "model"


def test_that_enter_held_down_does_not_rush_from_page_to_page(opened):
    opened.page.primary.setFocus()
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)

    QApplication.sendEvent(opened.page.primary, held)

    assert opened.page.name == "data"


def test_that_tab_enters_the_steps_where_the_user_is_and_arrows_go_on_from_there(opened):
    opened.show_page("train")
    opened.rail.home.setFocus()

    press_key(Qt.Key.Key_Tab)
    assert opened.page.name == "train"
    assert QApplication.focusWidget() is opened.rail.steps[2]

    press_key(Qt.Key.Key_Down)
    assert opened.page.name == "evaluate"
    press_key(Qt.Key.Key_Up)
    press_key(Qt.Key.Key_Up)
    assert opened.page.name == "model"
    assert QApplication.focusWidget() is opened.rail.steps[1]
    assert opened.ring.target is opened.rail.steps[1]


def test_that_beside_the_steps_tab_enters_them_at_the_first_and_arrows_reach_all(opened):
    opened.show_page("compare")
    opened.rail.home.setFocus()
    press_key(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is opened.rail.steps[0]

    for _ in range(4):
        press_key(Qt.Key.Key_Down)

    assert QApplication.focusWidget() is opened.rail.steps[4]
    assert opened.page.name == "compare"


def test_that_a_message_of_the_window_stands_off_its_top_edge(opened):
    opened.message.say("accent", "Something happened.")
    QApplication.processEvents()
    assert opened.message.y() == 12

    opened.message.clear()
    QApplication.processEvents()

    assert opened.page.y() == 0


def test_that_the_buttons_of_a_message_are_met_before_what_is_below_it(opened):
    opened.show_page("model")
    opened.page.message.say("accent", "Something happened.", "", [("Undo", list), ("Look", list)])
    go_by_tab_to(opened, opened.page.all_networks)

    met = []
    for _ in range(3):
        press_key(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        met.append(QApplication.focusWidget().text() or QApplication.focusWidget().accessibleName())

    assert met == ["Close this message", "Look", "Undo"]


def test_that_the_ring_is_shown_after_the_tab_key_only(opened):
    assert opened.ring.target is None

    QTest.keyClick(opened, Qt.Key.Key_Tab)

    assert opened.ring.target is QApplication.focusWidget()


def test_that_every_stop_of_the_tab_key_has_a_name(opened):
    opened.show_page("home")
    seen = []
    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget() or opened, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        if focus in seen:
            break
        seen.append(focus)

    assert len(seen) >= 7
    for stop in seen:
        assert stop.accessibleName() or stop.text(), stop


def test_that_a_failure_on_another_page_is_told_with_the_way_there(opened, bench):
    opened.session.start("train")
    opened.session.take(Failed("Training stopped", "The memory ran out.", "Choose smaller batches."))

    assert opened.message.isVisible()
    assert opened.message.title == "Training stopped."
    bench.steps[0].release(None)


def test_that_the_page_of_the_step_tells_its_failure_alone(opened, bench):
    opened.show_page("train")
    opened.session.start("train")

    opened.session.take(Failed("Training stopped", "The memory ran out."))

    assert not opened.message.isVisible()
    bench.steps[0].release(None)


def test_that_closing_during_a_run_pauses_it(opened, bench):
    folder = opened.session.project.folder
    opened.session.start("train")
    bench.steps[0].release(bench.started(), bench.epoch(1))

    opened.close()

    assert open_project(folder).runs[0].state == "paused"


def test_that_a_paused_run_is_offered_when_the_project_opens_again(opened, bench):
    folder = opened.session.project.folder
    opened.session.start("train")
    bench.steps[0].release(bench.started(), bench.epoch(1))
    opened.session.close()

    opened.open_project(folder)

    assert opened.page.name == "train"
    assert "paused" in opened.page.message.title


def test_that_opening_another_project_asks_while_one_trains(opened, bench, tmp_path):
    opened.session.start("train")

    opened.open_project(tmp_path / "Other")

    assert opened.message.title == "One project at a time."
    assert opened.session.project.name == "Insects"


@pytest.fixture
def example(tmp_path):
    """An example whose images lie on disk."""
    images = tmp_path / "Example images" / "Leaf disease"
    for name in ("healthy", "rust"):
        (images / name).mkdir(parents=True)
    return ExampleDrawn("Leaf disease", images, "(plant[0-9]+)_")


def press(window, words):
    found = [button for button in window.message.findChildren(QAbstractButton) if button.text() == words]
    found[-1].click()


def test_that_a_drawn_example_opens_with_its_groups(window, bench, example):
    window.page.example_drawn.emit(example)

    assert window.session.project.name == "Leaf disease"
    assert window.session.project.settings.data.group_pattern == "(plant[0-9]+)_"
    assert window.page.name == "data"
    bench.steps[0].release(None)


def test_that_a_drawn_example_asks_before_it_pauses_a_run(opened, bench, example):
    opened.show_page("home")
    opened.session.start("train")

    opened.page.example_drawn.emit(example)
    assert opened.message.title == "One project at a time."
    assert opened.session.project.name == "Insects"
    press(opened, "Start and pause")

    assert opened.session.project.name == "Leaf disease"
    assert bench.steps[0].asked == ["stop"]
    bench.steps[1].release(None)


def test_that_a_drawn_example_is_offered_beside_a_project_that_was_opened_meanwhile(opened, bench, example):
    opened.show_page("home")
    home = opened.page
    opened.show_page("data")
    opened.session.start("train")

    home.example_kept.emit(example)
    assert opened.message.title == "“Leaf disease” is drawn."
    assert opened.session.project.name == "Insects"
    press(opened, "Open the example")

    assert opened.message.title == "One project at a time."
    assert opened.session.running_step == "train"
    bench.steps[0].release(None)


def test_that_a_second_window_says_that_it_can_only_look(opened, qtbot, bench):
    from tlstudio.app.session import Session

    other = Window(Session(begin=bench))
    other.show()

    other.open_project(opened.session.project.folder)

    assert other.message.title == "This project is open in another window."
    assert other.rail.project_text.toolTip() == "Read-only"

    folder = opened.session.project.folder
    opened.session.close()
    other.show_page("home")
    other.open_project(folder)  # its card on Home, say

    assert not other.session.is_read_only
    other.close()
    other.deleteLater()


def test_that_a_project_taken_off_the_list_stays_off_when_the_look_changes(opened):
    preferences.save(preferences.load().without_recent(str(opened.session.project.folder)))

    opened._ask("theme")

    assert preferences.load().recent == ()


def test_that_an_open_project_is_among_the_recent_ones(opened):
    recent = preferences.load().recent

    assert [known.name for known in recent] == ["Insects"]
    assert time.time() - recent[0].opened_at < 60


def test_that_folders_dropped_anywhere_at_home_become_a_project(window, bench, tmp_path, qtbot):
    photos = tmp_path / "Photos"
    for name in ("ants", "bees"):
        (photos / name).mkdir(parents=True)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photos))])
    no_button, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier

    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, no_button, no_key))

    qtbot.waitUntil(lambda: window.session.project is not None)
    assert window.session.project.name == "Photos"
    assert window.page.name == "data"
    assert bench.steps[0].step == "scan"
    bench.steps[0].release(None)


def test_that_the_theme_button_changes_the_theme_and_keeps_it(window):
    window.rail.asked.emit("theme")

    assert preferences.load().theme == "dark"


def test_that_a_project_of_a_newer_version_says_so(window, tmp_path):
    folder = tmp_path / "newer"
    create_project(folder)
    stored = json.loads((folder / FILE_NAME).read_text())
    (folder / FILE_NAME).write_text(json.dumps(stored | {"schema_version": 99}))

    window.open_project(folder)

    assert window.message.title == "A newer version of TL Studio made this project."


def test_that_a_rebuilt_project_asks_where_its_images_lie(window, tmp_path):
    folder = tmp_path / "rebuilt"
    create_project(folder)
    write_table(folder / IMAGES_NAME, [ImageRow("a/1.png", "a", "1", "train", "0" * 64, 8, 8)])
    (folder / FILE_NAME).unlink()

    window.open_project(folder)

    assert window.message.title == "The project file was lost."
    assert not window.session.project.data_root.exists()


def test_that_a_project_dropped_on_any_page_opens_and_other_folders_are_answered(opened, tmp_path):
    create_project(tmp_path / "Other")
    opened.show_page("export")

    opened._take_drop([tmp_path])
    assert opened.message.title == "Nothing to do with it here."

    opened._take_drop([tmp_path / "Other"])
    assert opened.session.project.name == "Other"
