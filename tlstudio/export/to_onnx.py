"""A run's network becomes one ONNX file, which is kept only if it answers as the app does."""

import errno
import hashlib
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import metadata as installed
from pathlib import Path

import onnx
from onnx import compose, helper

from tlstudio import RESEARCH_NOTICE, __version__, atomic
from tlstudio.data.table import ImageRow
from tlstudio.evaluate.answers import Answers, ask
from tlstudio.evaluate.evaluation_file import read_evaluation
from tlstudio.evaluate.events import EvaluateDone
from tlstudio.events import Event, Progress
from tlstudio.export.code_sample import code_sample
from tlstudio.export.errors import ExportDiffers, ExportNotWritable, NothingToCompare, writing
from tlstudio.export.events import ExportDone
from tlstudio.export.metadata import ModelMetadata, TestResult
from tlstudio.export.model_card import CardFacts, model_card
from tlstudio.export.network_graph import network_graph
from tlstudio.export.onnx_model import PREPARED_INPUT, OnnxModel
from tlstudio.export.parity import LARGEST_DIFFERENCE, Parity, compare
from tlstudio.export.preprocess_graph import PREPARED, preprocess_graph
from tlstudio.export.settings import ExportSettings
from tlstudio.train.run_folder import TrainedRun, load_run

VERSIONS_OF = ("torch", "timm", "onnx", "onnxruntime")


@dataclass(frozen=True)
class Files:
    """The three files of an export: the model, a script that asks it, its model card."""

    model: Path
    example: Path
    card: Path

    @classmethod
    def beside(cls, to: Path) -> "Files":
        """Those of a model at `to`, which ends in .onnx whether said or not; in a folder "model.onnx"."""
        is_folder = not to.name or (to.is_dir() and to.suffix.lower() != ".onnx")
        to = to / "model.onnx" if is_folder else to
        named = to if to.suffix.lower() == ".onnx" else to.with_name(f"{to.name}.onnx")
        model = named.absolute()
        return cls(
            model, model.with_name(f"{model.stem}-example.py"), model.with_name(f"{model.stem}-card.md")
        )

    @contextmanager
    def replacing(self) -> "Iterator[Files]":
        """Temporary files that take the places of these when the block ends well."""
        # A model that another program holds open refuses, so it comes first and the others stay with it.
        with atomic.replacing_all([self.model, self.example, self.card]) as temporaries:
            yield Files(*temporaries)

    def writing(self) -> AbstractContextManager[None]:
        """Translate a failure to write them into ExportNotWritable."""
        return writing(ExportNotWritable, self.model.name, self.model.parent.name)


def export(
    run_folder: Path,
    rows: Sequence[ImageRow],
    data_root: Path,
    cache_folder: Path,
    to: Path,
    settings: ExportSettings,
    run: int,
) -> Iterator[Event]:
    """Write the run's best weights as `to`, with an example script and a model card beside it.

    Yields:
        Progress, Noted; last ExportDone.

    Raises:
        ExportDiffers: if the file answers otherwise than the app for any test image; nothing is saved.
        TLStudioError: if the run or its images can't be read, or the files can't be written.
    """
    files = Files.beside(to)
    with files.writing():
        _require_place(files)
    judged = _judged_rows(rows)
    trained = load_run(run_folder)
    answers = yield from ask(trained, judged, data_root, cache_folder, "Asking the network")
    yield Progress("Writing ONNX", 0, 1)
    result = read_evaluation(run_folder, trained.info.best_epoch)
    metadata = _metadata(trained, result, settings, run)
    content = onnx_model(trained, metadata).SerializeToString()
    sha256 = hashlib.sha256(content).hexdigest()
    yield Progress("Writing ONNX", 1, 1)
    with files.writing(), files.replacing() as temporary:
        temporary.model.write_bytes(content)
        parity = yield from _proven(OnnxModel(temporary.model), answers, data_root)
        facts = CardFacts(
            file=files.model.name,
            sha256=sha256,
            metadata=metadata,
            backbone=trained.backbone,
            info=trained.info,
            rows=rows,
            result=result,
            parity=parity,
            compared_split=judged[0].split,
            settings=settings,
        )
        sample = code_sample(files.model.name, files.example.name, metadata)
        # A file's name may be no Unicode on Linux.
        temporary.card.write_bytes(model_card(facts).encode("utf-8", "backslashreplace"))
        temporary.example.write_bytes(sample.encode("utf-8", "backslashreplace"))
    yield ExportDone(
        run=run,
        path=str(files.model),
        images_compared=parity.compared,
        same_class=parity.same_class,
        largest_difference=parity.largest_difference,
        megabytes=len(content) / 1e6,
        milliseconds_per_image=parity.milliseconds_per_image,
        sha256=sha256,
        left_out=len(judged) - parity.compared,
    )


