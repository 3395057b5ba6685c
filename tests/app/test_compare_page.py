"""The page that compares runs: fed with events, walked by keys."""

import csv
import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from shiboken6 import delete

_spec = importlib.util.spec_from_file_location("made_project", Path(__file__).with_name("made_project.py"))
made = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made)

from tlstudio.app import theme
from tlstudio.app.pages.compare import TOO_MANY, ComparePage
from tlstudio.app.widgets.depth_points import depth_curve
from tlstudio.app.widgets.run_verdict import COMPARING
from tlstudio.app.widgets.runs_model import COLUMNS
from tlstudio.data.events import ImagesScanned
from tlstudio.evaluate.events import DepthResult, SweepDone, SweepPlanned
from tlstudio.events import Failed, Progress, Stopped
from tlstudio.metrics import wilson_interval
from tlstudio.model.settings import ModelSettings
from tlstudio.project.file import open_project
from tlstudio.train.events import BatchDone, EpochDone, RunFailed, RunStarted, TrainDone
from tlstudio.train.validation_file import ValidationAnswer, write_validation

CLASSES = made.CLASSES
IMAGES = ImagesScanned(500, CLASSES, 0, 500, {"train": 300}, dict.fromkeys(CLASSES, 250), "f", None)


@pytest.fixture
def session(session, tmp_path):
    session.create(tmp_path / "Blood smear")
    session.take(IMAGES)
    return session


@pytest.fixture
def page(qtbot, session):
    page = ComparePage(session)
    qtbot.addWidget(page)
    page.resize(1056, 800)
    page.show()
    yield page
    delete(page)


def start(session, run, *, frozen=3, epochs=5, fingerprint="f", backbone="resnet50"):
    session.choose(model=ModelSettings(backbone, frozen))
    at = "2026-11-20T10:00:00+00:00"
    session.take(
        RunStarted(
            run, at, epochs, 0, "CPU", "float32", 8, frozen, 10, 23_500_000, 300, 200, "a1", fingerprint
        )
    )


def epoch(run, number, accuracy, *, found=20, epochs=5):
    counts = {"Blast cell": (found, 25), "Lymphocyte": (150, 175)}
    return EpochDone(run, number, epochs, 0.5, 0.8, 0.4, accuracy, 30.0, True, 1e-3, counts, [])


def train(session, run, accuracy, *, frozen=3, found=20, fingerprint="f", backbone="resnet50"):
    """A whole run, as its events tell it."""
    start(session, run, frozen=frozen, fingerprint=fingerprint, backbone=backbone)
    for number in range(1, 6):
        session.take(epoch(run, number, accuracy - 0.02 * (5 - number), found=found))
    session.take(TrainDone(run, 5, accuracy, 150.0, 1.0, 10, False))


def three(session):
    train(session, 1, 0.82, frozen=5, found=15)
    train(session, 2, 0.94, frozen=1, found=23)
    train(session, 3, 0.93, frozen=4, found=22)


def column(page, name):
    runs = page.table.runs
    return [runs.index(row, COLUMNS.index(name)).data() for row in range(runs.rowCount())]


def press(page, *keys):
    for key in keys:
        QTest.keyClick(page.table, key)


def test_that_without_a_run_it_offers_to_start_one(page, session, bench, record):
    went = record(page.went)
    assert page.nothing.isVisible()
    assert not page.content.isVisible()

    page.nothing.button.click()

    assert bench.steps[0].step == "train"
    assert went.events == ["train"]
    bench.steps[0].release(None)


def test_that_without_images_the_page_leads_to_them(qtbot, session, tmp_path, record):
    session.create(tmp_path / "Empty")
    page = ComparePage(session)
    qtbot.addWidget(page)
    page.show()
    went = record(page.went)

    page.no_images.button.click()

    assert not page.nothing.isVisible()
    assert went.events == ["data"]
    assert page._help.text() == "Add images on the Data page first."


def test_that_runs_are_listed_by_validation_accuracy(page, session):
    three(session)

    assert column(page, "run") == ["Run 2", "Run 3", "Run 1"]
    assert column(page, "accuracy") == ["94.0%", "93.0%", "82.0%"]
    assert column(page, "frozen") == ["1 of 5", "4 of 5", "5 of 5"]
    assert column(page, "found") == ["23 of 25", "22 of 25", "15 of 25"]
    assert column(page, "state") == ["Finished"] * 3
    assert page._purpose.text() == (
        "3 runs on the same 500 images, 200 for validation. Tick up to 5 to see their curves."
    )


