"""The wizard's verbs as generators of events, and the one door to torch.

Iterating is running, closing the generator is stopping, an exception is failing. Each verb imports what
it needs when it starts, so that the window, the terminal's help and `predict` never load torch.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tlstudio.events import Event
from tlstudio.project.project import Project

Step = Callable[..., Iterator[Event]]


def scan(project: Project) -> Iterator[Event]:
    """Read every image under the data root, group and split them, write images.csv.

    Yields:
        Progress, ImageSetAside, Noted; last ImagesScanned.

    Raises:
        DataError: if there is nothing to train on: no folder, one class, too few images.
    """
    raise NotImplementedError


def train(project: Project) -> Iterator[Event]:
    """Train a new run with the project's settings.

    Yields:
        RunStarted, Progress, Noted, BatchDone, BatchHalved, EpochDone; last TrainDone.

    Raises:
        TLStudioError: of any kind; the run's folder keeps the best weights so far.
    """
    raise NotImplementedError


def resume(project: Project, run: int | None = None) -> Iterator[Event]:
    """Continue the run (the newest that was cut short) from its last checkpoint, exactly."""
    raise NotImplementedError


def evaluate(project: Project, run: int | None = None) -> Iterator[Event]:
    """Judge the run's best weights on the test split; last EvaluateDone."""
    raise NotImplementedError


def export(project: Project, to: Path, run: int | None = None) -> Iterator[Event]:
    """Write the run's network as ONNX, keep it only if it answers as the app does; last ExportDone."""
    raise NotImplementedError


def predict(model: Path, images: Sequence[Path], csv: Path | None = None) -> Iterator[Event]:
    """Ask an exported model about images and folders of images, by onnxruntime alone; last PredictDone."""
    raise NotImplementedError
