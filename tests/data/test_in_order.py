import os
import threading

import pytest

from tlstudio.data.in_order import in_order
from tlstudio.events import Progress


def results(work, items):
    return [step[1].result() for step in in_order(work, items, "Working") if not isinstance(step, Progress)]


def test_that_results_come_in_order_whichever_is_done_first(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)  # so that two work at once on any machine
    first_may_end = threading.Event()

    def work(item):
        if item == 1:
            first_may_end.set()
        else:
            assert first_may_end.wait(10)
        return item * 10

    assert results(work, range(2)) == [0, 10]


class Taken:
    """Items that remember how many of them were taken."""

    def __init__(self, count):
        self.count, self.taken = count, 0

    def __len__(self):
        return self.count

    def __iter__(self):
        for item in range(self.count):
            self.taken += 1
            yield item


@pytest.mark.parametrize("ahead", [1, 2, 5])
def test_that_no_more_is_begun_than_was_allowed(ahead):
    items = Taken(20)
    steps = in_order(str, items, "Working", ahead)
    taken = [items.taken for step in steps if not isinstance(step, Progress)]

    assert taken == [min(before + ahead, 20) for before in range(20)]


def test_that_the_last_report_is_complete():
    assert list(in_order(str, [1, 2, 3], "Working"))[-1] == Progress("Working", 3, 3)
    assert list(in_order(str, [], "Working")) == []


def test_that_an_error_of_one_item_is_its_own():
    steps = [step for step in in_order(int, ["1", "x", "3"], "Working") if not isinstance(step, Progress)]

    assert [item for item, _ in steps] == ["1", "x", "3"]
    with pytest.raises(ValueError):
        steps[1][1].result()
    assert steps[2][1].result() == 3
