import os
import threading

import pytest

from tlstudio.data.in_order import in_order
from tlstudio.events import Progress


def results(work, items):
    return [step[1].result() for step in in_order(work, items, "Working") if not isinstance(step, Progress)]


def test_that_results_come_in_order_whichever_is_done_first():
    first_may_end = threading.Event()

    def work(item):
        if item == 1:
            first_may_end.set()
        elif os.cpu_count() > 1:
            assert first_may_end.wait(10)
        return item * 10

    assert results(work, range(2)) == [0, 10]


def test_that_the_last_report_is_complete():
    assert list(in_order(str, [1, 2, 3], "Working"))[-1] == Progress("Working", 3, 3)
    assert list(in_order(str, [], "Working")) == []


def test_that_an_error_of_one_item_is_its_own():
    steps = [step for step in in_order(int, ["1", "x", "3"], "Working") if not isinstance(step, Progress)]

    assert [item for item, _ in steps] == ["1", "x", "3"]
    with pytest.raises(ValueError):
        steps[1][1].result()
    assert steps[2][1].result() == 3
