import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location("made_project", Path(__file__).with_name("made_project.py"))
made = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made)

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QPushButton

from tlstudio import RESEARCH_NOTICE
from tlstudio.app.pages.export import ExportPage
from tlstudio.app.session import Session
from tlstudio.app.widgets.labels import Label
from tlstudio.events import Failed, Progress


@pytest.fixture
def opened(qtbot, tmp_path):
    """Opens a project with these runs on a page that is seen."""
    sessions = []

    def build(*runs, told=(), **fields):
        begin = made.Rehearsal(told)
        session = Session(begin=begin)
        sessions.append(session)
        made.a_project(tmp_path / "Blood smear", *runs, **fields)
        session.open(tmp_path / "Blood smear")
        page = ExportPage(session)
        qtbot.addWidget(page)
        page.resize(800, 700)
        page.show()
        return page, session, begin

    yield build
    for session in sessions:
        session.close()


@pytest.fixture
def chosen_file(monkeypatch, tmp_path):
    """What the file dialog answers; the name that it suggested is noted."""
    answer = {"path": tmp_path / "out.onnx", "suggested": None}
    monkeypatch.setattr(QFileDialog, "selectFile", lambda dialog, name: answer.update(suggested=name))
    monkeypatch.setattr(QFileDialog, "exec", lambda dialog: QDialog.DialogCode.Accepted)
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda dialog: [str(answer["path"])])
    return answer


def test_that_without_a_run_the_page_leads_to_training(opened, qtbot):
    page, _, _ = opened()
    pages = []
    page.went.connect(pages.append)

    page.empty.button.click()

    assert page.empty.isVisible()
    assert not page.file.isVisible()
    assert not page.primary.isVisible()
    assert pages == ["train"]


def test_that_a_run_is_ready_to_save_under_its_own_name(opened):
    page, _, _ = opened(made.a_run(1, 0.8), made.a_run(2, 0.9))

    assert page.file.name.text() == "blood-smear-run2.onnx"
    assert page.file.facts.text() == "About 94 MB. ONNX, an open format read by many programs and devices."
    assert page.file.comparison.text().startswith("When it is saved, all 10 test images")
    assert page.primary.text() == "Save file and card…"
    assert page.primary.isEnabled()


def test_that_a_run_that_was_not_evaluated_is_hinted_at(opened):
    page, _, _ = opened(made.a_run())

    assert page.message.title == "Run 1 has not been evaluated."


def test_that_a_run_of_other_images_is_called_stale(opened):
    page, _, _ = opened(made.a_run(fingerprint="older", evaluation=made.an_evaluation()))

    assert page.message.title == "The images have changed since."


def test_that_another_run_can_be_chosen(opened):
    page, session, _ = opened(made.a_run(1, 0.8), made.a_run(2, 0.9))

    page.file.runs.activated.emit(page.file.runs.findData(1))

    assert session.project.chosen_run == 1
    assert page.file.name.text() == "blood-smear-run1.onnx"


def test_that_the_chooser_shows_the_whole_words_of_runs_that_came_later(opened, qapp):
    page, _, _ = opened(made.a_run(1), made.a_run(2))
    qapp.processEvents()
    words = "Run 12, 96.4% of Validation right, evaluated"
    page.file.show_runs([(1, "Run 1"), (2, "Run 2"), (12, words)], 12, is_enabled=True)
    qapp.processEvents()

    assert page.file.runs.width() > page.file.runs.fontMetrics().horizontalAdvance(words)


def test_that_saving_shows_progress_and_then_the_comparison_first(opened, qtbot, chosen_file):
    path = chosen_file["path"]
    path.write_bytes(b"model")
    told = [[Progress("Comparing answers", 20, 40), made.an_export(path)]]
    page, session, begin = opened(made.a_run(evaluation=made.an_evaluation()), told=told)
    begin.let_go.clear()

    page.primary.click()
    qtbot.waitUntil(lambda: page.session.project.runs[0].exported is not None)
    assert page.file.progress.isVisible()
    assert page.file.progress_words.text() == "Comparing answers"
    begin.let_go.set()
    qtbot.waitUntil(lambda: session.running_step is None)

    assert chosen_file["suggested"] == "blood-smear-run1.onnx"
    assert begin.begun[0].options == {"to": path, "run": 1}
    assert not page.file.progress.isVisible()
    assert page.file.checked.isVisible()
    assert page.file.checked.text.text() == "All 40 test images were run through both."
    assert page.file.name.text() == "out.onnx"
    assert page.file.show_button.isVisible()
    assert "9372 c470 eead d5ec" in page.card.text_of("fingerprint")  # of b"model"


