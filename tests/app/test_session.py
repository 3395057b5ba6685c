"""The open project and its running step, fed with events."""

from dataclasses import replace

import pytest

from tlstudio.app import preferences
from tlstudio.data.table import ImageRow, write_table
from tlstudio.events import Failed, Progress
from tlstudio.model.settings import ModelSettings
from tlstudio.project.file import FILE_NAME, open_project
from tlstudio.project.lock import ProjectLock
from tlstudio.run.events import StepDied


@pytest.fixture
def opened(session, tmp_path):
    """The session with a scanned project."""
    session.create(tmp_path / "Insects")
    session.take(session._begin.scanned)
    return session


def images(root):
    for name in ("ants", "bees"):
        (root / name).mkdir(parents=True)
    return root


def test_that_a_new_project_knows_its_images_and_reads_them_at_once(session, bench, tmp_path):
    root = images(tmp_path / "photos")

    assert session.create(tmp_path / "Insects", [root], group_pattern="x")

    assert session.project.settings.data.root == str(root)
    assert session.project.settings.data.group_pattern == "x"
    assert [step.step for step in bench.steps] == ["scan"]
    assert session.running_step == "scan"


@pytest.mark.parametrize(("train", "depth"), [(9, 2), (69, 2), (70, 0)])
def test_that_a_new_project_is_frozen_as_recommended_once_its_images_are_known(
    session, bench, tmp_path, train, depth
):
    session.create(tmp_path / "Insects")

    session.take(replace(bench.scanned, split={"train": train, "validation": 2, "test": 2}))

    assert session.project.settings.model == ModelSettings(freeze=depth)


def test_that_images_that_are_read_again_leave_the_depth_as_it_is(opened, bench):
    opened.choose(model=ModelSettings(freeze=0))

    opened.take(replace(bench.scanned, fingerprint="g"))

    assert opened.project.settings.model.freeze == 0


def test_that_a_model_chosen_before_the_images_are_known_stays(session, bench, tmp_path):
    session.create(tmp_path / "Insects")
    session.choose(model=ModelSettings("resnet50", 1))

    session.take(bench.scanned)

    assert session.project.settings.model == ModelSettings("resnet50", 1)


def test_that_every_choice_is_on_disk_at_once(opened):
    opened.choose(train=replace(opened.project.settings.train, epochs=3))

    assert open_project(opened.project.folder).settings.train.epochs == 3


def test_that_the_project_changes_before_the_event_is_passed_on(opened, bench):
    seen = []
    opened.reported.connect(lambda event: seen.append(len(opened.project.runs)))

    opened.take(bench.started())

    assert seen == [1]


def test_that_a_run_is_known_by_what_was_chosen_when_its_step_began(opened, bench, qtbot):
    chosen = opened.project.settings
    opened.start("sweep")
    other = replace(chosen.model, backbone="resnet50", freeze=3)
    opened.choose(model=other, train=replace(chosen.train, learning_rate=0.5))

    assert bench.steps[0].settings == chosen  # a child that is still starting finds no others
    bench.steps[0].release(bench.started(1), bench.started(2), None)
    qtbot.waitUntil(lambda: len(opened.project.runs) == 2)

    for run in opened.project.runs:
        assert (run.model.backbone, run.train.learning_rate) == (
            chosen.model.backbone,
            chosen.train.learning_rate,
        )
    assert opened.project.settings.model == other


@pytest.mark.parametrize(
    ("step", "options", "deletable"),
    [
        ("train", {}, [1, 2]),
        ("resume", {"run": 1}, [2]),
        ("evaluate", {"run": 2}, [1]),
        ("export", {}, []),
        ("sweep", {}, []),
    ],
)
def test_that_a_run_is_not_deleted_while_a_step_works_on_it(opened, bench, record, step, options, deletable):
    opened.take(bench.started(1))
    opened.take(bench.finished(1))
    opened.take(bench.started(2))
    opened.take(bench.finished(2))
    failures = record(opened.failed)
    opened.start(step, **options)

    assert [run for run in (1, 2) if opened.delete_run(run)] == deletable
    assert [run.number for run in opened.project.runs] == [run for run in (1, 2) if run not in deletable]
    assert [failure.title for failure in failures.events] == ["The run is in use"] * (2 - len(deletable))
    bench.steps[0].release(None)


