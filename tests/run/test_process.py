"""A step in a child process: whatever becomes of the child, the parent gets a last word."""

import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tlstudio.events import Event, Failed, Noted, Progress, Stopped
from tlstudio.run import connection
from tlstudio.run.events import StepDied
from tlstudio.run.process import StepProcess

pytestmark = pytest.mark.skipif(os.name == "nt", reason="named pipes and signals of POSIX")

Start = Callable[..., StepProcess]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    script = Path(__file__).with_name("rehearsed_child.py")
    monkeypatch.setattr(connection, "COMMAND", (sys.executable, str(script)))
    started: list[StepProcess] = []

    def start(step: str, **options: Any) -> StepProcess:
        started.append(StepProcess(step, None, options))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        list(process)
    StepProcess.cool()


class Crank:
    """A step that reports once for each turn."""

    def __init__(self, start: Start, folder: Path, **options: Any) -> None:
        path = folder / "crank"
        os.mkfifo(path)
        self.process = start("crank", handle=str(path), **options)
        self.events = iter(self.process)
        self._pipe = open(path, "wb", buffering=0)  # noqa: SIM115 - waits until the child reads

    def turn(self, times: int = 1) -> None:
        with suppress(BrokenPipeError):  # the step has ended already
            self._pipe.write(b"." * times)

    def turn_on(self) -> list[Event]:
        """What else it reports, with a turn for each: a wish takes hold at the first event after it came."""
        seen = []
        for event in self.events:
            seen.append(event)
            self.turn()
        return seen

    def end(self) -> None:
        self._pipe.close()


@pytest.fixture
def crank(start: Start, tmp_path: Path) -> Iterator[Crank]:
    cranked = Crank(start, tmp_path, note=str(tmp_path / "note"))
    yield cranked
    cranked.end()


def test_that_events_come_in_order_and_end_with_the_step(crank: Crank) -> None:
    crank.turn(3)
    crank.end()

    assert list(crank.events) == [Progress("Counting", number, 0) for number in (1, 2, 3)]
    assert crank.process._child is not None
    assert crank.process._child.process.returncode == 0


def test_that_a_stopped_step_is_closed_and_says_so(crank: Crank, tmp_path: Path) -> None:
    crank.turn()
    assert next(crank.events) == Progress("Counting", 1, 0)

    crank.process.stop()
    crank.turn()

    assert crank.turn_on()[-1] == Stopped("crank")
    assert (tmp_path / "note").read_text(encoding="utf-8") == "closed"


def test_that_a_step_that_ignores_a_stop_is_ended_after_its_grace_time(crank: Crank, tmp_path: Path) -> None:
    # It reads from the pipe already, and reports nothing without a turn; a wish takes hold at an event.
    crank.process.stop(grace_seconds=0.2)

    assert list(crank.events) == [Stopped("crank")]
    assert not (tmp_path / "note").exists()


@pytest.mark.slow
def test_that_a_paused_step_stays_alive_and_reports_nothing_until_it_goes_on(
    crank: Crank, monkeypatch: pytest.MonkeyPatch
) -> None:
    crank.turn()
    next(crank.events)
    child = crank.process._child
    assert child is not None
    watched = _Watched(child._lines)
    monkeypatch.setattr(child, "_lines", watched)
    seen: list[Event] = []
    reader = threading.Thread(target=lambda: seen.extend(crank.events))
    reader.start()

    crank.process.pause()
    watched.wait_for_beats(4)  # by then it has been read
    crank.turn(20)
    watched.wait_for_beats(2)
    # The one event that was under way when the pause came may still pass; nothing after it does.
    before = len(seen)
    crank.process.go_on()
    crank.end()
    reader.join(10)

    assert before <= 1
    assert seen == [Progress("Counting", number, 0) for number in range(2, 22)]


class _Watched:
    """The queue of lines, which counts the heartbeats that came through it."""

    def __init__(self, lines: Any) -> None:
        self._lines = lines
        self._beats = threading.Semaphore(0)

    def get(self, timeout: float) -> str | None:
        line: str | None = self._lines.get(timeout=timeout)
        if line is not None and "Heartbeat" in line:
            self._beats.release()
        return line

    def put(self, line: str | None) -> None:
        self._lines.put(line)

    def wait_for_beats(self, count: int) -> None:
        while self._beats.acquire(blocking=False):
            pass
        for _ in range(count):
            assert self._beats.acquire(timeout=10)