def onnx_model(trained: TrainedRun, metadata: ModelMetadata) -> onnx.ModelProto:
    """The network as ONNX with its metadata, and its preprocessing in front if it belongs inside.

    Raises:
        ExportError: if the network can't be translated or is too large for one file.
    """
    p = metadata.preprocessing
    model = network_graph(trained.network, trained.backbone.title, p.input_px, len(metadata.classes))
    if metadata.is_preprocessing_inside:
        before = preprocess_graph(p, model.ir_version)
        model = compose.merge_models(before, model, io_map=[(PREPARED, PREPARED_INPUT)])
        del model.opset_import[1:]  # merging lists the one of both twice
    model.graph.name = "classifier"
    model.producer_name, model.producer_version = "TL Studio", __version__
    model.doc_string = RESEARCH_NOTICE
    helper.set_model_props(model, metadata.to_properties())
    return model


def _metadata(
    trained: TrainedRun, result: EvaluateDone | None, settings: ExportSettings, run: int
) -> ModelMetadata:
    names = TestResult.__dataclass_fields__
    return ModelMetadata(
        classes=trained.classes,
        preprocessing=trained.preprocessing,
        is_preprocessing_inside=settings.is_preprocessing_inside,
        backbone=trained.backbone.name,
        run=run,
        trained_at=trained.info.started.started_at,
        data_fingerprint=trained.info.data_fingerprint,
        versions={"tlstudio": __version__, **{name: installed.version(name) for name in VERSIONS_OF}},
        test_result=TestResult(**{name: getattr(result, name) for name in names}) if result else None,
    )


def _require_place(files: Files) -> None:
    """Fail before the work rather than after it.

    Raises:
        OSError: if the folder is missing or can't be written to, or a folder or a file of another program
            has a file's name.
    """
    for path in (files.model, files.example, files.card):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "a folder of that name lies there")
        if path.exists() and not path.is_file():
            raise FileExistsError(errno.EEXIST, "something that is no file lies there")
    for path in (files.model, files.example, files.card):
        # Files of this program all carry the notice, a model as one of its properties.
        if path.exists() and path.stat().st_size and RESEARCH_NOTICE.encode() not in path.read_bytes():
            raise FileExistsError(errno.EEXIST, f"a file of another program called {path.name} lies there")
    with tempfile.TemporaryFile(dir=files.model.parent):
        pass


def _judged_rows(rows: Sequence[ImageRow]) -> list[ImageRow]:
    """The test images, else the validation images.

    Raises:
        NothingToCompare: if there are neither.
    """
    for split in ("test", "validation"):
        found = [row for row in rows if row.split == split]
        if found:
            return found
    raise NothingToCompare


def _proven(model: OnnxModel, answers: Answers, data_root: Path) -> Generator[Event, None, Parity]:
    """How the model compares, if it answers as the app does for every image.

    Raises:
        ExportDiffers: if it names another class for one, or a probability is too far off.
        NothingToCompare: if no image can be read any more.
    """
    parity = yield from compare(model, answers, data_root)
    if parity.compared == 0:
        raise NothingToCompare
    differing = parity.compared - parity.same_class
    is_far = not parity.largest_difference <= LARGEST_DIFFERENCE  # so that NaN is far
    if differing or is_far:
        raise ExportDiffers(differing, parity.compared, parity.largest_difference)
    return parity
