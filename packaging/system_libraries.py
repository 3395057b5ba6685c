"""Says which system libraries Qt lacks here and the line that installs them; installs them where it may.

Run before the tests and the window: `python packaging/system_libraries.py [--screen]`.
"""

import ctypes
import os
import shutil
import subprocess
import sys

OFFSCREEN = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
"""What Qt loads even without a screen → the Debian and Ubuntu package that brings it."""

SCREEN = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
"""What it loads in addition to show a window under X."""


def main() -> int:
    """Check, install where it may, and say what is left to do; 0 if nothing lacks."""
    wanted = OFFSCREEN | (SCREEN if "--screen" in sys.argv else {})
    lacking = [package for library, package in wanted.items() if not _loads(library)]
    if not lacking or not sys.platform.startswith("linux"):
        return 0
    command = ["apt-get", "install", "-y", "--no-install-recommends", *lacking]
    print("Qt needs system libraries that this computer lacks:", ", ".join(lacking))
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-q"], check=False)
        if subprocess.run(command, check=False).returncode == 0:
            return 0
    print("Install them with:\n    sudo", " ".join(command))
    print("(On other systems than Debian and Ubuntu the packages have other names.)")
    return 1


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
