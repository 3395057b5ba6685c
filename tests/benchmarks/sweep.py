"""How long a sweep over freeze depths takes, against one full fine-tuning of the same length.

Run by `make bench-sweep`. Both begin with fresh projects, run as a user would run them, from image files to
the kept weights. The depths are the deepest; what frozen blocks make of the images is shared by all runs.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from tlstudio import environment

environment.prepare()

from backbones import SETS
from scale import Trained, tlstudio

from tlstudio.model.backbones import find_backbone
from tlstudio.model.settings import RANDOM, ModelSettings
from tlstudio.project.file import open_project, save_project

DEPTHS, SEEDS, EPOCHS = 5, 3, 25
MOST = 1.5
"""Times of one full fine-tuning that the sweep shall take at most."""


def main() -> None:
    """Print a line for each set and backbone."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=Path, default=SETS, help="a folder of image sets")
    parser.add_argument("--only", nargs="*", default=["hymenoptera"], help="names of sets")
    parser.add_argument("--backbones", nargs="*", default=["resnet18"])
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    given = parser.parse_args()
    print(f"{DEPTHS} depths × {SEEDS} seeds, {given.epochs} epochs; wanted: at most {MOST} times")
    print("| set | backbone | depths | full fine-tuning, s | sweep, s | times |\n|---|---|---|---|---|---|")
    for name in given.only:
        for backbone in given.backbones:
            head = find_backbone(backbone).head_depth
            depths = [str(depth) for depth in range(max(0, head - DEPTHS + 1), head + 1)]
            whole = run(given.sets / name, backbone, given.epochs, "train")
            sweep = ("sweep", "--seeds", str(SEEDS), "--depths", ",".join(depths))
            swept = run(given.sets / name, backbone, given.epochs, *sweep)
            times = f"{whole.seconds:.0f} | {swept.seconds:.0f} | {swept.seconds / whole.seconds:.2f}"
            print(f"| {name} | {backbone} | {depths[0]} to {depths[-1]} | {times} |", flush=True)


def run(images: Path, backbone: str, epochs: int, verb: str, *words: str) -> Trained:
    """What that verb takes in a new project of those images, from random weights."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "project"
        tlstudio("new", str(place), str(images), "--independent")
        project = open_project(place)
        model = ModelSettings(backbone, 0, RANDOM)
        whole_length = replace(project.settings.train, epochs=epochs, early_stop_epochs=None)
        save_project(project.with_settings(model=model, train=whole_length))
        return tlstudio(verb, str(place), *words)


if __name__ == "__main__":
    main()
