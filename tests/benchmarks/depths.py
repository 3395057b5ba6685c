"""At which freeze depth few images are learned best: what the slider's advice is read from.

Run by `make bench-depths`. For every set, so many labelled images of each class are drawn at random, several
times, and the program's own training is run at a few depths upon the same draws. All numbers are accuracies
on images that took no part, mean ± standard deviation over the draws. Marked is the deepest that falls short
of the best, draw by draw, by no more than the standard error of that: the fastest that is as good.
"""

import argparse
import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from tlstudio import environment

environment.prepare()

import numpy as np
from backbones import SETS, Task, draw_rows, read_set, spread, train

from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import find_backbone
from tlstudio.model.settings import PRETRAINED

SHARES = (0.0, 0.5, 0.75, 1.0)
"""Of the groups that can be frozen; 1: only the head learns."""

SHOTS = (5, 20, 80)


def main() -> None:
    """Print a line for every set and number of images as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, default=SETS, help="a folder of image sets")
    parser.add_argument("--backbone", default="resnet10t")
    parser.add_argument("--weights", default=PRETRAINED, help="of the backbone; or a file")
    parser.add_argument("--shots", nargs="*", type=int, default=SHOTS)
    parser.add_argument("--draws", type=int, default=3)
    given = parser.parse_args()
    logging.disable()
    warnings.simplefilter("ignore")
    backbone = find_backbone(given.backbone)
    depths = sorted({round(backbone.head_depth * share) for share in SHARES})
    names = " | ".join("head only" if each == backbone.head_depth else str(each) for each in depths)
    print(f"{backbone.name}, {backbone.head_depth} groups; frozen groups across\n")
    print(f"| set | images per class | {names} |\n|---|---|{'---|' * len(depths)}")
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(path for path in given.sets.iterdir() if path.is_dir()):
            rows, classes = read_set(path, Path(folder))
            for shots in given.shots:
                if any(sum(row.class_name == name for row in rows) < 2 * shots + 10 for name in classes):
                    continue
                tasks = [
                    Task(path.name, shots, draw, draw_rows(rows, classes, shots, draw), classes, path)
                    for draw in range(given.draws)
                ]
                print(line(backbone, given.weights, tasks, depths, Path(folder)), flush=True)


def line(backbone: Backbone, weights: str, tasks: Sequence[Task], depths: Sequence[int], folder: Path) -> str:
    """One row of the table."""
    accuracies = np.array(
        [[train(backbone, depth, weights, task, folder) for task in tasks] for depth in depths]
    )
    best = accuracies[int(accuracies.mean(1).argmax())]
    losses = best - accuracies
    standard_errors = losses.std(1) / max(1, len(tasks) - 1) ** 0.5
    near = [place for place in range(len(depths)) if losses[place].mean() <= standard_errors[place]]
    cells = [
        f"**{spread(each)}**" if place == max(near) else spread(each) for place, each in enumerate(accuracies)
    ]
    return f"| {tasks[0].name} | {tasks[0].shots} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
