"""The saved choices for the window."""

import json
import os
from pathlib import Path

import pytest

from tlstudio.app import preferences
from tlstudio.app.preferences import MAX_RECENT, Preferences


def test_that_the_first_start_has_defaults():
    assert preferences.load() == Preferences()


def test_that_saved_preferences_come_back():
    chosen = Preferences(theme="dark", text_percent=115, cache_gb=0).with_recent(Path("/p/Blood smear"), 5.0)

    assert preferences.save(chosen)

    assert preferences.load() == chosen


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"theme": 3, "recent": "x", "text_percent": 99, "cache_gb": -1}']
)
def test_that_a_damaged_file_gives_defaults(content):
    folder = preferences.config_folder()
    folder.mkdir(parents=True)
    (folder / preferences.FILE_NAME).write_text(content)

    assert preferences.load() == Preferences()


def test_that_only_whole_entries_of_recent_projects_are_taken():
    folder = preferences.config_folder()
    folder.mkdir(parents=True)
    stored = {"recent": [{"name": "a", "path": "/a", "opened_at": 1}, {"name": "b"}, 7]}
    (folder / preferences.FILE_NAME).write_text(json.dumps(stored))

    assert [recent.path for recent in preferences.load().recent] == ["/a"]


def test_that_the_newest_project_is_first_and_stands_once():
    chosen = Preferences()
    for name in ("a", "b", "a"):
        chosen = chosen.with_recent(Path("/p") / name, 1.0)

    assert [recent.name for recent in chosen.recent] == ["a", "b"]


def test_that_the_list_of_recent_projects_stays_short():
    chosen = Preferences()
    for number in range(30):
        chosen = chosen.with_recent(Path(f"/p/{number}"), 1.0)

    assert len(chosen.recent) == MAX_RECENT


def test_that_a_folder_that_cannot_be_written_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TLSTUDIO_CONFIG_DIR", str(tmp_path / "file" / "below"))

    assert not preferences.save(Preferences())


def test_that_the_network_is_kept_where_only_this_user_may_read_it():
    chosen = Preferences(
        proxy="http://proxy:8080", proxy_user="ann", proxy_password="secret", mirror="https://m"
    )

    preferences.save(chosen)

    path = preferences.config_folder() / preferences.FILE_NAME
    assert preferences.load() == chosen
    assert "secret" not in repr(chosen)
    if os.name != "nt":
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("address", ["ftp://x", "http://", 7, None])
def test_that_an_address_that_can_not_be_one_is_not_taken(address):
    folder = preferences.config_folder()
    folder.mkdir(parents=True)
    (folder / preferences.FILE_NAME).write_text(json.dumps({"proxy": address, "mirror": address}))

    assert preferences.load() == Preferences()
