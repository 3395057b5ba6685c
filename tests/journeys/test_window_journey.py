"""Folder to ONNX in the window, through the real main(), with real child processes."""

import time
from dataclasses import replace

import onnxruntime
import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tlstudio.app import preferences
from tlstudio.app.main import main
from tlstudio.app.window import Window
from tlstudio.project.file import open_project

CTRL = Qt.KeyboardModifier.ControlModifier


PATIENCE_SECONDS = 90


class Pilot(QObject):
    """Walks through the window as a user would: each step yields what it waits for."""

    def __init__(self, walk):
        super().__init__()
        self.error = None
        self._walk = walk
        self._waits_for = lambda: True
        self._since = time.monotonic()
        self._timer = QTimer(self, interval=20)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self):
        try:
            if self._waits_for():
                self._waits_for = next(self._walk)
                self._since = time.monotonic()
            if time.monotonic() - self._since > PATIENCE_SECONDS:
                line = self._waits_for.__code__.co_firstlineno
                raise AssertionError(f"what line {line} waits for did not happen")
        except StopIteration:
            self._end()
        except BaseException as error:
            self.error = error
            self._end()

    def _end(self):
        self._timer.stop()
        for widget in QApplication.topLevelWidgets():
            widget.close()
        QApplication.exit(0)


def the_window():
    """The one on the screen, or None; earlier ones may not have been collected yet."""
    shown = (
        widget
        for widget in QApplication.topLevelWidgets()
        if isinstance(widget, Window) and widget.isVisible()
    )
    return next(shown, None)


def drop(window, *paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(400, 300), *how))
    QApplication.sendEvent(window, QDropEvent(QPointF(400, 300), *how))


@pytest.fixture
def images(tmp_path, draw_plates):
    return draw_plates(tmp_path / "Plates", per_class=12)


@pytest.mark.slow
def test_that_a_dropped_folder_becomes_a_checked_onnx_file_by_keyboard(qapp, tmp_path, images, monkeypatch):
    preferences.save(replace(preferences.load(), projects_folder=str(tmp_path / "projects")))
    exported = tmp_path / "plates.onnx"
    seen = []

    def walk():
        yield the_window
        window = the_window()
        session = window.session
        drop(window, images)
        yield lambda: session.project is not None and session.project.images is not None
        yield lambda: session.running_step is None
        seen.append(session.project.images.split)
        session.choose(
            model=replace(session.project.settings.model, backbone="test_resnet", weights="random", freeze=0),
            train=replace(session.project.settings.train, epochs=3, batch_size=8),
        )
        QTest.keyClick(window, Qt.Key.Key_2, CTRL)
        QTest.keyClick(window, Qt.Key.Key_Return, CTRL)  # Start training
        yield lambda: session.running_step == "train"
        yield lambda: session.running_step is None
        seen.append(window.page.name)
        QTest.keyClick(window, Qt.Key.Key_4, CTRL)
        QTest.keyClick(window, Qt.Key.Key_Return, CTRL)  # Evaluate on N test images
        yield lambda: session.running_step == "evaluate"
        yield lambda: session.running_step is None
        QTest.keyClick(window, Qt.Key.Key_5, CTRL)
        monkeypatch.setattr(type(window.page), "_ask_where", lambda page, suggested: exported)
        QTest.keyClick(window, Qt.Key.Key_Return, CTRL)  # Save file and card…
        yield lambda: session.running_step == "export"
        yield lambda: session.running_step is None
        seen.append(session.project)

    pilot = Pilot(walk())
    assert main(None) == 0

    if pilot.error is not None:
        raise pilot.error
    split, page, project = seen
    (run,) = project.runs
    assert sum(split.values()) == 24
    assert page == "train"
    assert run.state == "done"
    assert run.evaluation.images == split["test"]
    assert run.exported.same_class == run.exported.images_compared == split["test"]
    assert open_project(project.folder).runs == project.runs
    names = [output.name for output in onnxruntime.InferenceSession(str(exported)).get_outputs()]
    assert sorted(names) == ["label", "probabilities"]


@pytest.mark.slow
def test_that_a_window_closed_while_training_loses_nothing(qapp, tmp_path, images):
    preferences.save(replace(preferences.load(), projects_folder=str(tmp_path / "projects")))
    folders = []

    def train_and_close():
        yield the_window
        window = the_window()
        session = window.session
        drop(window, images)
        yield lambda: session.project is not None and session.project.images is not None
        yield lambda: session.running_step is None
        folders.append(session.project.folder)
        session.choose(
            model=replace(session.project.settings.model, backbone="test_resnet", weights="random", freeze=0),
            train=replace(session.project.settings.train, epochs=60, batch_size=4, early_stop_epochs=None),
        )
        session.start("train")
        yield lambda: bool(session.project.runs) and len(session.project.runs[0].epochs) >= 2
        window.close()

    pilot = Pilot(train_and_close())
    assert main(None) == 0
    if pilot.error is not None:
        raise pilot.error

    (run,) = open_project(folders[0]).runs
    kept = len(run.epochs)
    assert run.is_resumable
    assert kept >= 2

    done = []

    def go_on():
        yield the_window
        session = the_window().session
        yield lambda: session.project is not None
        session.start("resume", run=1)
        yield lambda: len(session.project.runs[0].epochs) > kept
        session.stop()
        yield lambda: session.running_step is None
        done.append(session.project.runs[0])

    pilot = Pilot(go_on())
    assert main(folders[0]) == 0
    if pilot.error is not None:
        raise pilot.error
    assert done[0].state == "stopped"
    assert [epoch.epoch for epoch in done[0].epochs] == list(range(1, len(done[0].epochs) + 1))
