import itertools

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest

from tlstudio.app.widgets.freeze_slider import FreezeSlider
from tlstudio.data.preprocess import Preprocessing
from tlstudio.model.backbones import Backbone, FreezeGroup, PublishedWeights

SEVENTEEN = Backbone(
    name="hand_made",
    title="Hand-made",
    family="None",
    good_for="Tests",
    groups=tuple(FreezeGroup(f"block{place}", 1_000 * (place + 1)) for place in range(17)),
    features=8,
    preprocessing=Preprocessing(32, 32, "bilinear", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    imagenet_accuracy=None,
    weights=PublishedWeights("", "", 0, "", "Apache-2.0", "none", "nothing", 0),
)


@pytest.fixture
def slider(qtbot):
    slider = FreezeSlider()
    qtbot.addWidget(slider)
    slider.resize(958, 256)
    slider.show_backbone(SEVENTEEN, depth=14, recommended=9)
    slider.show_example("Blast", 5)
    slider.show()
    return slider


def test_that_a_screen_reader_hears_the_depth_and_the_strategy(slider):
    assert slider.accessibleName() == "Freeze depth"
    assert slider.accessibleDescription() == "14 of 17 groups frozen. Partial fine-tuning."

    QTest.keyClick(slider, Qt.Key.Key_End)
    assert slider.accessibleDescription() == "17 of 17 groups frozen. Feature extraction."

    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert slider.accessibleDescription() == "0 of 17 groups frozen. Full fine-tuning."


def test_that_it_is_a_slider_for_assistive_technology(slider):
    found = QAccessible.queryAccessibleInterface(slider)

    assert found.role() == QAccessible.Role.Slider
    assert found.valueInterface().currentValue() == 14


@pytest.mark.parametrize(
    ("key", "depth"),
    [
        (Qt.Key.Key_Right, 15),
        (Qt.Key.Key_Left, 13),
        (Qt.Key.Key_Up, 15),
        (Qt.Key.Key_Down, 13),
        (Qt.Key.Key_PageUp, 17),  # stages begin at 0, 1, 5, 9, 13
        (Qt.Key.Key_PageDown, 13),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 17),
        (Qt.Key.Key_R, 9),
    ],
)
def test_that_keys_move_by_groups_stages_and_to_the_recommended_depth(slider, key, depth):
    chosen = []
    slider.depth_chosen.connect(chosen.append)

    QTest.keyClick(slider, key)

    assert slider.value() == depth
    assert chosen == [depth]


def test_that_keys_stop_at_the_ends(slider):
    for _ in range(5):
        QTest.keyClick(slider, Qt.Key.Key_Right)

    assert slider.value() == 17


def test_that_other_keys_are_left_to_the_window(slider):
    QTest.keyClick(slider, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)

    assert slider.value() == 14


def test_that_a_drag_moves_the_border_and_settles_once(slider):
    chosen, lies = [], slider._lies()
    slider.depth_chosen.connect(chosen.append)
    y = round(lies.track.center().y())

    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(lies.borders[14]), y))
    for depth in (12, 8, 5):
        QTest.mouseMove(slider, QPoint(round(lies.borders[depth]) + 2, y))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(lies.borders[5]) + 2, y))

    assert slider.value() == 5
    assert chosen == [5]


def test_that_a_click_on_the_diagram_puts_the_border_there(slider):
    lies = slider._lies()

    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(lies.borders[3]), round(lies.wire)))

    assert slider.value() == 3


def test_that_a_click_on_the_pin_takes_the_recommended_depth(slider):
    lies = slider._lies()

    QTest.mouseClick(
        slider, Qt.MouseButton.LeftButton, pos=QPointF(lies.borders[9], lies.pins.center().y()).toPoint()
    )

    assert slider.value() == 9


def test_that_a_wheel_over_the_diagram_scrolls_the_page_and_not_the_network(slider):
    wheel = QWheelEvent(
        QPointF(400, 100), QPointF(400, 100), QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip

    slider.wheelEvent(wheel)

    assert slider.value() == 14
    assert not wheel.isAccepted()


def test_that_the_blocks_turn_frozen_and_warm_with_the_depth(slider, qtbot):
    slider.setValue(3)

    qtbot.waitUntil(lambda: slider.frozen_look == (True,) * 3 + (False,) * 14)


def test_that_another_backbone_is_drawn_at_once(slider):
    five = Backbone(**{**vars(SEVENTEEN), "name": "five", "groups": SEVENTEEN.groups[:5]})

    slider.show_backbone(five, depth=2, recommended=0)

    assert slider.maximum() == 5
    assert slider.frozen_look == (True, True, False, False, False)


@pytest.mark.parametrize("groups", [1, 2, 3, 4, 5, 8, 13, 17, 30])
@pytest.mark.parametrize("size", [(958, 256), (780, 200), (1300, 340)])
def test_that_no_part_of_the_diagram_leaves_it_or_overlaps(slider, groups, size):
    many = tuple(FreezeGroup(f"block{place}", 10) for place in range(groups))
    slider.resize(*size)
    slider.show_backbone(Backbone(**{**vars(SEVENTEEN), "name": f"{groups}", "groups": many}), 0, 0)
    lies = slider._lies()

    assert len(lies.borders) == groups + 1
    assert list(lies.borders) == sorted(lies.borders)
    in_order = [lies.image, *lies.blocks, lies.decision, lies.answer]
    assert all(left.right() < right.left() for left, right in itertools.pairwise(in_order))
    assert lies.answer.right() <= size[0]
    assert lies.pins.bottom() <= size[1]
    assert min(block.top() for block in lies.blocks) > 0
