import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from tlstudio.project.errors import (
    ProjectFolderTaken,
    ProjectNotFound,
    ProjectNotWritable,
    ProjectReadOnly,
    ProjectTooNew,
    ProjectUnreadable,
)
from tlstudio.project.file import (
    FILE_NAME,
    PREVIOUS_NAME,
    create_project,
    is_project,
    open_project,
    remove_unused,
    save_project,
)
from tlstudio.project.lock import ProjectLock
from tlstudio.project.migrations import migrate


def with_epochs(project, epochs):
    return project.with_settings(train=replace(project.settings.train, epochs=epochs))


@pytest.fixture
def project(tmp_path):
    return create_project(tmp_path / "Blood smear")


@pytest.mark.parametrize("name", ["Blutausstrich Größe", "血液 細胞", "cells 🙂", 'a\'b "c" %d #1'])
def test_that_a_project_of_any_legal_name_opens_as_it_was_saved(tmp_path, name):
    project = with_epochs(create_project(tmp_path / name), 7)
    save_project(project)

    assert open_project(tmp_path / name) == project
    assert project.name == name


def test_that_a_new_project_is_never_put_among_other_files(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(ProjectFolderTaken):
        create_project(tmp_path)

    assert os.listdir(tmp_path) == ["notes.txt"]


def test_that_a_project_in_which_nothing_came_to_be_can_be_removed(project):
    save_project(project)
    lock = ProjectLock(project.folder)
    assert lock.acquire()
    lock.release()

    assert remove_unused(project)
    assert not project.folder.exists()


@pytest.mark.parametrize("name", ["notes.txt", "images.csv", "runs/0001", "exports/model.onnx"])
def test_that_a_project_which_holds_anything_is_left_alone(project, name):
    (project.folder / name).write_text("mine")

    assert not remove_unused(project)
    assert (project.folder / name).read_text() == "mine"
    assert open_project(project.folder) == project


def test_that_a_class_of_images_called_runs_makes_no_project(tmp_path):
    for name in ("runs", "sags"):
        (tmp_path / name).mkdir()

    assert not is_project(tmp_path)
    (tmp_path / "images.csv").write_text("")
    assert is_project(tmp_path)


def test_that_a_folder_without_a_project_is_named(tmp_path):
    with pytest.raises(ProjectNotFound, match=r"project\.tlstudio"):
        open_project(tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.99])
def test_that_a_project_file_cut_short_gives_way_to_the_one_before(project, share):
    save_project(with_epochs(project, 5))
    save_project(with_epochs(project, 6))
    path = project.folder / FILE_NAME
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    opened = open_project(project.folder)

    assert opened.recovered_from == "previous"
    assert opened.settings.train.epochs == 5


def test_that_a_damaged_file_never_replaces_the_good_one_before_it(project):
    save_project(with_epochs(project, 5))
    (project.folder / FILE_NAME).write_text('{"schema_version": 1, "set')
    save_project(with_epochs(project, 8))

    assert json.loads((project.folder / PREVIOUS_NAME).read_text())["settings"]["train"]["epochs"] == 20
    assert open_project(project.folder).settings.train.epochs == 8


HOSTILE = {
    "a number": b"3",
    "a list": b"[]",
    "no version": b"{}",
    "version zero": b'{"schema_version": 0}',
    "not a number": b'{"schema_version": 1, "settings": NaN}',
    "nested 100,000 deep": b'{"schema_version": 1, "settings": ' + b"[" * 100_000,
    "missing fields": b'{"schema_version": 1}',
    "wrong types": b'{"schema_version": 1, "settings": {"train": {"epochs": "many"}}}',
    "not text": b"\xff\xfe\x00\x01" * 100,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_that_a_hostile_project_file_gives_a_sentence_and_stays_as_it_is(project, content):
    (project.folder / PREVIOUS_NAME).unlink(missing_ok=True)
    path = project.folder / FILE_NAME
    path.write_bytes(content)

    with pytest.raises(ProjectUnreadable) as raised:
        open_project(project.folder)

    assert raised.value.what_to_try
    assert path.read_bytes() == content


def test_that_a_project_from_a_newer_version_opens_read_only(project):
    path = project.folder / FILE_NAME
    stored = json.loads(path.read_text()) | {"schema_version": 99, "hologram": True}
    path.write_text(json.dumps(stored))

    opened = open_project(project.folder)

    assert opened.is_read_only
    with pytest.raises(ProjectReadOnly):
        save_project(opened)
    assert json.loads(path.read_text()) == stored


@pytest.mark.parametrize("has_older", [True, False])
def test_that_a_newer_project_that_can_not_be_read_is_never_replaced(project, has_older):
    if has_older:
        save_project(project)
    path = project.folder / FILE_NAME
    stored = json.loads(path.read_text()) | {"schema_version": 99, "settings": "in another form"}
    path.write_text(json.dumps(stored))

    if has_older:
        opened = open_project(project.folder)
        assert (opened.is_read_only, opened.recovered_from) == (True, "previous")
        with pytest.raises(ProjectReadOnly):
            save_project(opened)
    else:
        with pytest.raises(ProjectTooNew):
            open_project(project.folder)
    assert json.loads(path.read_text()) == stored


def test_that_an_older_project_is_brought_up_one_version_at_a_time():
    steps = {
        1: lambda stored: stored | {"trail": [*stored["trail"], "1 to 2"]},
        2: lambda stored: stored | {"trail": [*stored["trail"], "2 to 3"]},
    }

    assert migrate({"schema_version": 1, "trail": []}, steps) == {
        "schema_version": 3,
        "trail": ["1 to 2", "2 to 3"],
    }
    assert migrate({"schema_version": 3, "trail": []}, steps)["trail"] == []
    assert migrate({"schema_version": 9, "trail": []}, steps)["schema_version"] == 9


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_that_a_full_disk_while_saving_loses_nothing(project, monkeypatch, number):
    save_project(with_epochs(project, 5))

    def fail(*arguments, **options):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ProjectNotWritable, match="What was saved before is unchanged"):
        save_project(with_epochs(project, 6))
    monkeypatch.undo()

    assert open_project(project.folder).settings.train.epochs == 5


