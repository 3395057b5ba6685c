import errno
import os
import signal
import subprocess
import sys

import pytest

from tlstudio.project.lock import ProjectLock

HOLDER = """
import sys
from pathlib import Path
from tlstudio.project.lock import ProjectLock
lock = ProjectLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.communicate()


def test_that_a_second_window_does_not_get_the_lock_and_learns_whose_it_is(tmp_path, holder):
    second = ProjectLock(tmp_path)

    assert not second.acquire()
    assert second.owner.startswith(f"process {holder.pid} on ")


def test_that_a_killed_owner_never_bars_the_next_start(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()

    lock = ProjectLock(tmp_path)

    assert lock.acquire()
    assert lock.owner.startswith(f"process {os.getpid()} on ")
    lock.release()


def test_that_a_released_lock_is_free_and_its_holder_may_ask_twice(tmp_path):
    lock = ProjectLock(tmp_path)
    assert lock.acquire()
    assert lock.acquire()

    lock.release()
    lock.release()

    other = ProjectLock(tmp_path)
    assert other.acquire()
    other.release()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit of a file's size")
def test_that_a_full_disk_bars_nobody_from_the_lock(tmp_path):
    import resource

    lock = ProjectLock(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        taken = lock.acquire()
        was_free = ProjectLock(tmp_path).acquire()
        owner = lock.owner
        lock.release()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert (taken, was_free, owner) == (True, False, "")
    assert not ProjectLock(tmp_path).is_taken()


@pytest.mark.skipif(os.name == "nt", reason="POSIX locks")
@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_that_a_drive_without_locks_bars_nobody(tmp_path, monkeypatch, number):
    import fcntl

    def refuse(*arguments):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)

    lock = ProjectLock(tmp_path)
    assert lock.acquire()
    assert not ProjectLock(tmp_path).is_taken()
    lock.release()


def test_that_a_missing_folder_gives_no_lock(tmp_path):
    assert not ProjectLock(tmp_path / "gone").acquire()


def test_that_asking_whether_it_is_taken_changes_nothing(tmp_path, holder):
    before = (tmp_path / ".lock").read_bytes()

    assert ProjectLock(tmp_path).is_taken()
    assert (tmp_path / ".lock").read_bytes() == before

    holder.kill()
    holder.wait()
    assert not ProjectLock(tmp_path).is_taken()
