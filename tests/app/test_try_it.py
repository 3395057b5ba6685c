import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location("made_project", Path(__file__).with_name("made_project.py"))
made = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made)

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from tlstudio import RESEARCH_NOTICE
from tlstudio.app.session import Session
from tlstudio.app.widgets.export_words import saved_file
from tlstudio.app.widgets.labels import Label
from tlstudio.app.widgets.try_it import TryItDock
from tlstudio.app.widgets.try_model import forget_older, model_file, prepared_file, prepared_folder, triable
from tlstudio.data.errors import NoImageReadable
from tlstudio.events import Failed, Progress
from tlstudio.export.events import ImageUnreadable, PredictDone, Predicted
from tlstudio.project.file import save_project
from tlstudio.run.here import run_here

SURE = {"Blast cell": 0.972, "Lymphocyte": 0.028}


def answers(options):
    return [*(Predicted(image, "Blast cell", SURE) for image in options["images"]), PredictDone(1, 0, 0.1)]


def prepared(options):
    options["to"].write_bytes(b"model")
    return [Progress("Comparing answers", 1, 4), made.an_export(options["to"])]


@pytest.fixture
def picture(tmp_path):
    """An image on disk."""
    image = QImage(32, 24, QImage.Format.Format_RGB32)
    image.fill(QColor("purple"))
    path = tmp_path / "new smear.png"
    assert image.save(str(path))
    return path


@pytest.fixture
def opened(qtbot, tmp_path):
    """Opens a project with these runs beside a dock whose steps are rehearsed."""
    made_here = []

    def build(*runs, told=(), is_saved=True):
        if is_saved and runs:
            model = tmp_path / "saved.onnx"
            model.write_bytes(b"model")
            runs = (replace(runs[0], exported=made.an_export(model, runs[0].number)), *runs[1:])
        session = Session()
        begin = made.Rehearsal(told)
        made.a_project(tmp_path / "Blood smear", *runs)
        session.open(tmp_path / "Blood smear")
        dock = TryItDock(session, begin=begin)
        qtbot.addWidget(dock)
        dock.resize(dock.width(), 700)
        dock.show()
        made_here.append((dock, session))
        return dock, session, begin

    yield build
    for dock, session in made_here:
        dock.forget()
        session.close()


