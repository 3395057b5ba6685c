"""The freeze depth that a project's own runs recommend, under the slider's pin."""

import pytest
from shiboken6 import delete

from tlstudio.app.pages.model import ModelPage
from tlstudio.app.widgets.freeze_slider import FreezeSlider
from tlstudio.model.backbones import find_backbone
from tlstudio.model.settings import ModelSettings
from tlstudio.train.events import EpochDone, RunStarted, TrainDone
from tlstudio.train.validation_file import ValidationAnswer, write_validation

WRONG = {0: range(30), 3: range(8), 5: range(100, 109)}
"""Freeze depth → wrong answers of 200: one more at depth 5 than at 3, and about other images."""


@pytest.fixture
def page(qtbot, session, tmp_path, bench):
    session.create(tmp_path / "Insects")
    session.take(bench.scanned)
    session.choose(model=ModelSettings("resnet10t", 0))
    page = ModelPage(session)
    qtbot.addWidget(page)
    page.resize(1056, 800)
    page.show()
    yield page
    delete(page)


def train(session, run, depth):
    at = "2026-11-20T10:00:00+00:00"
    accuracy = 1 - len(WRONG[depth]) / 200
    session.take(
        RunStarted(run, at, 1, 0, "CPU", "float32", 8, depth, 10, 20, 28, 200, "bundled", "f", seed=0)
    )
    folder = session.project.run_folder(run)
    folder.mkdir(parents=True)
    names = [f"{place}.png" for place in range(200)]
    write_validation(
        folder,
        [
            ValidationAnswer(name, name, "ants", "bees" if place in WRONG[depth] else "ants", 0.9)
            for place, name in enumerate(names)
        ],
    )
    session.take(EpochDone(run, 1, 1, 0.5, 0.8, 0.4, accuracy, 1.0, True, 1e-3, {}, []))
    session.take(TrainDone(run, 1, accuracy, 1.0, 1.0, 10, False))


def test_that_the_pin_stands_by_a_rule_of_thumb_at_first(page):
    assert page.freeze_card.slider.pin == "Recommended"


def test_that_three_depths_of_the_backbone_move_the_pin(page, session, qtbot):
    for run, depth in enumerate(WRONG, 1):
        train(session, run, depth)
    slider = page.freeze_card.slider

    qtbot.waitUntil(lambda: slider.pin == "Recommended, measured")

    # The deepest that is within one standard error of the best, here sqrt(8 + 9) of 200 images.
    assert slider.recommended == 5
    assert "Measurements recommend 5." in slider.accessibleDescription()


def test_that_another_backbone_keeps_its_rule_of_thumb(page, session, qtbot):
    for run, depth in enumerate(WRONG, 1):
        train(session, run, depth)
    qtbot.waitUntil(lambda: page.freeze_card.slider.pin == "Recommended, measured")

    page.choose_backbone("fasternet_t0")

    assert page.freeze_card.slider.pin == "Recommended"


def test_that_the_slider_says_what_a_measured_pin_rests_on(qtbot):
    slider = FreezeSlider()
    qtbot.addWidget(slider)
    slider.show_backbone(find_backbone("resnet18"), 2, 4, "Freeze depth 4 is ahead.")

    assert slider.pin == "Recommended, measured"
    assert slider.accessibleDescription().endswith("Measurements recommend 4.")

    slider.show_backbone(find_backbone("resnet18"), 2, 4)
    assert slider.pin == "Recommended"
