"""Says which system libraries Qt lacks here and the line that installs them; installs them where it may.

Run before the tests and the window: `python packaging/system_libraries.py [--screen]`.
"""

import os
import shutil
import subprocess
import sys

from tlstudio.run.qt_libraries import OFFSCREEN, SCREEN, is_under_x, lacking


def main() -> int:
    """Check, install where it may, and say what is left to do; 0 if nothing lacks."""
    packages = lacking(OFFSCREEN | (SCREEN if "--screen" in sys.argv and is_under_x() else {}))
    if not packages:
        return 0
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    print("Qt needs system libraries that this computer lacks:", ", ".join(packages))
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-q"], check=False)
        if subprocess.run(command, check=False).returncode == 0:
            return 0
    print("Install them with:\n    sudo", " ".join(command))
    print("(On other systems than Debian and Ubuntu the packages have other names.)")
    return 1


if __name__ == "__main__":
    sys.exit(main())
