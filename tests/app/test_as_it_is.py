import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location("made_project", Path(__file__).with_name("made_project.py"))
made = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made)

from dataclasses import replace

import pytest
from PySide6.QtGui import QColor, QImage

from tlstudio import RESEARCH_NOTICE
from tlstudio.app.session import Session
from tlstudio.app.widgets.as_it_is import namer, why_not
from tlstudio.app.widgets.labels import Label
from tlstudio.app.widgets.try_it import TryItDock
from tlstudio.data.errors import NoImageReadable
from tlstudio.events import Failed
from tlstudio.export.events import PredictDone, Predicted
from tlstudio.model.backbones import BACKBONES, find_backbone
from tlstudio.model.errors import NoNamesInWeights
from tlstudio.model.events import NotRecognised, Recognised, RecogniseDone
from tlstudio.model.weight_store import keep_weights

SEEN = {"tench, Tinca tinca": 0.61, "crane": 0.2, "coho, cohoe": 0.1, "crane, bird": 0.05, "gar": 0.001}


def names(options):
    asked = [Recognised(image, list(SEEN), list(SEEN.values())) for image in options["images"]]
    return [*asked, RecogniseDone(options["backbone"], len(asked), 0, 0.1)]


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch):
    """A folder of weights for the test alone."""
    monkeypatch.setenv("TLSTUDIO_MODELS_DIR", str(tmp_path / "models"))


@pytest.fixture
def fetched(tmp_path):
    """Puts a file where the weights of a backbone lie once they are downloaded."""

    def fetch(name):
        file = tmp_path / "fetched.safetensors"
        file.write_bytes(b"weights")
        keep_weights(find_backbone(name), file, "download", "")

    return fetch


@pytest.fixture
def picture(tmp_path):
    """An image on disk."""
    image = QImage(32, 24, QImage.Format.Format_RGB32)
    image.fill(QColor("purple"))
    path = tmp_path / "fish.png"
    assert image.save(str(path))
    return path


@pytest.fixture
def opened(qtbot, tmp_path):
    """Opens a project that starts from a backbone, beside a dock whose steps are rehearsed."""
    made_here = []

    def build(backbone, *runs, told=()):
        begin = made.Rehearsal(told)
        session = Session(begin=begin)
        made.a_project(tmp_path / "Fish", *runs)
        session.open(tmp_path / "Fish")
        choose(session, backbone)
        dock = TryItDock(session, begin=begin)
        qtbot.addWidget(dock)
        dock.resize(dock.width(), 700)
        dock.show()
        made_here.append((dock, session))
        return dock, session, begin

    yield build
    for dock, session in made_here:
        dock.forget()
        session.end()


def choose(session, backbone):
    model = session.project.settings.model
    session.choose(model=replace(model, backbone=backbone, freeze=0, weights="pretrained"))


def words(dock):
    return [label.text() for label in dock.findChildren(Label) if label.isVisibleTo(dock)]


def test_that_the_chosen_backbone_answers_before_anything_is_trained(opened, fetched, qtbot, picture):
    fetched("resnet18")
    dock, _, begin = opened("resnet18", told=[names])

    dock.ask([picture])
    qtbot.waitUntil(dock.sure.isVisible)

    asked = begin.begun[0]
    assert (asked.step, asked.options) == ("recognise", {"backbone": "resnet18", "images": [str(picture)]})
    assert dock.who.text() == "ResNet-18 as it is"
    assert dock.knows.text() == "Knows 1,000 everyday things from ImageNet; not your classes."
    assert (dock.answer.text(), dock.sure.text()) == ("tench", "61% sure")
    assert dock.bars.accessibleDescription() == "tench, 61%. crane, 20%. coho, 10%. crane, 5%. gar, < 1%"
    assert RESEARCH_NOTICE in words(dock)


def test_that_a_bundled_backbone_says_why_it_names_nothing(opened, qtbot, picture):
    dock, _, begin = opened("resnet10t")

    dock.ask([picture])

    assert dock.well.accessibleName() == "Nothing to try yet. Train a run first."
    assert dock.why_not.text().startswith("ResNet-10 knows no names before it is trained.")
    with qtbot.waitSignal(dock.went) as went:
        dock.model_button.click()
    assert went.args == ["model"]
    assert begin.begun == []


def test_that_a_backbone_whose_weights_are_missing_can_be_tried_once_they_are_here(opened, fetched, qtbot):
    dock, session, begin = opened("resnet18")
    assert dock.why_not.text().endswith("download them on the Model page.")

    begin.let_go.clear()
    session.downloads.start("resnet18")
    qtbot.waitUntil(lambda: "on their way" in dock.why_not.text())
    fetched("resnet18")
    begin.let_go.set()

    qtbot.waitUntil(dock.who.isVisible)
    assert not dock.why_not.isVisible()
    assert not dock.model_button.isVisible()