@pytest.mark.parametrize("has_folder", [False, True])
def test_that_a_project_that_could_not_be_made_leaves_nothing_that_bars_the_next_try(
    tmp_path, monkeypatch, has_folder
):
    folder = tmp_path / "project"
    if has_folder:
        folder.mkdir()

    def fail(*arguments, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ProjectNotWritable):
        create_project(folder)
    monkeypatch.undo()

    assert folder.exists() == has_folder
    assert create_project(folder).folder == folder


def test_that_a_folder_that_can_not_be_entered_is_no_fault(plain_user):
    project = create_project(plain_user.folder / "shut" / "project")
    project.folder.parent.chmod(0o600)
    plain_user.become()

    assert not is_project(project.folder)
    with pytest.raises(ProjectUnreadable, match="permission denied"):
        open_project(project.folder)


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_that_a_folder_whose_name_is_no_unicode_is_remembered(project):
    root = os.fsdecode(b"/data/im\xe4ges")
    save_project(project.with_settings(data=replace(project.settings.data, root=root)))

    assert open_project(project.folder).settings.data.root == root


def test_that_what_a_killed_process_left_half_written_goes_with_the_next_opening(project):
    old = project.folder / ".project.tlstudio.abc.tmp"
    for half in (old, project.folder / ".project.tlstudio.new.tmp"):
        half.write_bytes(b"half")
    os.utime(old, (0, 0))

    open_project(project.folder, read_only=True)
    assert old.exists()
    open_project(project.folder)
    assert [path.name for path in project.folder.glob(".*.tmp")] == [".project.tlstudio.new.tmp"]


def test_that_a_folder_without_write_permission_is_named_and_left_alone(plain_user):
    plain_user.folder.chmod(0o555)
    plain_user.become()

    with pytest.raises(ProjectNotWritable, match="permission denied"):
        create_project(plain_user.folder / "project")

    assert list(plain_user.folder.iterdir()) == []


def test_that_a_project_in_a_folder_without_write_permission_opens_and_is_not_changed(plain_user):
    project = create_project(plain_user.folder / "project")
    project.folder.chmod(0o555)
    plain_user.become()

    assert not ProjectLock(project.folder).acquire()
    with pytest.raises(ProjectNotWritable, match="What was saved before is unchanged"):
        save_project(with_epochs(open_project(project.folder), 5))
    assert open_project(project.folder).settings.train.epochs == 20


SAVER = """
import os, sys
from dataclasses import replace
from pathlib import Path
from tlstudio.project.file import open_project, save_project

for _ in sys.stdin:
    saving = os.fork()
    if not saving:
        project = open_project(Path(sys.argv[1]))
        for epochs in range(1, 10**6):
            save_project(project.with_settings(train=replace(project.settings.train, epochs=epochs)))
    print(saving, flush=True)
    os.waitpid(saving, 0)
    print("ended", flush=True)
"""


@pytest.fixture
def saver(project):
    """A program that has loaded its modules and forks a process that saves for each line it is given."""
    command = [sys.executable, "-c", SAVER, str(project.folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, process_group=0) as program:
        yield program
        os.killpg(program.pid, signal.SIGKILL)  # with what it has forked, if the test has failed


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="processes are forked")
def test_that_a_project_killed_during_saves_opens_50_times_of_50(project, saver):
    path = project.folder / FILE_NAME
    opened = 0
    for attempt in range(50):
        print("save", file=saver.stdin, flush=True)
        saving = int(saver.stdout.readline())
        for _ in range(random.Random(attempt).randrange(1, 9)):
            inode = path.stat().st_ino
            while path.stat().st_ino == inode:
                os.kill(saving, 0)  # raises if it has ended by itself
                time.sleep(0.001)
        os.kill(saving, signal.SIGKILL)
        assert saver.stdout.readline() == "ended\n"
        opened += open_project(project.folder).recovered_from == ""

    assert opened == 50