def test_that_the_best_is_starred_and_selected_at_first(qtbot, session):
    three(session)
    page = ComparePage(session)
    qtbot.addWidget(page)
    page.show()

    assert page.table.current_run() == 2
    assert [row.is_taken for row in page.table.runs.rows] == [True, False, False]
    assert page._status.text() == "Run 2 selected"
    assert page.primary.text() == "Evaluate Run 2"


def test_that_keys_move_tick_and_choose(page, session):
    three(session)
    page.table.setFocus(Qt.FocusReason.TabFocusReason)
    page.table.go_to(2)

    press(page, Qt.Key.Key_Down)
    assert page.table.current_run() == 3
    assert page.primary.text() == "Evaluate Run 3"
    ticked = page._ticks.numbers()

    press(page, Qt.Key.Key_Space)
    assert page._ticks.numbers() == [number for number in ticked if number != 3]

    press(page, Qt.Key.Key_Return)
    assert session.project.chosen_run == 3
    assert [row.number for row in page.table.runs.rows if row.is_taken] == [3]


def test_that_keys_sort_by_the_column_of_the_cell(page, session):
    three(session)
    page.table.setFocus()
    page.table.setCurrentIndex(page.table.runs.index(0, COLUMNS.index("run")))

    press(page, Qt.Key.Key_S)
    assert column(page, "run") == ["Run 1", "Run 2", "Run 3"]

    press(page, Qt.Key.Key_S)
    assert column(page, "run") == ["Run 3", "Run 2", "Run 1"]
    assert page.table.current_run() == 2  # wherever it stands now


def test_that_a_press_on_a_title_sorts_by_it(page, session):
    three(session)
    head = page.table.horizontalHeader()
    section = COLUMNS.index("frozen")
    at = QPoint(head.sectionViewportPosition(section) + 20, head.height() // 2)

    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=at)

    assert column(page, "frozen") == ["5 of 5", "4 of 5", "1 of 5"]


def test_that_another_class_can_be_counted(page, session):
    three(session)
    assert page.table.runs.title("found") == "Blast cell found"

    menu = page.table.class_menu()
    next(action for action in menu.actions() if action.text() == "Lymphocyte").trigger()

    assert page.table.runs.title("found") == "Lymphocyte found"
    assert column(page, "found") == ["150 of 175"] * 3


def test_that_a_sixth_curve_is_refused_with_a_reason(page, session):
    for number in range(1, 7):
        train(session, number, 0.8 + number / 100, frozen=0)
    assert len(page._ticks.numbers()) == 5
    page.table.go_to(next(number for number in range(1, 7) if page._ticks.place(number) is None))

    press(page, Qt.Key.Key_Space)

    assert len(page._ticks.numbers()) == 5
    assert page._help.text() == TOO_MANY


def test_that_the_curves_can_be_read_by_keys_and_aloud(page, session):
    three(session)
    chart = page.curves.chart
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(chart, key)
    assert chart.accessibleDescription() == "Epoch 2: Run 2 88.0%, Run 3 87.0%, Run 1 76.0%."

    page.curves.choice.setFocus()
    QTest.keyClick(page.curves.choice, Qt.Key.Key_Right)
    assert page.curves.title.text() == "Validation loss"
    assert chart.accessibleDescription() == "Epoch 2: Run 1 0.40, Run 2 0.40, Run 3 0.40."


def test_that_accuracy_is_drawn_against_freeze_depth(page, session):
    three(session)

    said = page.depths.chart.accessibleDescription()
    assert page.depths.note.text() == "ResNet-50 only"
    assert said.startswith(
        "ResNet-50. 1 block frozen: 94.0%, very likely 90% to 97% (Run 2). 4 blocks frozen"
    )
    assert said.endswith("Best: 1 block frozen.")


def test_that_a_verdict_says_what_may_be_chance_and_what_to_try(page, session, record):
    went = record(page.went)
    three(session)
    assert page.verdict.title == "Run 2 is ahead, but Run 3 may be just as good."
    assert page.verdict.plan.text() == "Plan a run between 1 and 4"

    page.verdict.plan.click()

    assert went.events == ["model"]
    assert session.project.settings.model == ModelSettings("resnet50", 2)


def test_that_one_run_is_the_only_one_to_compare(page, session):
    train(session, 1, 0.9)

    assert page.verdict.title == "Run 1 is the only one to compare so far."
    assert not page.verdict.plan.isVisible()


def test_that_a_run_that_trains_shows_how_far_it_is(page, session, qtbot):
    train(session, 1, 0.9)
    start(session, 2, frozen=0)
    session.take(epoch(2, 1, 0.5))
    session.take(BatchDone(2, 2, 0.5, 0.5, 0.8, 40.0))

    qtbot.waitUntil(lambda: page.table.runs.rows[1].state.fraction == pytest.approx(0.3))
    assert column(page, "state") == ["Finished", "Epoch 2 of 5"]
    assert page._ticks.place(2) is not None  # its curve grows
    page.table.go_to(2)
    assert not page.delete_button.isEnabled()


