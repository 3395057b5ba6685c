"""What a run will need, beside the slider and beside the button that starts it."""

from dataclasses import replace

import pytest
from shiboken6 import delete

from tlstudio.app.pages.model import ModelPage
from tlstudio.app.pages.train import TrainPage
from tlstudio.app.widgets.needed_words import MEASURING, UNKNOWN, needed_words
from tlstudio.events import Failed
from tlstudio.model.backbones import find_backbone
from tlstudio.model.settings import ModelSettings
from tlstudio.model.speeds import torch_version
from tlstudio.project import estimate as estimates
from tlstudio.project.estimate import estimate_of
from tlstudio.project.file import create_project
from tlstudio.this_computer import processor
from tlstudio.train.cost import ImageCost, NetworkCost
from tlstudio.train.cost_memory import remember_cost
from tlstudio.train.events import CostMeasured

HEAD = find_backbone("resnet18").head_depth
DEPTHS = range(HEAD + 1)
COST = CostMeasured(
    backbone="resnet18",
    input_px=find_backbone("resnet18").preprocessing.input_px,
    wanted_device="auto",
    device="CPU",
    processor=processor(),
    torch=torch_version(),
    data_fingerprint="f",
    start_seconds=1.0,
    save_seconds=0.1,
    process_bytes=400_000_000,
    network=NetworkCost(
        precisions=["float32"],
        forward=[[0.01 * depth for depth in range(HEAD + 2)]],
        frozen_share=[1.0],
        learning=[[0.03 * (HEAD - depth) for depth in DEPTHS]],
        held=[[1e6 * (HEAD - depth) for depth in DEPTHS]],
        widest=1e6,
        fixed=[[0.0] * len(DEPTHS)],
        update=[0.0] * len(DEPTHS),
        crossing=[1000] * len(DEPTHS),
        trainable=[2_000_000 * (HEAD - depth) + 1000 for depth in DEPTHS],
        values=11_000_000,
        shallowest_cut=1,
        cut_seconds=0.2,
    ),
    images=ImageCost(0.01, 200_000.0, {"none": 0.001, "light": 0.002}),
)


@pytest.fixture
def session(session, bench, tmp_path):
    """With a scanned project of a ResNet-18 with random weights."""
    project = create_project(tmp_path / "project").with_settings(model=ModelSettings("resnet18", 2, "random"))
    session.project = replace(project, images=bench.scanned)
    session.cost_probe._timer.setInterval(0)
    session.speed_probe._timer.setInterval(10**6)
    return session


@pytest.fixture(params=[ModelPage, TrainPage], ids=["model", "train"])
def page(request, qtbot, session):
    page = request.param(session)
    qtbot.addWidget(page)
    page.resize(1056, 800)
    yield page
    session.end()
    delete(page)


def said(page):
    if isinstance(page, ModelPage):
        figure = page.freeze_card.time
        return f"{figure.value()} · {figure.accessibleName().partition('. ')[2]}"
    page.draw()
    return page._help.text()


def cache(session):
    return session.project.folder / "cache"


def test_that_it_is_measured_when_a_page_is_seen_and_shown_when_it_is_known(page, session, bench, qtbot):
    page.show()

    assert MEASURING in said(page)
    qtbot.waitUntil(lambda: bool(bench.steps))
    assert (bench.steps[0].step, bench.steps[0].folder) == ("estimate", session.project.folder)
    remember_cost(cache(session), COST)
    bench.steps[0].release(COST, None)
    words = needed_words(estimate_of(replace(session.project)), 2)
    qtbot.waitUntil(lambda: words.time in said(page))
    assert words.beside in said(page)
    assert len(bench.steps) == 1


def test_that_nothing_is_measured_that_is_known_already(page, session, bench):
    remember_cost(cache(session), COST)

    page.show()

    assert said(page).startswith("About ")
    assert not session.cost_probe._timer.isActive()


def test_that_what_can_not_be_measured_says_so_and_is_not_tried_again(page, session, bench, qtbot):
    page.show()
    qtbot.waitUntil(lambda: bool(bench.steps))

    bench.steps[0].release(Failed("Device can't be used", "It did not pass."), None)

    qtbot.waitUntil(lambda: UNKNOWN in said(page))
    page.refresh()
    assert not session.cost_probe._timer.isActive()


def test_that_a_step_of_the_project_goes_first(session, bench, qtbot):
    session.cost_probe.want(session.project)
    qtbot.waitUntil(lambda: bool(bench.steps))

    session.start("train")

    assert bench.steps[0].asked == ["stop"]
    assert session.cost_probe.state(session.project) == "waiting"
    session.stop()
    qtbot.waitUntil(lambda: len(bench.steps) == 3)
    assert bench.steps[2].step == "estimate"


@pytest.mark.parametrize("page", [ModelPage], indirect=True)
def test_that_the_line_follows_the_slider_at_once(page, session, bench):
    remember_cost(cache(session), COST)
    page.show()

    page.freeze_card.slider.setValue(HEAD)
    frozen = page.freeze_card.time.value()
    page.freeze_card.slider.setValue(0)
    everything = page.freeze_card.time.value()

    assert frozen == needed_words(estimate_of(session.project), HEAD).time
    assert everything == needed_words(estimate_of(session.project), 0).time
    assert frozen != everything
    assert bench.steps == []


@pytest.mark.parametrize(
    ("free", "words"),
    [("free_memory", "of memory, and 1.0 MB are free."), ("free_disk", "on the disk, and 1.0 MB are free.")],
)
def test_that_too_little_room_is_told_with_what_to_try(page, session, monkeypatch, free, words):
    remember_cost(cache(session), COST)
    monkeypatch.setattr(estimates.this_computer, free, lambda *_: 1_000_000)

    page.show()

    warning = page.freeze_card.warning.words() if isinstance(page, ModelPage) else said(page)
    assert words in warning
    if isinstance(page, ModelPage):
        assert page.freeze_card.warning.isVisible()


def test_that_epochs_are_counted_at_once(session):
    remember_cost(cache(session), COST)
    few = estimate_of(session.project).at(2)
    train = replace(session.project.settings.train, epochs=200)

    many = estimate_of(session.project.with_settings(train=train)).at(2)

    assert many.learning > 5 * few.learning
