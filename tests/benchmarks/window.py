"""How fast the window starts on this machine, and how smooth it stays while training runs.

Run by `make bench-window`. First paint: the median of five starts, each a process of its own, from the start
of Python to the window's first paint event. Warm child: from that paint until the training child has loaded
its libraries. Heartbeat: how late a 10 ms timer of the window fires while a run trains on the Train page.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tlstudio import environment

environment.prepare()

ROOT = Path(__file__).parents[2]
STARTS = 5
TRAINING_SECONDS = 30

FIRST_PAINT = """
import os, sys, time
from tlstudio import environment
environment.prepare()
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from tlstudio.app import main as app_main

class Watcher(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType() and watched.isWindow():
            print(time.time(), flush=True)
            os._exit(0)
        return False

app = QApplication(sys.argv[:1])
watcher = Watcher()
app.installEventFilter(watcher)
app_main.main(None)
"""


def main() -> None:
    """Print one line for each measurement."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TLSTUDIO_CONFIG_DIR"] = str(Path(folder) / "config")
        paints = [first_paint() for _ in range(STARTS)]
        spread = f"{min(paints):.2f} to {max(paints):.2f}"
        print(f"first paint           {statistics.median(paints):.2f} s ({spread}, wanted ≤ 0.70)")
        print(f"warm child after it   {warm_child(Path(folder)):.1f} s")
        gaps = heartbeat(Path(folder))
        p99 = statistics.quantiles(gaps, n=100)[98]
        print(
            f"late while training   p99 {p99:.0f} ms, longest {max(gaps):.0f} ms of {len(gaps)} (wanted ≤ 50)"
        )


def first_paint() -> float:
    """Seconds from starting Python to the window's first paint."""
    start = time.time()
    done = subprocess.run([sys.executable, "-c", FIRST_PAINT], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return float(done.stdout.split()[-1]) - start


def warm_child(folder: Path) -> float:
    """Seconds from asking for a warm child until it answers its first request."""
    from tlstudio.run.process import StepProcess

    start = time.monotonic()
    StepProcess.warm()
    list(StepProcess("evaluate", folder / "no project"))  # answered once its libraries are loaded
    return time.monotonic() - start


def heartbeat(folder: Path) -> list[float]:
    """How late, in milliseconds, a 10 ms timer fired while a run trained with the Train page shown."""
    from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from tlstudio.app import theme
    from tlstudio.app.window import Window
    from tlstudio.data.samples import draw_sample

    def wait(milliseconds: int) -> None:
        loop = QEventLoop()  # unlike QTest.qWait it lets other threads of Python run
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    for _ in draw_sample("blood-cells", folder / "images"):
        pass
    app = QApplication.instance() or QApplication([])
    theme.apply(app, "light", 100)
    window = Window()
    window.show()
    window.prepare()
    session = window.session
    session.create(folder / "project", [folder / "images"])
    wait(100)
    while session.running_step:
        wait(50)
    window.show_page("train")
    session.start("train")
    epochs = []
    session.reported.connect(
        lambda event: epochs.append(event) if type(event).__name__ == "BatchDone" else None
    )
    while not epochs:
        wait(50)

    class Pulse(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.late: list[float] = []
            self.last = time.perf_counter()
            self.timer = QTimer(self, interval=10)
            self.timer.setTimerType(Qt.TimerType.PreciseTimer)
            self.timer.timeout.connect(self.beat)
            self.timer.start()

        def beat(self) -> None:
            now = time.perf_counter()
            self.late.append(max(0.0, (now - self.last) * 1000 - 10))
            self.last = now

    pulse = Pulse()
    wait(TRAINING_SECONDS * 1000)
    pulse.timer.stop()
    session.stop()
    while session.running_step:
        wait(50)
    window.close()
    session.close()
    return pulse.late


if __name__ == "__main__":
    main()
