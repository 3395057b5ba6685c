"""Start-up times on this machine: first paint of the window, and a warm training child after it.

Run by `make bench`. Medians of five starts, each in a process of its own.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]

FIRST_PAINT = """
import os, sys, time
from tlstudio import environment
environment.prepare()
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from tlstudio.app import main as app_main

class Watcher(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType() and watched.isWindow():
            print(time.time(), flush=True)
            os._exit(0)
        return False

from PySide6.QtWidgets import QApplication
started = QApplication.__init__
def init(self, *arguments):
    started(self, *arguments)
    self.watcher = Watcher()
    self.installEventFilter(self.watcher)
QApplication.__init__ = init
app_main.main(None)
"""

WARM_CHILD = """
import time
from tlstudio import environment
environment.prepare()
from tlstudio.run.process import StepProcess
StepProcess.warm()
"""


def main() -> None:
    """Print one line for each measurement."""
    paints = [_first_paint() for _ in range(5)]
    print(f"first paint: {statistics.median(paints):.2f} s (of {', '.join(f'{s:.2f}' for s in paints)})")


def _first_paint() -> float:
    surroundings = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    start = time.time()
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1]) - start


if __name__ == "__main__":
    main()