def dropping(paths, kind):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place = QPointF(50, 50)
    if kind is QDragEnterEvent:
        place = place.toPoint()
    event = kind(
        place, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    return event, mime


def test_that_without_a_run_there_is_nothing_to_try(opened, picture):
    dock, _, begin = opened()

    dock.ask([picture])

    assert dock.well.accessibleName() == "Nothing to try yet. Train a run first."
    assert begin.begun == []


def test_that_the_saved_file_answers_in_words_and_percent(opened, qtbot, picture):
    dock, _, begin = opened(made.a_run(), told=[answers])

    dock.ask([picture])
    qtbot.waitUntil(dock.sure.isVisible)

    assert begin.begun[0].step == "predict"
    assert begin.begun[0].options["model"].name == "saved.onnx"
    assert (dock.answer.text(), dock.sure.text()) == ("Blast cell", "97% sure")
    assert dock.bars.accessibleDescription() == "Blast cell, 97%. Lymphocyte, 3%"
    assert dock.well.accessibleName() == "new smear.png"


def test_that_an_answer_is_said_to_be_one_of_the_classes_whatever_the_image_shows(opened, qtbot, picture):
    dock, _, _ = opened(made.a_run(), told=[answers])
    assert not dock.caveat.isVisible()

    dock.ask([picture])
    qtbot.waitUntil(dock.sure.isVisible)

    assert dock.caveat.isVisible()
    assert dock.caveat.text() == (
        "It always names one of its 2 classes, also for an image of something else."
    )


def test_that_a_run_without_a_file_is_prepared_and_then_answers(opened, qtbot, picture):
    dock, session, begin = opened(made.a_run(3), told=[prepared, answers], is_saved=False)

    dock.ask([picture])
    qtbot.waitUntil(lambda: dock.tries[0].picture is not None)
    assert begin.begun == []
    assert dock.prepare_button.text() == "Prepare run 3 for trying"
    dock.prepare_button.click()
    qtbot.waitUntil(dock.sure.isVisible)

    to = session.project.folder / "cache" / "try" / "run0003-epoch002.onnx"
    assert [(one.step, one.options.get("to", one.options.get("model"))) for one in begin.begun] == [
        ("export", to), ("predict", to),
    ]  # fmt: skip
    assert session.project.runs[0].exported is None
    assert not dock.preparing.isVisible()


def test_that_a_run_can_be_tried_while_it_trains(opened):
    dock, session, _ = opened(made.a_run(2, state="running"), is_saved=False)
    session.project = session.project.with_running_as("running")
    dock.refresh()

    assert dock.prepare_button.isVisible()


def test_that_failing_to_prepare_is_told_and_can_be_repeated(opened, qtbot, picture):
    failed = Failed("The model wasn't saved", "The disk is full.", "Free some space.")
    dock, _, _begin = opened(made.a_run(), told=[[failed], prepared, answers], is_saved=False)
    dock.ask([picture])

    dock.prepare()
    qtbot.waitUntil(lambda: dock.retry_button.isVisible() and not dock.progress.isVisible())
    assert dock.message.title == "The model wasn't saved."
    dock.retry_button.click()
    dock.prepare()
    qtbot.waitUntil(dock.sure.isVisible)

    assert not dock.retry_button.isVisible()


def test_that_a_file_that_is_no_image_is_told_and_not_asked_about(opened, qtbot, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("no image")
    dock, _, begin = opened(made.a_run())

    dock.ask([path])
    qtbot.waitUntil(lambda: bool(dock.tries[0].error))

    assert dock.well.accessibleName().startswith("Could not read this file: ")
    assert begin.begun == []


def test_that_an_image_that_the_model_can_not_read_is_told(opened, qtbot, picture):
    unreadable = [
        ImageUnreadable(str(picture), "The file is cut off"),
        Failed.from_error(NoImageReadable([picture.name])),
    ]
    dock, _, _ = opened(made.a_run(), told=[unreadable])

    dock.ask([picture])
    qtbot.waitUntil(lambda: bool(dock.tries[0].error) and not dock._asking.is_busy)

    assert dock.well.accessibleName() == "Could not read this file: the file is cut off."
    assert not dock.message.isVisibleTo(dock)


def test_that_a_dropped_folder_is_refused_in_words(opened, tmp_path):
    dock, _, begin = opened(made.a_run())
    dropped, _data = dropping([tmp_path], QDropEvent)
    dock.dropEvent(dropped)

    assert dock.message.title == "A folder can't be tried."
    assert begin.begun == []


def test_that_images_dropped_together_are_asked_together(opened, qtbot, picture, tmp_path):
    other = tmp_path / "other.png"
    other.write_bytes(picture.read_bytes())
    dock, _, begin = opened(made.a_run(), told=[answers])

    entered, _data = dropping([picture, other], QDragEnterEvent)
    dock.dragEnterEvent(entered)
    dropped, _data_too = dropping([picture, other], QDropEvent)
    dock.dropEvent(dropped)
    qtbot.waitUntil(lambda: all(tried.answer for tried in dock.tries))

    assert entered.isAccepted()
    assert len(begin.begun) == 1
    assert begin.begun[0].options["images"] == [str(picture), str(other)]


def test_that_an_earlier_try_can_be_looked_at_again(opened, qtbot, picture, tmp_path):
    other = tmp_path / "other.png"
    other.write_bytes(picture.read_bytes())
    dock, _, _ = opened(made.a_run(), told=[answers])
    dock.ask([picture, other])
    qtbot.waitUntil(lambda: all(tried.answer for tried in dock.tries))

    dock.row.chosen.emit(0)

    assert dock.file_name.text() == "new smear.png"


def test_that_a_pasted_image_becomes_a_file_until_the_dock_forgets_it(opened, qtbot, picture):
    dock, session, _begin = opened(made.a_run(), told=[answers])
    QGuiApplication.clipboard().setImage(QImage(str(picture)))

    dock.paste()
    qtbot.waitUntil(dock.sure.isVisible)
    path = dock.tries[0].path

    assert path.parent == session.project.folder / "cache" / "try"
    assert path.is_file()
    dock.forget()
    assert not path.exists()


def test_that_pasting_without_an_image_says_so(opened):
    dock, _, _ = opened(made.a_run())
    QGuiApplication.clipboard().setText("words")

    dock.paste()

    assert dock.message.title == "There is no image to paste."


def test_that_images_can_be_chosen_by_a_dialog(opened, qtbot, picture, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *asked: ([str(picture)], ""))
    dock, _, _ = opened(made.a_run(), told=[answers])

    dock.choose_button.click()
    qtbot.waitUntil(dock.sure.isVisible)

    assert dock.tries[0].path == picture


def test_that_hiding_the_dock_ends_its_child_and_showing_it_asks_again(opened, qtbot, picture):
    dock, _, begin = opened(made.a_run(), told=[[], answers])
    begin.let_go.clear()
    dock.ask([picture])
    qtbot.waitUntil(lambda: len(begin.begun) == 1)

    dock.hide()
    assert begin.begun[0].is_killed
    dock.show()
    qtbot.waitUntil(dock.sure.isVisible)

    assert len(begin.begun) == 2


def test_that_another_project_starts_without_tries(opened, qtbot, picture, tmp_path):
    dock, session, _ = opened(made.a_run(), told=[answers])
    dock.ask([picture])
    qtbot.waitUntil(dock.sure.isVisible)
    made.a_project(tmp_path / "other", made.a_run())

    session.open(tmp_path / "other")

    assert dock.tries == []


def test_that_a_read_only_project_is_not_written_to(tmp_path):
    project = replace(made.a_project(tmp_path / "p", made.a_run()), is_read_only=True)

    folder = prepared_folder(project)

    assert not folder.is_relative_to(project.folder)
    assert not (project.folder / "cache" / "try").exists()
    folder.rmdir()


def test_that_a_file_that_something_else_was_saved_over_is_not_asked(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"of run 1")
    run = replace(made.a_run(1), exported=made.an_export(path))
    assert model_file(run, tmp_path) == path

    path.write_bytes(b"of another project")

    assert model_file(run, tmp_path) is None
    assert saved_file(run) is None


def test_that_a_better_epoch_needs_a_new_file_and_drops_the_old_one(tmp_path):
    run = made.a_run(1)
    older, newer = prepared_file(replace(run, best_epoch=1), tmp_path), prepared_file(run, tmp_path)
    for path in (older, newer, older.with_name(f"{older.stem}-card.md")):
        path.write_bytes(b"")

    forget_older(run, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["run0001-epoch002.onnx"]


def test_that_a_run_before_its_first_epoch_can_not_be_tried(tmp_path):
    project = made.a_project(tmp_path / "p", made.a_run(epochs=0))

    assert triable(project) is None


def test_that_the_notice_stands_in_the_dock(opened):
    dock, _, _ = opened(made.a_run())

    assert RESEARCH_NOTICE in [label.text() for label in dock.findChildren(Label)]


@pytest.mark.slow
def test_that_a_trained_run_is_saved_prepared_and_asked_by_the_real_engine(qtbot, tmp_path, plates_project):
    project = plates_project(tmp_path, epochs=1)
    for event in run_here("train", project):
        project = project.after(event)
    save_project(project)
    session = Session()
    dock = TryItDock(session)
    qtbot.addWidget(dock)
    dock.show()
    assert session.open(project.folder)

    dock.ask([next((tmp_path / "images" / "Sound").iterdir())])
    dock.prepare_button.click()
    qtbot.waitUntil(lambda: dock.sure.isVisible() or dock.retry_button.isVisible(), timeout=90_000)
    assert set(dock.tries[0].answer.probabilities) == {"Sound", "Scratch"}
    assert sum(dock.tries[0].answer.probabilities.values()) == pytest.approx(1, abs=1e-5)

    session.start("export", to=project.folder / "exports" / "plates.onnx", run=1)
    qtbot.waitUntil(lambda: session.running_step is None, timeout=90_000)
    exported = session.project.runs[0].exported
    assert exported.same_class == exported.images_compared > 0
    assert model_file(session.project.runs[0], tmp_path).name == "plates.onnx"
    dock.forget()
    session.close()


def test_that_an_earlier_epoch_answers_while_the_best_one_moves_on(tmp_path):
    from tlstudio.app.widgets.try_model import epoch_of, model_file
    from tlstudio.model.settings import ModelSettings
    from tlstudio.project.project import Run
    from tlstudio.train.events import RunStarted
    from tlstudio.train.settings import TrainSettings

    started = RunStarted(3, "", 9, 0, "CPU", "float32", 8, 0, 1, 1, 8, 4, "random", "f")
    run = Run(3, "running", ModelSettings(), TrainSettings(), "f", started, best_epoch=7)
    assert model_file(run, tmp_path) is None

    prepared = tmp_path / "run0003-epoch004.onnx"
    prepared.touch()

    assert model_file(run, tmp_path) == prepared
    assert epoch_of(run, prepared) == 4
    assert model_file(replace(run, state="done"), tmp_path) is None
