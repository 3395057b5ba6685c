"""What the bundled backbones are worth: the same architecture with and without their weights.

Run by `make bench-backbones`. For every set, so many labelled images of each class are drawn at random, the
same for both, several times. Linear probe: logistic regression on the frozen features. Head only and
fine-tuning: the program's own training, with everything or nothing frozen. All numbers are accuracies on
images that took no part, mean ± standard deviation over the draws; the gain is bundled minus random, draw by
draw. The sets are those of a folder, and the handwritten digits that come with scikit-learn.
"""

import argparse
import logging
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tlstudio import environment

environment.prepare()

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tlstudio.data.dataset import ResizedImages
from tlstudio.data.errors import DataError
from tlstudio.data.preprocess import crop
from tlstudio.data.scan import scan
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import ImageRow, read_table
from tlstudio.evaluate.assess import assess
from tlstudio.model.backbones import BACKBONES, Backbone
from tlstudio.model.network import build
from tlstudio.model.predict import logits
from tlstudio.model.settings import FreezeDepth, ModelSettings
from tlstudio.train.fit import fit
from tlstudio.train.settings import TrainSettings

SETS = Path(__file__).parents[3] / "shared" / "data"
SHOTS = (5, 20, 80)
DIGITS, DIGITS_PX = "digits", 64
TEST_IMAGES = 400
RANDOM_IS_ENOUGH = 0.95
"""Where random weights reach as much there is little to gain; such rows are left out of the average."""


@dataclass(frozen=True)
class Task:
    """One way to draw few labelled images out of a set: rows with their split."""

    name: str
    shots: int
    draw: int
    rows: tuple[ImageRow, ...]
    classes: tuple[str, ...]
    root: Path


@dataclass(frozen=True)
class Measured:
    """Accuracies of all draws of one set, one number of shots and one method."""

    task: str
    shots: int
    method: str
    random: tuple[float, ...]
    bundled: tuple[float, ...]

    @property
    def gains(self) -> NDArray[np.float64]:
        """Bundled minus random, draw by draw."""
        return np.subtract(self.bundled, self.random)


def main() -> None:
    """Print one table for each bundled backbone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, default=SETS, help="a folder of image sets")
    parser.add_argument("--only", nargs="*", help=f"names of sets, {DIGITS} among them; default: all")
    parser.add_argument("--shots", nargs="*", type=int, default=SHOTS, help="labelled images of each class")
    parser.add_argument("--methods", nargs="*", default=list(METHODS), choices=list(METHODS))
    parser.add_argument("--draws", type=int, default=5, help="of the linear probe")
    parser.add_argument("--training-draws", type=int, default=3, help="of head only and fine-tuning")
    parser.add_argument(
        "--backbones", nargs="*", default=[n for n, b in BACKBONES.items() if b.weights.bundled]
    )
    given = parser.parse_args()
    logging.disable()
    warnings.simplefilter("ignore")
    if not given.sets.is_dir():
        raise SystemExit(f"There is no folder {given.sets}; name one with --sets.")
    with tempfile.TemporaryDirectory() as folder:
        paths = [path for path in given.sets.iterdir() if path.is_dir()]
        paths.append(draw_digits(Path(folder) / DIGITS))
        chosen = sorted(path for path in paths if not given.only or path.name in given.only)
        for name in given.backbones:
            print_table(BACKBONES[name], list(measure(BACKBONES[name], chosen, given, Path(folder))))


def draw_digits(folder: Path) -> Path:
    """The handwritten digits that come with scikit-learn as files, so that one set is the same everywhere.

    Source: Alpaydin and Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI, CC BY 4.0: the 1,797
    of its test part, 8 × 8 px in 17 greys, here enlarged.
    """
    digits = load_digits()
    for number, (grey, name) in enumerate(zip(digits.images, digits.target, strict=True)):
        file = folder / str(name) / f"{number:04}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        small = Image.fromarray((grey / 16 * 255).round().astype(np.uint8))
        small.resize((DIGITS_PX, DIGITS_PX), Image.Resampling.BICUBIC).save(file)
    return folder


def measure(
    backbone: Backbone, paths: Sequence[Path], given: argparse.Namespace, folder: Path
) -> Iterator[Measured]:
    """Every set, every number of shots, every method."""
    for path in paths:
        rows, classes = read_set(path, folder)
        for shots in given.shots:
            if any(sum(row.class_name == name for row in rows) < 2 * shots + 10 for name in classes):
                continue
            tasks = [
                Task(path.name, shots, draw, draw_rows(rows, classes, shots, draw), classes, path)
                for draw in range(given.draws)
            ]
            for method in given.methods:
                few = tasks if method == "linear probe" else tasks[: given.training_draws]
                yield compare(backbone, few, method, folder)


def read_set(path: Path, folder: Path) -> tuple[list[ImageRow], tuple[str, ...]]:
    """Every readable image of the set, whatever split its folders named."""
    table = folder / f"{path.name}.csv"
    for _ in scan(DataSettings(root=str(path), is_independent=True), table):
        pass
    rows = [row for row in read_table(table) if not row.is_set_aside]
    return rows, tuple(sorted({row.class_name for row in rows}))


def draw_rows(
    rows: Sequence[ImageRow], classes: Sequence[str], shots: int, draw: int
) -> tuple[ImageRow, ...]:
    """So many to train on and to choose the epoch by, of each class; others are the test."""
    random = np.random.default_rng(draw)
    drawn, rest = [], []
    for name in classes:
        own = [rows[index] for index in random.permutation(len(rows)) if rows[index].class_name == name]
        drawn += [replace(row, split="train") for row in own[:shots]]
        drawn += [replace(row, split="validation") for row in own[shots : 2 * shots]]
        rest += own[2 * shots :]
    kept = random.permutation(len(rest))[:TEST_IMAGES]
    return (*drawn, *(replace(rest[index], split="test") for index in kept))


def compare(backbone: Backbone, tasks: Sequence[Task], method: str, folder: Path) -> Measured:
    """The same draws with random and with bundled weights."""
    accuracies = {
        weights: tuple(METHODS[method](backbone, weights, task, folder) for task in tasks)
        for weights in ("random", "pretrained")
    }
    first = tasks[0]
    measured = Measured(first.name, first.shots, method, accuracies["random"], accuracies["pretrained"])
    print(row_of(measured), flush=True)
    return measured


def probe(backbone: Backbone, weights: str, task: Task, folder: Path) -> float:
    """Logistic regression on standardised features, one prepared image each, no augmentation."""
    settings = ModelSettings(backbone.name, "head", weights)
    network = build(settings, len(task.classes), seed=task.draw)
    network.reset_classifier(0)  # type: ignore[operator]
    parts = {}
    for split in ("train", "test"):
        images = ResizedImages()
        rows = [row for row in task.rows if row.split == split]
        for _ in images.fill(rows, task.root, folder / "cache", backbone.preprocessing):
            pass
        crops = np.stack([cropped(images[index], backbone) for index in range(len(images))])
        labels = [row.class_name for row in images.rows]
        parts[split] = logits(network, crops, backbone.preprocessing), labels
    regression = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    regression.fit(*parts["train"])
    return float(regression.score(*parts["test"]))


def cropped(pixels: NDArray[np.uint8], backbone: Backbone) -> NDArray[np.uint8]:
    """The centre of a resized image."""
    return np.asarray(crop(Image.fromarray(pixels), backbone.preprocessing))


def train_head(backbone: Backbone, weights: str, task: Task, folder: Path) -> float:
    """The program's own training of the classifier alone."""
    return train(backbone, "head", weights, task, folder)


