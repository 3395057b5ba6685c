import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton
from shiboken6 import delete

from tlstudio.app.pages.train import TrainPage
from tlstudio.app.session import Session
from tlstudio.app.widgets.run_words import chip
from tlstudio.data.events import ImagesScanned
from tlstudio.events import Failed, Progress, Stopped
from tlstudio.model.settings import ModelSettings
from tlstudio.project.file import create_project
from tlstudio.train.events import BatchDone, BatchHalved, EpochDone, RunStarted, SamplePrediction, TrainDone

IMAGES = ImagesScanned(
    840, ["Platelets", "RBC", "WBC"], 0, 10, {"train": 588, "validation": 126, "test": 126}, {}, "f", None
)


def started(run=1, epochs=20, epochs_done=0):
    return RunStarted(
        run, "2026-01-01", epochs, epochs_done, "CPU", "float32", 32, 0, 9, 9, 588, 126, "random", "f"
    )


def epoch(number, accuracy=0.8, run=1, *, is_best=True):
    samples = [SamplePrediction(f"WBC/{place}.png", "WBC", "WBC", 0.9) for place in range(6)]
    found = {"Platelets": (9, 12), "RBC": (50, 57), "WBC": (50, 57)}
    return EpochDone(run, number, 20, 0.5 / number, 0.8, 0.6, accuracy, 30.0, is_best, 1e-3, found, samples)


@pytest.fixture
def session(qapp, tmp_path):
    project = create_project(tmp_path / "project").with_settings(model=ModelSettings("resnet10t"))
    session = Session()
    session.project = replace(project, images=IMAGES)
    return session


@pytest.fixture
def page(qtbot, session):
    page = TrainPage(session)
    qtbot.addWidget(page)
    page.resize(1056, 800)
    page.show()
    yield page
    delete(page)  # else the collector takes it apart later, in the middle of another test


def begin(session, step="train"):
    session.running_step = step
    session.step_started.emit(step)


def end(session):
    session.running_step = None
    session.step_ended.emit("train")


def press(page, words):
    found = [button for button in page.message.findChildren(QPushButton) if button.text() == words]
    found[-1].click()
    page.draw()


def test_that_nothing_trained_yet_says_when_curves_appear_and_offers_to_start(page):
    page.draw()

    assert page.primary.text() == "Start training"
    assert page.primary.isEnabled()
    assert page.accuracy.accessibleDescription() == "Curves appear after the first epoch"
    assert not page.pause_button.isVisible()


def test_that_without_images_the_page_leads_to_the_data_page(page, session):
    session.project = replace(session.project, images=None)
    asked = []
    page.went.connect(asked.append)

    page.draw()
    assert page.message.title == "No images yet."
    assert not page.primary.isEnabled()
    press(page, "Go to Data")

    assert asked == ["data"]


def test_that_preparing_images_shows_its_share(page, session):
    begin(session)
    session.take(Progress("Preparing images", 40, 100))
    page.draw()

    assert page.progress.headline.text() == "Preparing images, 40%"
    assert page.progress.bar.fraction() == pytest.approx(0.4)


def test_that_a_running_run_shows_time_epoch_speed_best_and_rarest_class(page, session):
    begin(session)
    for event in (started(), epoch(1, 0.7), epoch(2, 0.9), epoch(3, 0.85, is_best=False)):
        session.take(event)
    session.take(BatchDone(1, 4, 0.5, 0.4, 0.8, 212.0))
    page.draw()

    assert page.progress.headline.text() == "About 8 min left"  # 16.5 epochs of 30 s
    assert page.progress.detail.text() == "Epoch 4 of 20, 212 images a second"
    assert page.progress.best.value() == "90.0%"
    assert page.progress.found.value() == "9 of 12"
    assert page.progress.stops.value() == "5 flat epochs"
    assert page._chip.text() == "Training"
    assert page.pause_button.isVisible()
    assert page.accuracy.drawn() == {"raw": 1, "training": 3, "validation": 3}
    assert page.accuracy.accessibleDescription() == "Epoch 3 of 20. Training 80.0%, Validation 85.0%."
    assert page.judgement.title.text() == "How it is going"
    assert page.judgement.sentence.text() == (  # 88, 113, 107 of 126
        "Validation accuracy rose 15.1 points over the last 2 epochs, but not in the last one."
    )


