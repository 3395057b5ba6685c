"""The start and the end of the program."""

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from tlstudio.app.main import Faults, main
from tlstudio.app.widgets.crash_dialog import CrashDialog
from tlstudio.app.window import Window
from tlstudio.project.file import create_project
from tlstudio.run.process import StepProcess

HEAVY = ("torch", "timm", "pyqtgraph", "onnxruntime", "numpy", "PIL", "qtawesome")


def test_that_nothing_heavy_is_loaded_to_show_the_window():
    code = (
        "import sys, tlstudio.app.main, tlstudio.app.pages.home;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert said.strip() == "[]"


@pytest.fixture
def warmed(monkeypatch):
    """Counts the children that would be warmed; they load torch, which takes seconds."""
    asked = []
    monkeypatch.setattr(StepProcess, "warm", classmethod(lambda cls: asked.append(1)))
    return asked


def close_soon():
    for window in QApplication.topLevelWidgets():
        if isinstance(window, Window):
            window.close()


def test_that_it_opens_a_project_warms_a_child_and_ends_with_the_window(qapp, tmp_path, warmed):
    create_project(tmp_path / "Insects")
    titles = []

    def look_and_close():
        if not warmed:
            QTimer.singleShot(20, look_and_close)
            return
        titles.extend(w.windowTitle() for w in qapp.topLevelWidgets() if isinstance(w, Window))
        close_soon()

    QTimer.singleShot(20, look_and_close)

    assert main(tmp_path / "Insects") == 0

    assert titles == ["Insects – TL Studio"]
    assert warmed == [1]
    assert sys.excepthook is sys.__excepthook__


def test_that_a_fault_is_shown_without_paths_and_the_window_stays(qapp, tmp_path, monkeypatch, capsys):
    shown = []
    monkeypatch.setattr(CrashDialog, "exec", lambda self: shown.append(self._details))
    window = Window()
    faults = Faults(window)

    try:
        raise KeyError("/home/anna/smears/p1.png")
    except KeyError as error:
        faults.met(type(error), error, error.__traceback__)

    assert len(shown) == 1
    assert "KeyError" in shown[0]
    assert "anna" not in shown[0]
    assert os.getcwd() not in shown[0]
    window.close()
    window.deleteLater()


def test_that_ctrl_c_is_no_fault(qapp, monkeypatch):
    shown = []
    monkeypatch.setattr(CrashDialog, "exec", lambda self: shown.append(1))
    window = Window()

    Faults(window).met(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert shown == []
    window.close()
    window.deleteLater()


def test_that_the_details_of_a_fault_can_be_copied(qapp):
    dialog = CrashDialog("Traceback …")

    dialog._copy.click()

    assert qapp.clipboard().text() == "Traceback …"
