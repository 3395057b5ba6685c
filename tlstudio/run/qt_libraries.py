"""System libraries that Qt needs on Linux, with the line that installs them."""

import ctypes
import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path

OFFSCREEN = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
"""What Qt loads even without a screen → the package of Debian and Ubuntu; measured on a bare system."""

SCREEN = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
"""What it loads in addition to show a window under X."""

PACKAGES = (*OFFSCREEN.values(), *SCREEN.values())

PROBE = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtWidgets import QApplication
QApplication([])
from tlstudio.run.qt_libraries import missing_for_screen
import sys
sys.exit(missing_for_screen() or 0)
"""
"""A program that ends with 0 if Qt finds what it needs, else says what is missing."""


def lacking(libraries: dict[str, str]) -> list[str]:
    """The packages of those libraries that this system can't load; none where Linux is not."""
    if not sys.platform.startswith("linux"):
        return []
    return [package for library, package in libraries.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_library(text: str) -> str:
    """The shared library that a loader's message names as missing, or empty."""
    found = re.search(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object", text)
    return found[1] if found else ""


def install_line() -> str:
    """What to type on Debian and Ubuntu; other systems name the packages differently."""
    return f"Install them: sudo apt install --no-install-recommends {' '.join(PACKAGES)}"


def has_screen() -> bool:
    """Whether a window has somewhere to appear."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def is_under_x() -> bool:
    """Whether windows are shown by an X server; Wayland needs none of its libraries."""
    has_x = sys.platform.startswith("linux") and bool(os.environ.get("DISPLAY"))
    return has_x and not os.environ.get("WAYLAND_DISPLAY")


def missing_for_screen() -> str:
    """The loader's message if Qt's X11 plugin lacks a library, which Qt itself would die of; or empty."""
    if not is_under_x():
        return ""
    spec = find_spec("PySide6")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        plugin = Path(folder) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
        if plugin.exists():
            try:
                ctypes.CDLL(str(plugin))
            except OSError as error:
                return str(error)
    return ""


def advice(message: str) -> str:
    """What to tell a person when the window can't open for want of a library; empty if that is not why."""
    library = missing_library(message)
    if not library:
        return ""
    return (
        f"The window can't open: Qt needs {library}, which this system lacks. "
        f"Your projects are safe, and the verbs work without it (tlstudio --help).\n{install_line()}"
    )
