"""The dialog of the preferences."""

import pytest
from PySide6.QtWidgets import QLineEdit
from shiboken6 import delete

from tlstudio.app.preferences import Preferences
from tlstudio.app.widgets.models_row import room_taken
from tlstudio.app.widgets.preferences_dialog import PreferencesDialog
from tlstudio.model.weight_store import models_folder


@pytest.fixture
def dialog(qtbot):
    made = PreferencesDialog(Preferences())
    qtbot.addWidget(made)
    made.show()
    yield made
    delete(made)


def typed(field, text):
    field.setText(text)
    field.editingFinished.emit()


def test_that_a_proxy_is_kept_at_once(dialog, record):
    changed = record(dialog.changed)

    typed(dialog.network.proxy, "proxy.example.org:8080")

    assert changed.events[-1].proxy == "http://proxy.example.org:8080"
    assert dialog.network.proxy.text() == "http://proxy.example.org:8080"


def test_that_a_wrong_address_is_told_of_and_not_kept(dialog, record):
    changed = record(dialog.changed)

    typed(dialog.network.proxy, "ftp://proxy")
    typed(dialog.network.mirror, "not an address")

    assert changed.events == []
    assert dialog.network.proxy_reason.text().startswith("An address begins with http")
    assert dialog.network.mirror_reason.isVisible()
    typed(dialog.network.proxy, "")
    assert not dialog.network.proxy_reason.isVisible()


def test_that_the_password_is_never_in_sight(dialog, record):
    changed = record(dialog.changed)

    typed(dialog.network.proxy, "http://ann:secret@proxy:8080")

    assert dialog.network.password.echoMode() == QLineEdit.EchoMode.Password
    assert dialog.network.proxy.text() == "http://proxy:8080"
    assert changed.events[-1].proxy_with_login == "http://ann:secret@proxy:8080"
    assert "secret" not in repr(changed.events[-1])


def test_that_without_a_proxy_there_is_no_login(dialog):
    assert not dialog.network.password.isEnabled()

    typed(dialog.network.proxy, "http://proxy:8080")

    assert dialog.network.password.isEnabled()


def test_that_what_was_typed_last_counts_however_the_dialog_is_closed(dialog, record):
    changed = record(dialog.changed)
    dialog.network.mirror.setText("https://mirror.example.org")

    dialog.reject()

    assert changed.events[-1].mirror == "https://mirror.example.org"


def test_that_a_mirror_takes_no_password(dialog, record):
    changed = record(dialog.changed)

    typed(dialog.network.mirror, "https://ann:secret@mirror")

    assert changed.events == []
    assert "no user and password" in dialog.network.mirror_reason.text()


def test_that_the_room_that_networks_take_is_told(qtbot):
    folder = models_folder() / "resnet18"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"x" * 2_000_000)
    (models_folder() / "speeds.json").write_text("[]")

    dialog = PreferencesDialog(Preferences())
    qtbot.addWidget(dialog)

    assert room_taken(models_folder()) == (1, 2_000_002)
    assert dialog.models.words.text() == "1 network, 2.0 MB on this computer."
    delete(dialog)


def test_that_without_a_folder_there_is_none_yet(dialog):
    assert dialog.models.words.text().startswith("None yet.")


@pytest.fixture
def keeping(session, tmp_path):
    """A session whose project keeps a store of features."""
    session.create(tmp_path / "Insects")
    store = session.project.folder / "cache" / "features" / "0f"
    store.mkdir(parents=True)
    (store / "rows.bin").write_bytes(bytes(1_200_000))
    return session


@pytest.fixture
def of_project(qtbot, keeping):
    made = PreferencesDialog(Preferences(), session=keeping)
    qtbot.addWidget(made)
    made.show()
    yield made
    delete(made)


def test_that_the_space_for_features_is_kept_at_once(dialog, record):
    changed = record(dialog.changed)

    assert dialog.room.box.text() == "automatic"
    dialog.room.box.setValue(0)
    dialog.room.box.setValue(-1)

    assert [event.cache_gb for event in changed.events] == [0, None]


def test_that_what_the_project_keeps_is_told_and_can_be_deleted(of_project, keeping):
    assert of_project.room.words.text().startswith("This project keeps 1.2 MB of features.")

    of_project.room.delete.click()

    assert of_project.room.words.text() == "This project keeps no features."
    assert not of_project.room.delete.isEnabled()
    assert not (keeping.project.folder / "cache" / "features").exists()


def test_that_features_are_not_deleted_while_a_run_is_going(of_project, keeping, bench, qtbot):
    keeping.start("train")

    assert not of_project.room.delete.isEnabled()
    assert "when no run is going" in of_project.room.words.text()
    bench.steps[0].release(None)
    qtbot.waitUntil(of_project.room.delete.isEnabled)


def test_that_without_a_project_there_is_nothing_to_delete(dialog):
    assert not dialog.room.delete.isVisible()
