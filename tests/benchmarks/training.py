"""How long transfer learning takes here and elsewhere, on the same images and networks, one after the other.

Run by `make bench-training`. Each of the others runs a few epochs, of which the median counts, times EPOCHS;
this program runs all of its epochs, with decoding and all else that comes before them, in a child process
started as it starts its own. A second run is one of another seed in the same project. fastai takes part where
it is installed beside this program; timm's own training script does not, as it is not in timm's package.
Weights are random: speed does not depend on them.

The tutorial: "Transfer Learning for Computer Vision Tutorial", pytorch.org, by Sasank Chilamkurthy; its loop
as published, with two workers, around timm's network of the same architecture.
"""

import argparse
import gc
import logging
import os
import shutil
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

from tlstudio import environment

environment.prepare()

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from tlstudio.data.scan import scan
from tlstudio.data.settings import DataSettings
from tlstudio.data.table import read_table
from tlstudio.model.backbone import Backbone
from tlstudio.model.backbones import BACKBONES
from tlstudio.model.cut import cut
from tlstudio.model.freeze import freeze, train_mode
from tlstudio.model.network import create
from tlstudio.model.pretrained import load_chosen
from tlstudio.model.settings import PRETRAINED, ModelSettings
from tlstudio.train.batches import batches
from tlstudio.train.events import EpochDone, RunStarted
from tlstudio.train.fit import fit
from tlstudio.train.optimize import make_optimizer
from tlstudio.train.precision import Precision
from tlstudio.train.settings import TrainSettings
from tlstudio.train.step import LONGEST_GRADIENT

SETS = Path(__file__).parents[3] / "shared" / "data"
NETWORKS = ("resnet18", "mobilenetv3_small_100", "vit_tiny_patch16_224")
EPOCHS = 25
TUTORIAL_BATCH = 4
OUR_BATCH = TrainSettings().batch_size
WORKERS = 2
BARE_EPOCHS = 5
BUNDLED = "resnet10t"


@dataclass(frozen=True)
class Case:
    """One network, cut at one place, on one set of images laid out as the tutorial's.

    Attributes:
        folder: with train/ and val/ over class folders.
        freeze: number of frozen groups.
        weights: that all start from: of a file, or the backbone's own.
    """

    folder: Path
    backbone: Backbone
    freeze: int
    classes: int
    weights: str

    def network(self, seed: int = 0) -> nn.Module:
        """With its first groups frozen and a new head."""
        network = create(self.backbone, self.classes, seed)
        load_chosen(network, self.backbone, self.weights)
        freeze(network, self.freeze)
        return network


@dataclass(frozen=True)
class Here:
    """One run of this program.

    Attributes:
        seconds: all in all.
        epoch_seconds: the median of its epochs.
        precision: that it was computed in.
        images: of the training and of the validation split.
    """

    seconds: float
    epoch_seconds: float
    validation_accuracy: float
    precision: Precision
    images: tuple[int, int]


Rival = Callable[[Case], Callable[[], float]]
"""Makes everything ready; each call of what it returns is one epoch, and gives its validation accuracy."""


