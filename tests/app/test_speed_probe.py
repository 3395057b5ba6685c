"""Speeds measured by themselves while nothing else runs."""

import pytest

from tlstudio.app import speed_probe
from tlstudio.model.backbones import BACKBONES
from tlstudio.model.events import SpeedMeasured
from tlstudio.model.speeds import new_speed, remember


@pytest.fixture
def probe(session):
    session.speed_probe._timer.setInterval(0)
    return session.speed_probe


def speed(name, images_per_second):
    return new_speed(BACKBONES[name], "CPU", images_per_second, images_per_second / 3, "float32")


def measured(name, speed):
    return SpeedMeasured(name, speed, speed / 3, "CPU")


def test_that_it_waits_until_nothing_has_happened_for_a_while(session):
    session.speed_probe.want(["resnet18"])

    assert session.speed_probe._timer.interval() == speed_probe.QUIET_MILLISECONDS
    assert session.speed_probe.measuring == ()


def test_that_what_is_wanted_is_measured_in_that_order_and_told(probe, bench, record, qtbot):
    told = record(probe.measured)

    probe.want(["resnet50", "resnet18"])

    qtbot.waitUntil(lambda: bool(bench.steps))
    assert bench.steps[0].options == {"names": ["resnet50", "resnet18"]}
    assert probe.measuring == ("resnet50", "resnet18")
    bench.steps[0].release(measured("resnet50", 40.0), measured("resnet18", 90.0), None)
    qtbot.waitUntil(lambda: probe.measuring == ())
    assert told.events == ["resnet50", "resnet18"]
    assert [probe.rate(name) for name in ("resnet50", "resnet18", "vgg11")] == [40.0, 90.0, None]
    assert probe.fastest == 90.0


def test_that_one_alone_is_not_compared(probe):
    probe.speeds["resnet18"] = speed("resnet18", 90.0)

    assert probe.fastest is None


def test_that_what_was_measured_before_is_remembered_and_not_measured_again(probe, bench, qtbot):
    remember(speed("resnet18", 90.0))

    probe.want(["resnet18", "resnet50"])

    qtbot.waitUntil(lambda: bool(bench.steps))
    assert bench.steps[0].options == {"names": ["resnet50"]}
    assert probe.rate("resnet18") == 90.0


def test_that_a_step_of_the_project_ends_it_and_it_continues_afterwards(
    probe, session, bench, tmp_path, qtbot
):
    session.create(tmp_path / "Insects")
    session.take(bench.scanned)
    probe.want(["resnet50"])
    qtbot.waitUntil(lambda: bool(bench.steps))

    session.start("train")

    assert bench.steps[0].asked == ["stop"]
    qtbot.waitUntil(lambda: probe.measuring == ())
    assert len(bench.steps) == 2
    session.stop()
    qtbot.waitUntil(lambda: len(bench.steps) == 3)
    assert bench.steps[2].step == "measure_speed"


def test_that_it_makes_room_for_what_the_user_waits_for(probe, session, bench, qtbot):
    probe.want(["resnet50"])
    qtbot.waitUntil(lambda: bool(bench.steps))

    session.errands.start("inspect", name="levit_128")

    assert bench.steps[0].asked == ["stop"]
    bench.steps[1].release(None)
    qtbot.waitUntil(lambda: len(bench.steps) == 3)
    assert bench.steps[2].step == "measure_speed"


def test_that_one_that_can_not_be_measured_is_not_tried_again(probe, bench, qtbot):
    probe.want(["resnet50"])
    qtbot.waitUntil(lambda: bool(bench.steps))
    bench.steps[0].release(None)
    qtbot.waitUntil(lambda: probe.measuring == ())

    probe.want(["resnet50"])

    assert not probe._timer.isActive()


def test_that_nothing_is_measured_that_is_not_wanted_any_more(probe, bench):
    probe.want(["resnet50"])
    probe.want([])

    probe._start()

    assert bench.steps == []


def test_that_what_was_measured_on_a_busy_computer_can_be_measured_again(probe, bench, record, qtbot):
    remember(speed("resnet18", 2.0))
    probe.want(["resnet18"])
    changed = record(probe.changed)

    probe.forget()
    probe.want(["resnet18"])

    assert len(changed.events) == 1
    assert probe.rate("resnet18") is None
    qtbot.waitUntil(lambda: bool(bench.steps))
    assert bench.steps[0].options == {"names": ["resnet18"]}
