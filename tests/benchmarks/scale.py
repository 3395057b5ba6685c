"""How time and memory grow with the number of images, from image files to the kept weights.

Run by `make bench-scale`. Images are drawn, `tlstudio new` and `tlstudio train` run as a user would run them,
and the largest resident memory of the training process is read off the operating system.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = ("dark", "light")
SIDE_PX, GRAIN_PX = 256, 8
EPOCHS = 2
GIBIBYTE = 2**30
MOST_BYTES = 2 * GIBIBYTE


@dataclass(frozen=True)
class Trained:
    """What one run took."""

    seconds: float
    peak_bytes: int


def main() -> None:
    """Print a line for each number of images and freeze depth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--backbone", default="fasternet_t0")
    parser.add_argument("--freeze", nargs="*", default=["head"], help="one run each")
    given = parser.parse_args()
    wanted = f"wanted: memory ≤ {MOST_BYTES / GIBIBYTE:.0f} GiB, time an image not rising"
    print(f"{given.backbone}, {EPOCHS} epochs; {wanted}")
    print("| images | freeze | new, ms an image | train, ms an image and epoch | peak memory, GiB |")
    print("|---|---|---|---|---|")
    for count in given.images:
        with tempfile.TemporaryDirectory() as folder:
            images, project = Path(folder) / "images", Path(folder) / "project"
            draw_set(images, count)
            new = tlstudio("new", str(project), str(images), "--independent")
            for depth in given.freeze:
                options = {"backbone": given.backbone, "freeze": depth, "epochs": EPOCHS, "weights": "random"}
                words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
                train = tlstudio("train", str(project), *words)
                times = f"{1e3 * new.seconds / count:.2f} | {1e3 * train.seconds / count / EPOCHS:.2f}"
                print(f"| {count:,} | {depth} | {times} | {train.peak_bytes / GIBIBYTE:.2f} |", flush=True)


def draw_set(folder: Path, count: int) -> None:
    """So many clouded pictures, half of them a little lighter than the others."""
    for name in CLASSES:
        (folder / name).mkdir(parents=True)

    def draw(number: int) -> None:
        place = number % len(CLASSES)
        random = np.random.default_rng(number)
        grain = random.integers(40 * place, 176 + 40 * place, (GRAIN_PX, GRAIN_PX, 3)).astype(np.uint8)
        picture = Image.fromarray(grain).resize((SIDE_PX, SIDE_PX), Image.Resampling.BICUBIC)
        picture.save(folder / CLASSES[place] / f"{number:06d}.jpg", quality=85)

    with ThreadPoolExecutor() as threads:
        list(threads.map(draw, range(count)))


def tlstudio(*words: str) -> Trained:
    """Run the program; its wall time, and the largest memory that it and its children had resident.

    Raises:
        SystemExit: if it fails.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "tlstudio", *words, "--json"], stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"tlstudio {' '.join(words)} ended with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Trained(time.monotonic() - began, used.ru_maxrss * unit)


if __name__ == "__main__":
    main()