def test_that_a_paused_step_can_be_stopped(crank: Crank) -> None:
    crank.turn()
    next(crank.events)
    crank.process.pause()
    crank.turn()
    crank.process.stop()

    assert list(crank.events)[-1] == Stopped("crank")


def test_that_a_child_without_a_parent_ends_and_leaves_its_step_as_it_stands(
    crank: Crank, tmp_path: Path
) -> None:
    crank.turn()
    next(crank.events)
    child = crank.process._child
    assert child is not None
    assert child.process.stdin is not None

    child.process.stdin.close()
    crank.turn()
    crank.turn_on()

    assert child.process.returncode == 0
    assert not (tmp_path / "note").exists()


def test_that_a_killed_child_gives_a_last_word_that_says_what_is_safe(start: Start) -> None:
    events = list(start("killed"))

    assert events[0] == Progress("Living", 1, 2)
    died = events[-1]
    assert isinstance(died, StepDied)
    assert died.title == "The work stopped unexpectedly"
    assert "memory ran out" in died.message
    assert "SIGKILL" in died.details


def test_that_a_crash_in_a_library_is_told_with_the_place_where_it_happened(start: Start) -> None:
    died = list(start("crashed"))[-1]

    assert isinstance(died, StepDied)
    assert "SIGSEGV" in died.details
    assert "in crashed" in died.details
    assert str(Path(__file__).parent) not in died.details


def test_that_an_expected_error_arrives_in_its_own_words(start: Start) -> None:
    assert list(start("refused"))[-1] == Failed(
        "Only one class found", "Your images are unchanged.", "Add a folder."
    )


def test_that_a_fault_arrives_with_details_that_name_no_person_and_no_file(start: Start) -> None:
    failed = list(start("faulty"))[-1]

    assert isinstance(failed, Failed)
    assert failed.title == "Something unexpected"
    assert "RuntimeError" in failed.details
    assert "anna" not in failed.details
    assert "Smith" not in failed.details


def test_that_what_libraries_print_neither_blocks_the_child_nor_reaches_the_events(start: Start) -> None:
    assert list(start("chatter")) == [Progress("Talking", 1, 1)]


def test_that_a_silent_child_is_noted_once(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SILENCE_SECONDS", 0.05)
    monkeypatch.setenv("REHEARSED_HEARTBEAT_SECONDS", "600")
    crank = Crank(start, tmp_path)
    child = crank.process._child
    assert child is not None
    monkeypatch.setattr(child, "_lines", _Patient(child._lines, crank.turn))

    # Three times it was waited for in vain before it was turned.
    assert isinstance(next(crank.events), Noted)
    assert next(crank.events) == Progress("Counting", 1, 0)
    assert isinstance(next(crank.events), Noted)  # another silence
    crank.end()


class _Patient:
    """The queue of lines, which calls back when for the third time none has come."""

    def __init__(self, lines: Any, call: Callable[[], None]) -> None:
        self._lines = lines
        self._call = call
        self._silences = 0

    def get(self, timeout: float) -> str | None:
        try:
            line: str | None = self._lines.get(timeout=timeout)
        except queue.Empty:
            self._silences += 1
            if self._silences == 3:
                self._call()
            raise
        return line

    def put(self, line: str | None) -> None:
        self._lines.put(line)


def test_that_a_child_that_can_not_be_started_is_a_failure_and_not_a_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(connection, "COMMAND", (str(tmp_path / "missing"),))

    (failed,) = StepProcess("train", None)

    assert isinstance(failed, Failed)
    assert failed.title == "Training could not start"


def test_that_the_next_start_takes_the_warm_child(start: Start, tmp_path: Path) -> None:
    StepProcess.warm()
    assert StepProcess._warm_child is not None
    prepared = StepProcess._warm_child.process.pid

    process = start("refused")

    assert process.process_id == prepared
    assert StepProcess._warm_child is None
    assert isinstance(list(process)[-1], Failed)


def test_that_a_cooled_child_is_gone(start: Start) -> None:
    StepProcess.warm()
    child = StepProcess._warm_child
    assert child is not None

    StepProcess.cool()

    assert child.process.returncode is not None
