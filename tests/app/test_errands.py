"""Steps that run beside the project's own one."""

import pytest

from tlstudio.app.errands import Errands
from tlstudio.events import Failed, Noted


@pytest.fixture
def errands(qapp, bench):
    made = Errands(begin=bench)
    yield made
    made.end()


def test_that_an_errand_gets_its_options_and_no_project(errands, bench):
    errand = errands.start("download", name="resnet18")

    assert (bench.steps[0].step, bench.steps[0].folder) == ("download", None)
    assert bench.steps[0].options == {"name": "resnet18"}
    assert errand.is_running
    assert errands.running("download") == [errand]


def test_that_its_events_arrive_in_order_and_then_its_end(errands, bench, record, qtbot):
    ended = record(errands.ended)
    errand = errands.start("download", name="resnet18")
    reported = record(errand.reported)

    bench.steps[0].release(Noted("one"), Noted("two"), None)

    qtbot.waitUntil(lambda: bool(ended.events))
    assert reported.events == [Noted("one"), Noted("two")]
    assert ended.events == ["download"]
    assert errands.running("download") == []


def test_that_several_run_at_once(errands, bench, qtbot):
    first, second = errands.start("download", name="a"), errands.start("match_weights", file="b")

    bench.steps[1].release(None)

    qtbot.waitUntil(lambda: errands.running("match_weights") == [])
    assert errands.running("download") == [first]
    assert second is not first


def test_that_a_fault_becomes_a_failure_for_people(errands, record, qtbot):
    class Broken:
        def __iter__(self):
            raise ValueError("no")
            yield

    errands._begin = lambda *arguments: Broken()
    reported = record(errands.start("inspect", name="a").reported)

    qtbot.waitUntil(lambda: bool(reported.events))
    assert isinstance(reported.events[0], Failed)


def test_that_ending_asks_all_before_it_waits_for_one(errands, bench):
    errands.start("download", name="a")
    errands.start("download", name="b")

    errands.end()

    assert [step.asked for step in bench.steps] == [["stop"], ["stop"]]
    assert errands.running("download") == []


def test_that_an_errand_neither_holds_up_a_step_nor_ends_with_the_project(session, bench, tmp_path):
    session.create(tmp_path / "Insects")
    session.take(bench.scanned)
    session.errands.start("download", name="a")

    assert session.start("train")
    session.close()

    assert len(session.errands.running("download")) == 1
    assert bench.steps[0].asked == []


def test_that_the_end_of_the_window_ends_them_too(session, bench, tmp_path):
    session.errands.start("download", name="a")

    session.end()

    assert bench.steps[0].asked == ["stop"]
    assert session.errands.running("download") == []
