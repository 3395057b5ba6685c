"""Reading order: what the Tab key meets, one after the other."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from tlstudio.app.regions import focus_beside, focus_first


class TabWindow(QMainWindow):
    """A window whose Tab key goes in reading order, with a column of parts."""

    def __init__(self):
        super().__init__()
        self.setCentralWidget(QWidget())
        self.column = QVBoxLayout(self.centralWidget())

    def focusNextPrevChild(self, is_next):  # noqa: N802
        return focus_beside(self, is_next=is_next)


@pytest.fixture
def window(qtbot):
    made = TabWindow()
    qtbot.addWidget(made)
    return made


def shown(window):
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)


def met(window, key=Qt.Key.Key_Tab, presses=3):
    """The words of what has the focus after each press."""
    words = []
    for _ in range(presses):
        QTest.keyClick(QApplication.focusWidget() or window, key)
        words.append(QApplication.focusWidget().text())
    return words


def test_that_the_layout_gives_the_order_and_not_when_parts_were_made(window):
    last, first, middle = QPushButton("last"), QPushButton("first"), QPushButton("middle")
    row = QHBoxLayout()
    row.addWidget(first)
    row.addWidget(middle)
    window.column.addLayout(row)
    window.column.addWidget(last)
    shown(window)
    last.setFocus()

    assert met(window) == ["first", "middle", "last"]
    assert met(window, Qt.Key.Key_Backtab) == ["middle", "first", "last"]


def test_that_a_part_that_is_made_later_is_met_where_it_stands(window):
    for words in ("first", "last"):
        window.column.addWidget(QPushButton(words))
    shown(window)
    window.column.insertWidget(1, QPushButton("later"))
    QApplication.processEvents()
    window.column.itemAt(0).widget().setFocus()

    assert met(window) == ["later", "last", "first"]


def test_that_hidden_and_disabled_parts_and_words_are_passed_by(window):
    parts = [
        QPushButton("first"),
        QPushButton("hidden"),
        QPushButton("off"),
        QLabel("words"),
        QPushButton("last"),
    ]
    for part in parts:
        window.column.addWidget(part)
    shown(window)
    parts[1].hide()
    parts[2].setEnabled(False)
    parts[0].setFocus()

    assert met(window, presses=2) == ["last", "first"]


def test_that_what_scrolls_and_what_floats_is_met_too(window):
    area = QScrollArea()
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    floats = QPushButton("floats", window.centralWidget())
    area.setWidget(QPushButton("scrolls"))
    window.column.addWidget(area)
    window.column.addWidget(QPushButton("placed"))
    shown(window)
    floats.setFocus()

    assert met(window) == ["scrolls", "placed", "floats"]


def test_that_a_number_box_is_one_stop(window):
    box, after = QSpinBox(), QPushButton("after")
    window.column.addWidget(box)
    window.column.addWidget(after)
    shown(window)
    after.setFocus()

    assert met(window, presses=2) == ["0", "after"]


def test_that_the_focus_goes_on_from_a_part_that_is_hidden(window):
    parts = [QPushButton(words) for words in ("first", "middle", "last")]
    for part in parts:
        window.column.addWidget(part)
    shown(window)
    parts[1].setFocus()

    parts[1].hide()

    assert parts[2].hasFocus()


def test_that_a_region_without_a_stop_takes_the_focus_itself(window):
    region = QWidget()
    window.column.addWidget(region)
    shown(window)

    focus_first(window, region)

    assert region.hasFocus()