def test_that_a_file_that_answers_differently_is_told_in_red(opened, qtbot, chosen_file):
    failed = Failed(
        "The saved file answers differently", "It names another class for 3 of 40 images.", "", "trace"
    )
    page, session, _ = opened(made.a_run(), told=[[failed]])

    page.primary.click()
    qtbot.waitUntil(lambda: page.message.tone == "bad" and session.running_step is None)

    assert page.message.title == "The saved file answers differently."
    assert not page.file.checked.isVisible()
    assert page.primary.isEnabled()


def test_that_a_cancelled_dialog_starts_nothing(opened, monkeypatch):
    page, _session, begin = opened(made.a_run())
    monkeypatch.setattr(QFileDialog, "exec", lambda dialog: QDialog.DialogCode.Rejected)

    page.primary.click()

    assert begin.begun == []


def test_that_the_switch_is_kept_at_once_and_explained(opened):
    page, session, _ = opened(made.a_run())
    before = page.file.switch_help.text()

    page.file.switch.click()

    assert not session.project.settings.export.is_preprocessing_inside
    assert page.file.switch_help.text() != before


def test_that_what_only_the_user_knows_is_kept_at_once(opened, qtbot):
    page, session, _ = opened(made.a_run())

    page.card.not_for.write_button.click()
    page.card.not_for.editor.setPlainText("Children under 2")
    page.card.not_for.done_button.click()
    page.card.contact.edit()
    page.card.contact.editor.setPlainText("Ada")
    page.card.keep()

    export = session.project.settings.export
    assert (export.not_to_be_used_for, export.contact) == ("Children under 2", "Ada")
    assert page.card.not_for.words.text() == "Children under 2"
    assert page.card.not_for.write_button.text() == "Change"


def test_that_a_field_that_is_open_survives_a_refresh(opened):
    page, _, _ = opened(made.a_run())
    page.card.contact.edit()
    page.card.contact.editor.setPlainText("half a na")

    page.refresh()

    assert page.card.contact.is_editing
    assert page.card.contact.editor.toPlainText() == "half a na"


def test_that_what_is_written_in_one_project_stays_out_of_another(opened, tmp_path):
    page, session, _ = opened(made.a_run())
    made.a_project(tmp_path / "Leaves", made.a_run())
    for note in (page.card.not_for, page.card.contact):
        note.edit()
        note.editor.setPlainText("only for blood")

    session.open(tmp_path / "Leaves")
    page.card.keep()

    export = session.project.settings.export
    assert (export.not_to_be_used_for, export.contact) == ("", "")
    assert not page.card.not_for.is_editing
    assert not page.card.contact.is_editing
    assert page.card.contact.words.text() == "Name and contact of the person responsible."


def test_that_a_field_that_is_left_after_its_project_writes_into_no_other(opened, tmp_path):
    page, session, _ = opened(made.a_run())
    page.card.contact.edit()
    page.card.contact.editor.setPlainText("Ada")
    other = made.a_project(tmp_path / "Leaves", made.a_run())

    session.project = other
    page.card.keep()

    assert session.project.settings.export.contact == ""


def test_that_a_message_the_user_closed_stays_closed(opened):
    page, _, _ = opened(made.a_run())
    page.message.clear()

    page.refresh()

    assert not page.message.isVisible()


def test_that_a_message_keeps_its_button_while_the_page_follows_other_steps(opened):
    page, _, _ = opened(made.a_run())
    evaluate = page.message.findChild(QPushButton)

    page.refresh()

    assert page.message.findChildren(QPushButton) == [evaluate]