def test_that_the_cards_of_a_run_that_has_ended_say_how_it_went(page, session):
    begin(session)
    for event in (started(), *map(epoch, (1, 2, 3))):
        session.take(event)
    page.draw()
    assert (page.judgement.title.text(), page.said.title.text()) == ("How it is going", "What it says now")

    session.take(TrainDone(1, 3, 0.8, 90, 5, 9, False))
    end(session)
    page.draw()

    assert (page.judgement.title.text(), page.said.title.text()) == ("How it went", "What it said last")
    assert page.judgement.sentence.text() == ("Validation accuracy stayed the same over the last 2 epochs.")
    page.judgement.explain.click()
    page.draw()
    assert page.judgement.explain.text() == "Back to how it went"


def test_that_the_curves_are_explained_on_demand(page, session):
    page.judgement.explain.click()
    page.draw()
    assert page.judgement.sentence.text().startswith("Validation counts on images it does not learn from.")

    page.judgement.explain.click()
    page.draw()
    assert page.judgement.sentence.text() == "Nothing to judge yet."


def test_that_both_charts_read_the_same_epoch(page, session):
    begin(session)
    for event in (started(), epoch(1, 0.7), epoch(2, 0.9)):
        session.take(event)
    page.draw()

    page.accuracy.epoch_read.emit(1)

    assert page.accuracy.accessibleDescription() == "Epoch 1 of 20. Training 80.0%, Validation 70.0%."
    assert page.loss.accessibleDescription() == "Epoch 1 of 20. Training 0.50, Validation 0.60."


def test_that_a_page_that_is_opened_later_shows_the_same_curves(page, session, qtbot):
    begin(session)
    for event in (started(), epoch(1, 0.7), epoch(2, 0.9), TrainDone(1, 2, 0.9, 60, 5, 9, False)):
        session.take(event)
    end(session)
    later = TrainPage(session)
    later.show()

    assert later.accuracy.drawn() == {"raw": 0, "training": 2, "validation": 2}
    assert later.progress.headline.text() == "Finished early"
    assert later.primary.text() == "Evaluate"
    delete(later)


def test_that_a_finished_run_leads_to_evaluation(page, session):
    begin(session)
    for event in (started(), epoch(1), TrainDone(1, 1, 0.8, 30, 5, 9, True)):
        session.take(event)
    end(session)
    page.draw()
    asked = []
    page.went.connect(asked.append)

    page.primary.click()

    assert asked == ["evaluate"]


def test_that_stopping_before_the_first_epoch_asks_first(page, session, monkeypatch):
    asked = []
    monkeypatch.setattr(session, "stop", lambda: asked.append("stop"))
    begin(session)
    session.take(started())
    page.draw()

    page.stop_button.click()
    page.draw()
    assert page.message.title == "Stop before the first epoch is done?"
    press(page, "Keep training")
    assert asked == []

    page.stop_button.click()
    page.draw()
    press(page, "Stop anyway")
    assert asked == ["stop"]
    assert page._chip.text() == "Stopping"


def test_that_a_question_that_was_put_away_is_asked_again(page, session, monkeypatch):
    asked = []
    monkeypatch.setattr(session, "stop", lambda: asked.append("stop"))
    begin(session)
    session.take(started())
    page.draw()
    for _ in range(2):
        page.stop_button.click()
        page.draw()
        assert page.message.title == "Stop before the first epoch is done?"
        page.message.clear()

    assert asked == []


def test_that_the_question_goes_when_there_is_a_best_epoch_to_keep(page, session):
    begin(session)
    session.take(started())
    page.stop_button.click()
    page.draw()
    session.take(epoch(1))
    page.draw()

    assert not page.message.isVisible()


def test_that_what_ended_before_a_run_began_is_not_said_of_the_run_before(page, session):
    begin(session)
    for event in (started(), epoch(1), TrainDone(1, 1, 0.8, 30.0, 1.0, 9, False)):
        session.take(event)
    end(session)
    begin(session)
    session.take(Failed("The weights are missing", "The file is gone.", "Choose others."))
    end(session)
    page.draw()

    assert page.message.title == "The weights are missing."
    assert "best epoch" not in page.message._text.text()
    assert chip(page.situation())[0] != "Failed"


