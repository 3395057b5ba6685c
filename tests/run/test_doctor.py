"""The doctor says what was found and what to install."""

from pathlib import Path
from typing import Literal

import pytest

from tlstudio.model.backbones import BACKBONES
from tlstudio.model.weight_store import keep_weights, models_folder
from tlstudio.run import doctor, qt_libraries
from tlstudio.run.events import DoctorDone

MISSING = "ImportError: libEGL.so.1: cannot open shared object file: No such file or directory"


def test_that_a_missing_library_is_named_with_the_line_that_installs_it() -> None:
    advice = qt_libraries.advice(MISSING)

    assert "Qt needs libEGL.so.1" in advice
    assert "sudo apt install --no-install-recommends" in advice
    assert "libegl1" in advice


def test_that_any_other_message_gives_no_advice() -> None:
    assert qt_libraries.advice("No module named 'foo'") == ""


def test_that_network_access_left_open_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")

    check = doctor.check_silence()

    assert not check.is_ok
    assert "ORT_DISABLE_TELEMETRY" in check.message


def test_that_a_screen_is_found_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qt_libraries.sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not qt_libraries.has_screen()

    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert qt_libraries.has_screen()


@pytest.mark.parametrize(
    ("variables", "is_needed"),
    [({}, False), ({"DISPLAY": ":0"}, True), ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, False)],
)
def test_that_libraries_of_x_are_asked_for_only_where_x_shows_the_window(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_needed: bool
) -> None:
    monkeypatch.setattr(qt_libraries.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert qt_libraries.is_under_x() is is_needed


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of the program's resources with all weights that belong to it, a megabyte each."""
    resources = tmp_path / "resources"
    (resources / "backbones").mkdir(parents=True)
    for row in BACKBONES.values():
        if row.weights.bundled:
            (resources / "backbones" / row.weights.bundled).write_bytes(bytes(1_000_000))
    monkeypatch.setattr("tlstudio.model.weight_store.files", lambda _: resources)
    return resources


def keep(name: str, tmp_path: Path, origin: Literal["download", "pack"]) -> None:
    came = tmp_path / "came"
    came.write_bytes(bytes(2_000_000))
    keep_weights(BACKBONES[name], came, origin, "abc")


def test_that_backbones_are_counted_with_their_size_and_without_their_place(
    bundled: Path, tmp_path: Path
) -> None:
    own = len(list((bundled / "backbones").iterdir()))
    message = doctor.check_backbones().message
    assert message == f"Pretrained weights here: {own} with TL Studio ({own:.1f} MB)."

    keep("resnet18", tmp_path, "download")
    keep("resnet34", tmp_path, "download")
    keep("resnet50", tmp_path, "pack")
    check = doctor.check_backbones()

    assert check.is_ok
    assert "with TL Studio" in check.message
    assert "2 downloaded (4.0 MB), 1 from a weights pack (2.0 MB)." in check.message
    assert str(models_folder()) not in check.message


def test_that_missing_bundled_weights_are_found(bundled: Path) -> None:
    for path in (bundled / "backbones").iterdir():
        path.unlink()

    check = doctor.check_backbones()

    assert not check.is_ok
    assert "Those that belong to TL Studio are missing." in check.message


def test_that_a_model_folder_that_takes_no_file_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bundled: Path
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("TLSTUDIO_MODELS_DIR", str(tmp_path / "file" / "models"))

    check = doctor.check_backbones()

    assert not check.is_ok
    assert "can't be written to" in check.message
    assert str(tmp_path) not in check.message


@pytest.mark.slow
def test_that_every_check_gives_a_sentence() -> None:
    *_, done = doctor.look_over()

    assert isinstance(done, DoctorDone)
    assert [check.name for check in done.checks] == [
        "Python",
        "Window",
        "Device",
        "Disk",
        "Writing",
        "Backbones",
        "Network",
    ]
    assert all(check.message.endswith(".") for check in done.checks)
    assert all(check.is_ok or check.what_to_try for check in done.checks)
