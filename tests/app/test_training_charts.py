import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tlstudio.app.widgets.amounts import loss_words
from tlstudio.app.widgets.chart_overlay import _apart
from tlstudio.app.widgets.curve_data import CurveData
from tlstudio.app.widgets.curves import CurveCard
from tlstudio.app.widgets.sample_strip import SampleStrip, words
from tlstudio.train.events import SamplePrediction

DATA = CurveData(
    epochs=20,
    low=0.4,
    high=1.0,
    training=((1.0, 0.70), (2.0, 0.80), (3.0, 0.90)),
    validation=((1.0, 0.65), (2.0, 0.85), (3.0, 0.80)),
    raw=tuple((place / 200, 0.5 + place % 2 / 4) for place in range(600)),
    best_epoch=2,
)


@pytest.fixture
def card(qtbot):
    card = CurveCard("Accuracy", "right answers", "{:.1%}".format, "{:.0%}".format)
    qtbot.addWidget(card)
    card.resize(490, 320)
    return card


@pytest.mark.parametrize(
    ("loss", "words"), [(0.4567, "0.46"), (999.9, "999.90"), (3.33e29, "3×10²⁹"), (9.7e3, "1×10⁴")]
)
def test_that_a_loss_that_ran_away_is_told_by_its_power_of_ten(loss, words):
    assert loss_words(loss) == words


def test_that_an_empty_chart_says_when_curves_appear(card):
    card.show_data(None)

    assert card.accessibleName() == "Accuracy, right answers"
    assert card.accessibleDescription() == "Curves appear after the first epoch"
    assert card.drawn() == {}


def test_that_the_plot_is_built_only_when_it_is_seen(card):
    card.show_data(DATA)
    assert card.drawn() == {}

    card.show()

    assert "pyqtgraph" in sys.modules
    assert card.drawn() == {"raw": 600, "training": 3, "validation": 3}


def test_that_the_axes_stay_fixed_while_curves_grow(card):
    card.show_data(DATA)
    card.show()
    before = card._plot._item.viewRange()

    card.show_data(CurveData(20, 0.4, 1.0, DATA.training[:1], DATA.validation[:1]))

    assert card._plot._item.viewRange() == before
    assert before[0] == pytest.approx([-0.4, 20.4])


def test_that_the_plot_has_no_menu_and_no_buttons(card):
    card.show_data(DATA)
    card.show()

    assert not card._plot._item.vb.menuEnabled()
    assert card._plot._item.buttonsHidden


def test_that_arrow_keys_read_epoch_by_epoch_and_stop_at_the_ends(card, qtbot):
    card.show_data(DATA)
    card.show()
    card.epoch_read.connect(card.read)

    read = []
    card.epoch_read.connect(read.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_End):
        QTest.keyClick(card, key)

    assert read == [1, 2, 1, 3]
    assert card.accessibleDescription() == "Epoch 3 of 20. Training 90.0%, Validation 80.0%."

    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert read[-1] == 0


def test_that_the_pointer_snaps_to_whole_epochs_and_reads_nothing_in_empty_space(card, qtbot):
    card.show_data(DATA)
    card.show()
    read = []
    card.epoch_read.connect(read.append)
    x, y = card._plot._to_pixels(2.0, 0.7)

    QTest.mouseMove(card._plot.overlay, QPoint(round(x) + 4, round(y)))
    QTest.mouseMove(card._plot.overlay, QPoint(round(card._plot._to_pixels(15, 0.7)[0]), round(y)))

    assert read == [2, 0]


def test_that_names_at_the_curves_ends_never_overlap_nor_leave_the_plot():
    assert _apart([100.0, 104.0], 18, 0, 300) == [93.0, 111.0]
    assert _apart([104.0, 100.0], 18, 0, 300) == [111.0, 93.0]
    assert _apart([50.0, 200.0], 18, 0, 300) == [50.0, 200.0]
    assert _apart([2.0, 4.0], 18, 0, 300) == [9.0, 27.0]
    assert _apart([298.0, 299.0], 18, 0, 300) == [273.0, 291.0]


def test_that_a_sample_says_what_it_is_called_and_how_sure_or_what_it_is():
    assert words(SamplePrediction("a.png", "Blast", "Blast", 0.943)) == ("Blast", "94% sure")
    assert words(SamplePrediction("a.png", "Monocyte", "Blast", 0.6)) == ("Blast", "is Monocyte")


def test_that_the_strip_speaks_for_itself(qtbot):
    strip = SampleStrip()
    qtbot.addWidget(strip)

    strip.show_samples([SamplePrediction("b/1.png", "Blast", "Blast", 0.5)], [None])

    assert [tile.accessibleName() for tile in strip.tiles] == ["Blast 50% sure. b/1.png", "", "", "", "", ""]