def test_that_a_message_closed_for_one_run_or_project_is_told_for_another(opened, tmp_path):
    page, session, _ = opened(made.a_run(1, 0.8), made.a_run(2, 0.9))
    page.message.clear()

    session.choose_run(1)
    assert page.message.title == "Run 1 has not been evaluated."
    page.message.clear()

    made.a_project(tmp_path / "Leaves", made.a_run())
    session.open(tmp_path / "Leaves")
    assert page.message.title == "Run 1 has not been evaluated."


def test_that_a_failure_is_not_told_of_another_run(opened, qtbot, chosen_file):
    failed = Failed("The disk is full", "Nothing was saved.")
    page, session, _ = opened(made.a_run(), made.a_run(number=2), told=[[failed]])
    session.choose_run(1)
    page.refresh()
    page.primary.click()
    qtbot.waitUntil(lambda: page.message.tone == "bad" and session.running_step is None)

    session.choose_run(2)
    page.refresh()

    assert page.message.title == "Run 2 has not been evaluated."


def test_that_the_same_failure_is_told_each_time_it_happens(opened, qtbot, chosen_file):
    failed = Failed("The disk is full", "Nothing was saved.")
    page, session, begin = opened(made.a_run(), told=[[failed], [failed]])
    for times in (1, 2):
        page.primary.click()
        qtbot.waitUntil(lambda: page.message.tone == "bad" and session.running_step is None)
        assert len(begin.begun) == times
        page.message.clear()


def test_that_a_failure_stays_when_no_place_is_chosen_to_try_again(opened, qtbot, chosen_file, monkeypatch):
    page, session, _ = opened(made.a_run(), told=[[Failed("The disk is full", "Nothing was saved.")]])
    page.primary.click()
    qtbot.waitUntil(lambda: page.message.tone == "bad" and session.running_step is None)
    monkeypatch.setattr(QFileDialog, "exec", lambda dialog: QDialog.DialogCode.Rejected)

    page.message.findChild(QPushButton).click()

    assert page.message.title == "The disk is full."


def test_that_copying_is_told_until_something_else_is(opened, tmp_path):
    path = tmp_path / "out.onnx"
    path.write_bytes(b"model")
    (tmp_path / "out-example.py").write_text("print(1)\n")
    run = replace(made.a_run(evaluation=made.an_evaluation()), exported=made.an_export(path))
    page, _, _ = opened(run)

    page.copy_button.click()
    assert page.message.title == "Example code copied."
    page.refresh()

    assert not page.message.isVisible()


def test_that_a_file_older_than_the_card_is_hinted_at(opened, tmp_path):
    path = tmp_path / "out.onnx"
    path.write_bytes(b"model")
    page, _session, _ = opened(
        replace(made.a_run(evaluation=made.an_evaluation()), exported=made.an_export(path))
    )

    page.file.switch.click()

    assert page.message.title == "Changed since it was saved."


def test_that_a_file_that_was_moved_away_is_told(opened, tmp_path):
    moved = made.an_export(tmp_path / "moved.onnx")
    page, _, _ = opened(replace(made.a_run(evaluation=made.an_evaluation()), exported=moved))

    assert page.message.title == "The saved file is not there."
    assert not page.file.show_button.isVisible()


def test_that_the_example_beside_the_file_can_be_copied(opened, tmp_path):
    path = tmp_path / "out.onnx"
    path.write_bytes(b"model")
    (tmp_path / "out-example.py").write_text("print(1)\n")
    page, _, _ = opened(replace(made.a_run(), exported=made.an_export(path)))

    page.copy_button.click()

    assert QGuiApplication.clipboard().text() == "print(1)\n"


def test_that_a_read_only_project_offers_no_saving(opened):
    page, session, _ = opened(made.a_run())
    session.project = replace(session.project, is_read_only=True)

    page.refresh()

    assert not page.primary.isEnabled()
    assert not page.card.contact.write_button.isEnabled()


def test_that_the_notice_stands_below_the_card(opened):
    page, _, _ = opened(made.a_run())

    assert RESEARCH_NOTICE in [label.text() for label in page.card.findChildren(Label)]
