import time
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from shiboken6 import delete

from tlstudio.app.widgets.image_grid import ImageGrid
from tlstudio.app.widgets.image_tile import Tile
from tlstudio.app.widgets.thumbnails import Thumbnails

Key = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def tile(number):
    return Tile(f"a/{number}.png", f"{number}.png")


@pytest.fixture
def grid(qtbot, tmp_path):
    thumbnails = Thumbnails()
    grid = ImageGrid(thumbnails)
    qtbot.addWidget(grid)
    grid.resize(520, 400)
    grid.show()
    grid.show_tiles(tmp_path, 23, tile)
    yield grid
    delete(grid)
    delete(thumbnails)


def columns(grid):
    return grid.tiles.columnCount()


def test_that_the_tiles_fill_the_width_in_reading_order(grid):
    assert columns(grid) == 4
    assert grid.tiles.rowCount() == 6
    assert grid.tiles.number(grid.tiles.index(1, 2)) == 6


def test_that_the_empty_places_of_the_last_row_can_not_be_reached(grid):
    assert grid.tiles.number(grid.tiles.index(5, 3)) is None
    assert grid.tiles.flags(grid.tiles.index(5, 3)) == Qt.ItemFlag.NoItemFlags


def test_that_arrows_move_and_stay_inside(grid):
    for key, number in (
        (Key.Key_Right, 1),
        (Key.Key_Down, 5),
        (Key.Key_Left, 4),
        (Key.Key_Left, 3),
        (Key.Key_Up, 3),
        (Key.Key_End, 22),
        (Key.Key_Down, 22),
        (Key.Key_Home, 0),
    ):
        QTest.keyClick(grid, key)

        assert (key, grid.selection.current) == (key, number)
    assert grid.selection.numbers == [0]


def test_that_shift_selects_in_reading_order_across_rows(grid):
    QTest.keyClick(grid, Key.Key_Right)
    QTest.keyClick(grid, Key.Key_Right)
    QTest.keyClick(grid, Key.Key_Down, SHIFT)

    assert grid.selection.numbers == [2, 3, 4, 5, 6]


def test_that_ctrl_a_selects_all_and_esc_none(grid):
    QTest.keyClick(grid, Key.Key_A, CONTROL)
    assert grid.selection.count == 23

    QTest.keyClick(grid, Key.Key_Escape)
    assert grid.selection.count == 0


def test_that_space_opens_the_current_tile(grid, qtbot):
    opened = []
    grid.opened.connect(opened.append)
    QTest.keyClick(grid, Key.Key_Right)
    QTest.keyClick(grid, Key.Key_Space)

    assert opened == [1]


def test_that_a_click_selects_and_a_ctrl_click_adds(grid):
    def at(number):
        return grid.visualRect(grid.tiles.place(number)).center()

    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at(1))
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, CONTROL, at(6))

    assert grid.selection.numbers == [1, 6]


def test_that_a_dragged_rectangle_selects_what_it_touches(grid):
    start = QPoint(grid.width() - 14, 60)
    end = grid.visualRect(grid.tiles.place(6)).center()
    grid.selection.none()
    QTest.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(grid.viewport(), end)
    QTest.mouseRelease(grid.viewport(), Qt.MouseButton.LeftButton, pos=end)

    assert grid.selection.numbers == [2, 3, 6, 7]


def test_that_the_least_height_holds_a_whole_row_with_its_captions(grid):
    grid.resize(640, grid.minimumSizeHint().height())
    grid.refold()
    grid.resize(640, grid.minimumSizeHint().height())

    assert columns(grid) == 4
    assert grid.viewport().height() >= grid.rowHeight(0)


def test_that_a_single_wide_column_asks_for_a_quarter_more_height_at_most(grid):
    grid.resize(640, 300)
    grid.set_tile_px(400)
    grid.refold()

    assert columns(grid) == 1
    assert grid.minimumSizeHint().height() == 542  # (400 + 22 + 12) * 5 / 4


def test_that_the_selection_outlives_a_narrower_window(grid, qtbot):
    grid.go_to(6)
    grid.resize(300, 400)
    qtbot.waitUntil(lambda: columns(grid) == 2)

    assert grid.selection.numbers == [6]
    assert grid.tiles.number(grid.tiles.index(3, 0)) == 6


def test_that_tiles_that_are_added_leave_the_view_where_it_is(grid):
    grid.go_to(22)
    scrolled = grid.verticalScrollBar().value()
    grid.add_tiles(60)

    assert grid.tiles.rowCount() == 15
    assert grid.verticalScrollBar().value() == scrolled
    assert grid.selection.numbers == [22]


def test_that_a_hundred_thousand_tiles_show_scroll_and_fold_at_once(grid, qapp):
    started = time.thread_time()
    grid.show_tiles(Path("nowhere"), 100_000, tile)
    grid.repaint()
    grid.go_to(99_999)
    grid.repaint()
    grid.selection.all()
    grid.set_tile_px(80)
    grid.refold()
    seconds = time.thread_time() - started

    assert grid.selection.count == 100_000
    assert seconds < 0.5
