"""An exported model is asked about images and folders of images, by onnxruntime alone."""

import contextlib
import csv
import io
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tlstudio import RESEARCH_NOTICE, atomic
from tlstudio.data.errors import NoImageReadable, NoImagesGiven, UnreadableImage
from tlstudio.data.images import read_image
from tlstudio.data.in_order import IMAGES_AHEAD, in_order
from tlstudio.data.walk import found_images
from tlstudio.events import Event, Progress
from tlstudio.export.errors import TableNotWritten, writing
from tlstudio.export.events import ImageUnreadable, PredictDone, Predicted
from tlstudio.export.onnx_model import OnnxModel
from tlstudio.spreadsheet import plain_cell

COLUMNS = ("image", "label", "probability")
"""Those before the classes."""

LAST_COLUMN = "notice"


def predict(model: Path, images: Sequence[Path], csv: Path | None = None) -> Iterator[Event]:
    """Ask the model about every image, those in folders included at any depth.

    Args:
        model: a file that this program exported.
        images: files, tried whatever their names, and folders, searched for names of images.
        csv: where to write the answers as a table, whole or not at all; a file that can't be read has a
            row without an answer.

    Yields:
        Predicted, ImageUnreadable, Progress; last PredictDone.

    Raises:
        DataError: if there is no image at all, or none that can be read.
        ExportError: if the model can't be used, or the table can't be written.
    """
    started = time.monotonic()
    asked = OnnxModel(model)
    paths = found_images(images)
    if not paths:
        raise NoImagesGiven(images)
    if csv is not None:
        _refuse_taken(csv, [model, *paths])
    done = unreadable = 0
    with _table(csv, asked.classes) as table:
        for step in in_order(read_image, paths, "Predicting", IMAGES_AHEAD):
            if isinstance(step, Progress):
                yield step
                continue
            path, reading = step
            try:
                answer = _answer(path, asked.predict(reading.result()))
            except UnreadableImage as error:
                unreadable += 1
                table.add(_shown(path, images), None)
                yield ImageUnreadable(str(path), error.reason)
                continue
            done += 1
            table.add(_shown(path, images), answer)
            yield answer
        if not done:
            raise NoImageReadable([path.name for path in paths])
    yield PredictDone(done, unreadable, time.monotonic() - started, str(csv) if csv else None)


def _refuse_taken(csv: Path, used: Sequence[Path]) -> None:
    folder = csv.absolute().parent.name
    reason = "a folder of that name lies there" if csv.is_dir() else ""
    with writing(TableNotWritten, csv.name, folder):
        if csv.resolve() in {path.resolve() for path in used}:
            reason = "it is one of the files to be read"
        elif csv.is_file() and not _is_table_of_answers(csv):
            reason = "another file lies there, which is kept"
        elif csv.exists() and not csv.is_file() and not reason:
            reason = "something that is no file lies there"
    if reason:
        raise TableNotWritten(csv.name, folder, reason)


def _is_table_of_answers(path: Path) -> bool:
    """Whether the file is empty or one that this module wrote; anything else is never replaced."""
    start = ",".join(COLUMNS).encode()
    with path.open("rb") as file:
        return file.read(len(start)) in (b"", start)


def _shown(path: Path, given: Sequence[Path]) -> str:
    """The path for a table that others get: what lies above the folders given stays here."""
    for each in given:
        if (each.is_absolute() or ".." in each.parts) and path.is_relative_to(each):
            return str(path.relative_to(each.parent))
    return str(path)


def _answer(path: Path, probabilities: dict[str, float]) -> Predicted:
    label = max(probabilities, key=lambda name: probabilities[name])  # among equals the first class
    return Predicted(str(path), label, probabilities)


class _Table(Protocol):
    """Whoever keeps the answers."""

    def add(self, image: str, answer: Predicted | None) -> None:
        """Keep one."""


class _NoTable:
    """Nobody asked for a table."""

    def add(self, image: str, answer: Predicted | None) -> None:
        """Nothing is kept."""


class _CsvTable:
    """Rows of CSV, in a file that is moved into place at the end."""

    def __init__(self, file: io.TextIOBase, classes: Sequence[str]) -> None:
        self._writer = csv.writer(file)
        self._classes = classes
        taken = (*COLUMNS, LAST_COLUMN)
        names = (f"class {name}" if name in taken else name for name in classes)
        self._writer.writerow([*COLUMNS, *map(plain_cell, names), LAST_COLUMN])

    def add(self, image: str, answer: Predicted | None) -> None:
        """Write one row."""
        shares = [""] * (1 + len(self._classes))
        if answer is not None:
            of = answer.probabilities
            shares = [f"{of[name]:.6f}" for name in (answer.label, *self._classes)]
        label = plain_cell(answer.label) if answer else ""
        self._writer.writerow([plain_cell(image), label, *shares, RESEARCH_NOTICE])


@contextmanager
def _table(path: Path | None, classes: Sequence[str]) -> Iterator[_Table]:
    """The table at `path`, in place when the block ends well.

    Raises:
        TableNotWritten: at once if the folder can't be written to, so that no work is lost.
    """
    if path is None:
        yield _NoTable()
        return
    with contextlib.ExitStack() as stack:
        stack.enter_context(writing(TableNotWritten, path.name, path.absolute().parent.name))
        temporary = stack.enter_context(atomic.replacing(path))
        file = stack.enter_context(
            temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="")
        )
        yield _CsvTable(file, classes)
