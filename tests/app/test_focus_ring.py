import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView, QPushButton, QVBoxLayout, QWidget

from tlstudio.app.widgets.class_results import ClassResults
from tlstudio.app.widgets.confusion_matrix import ConfusionMatrix
from tlstudio.app.widgets.focus_ring import FocusRing


@pytest.fixture
def ring(qtbot):
    """The ring of a window; its `around` gives the focus to a part by the Tab key."""
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.setContentsMargins(20, 20, 20, 20)
    column.addWidget(QPushButton("First"))
    made = FocusRing(window)

    def around(part):
        column.addWidget(part)
        window.resize(500, 400)
        window.show()
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        window.setFocus()
        while not part.hasFocus():
            QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        return made

    return around


def painted(ring):
    """The rectangle of all that the ring paints, in its own coordinates."""
    image = QImage(ring.size(), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    ring.render(image, QPoint(), renderFlags=QWidget.RenderFlag(0))
    places = [
        QPoint(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha()
    ]
    return QRect(
        QPoint(min(place.x() for place in places), min(place.y() for place in places)),
        QPoint(max(place.x() for place in places), max(place.y() for place in places)),
    )


@pytest.mark.parametrize("view", [ConfusionMatrix, ClassResults])
def test_that_it_goes_around_a_view_whose_letters_start_at_its_edge(ring, view):
    part = view()

    place = painted(ring(part))

    assert place == part.geometry().adjusted(-4, -4, 4, 4)  # a gap of 2 and a line of 2


def test_that_it_is_on_the_edge_of_other_views(ring):
    part = QListView()

    place = painted(ring(part))

    assert place == part.geometry().adjusted(-1, -1, 1, 1)  # half of the line