def test_that_a_failure_goes_with_its_run_and_is_told_of_an_older_one_too(page, session):
    for number in (1, 2):
        begin(session)
        session.take(started(number))
        session.take(epoch(1, run=number))
        if number == 2:
            session.take(started(1, epochs_done=1))  # as a sweep goes on with it
        session.take(Failed("The memory ran out", "No room is left.", "Use smaller batches."))
        end(session)
        page.draw()
        assert page.message.title == "The memory ran out."

    session.project = session.project.without_run(1)
    page.draw()
    assert page.message.title != "The memory ran out."


def test_that_stopping_later_keeps_the_best_without_asking(page, session, monkeypatch):
    asked = []
    monkeypatch.setattr(session, "stop", lambda: asked.append("stop"))
    begin(session)
    session.take(started())
    session.take(epoch(1))
    page.draw()

    page.stop_button.click()
    session.take(Stopped("train"))
    end(session)
    page.draw()

    assert asked == ["stop"]
    assert page.progress.headline.text() == "Stopped, best kept"


def test_that_a_paused_run_offers_to_continue(page, session):
    begin(session)
    session.take(started())
    session.take(epoch(1))
    session.is_paused = True
    page.draw()

    assert page.pause_button.text() == "Continue"
    assert page.progress.headline.text() == "Paused"


def test_that_a_run_that_was_cut_short_can_be_continued(page, session, monkeypatch):
    asked = []
    monkeypatch.setattr(session, "start", lambda step, **options: asked.append((step, options)))
    session.take(started())
    session.take(epoch(1))
    session.project = session.project.with_running_as("interrupted")
    page.draw()

    assert page.message.title == "Run 1 was cut short."
    press(page, "Continue")

    assert asked == [("resume", {"run": 1})]


def cut_short(session):
    session.take(started())
    session.take(epoch(1))
    session.project = session.project.with_running_as("interrupted")


def test_that_a_run_that_was_cut_short_can_be_continued_once_its_message_is_closed(
    page, session, monkeypatch
):
    asked = []
    monkeypatch.setattr(session, "start", lambda step, **options: asked.append((step, options)))
    cut_short(session)
    page.draw()
    page.message.clear()

    assert page.primary.text() == "Continue"
    assert page._help.text() == "Run 1 goes on where it stopped."
    page.primary.click()

    assert asked == [("resume", {"run": 1})]


def test_that_a_closed_message_is_told_again_when_the_page_is_shown_again(page, session):
    cut_short(session)
    page.draw()
    page.message.clear()

    page.hide()
    page.show()

    assert page.message.title == "Run 1 was cut short."


def test_that_a_message_closed_in_one_project_is_told_in_another(page, session, tmp_path):
    cut_short(session)
    page.draw()
    page.message.clear()

    session.project = replace(session.project, folder=tmp_path / "another")
    page.refresh()
    page.draw()

    assert page.message.title == "Run 1 was cut short."


def test_that_the_message_of_one_project_is_gone_in_another(page, session, tmp_path):
    cut_short(session)
    page.draw()

    session.project = replace(session.project, folder=tmp_path / "another", runs=())
    page.refresh()
    page.draw()

    assert not page.message.isVisible()


def run_out_of_memory(session):
    begin(session)
    session.take(started())
    session.take(Failed("The memory ran out", "No room is left.", "Use smaller batches."))
    end(session)


def learn_other_images(session):
    begin(session)
    for event in (started(), epoch(1), TrainDone(1, 1, 0.8, 30, 5, 9, True)):
        session.take(event)
    end(session)
    session.project = replace(session.project, images=replace(IMAGES, fingerprint="other"))


@pytest.mark.parametrize(
    ("happen", "words", "title"),
    [
        (cut_short, "Continue", "Run 1 was cut short."),
        (run_out_of_memory, "Start again", "The memory ran out."),
        (learn_other_images, "Train again", "The images have changed since run 1."),
    ],
)
def test_that_training_that_can_not_start_now_says_why_and_is_offered_again(
    page, session, happen, words, title
):
    happen(session)
    begin(session, "scan")
    page.draw()

    press(page, words)
    assert page.message.title == "Something is running already."
    end(session)
    page.draw()

    assert page.message.title == title


def test_that_a_run_is_not_continued_beside_another_step(page, session):
    cut_short(session)
    begin(session, "evaluate")
    page.draw()

    assert page.primary.text() == "Continue"
    assert not page.primary.isEnabled()
    assert page._help.text() == "Something is running already. Wait for it, or stop it."