def main() -> None:
    """Print a row of the table for every case, as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=Path, default=SETS, help="a folder of image sets")
    parser.add_argument("--only", nargs="*", default=None, help="names of sets")
    parser.add_argument("--networks", nargs="*", default=NETWORKS)
    parser.add_argument("--epochs-timed", type=int, default=3, help="of each of the others")
    parser.add_argument("--seeds", type=int, default=5, help="of the comparison of accuracy; 0: none")
    parser.add_argument("--depths", nargs="*", default=list(DEPTHS), choices=list(DEPTHS))
    given = parser.parse_args()
    quiet()
    rivals = {name: rival for name, rival in RIVALS.items() if name != "fastai" or find_spec("fastai")}
    print(
        f"{EPOCHS} epochs, seconds; in brackets: times as long as the first run here. Last column: an epoch"
    )
    print("of the second run against the same passes upon tensors in memory.\n")
    print("| set | network | trained | " + " | ".join(rivals) + " | here | second run | its epoch / bare |")
    print("|---" * (len(rivals) + 6) + "|")
    with tempfile.TemporaryDirectory() as temporary:
        paths = sorted(path for path in given.sets.iterdir() if path.is_dir())
        chosen = [path for path in paths if not given.only or path.name in given.only]
        folders = [lay_out(path, Path(temporary) / path.name) for path in chosen]
        for folder in folders:
            classes = classes_of(folder)
            for name in given.networks:
                backbone = BACKBONES[name]
                weights = random_weights(backbone, Path(temporary) / f"{name}.safetensors")
                for depth in given.depths:
                    case = Case(folder, backbone, DEPTHS[depth](backbone), classes, weights)
                    print(row(depth, case, rivals, given.epochs_timed, Path(temporary)), flush=True)
        if given.seeds:
            print(f"\nValidation accuracy from the bundled weights, {given.seeds} seeds")
            print("| set | network | trained | tutorial | here |\n|---|---|---|---|---|")
        for folder in folders if given.seeds else ():
            backbone = BACKBONES[BUNDLED]
            for depth in given.depths:
                case = Case(folder, backbone, DEPTHS[depth](backbone), classes_of(folder), PRETRAINED)
                print(compare_accuracy(case, depth, given.seeds, Path(temporary)), flush=True)


def row(depth: str, case: Case, rivals: dict[str, Rival], epochs_timed: int, temporary: Path) -> str:
    """One line of the table."""
    others = {name: EPOCHS * median_epoch(rival(case), epochs_timed) for name, rival in rivals.items()}
    project = Path(tempfile.mkdtemp(dir=temporary))
    with child() as here:
        first, second = (here.submit(run_here, case, project, seed).result() for seed in range(2))
        bare = here.submit(time_bare_epoch, case, second).result()
    shutil.rmtree(project)
    cells = [f"{seconds:.0f} ({seconds / first.seconds:.1f}×)" for seconds in others.values()]
    cells += [
        f"{first.seconds:.1f}",
        f"{second.seconds:.1f} (tutorial: {others['tutorial'] / second.seconds:.0f}×)",
        f"{second.epoch_seconds / bare:.2f}",
    ]
    mark = "" if first.seconds <= min(others.values()) else " SLOWER"
    return f"| {case.folder.name} | {case.backbone.name} | {depth} | " + " | ".join(cells) + f" |{mark}"


def child() -> ProcessPoolExecutor:
    """A process like those that the program trains in, with all it needs loaded."""
    os.environ.update(environment.of_computing_child())
    started = ProcessPoolExecutor(1, get_context("spawn"), initializer=quiet)
    started.submit(quiet).result()  # once it has begun
    return started


def quiet() -> None:
    """No line but those of the table."""
    logging.disable()
    warnings.simplefilter("ignore")


def median_epoch(epoch: Callable[[], float], times: int) -> float:
    """Seconds."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        epoch()
        seconds.append(time.perf_counter() - began)
    gc.collect()
    return statistics.median(seconds)


def compare_accuracy(case: Case, depth: str, seeds: int, temporary: Path) -> str:
    """One line of the table of accuracies: the best epoch's on the validation images, as both keep it."""
    project = Path(tempfile.mkdtemp(dir=temporary))
    theirs, ours = [], []
    with child() as here:
        for seed in range(seeds):
            torch.manual_seed(seed)
            epoch = tutorial(case, seed)
            theirs.append(max(epoch() for _ in range(EPOCHS)))
            ours.append(here.submit(run_here, case, project, seed).result().validation_accuracy)
    gains = np.subtract(ours, theirs)
    cells = [f"{np.mean(each):.3f} ± {np.std(each):.3f}" for each in (theirs, ours)]
    mark = " LOWER" if gains.mean() < -gains.std() else ""
    return f"| {case.folder.name} | {case.backbone.name} | {depth} | {cells[0]} | {cells[1]} |{mark}"


def run_here(case: Case, project: Path, seed: int) -> Here:
    """A whole run by this program, from image files to the kept weights."""
    table = project / "images.csv"
    if not table.exists():
        for _ in scan(DataSettings(root=str(case.folder), is_independent=True), table):
            pass
    rows = read_table(table)
    settings = TrainSettings(epochs=EPOCHS, seed=seed, early_stop_epochs=None)
    model = ModelSettings(case.backbone.name, case.freeze, case.weights)
    began = time.perf_counter()
    events = fit(
        model,
        settings,
        rows=rows,
        classes=tuple(sorted({each.class_name for each in rows})),
        data_root=case.folder,
        run_folder=project / "runs" / str(seed),
        cache_folder=project / "cache",
        data_fingerprint="",
        run=seed + 1,
    )
    told = list(events)
    started = next(each for each in told if isinstance(each, RunStarted))
    epochs = [each for each in told if isinstance(each, EpochDone)]
    return Here(
        time.perf_counter() - began,
        statistics.median(each.seconds for each in epochs),
        max(each.validation_accuracy for each in epochs),
        started.precision,
        (started.train_images, started.validation_images),
    )


def time_bare_epoch(case: Case, run: Here) -> float:
    """Seconds."""
    return median_epoch(bare_epoch(case, run), BARE_EPOCHS)


def bare_epoch(case: Case, run: Here) -> Callable[[], float]:
    """The same passes and updates as in an epoch of that run, upon tensors that lie in memory."""
    network = case.network()
    network = network.to(memory_format=torch.channels_last)
    standing = freeze(network, case.freeze)
    px = case.backbone.preprocessing.input_px
    images = torch.randn(OUR_BATCH, 3, px, px).contiguous(memory_format=torch.channels_last)
    parts = cut(network, case.freeze, px) if case.freeze else None
    inputs = parts.prefix(images) if parts else (images,)
    forward = parts.suffix if parts else network
    optimizer = make_optimizer(network, TrainSettings(), is_pretrained=True)
    trained = [each for each in network.parameters() if each.requires_grad]
    is_half = run.precision == "bfloat16"

    def epoch() -> float:
        train_mode(network, standing)
        for size in sizes(run.images[0]):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", torch.bfloat16, enabled=is_half):
                logits = forward(*(each[:size] for each in inputs))
            nn.functional.cross_entropy(logits.float(), torch.zeros(size, dtype=torch.long)).backward()
            nn.utils.clip_grad_norm_(trained, LONGEST_GRADIENT)
            optimizer.step()
        network.eval()
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=is_half):
            for size in sizes(run.images[1]):
                forward(*(each[:size] for each in inputs))
        return 0.0

    return epoch


