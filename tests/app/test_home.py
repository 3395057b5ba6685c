"""Home: drops, examples, recent projects."""

import threading
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from tlstudio.app import preferences
from tlstudio.app.image_choice import ExampleDrawn
from tlstudio.app.pages.home import HomePage
from tlstudio.app.preferences import Preferences
from tlstudio.app.widgets.example_list import EXAMPLES
from tlstudio.app.widgets.recent_reader import RecentRead, read_recent, when
from tlstudio.data.samples import SAMPLES
from tlstudio.project.file import create_project, save_project


@pytest.fixture
def home(session, qtbot):
    made = HomePage(session)
    made.resize(1056, 800)
    yield made
    made.leave()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def drawing(monkeypatch):
    """Examples are drawn when this is set."""
    let_go = threading.Event()

    def draw(key, folder):
        let_go.wait(10)
        for name in SAMPLES[key].classes:
            (folder / name).mkdir(parents=True, exist_ok=True)
        yield ExampleDrawn(SAMPLES[key].title, folder, SAMPLES[key].group_pattern)

    monkeypatch.setattr("tlstudio.app.pages.home._draw", draw)
    yield let_go
    let_go.set()


def remember(*folders):
    chosen = Preferences()
    for folder in folders:
        chosen = chosen.with_recent(folder, 1_000_000.0)
    preferences.save(chosen)


def test_that_the_examples_are_those_that_can_be_drawn():
    named = {e.key: (e.title, e.classes, e.images) for e in EXAMPLES}

    assert named == {
        key: (sample.title, len(sample.classes), len(sample.classes) * sample.images_per_class)
        for key, sample in SAMPLES.items()
    }


def test_that_there_is_no_heading_without_recent_projects(home):
    home.show()

    assert not home._recent.isVisible()


def test_that_recent_projects_show_what_to_do_next(home, tmp_path, bench, qtbot):
    project = create_project(tmp_path / "Insects").after(bench.scanned)
    save_project(project)
    remember(tmp_path / "gone", project.folder)

    home.show()

    qtbot.waitUntil(lambda: all(card.facts.text for card in home.cards))
    assert [card.facts.text for card in home.cards] == ["40 images, 2 classes", "The folder has moved"]
    assert home.cards[0].facts.chip[0] == "Ready to train"
    assert home.cards[0].accessibleName() == "Project Insects, 40 images, 2 classes, Ready to train"


def test_that_three_projects_are_shown_until_all_are_asked_for(home, tmp_path, qtbot):
    remember(*(tmp_path / str(number) for number in range(5)))
    home.show()
    assert len(home.cards) == 3

    home._show_all.click()

    assert len(home.cards) == 5
    assert home._show_all.text() == "Show fewer"


def test_that_a_project_taken_off_the_list_is_not_deleted(home, tmp_path):
    create_project(tmp_path / "Insects")
    remember(tmp_path / "Insects")
    home.show()

    home.cards[0].forgotten.emit(str(tmp_path / "Insects"))

    assert home.cards == []
    assert (tmp_path / "Insects" / "project.tlstudio").exists()


def test_that_a_pressed_card_asks_for_its_project(home, tmp_path, record):
    remember(tmp_path / "Insects")
    recorder = record(home.project_chosen)
    home.show()

    home.cards[0].click()

    assert recorder.events == [tmp_path / "Insects"]


def test_that_a_dropped_project_opens_and_dropped_folders_become_one(home, tmp_path, record):
    create_project(tmp_path / "Insects")
    (tmp_path / "photos").mkdir()
    opened, made = record(home.project_chosen), record(home.images_chosen)

    home.take_drop([tmp_path / "Insects"])
    home.take_drop([tmp_path / "Insects" / "project.tlstudio"])
    home.take_drop([tmp_path / "photos"])

    assert opened.events == [tmp_path / "Insects"] * 2
    assert made.events == [[tmp_path / "photos"]]


def test_that_an_example_that_lies_there_already_is_used_at_once(home, bench, qtbot, tmp_path, record):
    preferences.save(Preferences(projects_folder=str(tmp_path)))
    sample = SAMPLES["leaf-disease"]
    images = tmp_path / "Example images" / sample.title
    for name in sample.classes:
        folder = images / name
        folder.mkdir(parents=True)
        for number in range(sample.images_per_class):
            (folder / f"plant01_{number}.png").write_bytes(b"")
    drawn = record(home.example_drawn)
    home.show()

    home.examples.rows["leaf-disease"].click()

    qtbot.waitUntil(lambda: len(drawn.events) == 1)
    assert drawn.events == [ExampleDrawn(sample.title, images, sample.group_pattern)]


def test_that_a_drawn_example_closes_no_project_by_itself(home, session, bench, qtbot, tmp_path, drawing):
    session.create(tmp_path / "Insects")
    session.start("train")
    home.show()

    home.examples.rows["leaf-disease"].click()
    drawing.set()

    qtbot.waitUntil(lambda: home._drawing is None)
    assert session.project.name == "Insects"
    assert session.running_step == "train"
    bench.steps[0].release(None)


def test_that_an_example_is_only_offered_once_another_project_was_opened(
    home, session, qtbot, tmp_path, drawing, record
):
    drawn, kept = record(home.example_drawn), record(home.example_kept)
    home.show()

    home.examples.rows["leaf-disease"].click()
    session.create(tmp_path / "Insects")
    drawing.set()

    qtbot.waitUntil(lambda: home._drawing is None)
    assert (drawn.events, [example.title for example in kept.events]) == ([], ["Leaf disease"])


def test_that_an_example_is_only_offered_once_the_user_has_left_home(
    home, session, qtbot, tmp_path, drawing, record
):
    session.create(tmp_path / "Insects")
    drawn, kept = record(home.example_drawn), record(home.example_kept)
    home.show()

    home.examples.rows["leaf-disease"].click()
    home.hide()
    drawing.set()

    qtbot.waitUntil(lambda: home._drawing is None)
    assert (drawn.events, [example.title for example in kept.events]) == ([], ["Leaf disease"])


def test_that_drawing_an_example_can_be_cancelled(home, qtbot, tmp_path):
    preferences.save(Preferences(projects_folder=str(tmp_path)))
    home.show()

    home.examples.rows["metal-defects"].click()
    assert home._cancel.isVisible()
    home._cancel.click()

    qtbot.waitUntil(lambda: home._drawing is None, timeout=20_000)
    assert home.session.project is None
    assert not home._progress.isVisible()


def test_that_a_recent_project_that_is_damaged_is_told_and_not_opened(tmp_path):
    (tmp_path / "project.tlstudio").write_text("{")

    read = list(read_recent(Preferences().with_recent(tmp_path, 0.0).recent))

    assert read == [RecentRead(str(tmp_path), is_there=False, text="The folder has moved")]


@pytest.mark.parametrize(
    ("opened", "words"),
    [
        (datetime(2026, 11, 20, 8), "today"),
        (datetime(2026, 11, 19, 23), "yesterday"),
        (datetime(2026, 11, 17), "Tuesday"),
        (datetime(2026, 11, 12), "12 Nov"),
        (datetime(2025, 11, 12), "12 Nov 2025"),
    ],
)
def test_that_days_are_said_as_people_say_them(opened, words):
    assert when(opened.timestamp(), datetime(2026, 11, 20, 12)) == words


def test_that_a_path_is_never_shown_but_in_a_tip(home, tmp_path):
    remember(tmp_path / "Insects")
    home.show()

    assert home.cards[0].toolTip() == str(Path(tmp_path / "Insects"))
    assert home.cards[0].text() == "Insects"
