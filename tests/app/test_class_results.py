import re

import pytest
from PySide6.QtCore import QBuffer, QPoint, Qt
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from shiboken6 import delete

from tlstudio.app import theme
from tlstudio.app.widgets.class_results import ClassResults
from tlstudio.evaluate.events import ClassResult

RESULTS = (
    ClassResult("Blast cell, acute myeloid", 2, 2, 13, 1.0, 0.34, 1.0, 7 / 20, 0.18, 0.57),
    ClassResult("Lymphocyte", 20, 7, 0, 7 / 20, 0.18, 0.57, 1.0, 0.34, 1.0),
)
RANGES = ["34 to 100%", "18 to 57%", "18 to 57%", "34 to 100%"]


@pytest.fixture
def table(qtbot):
    table = ClassResults()
    qtbot.addWidget(table)
    table.show_results(RESULTS)
    table.show()
    yield table
    delete(table)


def painted(table):
    """Every line of words that the table paints, as a drawing keeps it: text stays text in SVG."""
    drawing, buffer = QSvgGenerator(), QBuffer()
    drawing.setOutputDevice(buffer)
    drawing.setSize(table.size())
    painter = QPainter(drawing)
    table.render(painter, QPoint())
    painter.end()
    return re.findall(">([^<>\n]+)</text>", bytes(buffer.data()).decode())


@pytest.mark.parametrize("width", [600, 405, 360])
@pytest.mark.parametrize("percent", [100, 130])
def test_that_no_likely_range_is_cut_however_narrow_the_table(qapp, table, width, percent):
    theme.apply(qapp, "light", percent)
    table.resize(width, 400)

    assert [words for words in painted(table) if " to " in words] == RANGES


def test_that_ranges_stand_beside_the_rates_where_there_is_room_and_below_where_not(table):
    table.resize(600, 300)
    beside = table.rowHeight(0)
    table.resize(330, 300)
    below = table.rowHeight(0)
    table.resize(600, 300)

    assert (beside, below, table.rowHeight(0)) == (48, 66, 48)


def test_that_names_give_way_to_the_ranges_in_a_narrow_table(table):
    table.resize(600, 300)
    assert table.columnWidth(0) == 150

    table.resize(405, 300)
    assert table.columnWidth(0) == 110


def test_that_the_heading_explains_itself_whole_or_by_its_tool_tip_only(table):
    table.resize(405, 300)
    assert [words for words in painted(table) if words.startswith("of th")] == []
    assert table.results.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) == (
        "of the real ones, found"
    )

    table.resize(800, 300)
    assert "of the real ones, found" in painted(table)
    assert "of the others, left alone" in painted(table)