def test_that_events_of_a_step_arrive_in_order_and_are_kept(opened, bench, record, qtbot):
    recorder = record(opened.reported)
    opened.start("train")

    bench.steps[0].release(bench.started(), bench.epoch(1), bench.epoch(2), bench.finished(), None)

    qtbot.waitUntil(lambda: opened.running_step is None)
    assert recorder.events == [bench.started(), bench.epoch(1), bench.epoch(2), bench.finished()]
    assert open_project(opened.project.folder).runs[0].state == "done"


def test_that_only_one_step_runs_at_a_time(opened, bench):
    assert opened.start("train")
    assert not opened.start("evaluate")
    assert len(bench.steps) == 1


def test_that_a_run_can_be_halted_and_go_on(opened, bench, record):
    recorder = record(opened.pause_changed)
    opened.start("train")

    opened.pause()
    opened.go_on()

    assert bench.steps[0].asked == ["pause", "go on"]
    assert recorder.events == [True, False]


def test_that_closing_during_a_run_leaves_it_paused(opened, bench, record):
    folder = opened.project.folder
    opened.start("train")
    bench.steps[0].release(bench.started(), bench.epoch(1))

    opened.close()

    assert bench.steps[0].asked == ["stop"]
    run = open_project(folder).runs[0]
    assert run.state == "paused"
    assert run.is_resumable
    assert len(run.epochs) == 1


def test_that_stopping_keeps_the_best_and_ends_the_run(opened, bench, qtbot):
    opened.start("train")
    bench.steps[0].release(bench.started(), bench.epoch(1))

    opened.stop()

    qtbot.waitUntil(lambda: opened.running_step is None)
    assert opened.project.runs[0].state == "stopped"


def test_that_a_dead_child_leaves_a_run_that_can_continue(opened, bench, record, qtbot):
    recorder = record(opened.failed)
    opened.start("train")
    died = StepDied("Training stopped unexpectedly", "Its process ended by itself.")

    bench.steps[0].release(bench.started(), bench.epoch(1), died, None)

    qtbot.waitUntil(lambda: opened.running_step is None)
    assert opened.project.runs[0].is_resumable
    assert recorder.events == [died]


def test_that_a_run_can_be_given_up(opened, bench):
    opened.take(bench.started())
    opened.take(bench.epoch(1))
    opened.take(StepDied("Training stopped unexpectedly", "Its process ended."))

    opened.keep_as_it_is(1)

    assert opened.project.runs[0].state == "stopped"


def test_that_a_fault_in_the_step_becomes_a_failure_for_people(opened, bench, record, qtbot):
    recorder = record(opened.failed)

    class Broken:
        def __iter__(self):
            raise ValueError("/home/anna/secret")
            yield

        def stop(self, grace_seconds=0.0):
            pass

    opened._begin = lambda *arguments: Broken()
    opened.start("scan")

    qtbot.waitUntil(lambda: opened.running_step is None)
    assert isinstance(recorder.events[0], Failed)
    assert "anna" not in recorder.events[0].details


def test_that_a_second_window_can_only_look(opened, bench, record, tmp_path):
    from tlstudio.app.session import Session

    other = Session(begin=bench)
    recorder = record(other.failed)

    assert other.open(opened.project.folder)

    assert other.is_read_only
    assert not other.choose(train=replace(other.project.settings.train, epochs=3))
    assert not other.start("train")
    assert [event.title for event in recorder.events] == ["The project is read-only"] * 2
    other.close()