def fine_tune(backbone: Backbone, weights: str, task: Task, folder: Path) -> float:
    """The program's own training of everything."""
    return train(backbone, 0, weights, task, folder)


def train(backbone: Backbone, freeze: FreezeDepth, weights: str, task: Task, folder: Path) -> float:
    """Train with the program's settings, judge on the task's test images."""
    run_folder = Path(tempfile.mkdtemp(dir=folder))
    common = {
        "rows": task.rows,
        "data_root": task.root,
        "run_folder": run_folder,
        "cache_folder": folder / "cache",
    }
    model = ModelSettings(backbone.name, freeze, weights)
    settings = TrainSettings(seed=task.draw, early_stop_epochs=None)
    for _ in fit(model, settings, classes=task.classes, data_fingerprint="", run=1, **common):
        pass
    *_, done = assess(times_seen=1, run=1, **common)
    return float(done.accuracy)  # type: ignore[attr-defined]


METHODS = {"linear probe": probe, "head only": train_head, "fine-tuning": fine_tune}


def row_of(measured: Measured) -> str:
    """One line of the table."""
    gain = f"{100 * measured.gains.mean():+.1f} ± {100 * measured.gains.std():.1f}"
    values = f"{spread(measured.random)} | {spread(measured.bundled)}"
    return f"| {measured.task} | {measured.shots} | {measured.method} | {values} | {gain} |"


def spread(values: Sequence[float]) -> str:
    """Mean ± standard deviation."""
    return f"{np.mean(values):.3f} ± {np.std(values):.3f}"


def print_table(backbone: Backbone, measured: Sequence[Measured]) -> None:
    """The whole table with its average."""
    print(f"\n{backbone.name}, {backbone.preprocessing.input_px} px")
    print("| set | images per class | method | random | bundled | gain in points |")
    print("|---|---|---|---|---|---|")
    for each in measured:
        print(row_of(each))
    counted = [each for each in measured if np.mean(each.random) <= RANDOM_IS_ENOUGH]
    if counted:
        by_set = ", ".join(
            f"{name} {mean_gain([each for each in counted if each.task == name]):+.1f}"
            for name in dict.fromkeys(each.task for each in counted)
        )
        print(
            f"Average gain over the {len(counted)} rows where random weights reach at most "
            f"{RANDOM_IS_ENOUGH}: {mean_gain(counted):+.1f} points ({by_set})."
        )
    worse = [each for each in measured if each.gains.mean() < -max(each.gains.std(), 1e-9)]
    print(
        "Worse than random by more than the spread: "
        + (", ".join(row_of(each) for each in worse) or "nowhere.")
    )


def mean_gain(measured: Sequence[Measured]) -> float:
    """In points."""
    return 100 * float(np.mean([each.gains.mean() for each in measured]))


if __name__ == "__main__":
    try:
        main()
    except DataError as error:
        raise SystemExit(str(error)) from error
