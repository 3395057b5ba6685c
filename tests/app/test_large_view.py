from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from shiboken6 import delete

from tlstudio.app.widgets.image_tile import Tile
from tlstudio.app.widgets.large_view import LargeView
from tlstudio.app.widgets.thumbnails import Thumbnails


@pytest.fixture
def names():
    """The running list; what the view is given reads it anew each time."""
    return ["a.png", "b.png", "c.png"]


@pytest.fixture
def page(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    page.field = QLineEdit()
    QVBoxLayout(page).addWidget(page.field)
    page.resize(400, 300)
    page.show()
    qtbot.waitUntil(page.isActiveWindow)
    return page


@pytest.fixture
def large(page, names):
    thumbnails = Thumbnails()
    large = LargeView(page, thumbnails)
    large.open(Path("nowhere"), len(names), lambda number: Tile(names[number], names[number]), 2)
    yield large
    delete(large)
    delete(thumbnails)


def test_that_a_list_that_became_shorter_does_not_disturb_the_painting(large, names):
    names.clear()
    large.grab()

    assert large.accessibleName().startswith("c.png")


def test_that_a_number_outside_the_list_shows_nothing(large, names):
    large.open(Path("nowhere"), len(names), lambda number: Tile(names[number], names[number]), 3)

    assert not large.isVisible()


def test_that_keys_lead_nowhere_once_it_is_put_away(large, names, record):
    moved = record(large.moved)
    large.put_away()
    names.clear()
    QTest.keyClick(large, Qt.Key.Key_Left)

    assert moved.events == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_that_tab_does_not_lead_to_what_it_covers(large, page, key):
    QTest.keyClick(large, key)

    assert large.hasFocus()
    assert not page.field.hasFocus()


def test_that_it_goes_when_the_page_that_it_covers_is_hidden(large, page):
    page.hide()
    page.show()

    assert not large.isVisible()


def test_that_it_is_still_there_when_a_minimised_window_comes_back(large, page):
    page.showMinimized()
    page.showNormal()

    assert large.isVisible()


def test_that_put_away_it_gives_the_keyboard_back(large, record):
    closed = record(large.closed)
    assert large.hasFocus()
    large.put_away()

    assert len(closed.events) == 1


def test_that_put_away_it_takes_no_keyboard_from_elsewhere(large, page, record):
    closed = record(large.closed)
    page.field.setFocus()
    large.put_away()

    assert closed.events == []
    assert page.field.hasFocus()
