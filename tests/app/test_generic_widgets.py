"""Buttons, segments, switches, bars, chips, messages."""

import weakref

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from tlstudio.app import theme
from tlstudio.app.widgets.buttons import ICON_TOKENS, button, icon_button
from tlstudio.app.widgets.chip import TONES, Chip
from tlstudio.app.widgets.drop_area import REFUSAL, DropArea
from tlstudio.app.widgets.figure import Figure
from tlstudio.app.widgets.labels import label
from tlstudio.app.widgets.message_bar import MessageBar
from tlstudio.app.widgets.progress_bar import ProgressBar
from tlstudio.app.widgets.segmented import Segmented
from tlstudio.app.widgets.switch import Switch
from tlstudio.app.widgets.toast import Toast


@pytest.mark.parametrize("kind", sorted(ICON_TOKENS))
@pytest.mark.parametrize("percent", [100, 130])
def test_that_a_button_is_never_narrower_than_its_words(qapp, kind, percent):
    theme.apply(qapp, "light", percent)
    made = button("Alle Bilder hinzufügen", kind, "folder-plus")

    words = QFontMetrics(made.font()).horizontalAdvance(made.text())

    assert made.minimumSizeHint().width() >= words + theme.px(17)


def test_that_a_button_without_words_has_a_name():
    assert icon_button("gear", "Preferences").accessibleName() == "Preferences"


def test_that_text_is_never_read_as_markup():
    assert label("<b>bees</b>").textFormat() == Qt.TextFormat.PlainText


def test_that_segments_are_chosen_by_arrow_keys(record):
    made = Segmented(["All", "Training", "Test"])
    recorder = record(made.chosen)

    QTest.keyClick(made, Qt.Key.Key_Right)
    QTest.keyClick(made, Qt.Key.Key_End)
    QTest.keyClick(made, Qt.Key.Key_Right)

    assert recorder.events == [1, 2]
    assert made.accessibleName() == "Test"


def test_that_setting_a_segment_tells_nobody(record):
    made = Segmented(["All", "Training"])
    recorder = record(made.chosen)

    made.set_index(1)

    assert recorder.events == []


def test_that_a_switch_turns_by_the_space_bar():
    made = Switch("Balance")

    QTest.keyClick(made, Qt.Key.Key_Space)

    assert made.isChecked()


@pytest.mark.parametrize(("asked", "shown"), [(-1.0, 0.0), (0.4, 0.4), (7.0, 1.0), (None, None)])
def test_that_a_bar_stays_between_nothing_and_all(asked, shown):
    made = ProgressBar()

    made.set_fraction(asked)

    assert made.fraction() == shown


@pytest.mark.parametrize("tone", sorted(TONES))
def test_that_a_chip_has_room_for_its_word(tone):
    made = Chip("3 to look at", tone)

    words = QFontMetrics(theme.font("help_medium")).horizontalAdvance("3 to look at")

    assert made.sizeHint().width() > words + 16


def test_that_a_figure_without_value_shows_a_dash():
    assert Figure("Best so far").value() == "–"


def test_that_a_message_takes_no_room_until_there_is_one():
    assert MessageBar().isHidden()


def test_that_an_action_ends_its_message(qtbot):
    pressed = []
    bar = MessageBar()
    bar.say("warn", "The folder has moved.", "Your runs are safe.", [("Find it…", lambda: pressed.append(1))])

    bar._actions.itemAt(0).widget().click()

    assert pressed == [1]
    assert bar.isHidden()
    assert bar.title == ""


def test_that_a_bar_is_freed_before_the_button_that_ended_it(qapp):
    bar = MessageBar()
    bar.say("warn", "The folder has moved.", "", [("Find it…", list)])
    bar._actions.itemAt(0).widget().click()
    freed = weakref.ref(bar)

    del bar
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    assert freed() is None


def test_that_the_title_takes_the_tone_of_a_later_message(qtbot):
    bar = MessageBar()
    bar.show()
    bar.say("accent", "First.")
    bar.say("warn", "Second.")

    assert bar._title.palette().windowText().color() == theme.color("warn_text")


@pytest.mark.parametrize("tone", ["accent", "bad"])
def test_that_the_title_has_the_tone_of_a_message_that_was_said_before_the_bar_was_seen(qapp, tone):
    theme.apply(qapp, "light", 100)
    page = QWidget()
    bar = MessageBar()
    QVBoxLayout(page).addWidget(bar)
    bar.say(tone, "Training stopped.")
    page.show()

    assert bar._title.palette().windowText().color() == theme.color(f"{tone}_text")


def test_that_an_action_may_say_the_next_message(qtbot):
    bar = MessageBar()
    bar.say("warn", "First.", "", [("Go on", lambda: bar.say("ok", "Second."))])

    bar._actions.itemAt(0).widget().click()

    assert bar.title == "Second."
    assert not bar.isHidden()


def test_that_undo_in_a_toast_takes_the_action_back(qtbot):
    undone = []
    parent = QWidget()
    made = Toast(parent)
    made.say("6 files set aside", lambda: undone.append(1))

    made._undo.click()

    assert undone == [1]
    assert made.isHidden()


def drag(urls):
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    return data


def test_that_a_drop_area_lights_up_for_files_and_passes_them_on(record):
    area = DropArea()
    recorder = record(area.dropped)
    data = drag(["file:///p/ants", "https://example.org/a.png"])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    area.dragEnterEvent(QDragEnterEvent(QPoint(1, 1), Qt.DropAction.CopyAction, data, left, none))
    assert area.is_over
    area.dropEvent(QDropEvent(QPointF(1, 1), Qt.DropAction.CopyAction, data, left, none))

    assert [[str(path) for path in paths] for paths in recorder.events] == [["/p/ants"]]
    assert not area.is_over


def test_that_a_drop_area_says_why_it_takes_no_text(record):
    area = DropArea()
    data = QMimeData()
    data.setText("hello")
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    area.dragEnterEvent(QDragEnterEvent(QPoint(1, 1), Qt.DropAction.CopyAction, data, left, none))

    assert area.message == REFUSAL
    assert not area.is_over


@pytest.mark.parametrize(
    ("title", "shown"), [("Saved", "Saved."), ("Saved.", "Saved."), ("Stop the run?", "Stop the run?")]
)
def test_that_the_title_of_a_message_ends_with_one_mark(qapp, title, shown):
    bar = MessageBar()

    bar.say("accent", title)

    assert bar.accessibleName() == shown