def test_that_a_failed_run_tells_its_details(page, session):
    train(session, 1, 0.9)
    start(session, 2)
    session.take(Failed("The memory ran out", "One image at a time is too much.", "Choose a smaller one."))
    page.table.go_to(2)

    press(page, Qt.Key.Key_Return)

    assert column(page, "state") == ["Finished", "Failed, details"]
    assert page.message.title == "Run 2: The memory ran out."
    assert not page.primary.isEnabled()
    assert page._help.text() == "Run 2 has no finished epoch."


def test_that_runs_on_other_images_are_marked_and_not_compared(page, session):
    train(session, 1, 0.99, fingerprint="older")
    train(session, 2, 0.8)

    assert column(page, "run") == ["Run 2", "Run 1"]
    assert column(page, "state") == ["Finished", "Other images"]
    assert page.verdict.title == "Run 2 is the only one to compare so far."
    assert (
        page._purpose.text() == "2 runs; 1 of them is on other images, and can't be compared with the rest."
    )


def test_that_evaluating_another_run_chooses_it(page, session, record):
    went = record(page.went)
    three(session)
    page.table.go_to(1)

    page.primary.click()

    assert session.project.chosen_run == 1
    assert went.events == ["evaluate"]


def acting(page, text):
    """Press the message's button of that text."""
    places = range(page.message._actions.count())
    buttons = [page.message._actions.itemAt(place).widget() for place in places]
    next(button for button in buttons if button.text() == text).click()


def test_that_a_deleted_run_can_be_put_back(page, session):
    three(session)
    weights = session.project.run_folder(1) / "best.safetensors"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"weights")
    page.table.go_to(1)

    press(page, Qt.Key.Key_Delete)

    assert page.message.title == "Run 1 is in the bin."
    assert not weights.exists()
    assert column(page, "run") == ["Run 2", "Run 3"]
    assert [run.number for run in open_project(session.project.folder).runs] == [2, 3]

    acting(page, "Undo")

    assert weights.exists()
    assert column(page, "run") == ["Run 2", "Run 3", "Run 1"]
    assert page.table.current_run() == 1
    assert not page.bin_button.isVisible()


def test_that_the_bin_is_emptied_after_a_question_only(page, session):
    three(session)
    page.delete_button.click()
    page.delete_button.click()
    page.bin_button.click()
    assert page.message.title.startswith("2 runs in the bin, ")

    acting(page, "Empty the bin…")
    acting(page, "Keep them")
    page.bin_button.click()
    assert page.message._actions.count() == 3  # two to put back, and emptying

    acting(page, "Empty the bin…")
    assert page.message.title == "Empty the bin for good?"
    acting(page, "Empty the bin")

    assert not page.bin_button.isVisible()
    assert list((session.project.folder / "bin").iterdir()) == []


def test_that_the_last_run_deleted_leaves_the_empty_page_and_a_way_back(page, session):
    train(session, 1, 0.9)

    page.delete_button.click()
    assert page.nothing.isVisible()

    acting(page, "Undo")
    assert not page.nothing.isVisible()


def test_that_the_table_is_exported_for_spreadsheets(page, session, tmp_path):
    three(session)

    page.export_to(tmp_path / "runs.csv")

    text = (tmp_path / "runs.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["run"], row["frozen groups"], row["Blast cell: found"]) for row in rows] == [
        ("1", "5", "15"),
        ("2", "1", "23"),
        ("3", "4", "22"),
    ]
    assert page.message.title == "“runs.csv” is saved."


def test_that_a_place_that_can_not_be_written_to_is_named(page, session, tmp_path):
    three(session)

    page.export_to(tmp_path / "nowhere" / "runs.csv")

    assert page.message.title == "The table was not saved."
    assert page.message.tone == "bad"


def test_that_a_project_open_elsewhere_can_be_looked_at(page, session):
    three(session)
    session.project = replace(session.project, is_read_only=True)
    page.refresh()
    page.table.go_to(2)
    assert page.primary.isEnabled()  # it is the chosen one already

    page.table.go_to(1)

    assert not page.primary.isEnabled()
    assert not page.delete_button.isEnabled()
    assert not page.verdict.plan.isVisible()