def sizes(images: int) -> list[int]:
    """Of the batches."""
    return [len(each) for each in batches(images, OUR_BATCH, seed=0, epoch=1)]


def tutorial(case: Case, seed: int = 0) -> Callable[[], float]:
    """Batch 4, as published."""
    return _tutorial(case, TUTORIAL_BATCH, seed)


def tutorial_our_batch(case: Case) -> Callable[[], float]:
    """The same with as many images at a time as here."""
    return _tutorial(case, OUR_BATCH, 0)


def _tutorial(case: Case, batch_size: int, seed: int) -> Callable[[], float]:
    """The tutorial's `train_model`, one epoch of it at a time."""
    size_px = case.backbone.preprocessing.input_px
    normalise = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    prepare = {
        "train": transforms.Compose(
            [
                transforms.RandomResizedCrop(size_px),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                normalise,
            ]
        ),
        "val": transforms.Compose(
            [
                transforms.Resize(round(size_px / 0.875)),
                transforms.CenterCrop(size_px),
                transforms.ToTensor(),
                normalise,
            ]
        ),
    }
    sets = {part: datasets.ImageFolder(str(case.folder / part), prepare[part]) for part in prepare}
    loaders = {
        part: DataLoader(sets[part], batch_size=batch_size, shuffle=True, num_workers=WORKERS)
        for part in sets
    }
    network = case.network(seed)
    trained = [each for each in network.parameters() if each.requires_grad]
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(trained, lr=0.001, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)

    def epoch() -> float:
        correct = 0
        for part, loader in loaders.items():
            network.train(part == "train")
            correct = 0
            for images, labels in loader:
                optimizer.zero_grad()
                with torch.set_grad_enabled(part == "train"):
                    outputs = network(images)
                    _, found = torch.max(outputs, 1)
                    loss = criterion(outputs, labels)
                    if part == "train":
                        loss.backward()
                        optimizer.step()
                loss.item()
                correct += int(torch.sum(found == labels.data))
            if part == "train":
                scheduler.step()
        return correct / len(sets["val"])

    return epoch


def fastai(case: Case) -> Callable[[], float]:
    """A `Learner` with its own defaults, frozen groups as here, one-cycle epochs."""
    from fastai.vision import all as vision  # type: ignore[import-not-found]

    size_px = case.backbone.preprocessing.input_px
    loaders = vision.ImageDataLoaders.from_folder(
        case.folder,
        train="train",
        valid="val",
        item_tfms=vision.RandomResizedCrop(size_px, min_scale=0.35),
        batch_tfms=vision.Normalize.from_stats(*vision.imagenet_stats),
        num_workers=WORKERS,
        bs=OUR_BATCH,
    )
    network = case.network()
    learner = vision.Learner(
        loaders,
        network,
        loss_func=vision.CrossEntropyLossFlat(),
        metrics=vision.accuracy,
        splitter=lambda network: [[each for each in network.parameters() if each.requires_grad]],
    )

    def epoch() -> float:
        with learner.no_bar(), learner.no_logging():
            learner.fit_one_cycle(1)
        return float(learner.recorder.values[-1][-1])

    return epoch


def random_weights(backbone: Backbone, file: Path) -> str:
    """A file of them, so that all runs start from the same, as they do from pretrained ones."""
    save_file({name: tensor.contiguous() for name, tensor in create(backbone, 2).state_dict().items()}, file)
    return str(file)


def classes_of(folder: Path) -> int:
    """How many."""
    return sum(each.is_dir() for each in (folder / "train").iterdir())


def lay_out(source: Path, target: Path) -> Path:
    """The set as train/ and val/ over class folders of links; as it is if it is laid out so already."""
    if (source / "train").is_dir() and (source / "val").is_dir():
        return source
    for folder in sorted(each for each in source.iterdir() if each.is_dir()):
        for number, image in enumerate(sorted(folder.iterdir())):
            part = "val" if number % 5 == 0 else "train"
            link = target / part / folder.name / image.name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(image)
    return target


RIVALS: dict[str, Rival] = {
    "tutorial": tutorial,
    f"tutorial, batch {OUR_BATCH}": tutorial_our_batch,
    "fastai": fastai,
}
DEPTHS: dict[str, Callable[[Backbone], int]] = {
    "head": lambda backbone: backbone.head_depth,
    "last stage": lambda backbone: backbone.head_depth - 1,
    "everything": lambda _: 0,
}


if __name__ == "__main__":
    main()
