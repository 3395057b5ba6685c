"""What every test starts from: a quiet environment, and user folders of its own."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tlstudio import environment

environment.prepare()

import pytest


@pytest.fixture(autouse=True)
def own_user_folders(tmp_path_factory, monkeypatch):
    """Preferences, models and home of a test are its own, never the developer's."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TLSTUDIO_CONFIG_DIR", str(home / "config"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local"))