def test_that_another_project_begins_with_its_own_ticks(page, session, tmp_path):
    three(session)

    session.create(tmp_path / "Other")
    session.take(IMAGES)
    train(session, 1, 0.7, backbone="resnet18")

    assert page._ticks.numbers() == [1]
    assert column(page, "backbone") == ["ResNet-18"]
    assert page.depths.note.text() == "ResNet-18 only"


def test_that_a_run_selected_in_one_project_is_not_selected_in_another(page, session, tmp_path):
    train(session, 1, 0.9)
    train(session, 2, 0.7)
    one = session.project.folder
    session.create(tmp_path / "Other")
    session.take(IMAGES)
    three(session)
    assert page.table.current_run() == 2

    session.open(one)

    assert page.table.current_run() == 1
    assert page._status.text() == "Run 1 selected"


@pytest.mark.parametrize(("width", "percent"), [(1056, 100), (1037, 130)])
def test_that_nothing_reaches_out_of_a_narrow_page(page, session, qapp, width, percent):
    three(session)
    theme.apply(qapp, "light", percent)
    page.resize(width, 622)
    page.refresh()

    assert page.needed_width() <= width
    shown = sum(page.table.columnWidth(place) for place in range(len(COLUMNS)))
    assert shown <= page.table.viewport().width()