def test_that_a_download_that_failed_is_not_on_its_way(opened, qtbot):
    dock, session, begin = opened("resnet18", told=[[Failed("No connection", "", "")]])
    begin.let_go.clear()
    session.downloads.start("resnet18")
    qtbot.waitUntil(lambda: "on their way" in dock.why_not.text())

    begin.let_go.set()

    qtbot.waitUntil(lambda: dock.why_not.text().endswith("download them on the Model page."))


def test_that_another_chosen_backbone_is_asked_about_the_same_images(opened, fetched, qtbot, picture):
    fetched("resnet18")
    fetched("resnet50")
    dock, session, begin = opened("resnet18", told=[names, names])
    dock.ask([picture])
    qtbot.waitUntil(dock.sure.isVisible)

    choose(session, "resnet50")
    qtbot.waitUntil(dock.sure.isVisible)

    assert [asked.options["backbone"] for asked in begin.begun] == ["resnet18", "resnet50"]
    assert dock.who.text() == "ResNet-50 as it is"


def test_that_a_run_answers_as_soon_as_there_is_one(opened, fetched, qtbot, picture, tmp_path):
    fetched("resnet18")
    sure = {"Blast cell": 0.9, "Lymphocyte": 0.1}
    predicted = [Predicted(str(picture), "Blast cell", sure), PredictDone(1, 0, 0.1)]
    dock, session, begin = opened("resnet18", told=[names, predicted])
    dock.ask([picture])
    qtbot.waitUntil(dock.sure.isVisible)

    (tmp_path / "run.onnx").write_bytes(b"model")
    run = replace(made.a_run(), exported=made.an_export(tmp_path / "run.onnx"))
    session.project = replace(session.project, runs=(run,))
    session.project_changed.emit(session.project)
    qtbot.waitUntil(lambda: dock.tries[0].answer is not None)

    assert [asked.step for asked in begin.begun] == ["recognise", "predict"]
    assert (dock.chip.text(), dock.answer.text()) == ("Run 1", "Blast cell")
    assert not dock.who.isVisible()
    assert not dock.knows.isVisible()


def test_that_nothing_is_asked_while_the_first_run_trains(opened, fetched, qtbot, picture):
    fetched("resnet18")
    dock, session, begin = opened("resnet18")
    begin.let_go.clear()
    dock.ask([picture])
    qtbot.waitUntil(lambda: len(begin.begun) == 1)

    session.start("train")

    assert begin.begun[0].is_killed
    assert dock.well.accessibleName() == "It can be tried after the first epoch."
    assert not dock.why_not.isVisible()


def test_that_an_image_that_the_backbone_can_not_read_is_told(opened, fetched, qtbot, picture):
    fetched("resnet18")
    failed = Failed.from_error(NoImageReadable([picture.name]))
    told = [NotRecognised(str(picture), "The file is cut off"), failed]
    dock, _, _ = opened("resnet18", told=[told])

    dock.ask([picture])
    qtbot.waitUntil(lambda: bool(dock.tries[0].error) and not dock._naming.is_busy)

    assert dock.well.accessibleName() == "Could not read this file: the file is cut off."
    assert not dock.message.isVisibleTo(dock)


def test_that_a_failure_is_told_and_can_be_repeated(opened, fetched, qtbot, picture):
    fetched("resnet18")
    failed = Failed.from_error(NoNamesInWeights("model.safetensors"))
    dock, _, _ = opened("resnet18", told=[[failed], names])
    dock.ask([picture])
    qtbot.waitUntil(lambda: dock.retry_button.isVisible() and not dock._naming.is_busy)
    assert dock.message.title == f"{failed.title.rstrip('.')}."

    dock.retry_button.click()
    qtbot.waitUntil(dock.sure.isVisible)

    assert not dock.retry_button.isVisible()


def test_that_hiding_the_dock_ends_the_question_and_showing_it_asks_again(opened, fetched, qtbot, picture):
    fetched("resnet18")
    dock, _, begin = opened("resnet18", told=[[], names])
    begin.let_go.clear()
    dock.ask([picture])
    qtbot.waitUntil(lambda: len(begin.begun) == 1)

    dock.hide()
    assert begin.begun[0].is_killed
    dock.show()
    qtbot.waitUntil(dock.sure.isVisible)

    assert len(begin.begun) == 2


@pytest.mark.parametrize("backbone", BACKBONES)
def test_that_every_backbone_can_be_tried_or_says_why_not(backbone, tmp_path, fetched):
    project = made.a_project(tmp_path / "Fish")
    project = project.with_settings(model=replace(project.settings.model, backbone=backbone))
    assert namer(project) is None
    assert "Model page" in why_not(project, is_coming=False)

    fetched(backbone)

    assert (namer(project) is not None) == (find_backbone(backbone).weights.classes == 1000)
