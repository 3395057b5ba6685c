"""What `tlstudio` does with its arguments: a verb, a project for the window, or neither."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tlstudio import __main__ as door
from tlstudio import __version__

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in SCREENS}
    command = [sys.executable, "-m", "tlstudio", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
def test_that_a_window_without_a_screen_is_refused_in_a_sentence() -> None:
    done = start()

    assert done.returncode == 1
    assert done.stderr.startswith("The window can't open: there is no screen here.")
    assert "Traceback" not in done.stderr


def test_that_a_word_that_is_neither_a_verb_nor_a_project_is_wrong_use() -> None:
    assert start("fly").returncode == 2


def test_that_the_version_is_told() -> None:
    assert start("--version").stdout == f"tlstudio {__version__}\n"


def test_that_a_folder_and_a_project_file_are_projects_and_a_missing_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "project.tlstudio").write_text("{}", encoding="utf-8")

    assert door._is_project_path(str(tmp_path))
    assert door._is_project_path(str(tmp_path / "project.tlstudio"))
    assert not door._is_project_path(str(tmp_path / "missing"))
    assert not door._is_project_path("--help")
    assert not door._is_project_path("x" * 300)