def test_that_a_project_that_can_only_be_looked_at_says_so(page, session):
    session.project = replace(session.project, is_read_only=True)
    page.draw()

    assert not page.primary.isEnabled()
    assert page._help.text() == "This project can only be looked at here."


def test_that_a_project_that_can_only_be_looked_at_leads_on_from_a_run_that_was_cut_short(page, session):
    cut_short(session)
    session.project = replace(session.project, is_read_only=True)
    page.draw()

    assert page.primary.text() == "Evaluate"


def test_that_a_discarded_run_keeps_its_best_and_is_not_offered_again(page, session):
    session.take(started())
    session.take(epoch(1))
    session.project = session.project.with_running_as("interrupted")
    page.draw()

    press(page, "Discard")

    assert session.project.runs[0].state == "stopped"
    assert page.message.title == ""
    assert page.primary.text() == "Evaluate"


def test_that_a_failure_says_what_is_safe_in_the_page(page, session):
    begin(session)
    for event in (
        started(),
        epoch(1),
        Failed("The memory ran out", "No room is left.", "Use smaller batches."),
    ):
        session.take(event)
    end(session)
    page.draw()

    assert page.message.tone == "bad"
    assert page.message.title == "The memory ran out."
    assert "The best epoch is kept." in page.message.accessibleName()
    assert page._chip.text() == "Failed"


def test_that_a_halved_batch_is_told(page, session):
    begin(session)
    session.take(started())
    session.take(BatchHalved(1, 16, 2))
    page.draw()

    assert page.message.title == "It goes on with 16 images at a time."


def test_that_a_message_the_user_closed_stays_closed(page, session):
    begin(session)
    session.take(started())
    session.take(BatchHalved(1, 16, 2))
    page.draw()

    page.message.clear()
    page.draw()

    assert not page.message.isVisible()


def test_that_a_new_run_takes_the_place_of_the_old_curves(page, session):
    begin(session)
    for event in (started(), epoch(1), epoch(2), TrainDone(1, 1, 0.8, 30, 5, 9, False)):
        session.take(event)
    end(session)
    begin(session)
    page.draw()
    assert page.progress.headline.text() == "Getting ready"

    session.take(started(run=2))
    session.take(epoch(1, run=2))
    page.draw()

    assert page.accuracy.drawn()["validation"] == 1


def test_that_nothing_is_drawn_while_the_page_is_hidden(page, session):
    begin(session)
    page.hide()

    for event in (started(), epoch(1), epoch(2)):
        session.take(event)

    assert not page._redraw.isActive()
    page.show()
    assert page.accuracy.drawn()["validation"] == 2


@pytest.mark.slow
def test_that_ten_thousand_events_never_stall_the_window_for_50_ms(page, session, qtbot):
    begin(session)
    session.take(started())
    session.take(epoch(1))
    page.draw()
    qtbot.waitUntil(lambda: page.accuracy.drawn() != {})
    # Its own work between two beats; what others do on the machine meanwhile is not this page's.
    gaps, fed, last = [], 0, time.thread_time()

    def beat():
        nonlocal last
        gaps.append(time.thread_time() - last)
        last = time.thread_time()

    def feed():
        nonlocal fed
        for _ in range(20):
            fed += 1
            session.take(BatchDone(1, 2 + fed // 600, fed % 600 / 600, 0.5, fed % 7 / 7, 200.0))

    heart, source = QTimer(), QTimer()
    for timer, react in ((heart, beat), (source, feed)):
        timer.timeout.connect(react)
        timer.start(2)
    qtbot.waitUntil(lambda: fed >= 10_000, timeout=20_000)
    heart.stop()
    source.stop()

    assert page.accuracy.drawn()["raw"] <= 600
    # But for the worst two: the first drawing sets things up, and the machine may be slow for a moment.
    assert sorted(gaps)[-3] < 0.05


def test_that_the_best_so_far_can_be_tried_while_it_trains(page, session):
    asked = []
    page.went.connect(asked.append)
    begin(session)
    session.take(started())
    page.draw()
    assert not page.primary.isVisible()

    session.take(epoch(1))
    page.draw()
    page.primary.click()

    assert page.primary.text() == "Try best so far"
    assert asked == ["try"]