def test_that_a_screen_reader_hears_rows_and_ticks(page, session):
    three(session)
    runs = page.table.runs
    said = [
        runs.index(0, COLUMNS.index(name)).data(Qt.ItemDataRole.AccessibleTextRole)
        for name in ("tick", "run", "accuracy")
    ]

    assert said == ["Run 2, curve shown", "Run 2, chosen", "Validation accuracy: 94.0%"]
    assert runs.index(0, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert runs.headerData(
        COLUMNS.index("accuracy"), Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole
    ) == ("Validation accuracy, sorted, most first")


def answer(session, run, wrong, images_of_a_patient=1):
    """The run's answers about 200 validation images, of which those numbers are wrong."""
    folder = session.project.run_folder(run)
    folder.mkdir(parents=True, exist_ok=True)
    said = ("ants", "bees")
    paths = [f"{place}.png" for place in range(200)]
    rows = [
        ValidationAnswer(path, paths[place // images_of_a_patient], said[0], said[place in wrong], 0.9)
        for place, path in enumerate(paths)
    ]
    write_validation(folder, rows)


def test_that_the_verdict_compares_the_same_images_where_answers_are_kept(page, session, qtbot):
    train(session, 1, 0.90, frozen=1)
    answer(session, 1, range(20))
    answer(session, 2, range(10))
    train(session, 2, 0.95, frozen=3)

    assert page.verdict.title == COMPARING
    qtbot.waitUntil(lambda: page.verdict.title != COMPARING)

    # The likely ranges overlap widely; but ten images are right that were wrong, and none the other way.
    assert page.verdict.title == "Run 2 is ahead."
    assert page.verdict.text.startswith("It gets 10 more of the 200 validation images right than Run 1.")


@pytest.mark.parametrize("images_of_a_patient", [1, 10])
def test_that_the_ranges_in_the_chart_count_patients_where_images_belong_to_one(
    page, session, images_of_a_patient
):
    """Twenty wrong answers about two of twenty patients say less than twenty about twenty people."""
    for run, wrong in ((1, range(20)), (2, range(20))):
        answer(session, run, wrong, images_of_a_patient)
        train(session, run, 0.90, frozen=run)

    points = depth_curve(session.project).points

    wilson = wilson_interval(180, 200)
    if images_of_a_patient == 1:
        assert [(point.low, point.high) for point in points] == [pytest.approx(wilson)] * 2
    else:
        assert all(point.low < wilson[0] - 0.1 for point in points)


def plan(page, session, depths="0, 3, head"):
    """Open the form and fill it in."""
    train(session, 1, 0.9)
    page.depths.sweep.click()
    page.sweep.panel.depths.setText(depths)
    page.sweep.panel.seeds.setValue(2)
    page.sweep.panel.epochs.setValue(7)
    return page.sweep.panel


def test_that_a_sweep_says_how_many_runs_it_will_be(page, session):
    panel = plan(page, session)

    assert panel.isVisible()
    assert not page.verdict.isVisible()
    assert panel.words.text().startswith(
        "6 runs of ResNet-50: 0, 3, 5 of 5 blocks frozen, 2 seeds of 7 epochs each."
    )

    panel.depths.setText("0, 9")
    assert panel.words.text() == "This backbone has 5 blocks, so 9 of them can't be frozen."
    assert not panel.start.isEnabled()


def test_that_esc_puts_the_form_away(page, session):
    panel = plan(page, session)

    QTest.keyClick(panel.seeds, Qt.Key.Key_Escape)

    assert not panel.isVisible()
    assert page.verdict.isVisible()


def test_that_a_sweep_is_started_by_the_enter_key_and_followed(page, session, bench, qtbot):
    panel = plan(page, session)

    QTest.keyClick(panel.depths, Qt.Key.Key_Return)

    step = bench.steps[0]
    assert (step.step, step.options) == ("sweep", {"depths": [0, 3, 5], "seeds": 2, "epochs": 7})
    assert page.sweep.progress.isVisible()
    assert not page.depths.sweep.isEnabled()
    session.take(SweepPlanned([0, 3, 5], [0, 1], 7, 6, 1))
    start(session, 2, frozen=3)
    session.take(epoch(2, 1, 0.5))
    session.take(BatchDone(2, 2, 0.5, 0.5, 0.8, 40.0))
    qtbot.waitUntil(lambda: page.sweep.progress.bar.fraction() == pytest.approx((1 + 1.5 / 5) / 6))
    assert page.sweep.progress.title.text() == "Sweeping depths, run 2 of 6"
    assert page.sweep.progress.words.text() == "Run 2: 3 of 5 blocks frozen, seed 0, epoch 2 of 5"

    session.take(RunFailed("The memory ran out", "Nothing is lost.", run=2))
    session.take(Progress("Decoding images", 3, 9))
    qtbot.waitUntil(lambda: page.sweep.progress.words.text() == "Decoding images, 3 of 9")
    assert page.sweep.progress.title.text() == "Sweeping depths, run 3 of 6"
    step.release(None)


def test_that_a_sweep_that_is_done_recommends_a_depth(page, session, bench, qtbot, record):
    went = record(page.went)
    plan(page, session).start.click()
    results = [
        DepthResult(depth, 0.9, 0.8, 0.95, 0.9, 0.9, 60.0, [depth], can_be_chance=True) for depth in (0, 3, 5)
    ]

    bench.steps[0].release(SweepDone(results, 0, 3, [0, 3], "Freeze depth 0 is ahead.", 60.0, 1), None)

    qtbot.waitUntil(lambda: session.running_step is None)
    assert page.message.title == "The sweep is done."
    assert "1 run failed" in page.message._text.text()
    page.message._actions.itemAt(0).widget().click()
    assert session.project.settings.model.freeze == 3
    assert went.events == ["model"]


def test_that_a_sweep_can_be_stopped_and_goes_on_where_it_was(page, session, bench, qtbot):
    plan(page, session).start.click()
    session.take(SweepPlanned([0, 3, 5], [0, 1], 7, 6, 0))

    page.sweep.progress.stop.click()

    qtbot.waitUntil(lambda: session.running_step is None)
    assert bench.steps[0].asked == ["stop"]
    assert page.message.title == "The sweep was stopped."
    page.message._actions.itemAt(0).widget().click()
    assert bench.steps[1].options == {"depths": [0, 3, 5], "seeds": 2, "epochs": 7}
    bench.steps[1].release(Stopped("sweep"), None)


def test_that_a_sweep_that_fails_says_so_on_this_page(page, session, bench, qtbot):
    plan(page, session).start.click()

    bench.steps[0].release(Failed("No weights", "They are not here.", "Download them."), None)

    qtbot.waitUntil(lambda: session.running_step is None)
    assert (page.message.title, page.message.tone) == ("No weights.", "bad")


def test_that_a_sweep_that_can_not_go_on_now_says_why_and_is_offered_again(page, session, bench, qtbot):
    plan(page, session).start.click()
    page.sweep.progress.stop.click()
    qtbot.waitUntil(lambda: session.running_step is None)
    session.start("evaluate", run=1)

    page.message._actions.itemAt(0).widget().click()

    assert page.message.title == "The sweep can't start now."
    assert page.message._actions.itemAt(0).widget().text() == "Go on"
    bench.steps[1].release(None)


def test_that_a_sweep_planned_in_one_project_is_forgotten_in_another(page, session, bench, tmp_path):
    panel = plan(page, session)

    session.create(tmp_path / "Other")
    session.take(IMAGES)
    train(session, 1, 0.9, backbone="resnet18")
    assert not panel.isVisible()
    assert not page.sweep.is_needed

    page.sweep.open_panel()
    panel.start.click()

    assert session.project.settings.model.backbone == "resnet18"
    bench.steps[0].release(None)


def test_that_no_sweep_can_start_while_something_runs(page, session, bench):
    panel = plan(page, session)
    session.start("evaluate", run=1)

    assert not panel.start.isEnabled()
    assert panel.words.text() == "Something is running already. Wait for it, or stop it."
    bench.steps[0].release(None)