def test_that_closing_lets_others_open_it(opened):
    folder = opened.project.folder

    opened.close()

    lock = ProjectLock(folder)
    assert lock.acquire()
    lock.release()


def test_that_a_folder_without_project_is_refused_and_the_open_one_stays(opened, record, tmp_path):
    recorder = record(opened.failed)

    assert not opened.open(tmp_path / "nothing")

    assert recorder.events[0].title == "No project was found"
    assert opened.project is not None


def test_that_a_change_that_could_not_be_saved_is_kept_and_saved_later(opened, record):
    failed, saved = record(opened.failed), record(opened.saved)
    folder = opened.project.folder
    hidden = folder.with_name("away")
    folder.rename(hidden)

    opened.choose(train=replace(opened.project.settings.train, epochs=3))
    opened.choose(train=replace(opened.project.settings.train, epochs=4))

    assert opened.project.settings.train.epochs == 4
    assert not opened.is_saved
    assert [event.title for event in failed.events] == ["The project can't be saved"]
    hidden.rename(folder)
    opened._save()
    assert saved.events == [False, True]
    assert open_project(folder).settings.train.epochs == 4


def test_that_progress_alone_writes_nothing(opened):
    path = opened.project.folder / FILE_NAME
    before = path.stat().st_mtime_ns

    opened.take(Progress("Reading images", 1, 2))

    assert path.stat().st_mtime_ns == before


def test_that_the_table_is_read_again_only_when_it_changed(opened):
    row = ImageRow("ants/a.png", "ants", "a", "train", "0" * 64, 8, 8)
    write_table(opened.project.folder / "images.csv", [row])

    first = opened.rows()

    assert first == (row,)
    assert opened.rows() is first
    write_table(opened.project.folder / "images.csv", [row, replace(row, path="ants/b.png")])
    assert len(opened.rows()) == 2


def test_that_there_are_no_rows_without_a_project(session):
    assert session.rows() == ()


def test_that_a_run_gets_the_space_that_the_preferences_allow(opened, bench, qtbot):
    preferences.save(replace(preferences.load(), cache_gb=3))

    for step in ("train", "evaluate"):
        opened.start(step)
        bench.steps[-1].release(None)
        qtbot.waitUntil(lambda: opened.running_step is None)

    assert [step.options for step in bench.steps] == [{"cache_gb": 3}, {}]


def fail_to_read(session, bench, qtbot):
    with qtbot.waitSignal(session.step_ended):
        bench.steps[-1].release(Failed("No images", "There are none in this folder."), None)


def test_that_a_folder_without_images_leaves_no_empty_project_behind(session, bench, qtbot, tmp_path):
    preferences.save(preferences.load().with_recent(tmp_path / "Insects", 1.0))
    session.create(tmp_path / "Insects", [images(tmp_path / "images")])
    fail_to_read(session, bench, qtbot)
    assert (tmp_path / "Insects" / FILE_NAME).exists()  # another folder may be chosen for it

    session.close()

    assert not (tmp_path / "Insects").exists()
    assert (tmp_path / "images" / "ants").is_dir()
    assert preferences.load().recent == ()


def test_that_a_project_stays_if_anything_was_chosen_for_it(session, bench, qtbot, tmp_path):
    session.create(tmp_path / "Insects", [images(tmp_path / "images")])
    fail_to_read(session, bench, qtbot)
    session.choose(model=ModelSettings("resnet18"))

    session.close()

    assert open_project(tmp_path / "Insects").settings.model == ModelSettings("resnet18")


def test_that_a_project_stays_if_its_images_were_read_later(session, bench, qtbot, tmp_path):
    session.create(tmp_path / "Insects", [images(tmp_path / "images")])
    fail_to_read(session, bench, qtbot)
    session.take(bench.scanned)

    session.close()

    assert (tmp_path / "Insects" / FILE_NAME).exists()
