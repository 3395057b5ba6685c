import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from shiboken6 import delete

from tlstudio.app import theme
from tlstudio.app.widgets.class_results import found_words, left_alone_words
from tlstudio.app.widgets.confusion_matrix import ConfusionMatrix, cell_color, ink_on
from tlstudio.evaluate.events import ClassResult

CLASSES = ["Neutrophil", "Lymphocyte", "Blast cell"]
COUNTS = [[171, 2, 0], [1, 144, 6], [0, 1, 24]]


@pytest.fixture
def matrix(qtbot):
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    matrix.resize(420, 200)
    matrix.show_matrix(CLASSES, COUNTS)
    matrix.show()
    yield matrix
    delete(matrix)


def said(matrix, row, column, role=Qt.ItemDataRole.DisplayRole):
    return matrix.cells.index(row, column).data(role)


def test_that_cells_show_counts_or_shares_of_their_row(matrix):
    assert said(matrix, 0, 0) == "171"

    matrix.show_percent(is_percent=True)
    assert said(matrix, 0, 0) == "98.8%"
    assert said(matrix, 2, 2) == "96%"
    assert said(matrix, 0, 2) == "0"


def test_that_a_cell_is_spoken_as_a_sentence(matrix):
    words = said(matrix, 1, 2, Qt.ItemDataRole.AccessibleTextRole)

    assert words == "Really Lymphocyte, it said Blast cell: 6 of 151 images (4.0%)"


def test_that_arrow_keys_choose_cells(matrix, qtbot):
    chosen = []
    matrix.cell_chosen.connect(lambda row, column: chosen.append((row, column)))
    matrix.choose(1, 1)
    QTest.keyClick(matrix, Qt.Key.Key_Right)
    QTest.keyClick(matrix, Qt.Key.Key_Down)

    assert chosen == [(1, 1), (1, 2), (2, 2)]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_that_letters_on_every_cell_have_enough_contrast(qapp, look):
    theme.apply(qapp, look, 100)
    for is_right in (True, False):
        for percent in range(1, 101):
            ground = cell_color(percent / 100, is_right=is_right, is_empty=False)

            assert contrast(ink_on(ground), ground) >= 4.5
    theme.apply(qapp, "light", 100)


def contrast(one: QColor, other: QColor) -> float:
    lights = sorted((relative_luminance(one), relative_luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def relative_luminance(color: QColor) -> float:
    # WCAG 2.2, written out again so that the code is not its own judge.
    parts = [value / 255 for value in (color.red(), color.green(), color.blue())]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_that_a_class_is_told_with_counts_and_likely_ranges():
    result = ClassResult("Blast cell", 25, 24, 21, 0.96, 0.805, 0.993, 466 / 487, 0.935, 0.972)

    assert found_words(result) == ("96%", "80 to 99%", "24 of 25 found")
    assert left_alone_words(result, 512) == ("95.7%", "94 to 97%", "466 of 487 left alone")


def test_that_a_class_without_test_images_has_no_figure():
    result = ClassResult("Blast cell", 0, 0, 0, 0.0, 0.0, 1.0, 1.0, 0.9, 1.0)

    assert found_words(result) == ("–", "", "none in the test images")
