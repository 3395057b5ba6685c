import errno
import os
import random
import signal
import stat
import subprocess
import sys
import time

import pytest

from tlstudio import atomic


def test_that_a_new_file_is_written_whole(tmp_path):
    atomic.write_text(tmp_path / "Größe 🙂.json", "größer")

    assert (tmp_path / "Größe 🙂.json").read_text(encoding="utf-8") == "größer"
    assert os.listdir(tmp_path) == ["Größe 🙂.json"]


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_that_what_is_for_the_owner_alone_is_so_before_it_is_in_place(tmp_path, monkeypatch):
    modes = []
    replace = os.replace

    def replaced(source, target):
        modes.append(stat.S_IMODE(os.stat(source).st_mode))
        replace(source, target)

    monkeypatch.setattr(os, "replace", replaced)
    before = os.umask(0o022)
    atomic.write_text(tmp_path / "secret.json", "secret", mode=0o600)
    atomic.write_text(tmp_path / "open.json", "open")
    os.umask(before)

    assert modes == [0o600, 0o644]


@pytest.mark.skipif(os.name == "nt", reason="pipes and links of POSIX")
def test_that_a_pipe_is_not_replaced_and_a_link_stays_one(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "target").write_text("old", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "target")

    with pytest.raises(FileExistsError):
        atomic.write_text(tmp_path / "pipe", "new")
    atomic.write_text(tmp_path / "link", "new")

    assert stat.S_ISFIFO(os.stat(tmp_path / "pipe").st_mode)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text(encoding="utf-8") == "new"
    assert sorted(os.listdir(tmp_path)) == ["link", "pipe", "target"]


def test_that_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "settings.json"
    atomic.write_text(path, "old")

    with pytest.raises(RuntimeError), atomic.replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError

    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["settings.json"]


CALLS = ("fsync", "replace", "open")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_that_any_failing_call_leaves_old_or_new_and_never_half(tmp_path, monkeypatch, call, number):
    path = tmp_path / "project"
    atomic.write_text(path, "old")
    real = getattr(os, call)

    def fail(*arguments, **options):
        monkeypatch.setattr(os, call, real)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError):
        atomic.write_text(path, "new" * 1000)
    monkeypatch.undo()

    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["project"]


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EPERM, errno.ENOTSUP])
def test_that_a_stick_without_permissions_or_flushing_of_folders_will_do(tmp_path, monkeypatch, number):
    # FAT by FUSE answers chmod with ENOSYS, shares with EPERM; some can't flush a folder either.
    def refuse(*arguments, **options):
        raise OSError(number, os.strerror(number))

    real = os.fsync
    monkeypatch.setattr(os, "chmod", refuse)
    monkeypatch.setattr(
        os, "fsync", lambda handle: refuse() if stat.S_ISDIR(os.fstat(handle).st_mode) else real(handle)
    )

    atomic.write_text(tmp_path / "pack", "new")

    assert (tmp_path / "pack").read_text() == "new"
    assert os.listdir(tmp_path) == ["pack"]


WRITER = """
import sys
from pathlib import Path
from tlstudio import atomic
path = Path(sys.argv[1])
print("ready", flush=True)
for number in range(10**6):
    atomic.write_text(path, f"{number % 10}" * 300_000)
"""


@pytest.mark.slow
def test_that_a_killed_writer_leaves_a_whole_file(tmp_path):
    path = tmp_path / "file"
    atomic.write_text(path, "0" * 300_000)
    for attempt in range(20):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        writer.stdout.readline()
        for _ in range(random.Random(attempt).randrange(1, 12)):
            inode = path.stat().st_ino  # another with each save
            while path.stat().st_ino == inode:
                assert writer.poll() is None
                time.sleep(0.001)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        text = path.read_text()

        assert len(text) == 300_000
        assert len(set(text)) == 1
