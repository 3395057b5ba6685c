import pytest

from tlstudio.app.widgets.live_run import LiveRun
from tlstudio.train.events import BatchDone, RunStarted


def test_that_a_pause_takes_none_of_the_time_that_is_left():
    def left(*, paused):
        live = LiveRun(2)
        live.take(RunStarted(1, "2026-01-01", 2, 0, "CPU", "float32", 8, 0, 9, 9, 80, 8, "random", "f"), 0.0)
        if paused:
            live.pause(4.0)
            live.go_on(1804.0)
        live.take(BatchDone(1, 1, 0.5, 0.7, 0.5, 10.0), 1810.0 if paused else 10.0)
        return live.left.seconds

    assert left(paused=True) == pytest.approx(left(paused=False))
