"""The doctor says what was found and what to install."""

import pytest

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
        "Network",
    ]
    assert all(check.message.endswith(".") for check in done.checks)
    assert all(check.is_ok or check.what_to_try for check in done.checks)
