"""The wizard's verbs as generators of events, which are the one door to torch.

Iterating is running, closing the generator is stopping, an exception is failing. Each verb imports what
it needs when it starts, so that the window, the terminal's help and `predict` never load torch.
"""

import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from tlstudio import atomic
from tlstudio.data.errors import TableUnreadable
from tlstudio.data.events import ImagesScanned
from tlstudio.data.table import ImageRow, fingerprint, read_table
from tlstudio.errors import ProjectError, TLStudioError, TrainError, reason_of
from tlstudio.events import Event, Noted, Progress
from tlstudio.project.errors import ProjectNotWritable
from tlstudio.project.file import IMAGES_NAME
from tlstudio.project.project import Project, Run
from tlstudio.project.sweep_plan import Depths, needs_speed, plan_sweep
from tlstudio.project.sweep_runs import run_sweep
from tlstudio.train.run_info import INFO_NAME

Step = Callable[..., Iterator[Event]]


def scan(project: Project) -> Iterator[Event]:
    """Read every image under the data root, group and split them, write images.csv.

    Images that were read before stay in their split, unless other shares or another seed are asked for.

    Yields:
        Progress, ImageSetAside, Noted; last ImagesScanned.

    Raises:
        DataError: if there is nothing to train on: no folder, one class, too few images.
    """
    from tlstudio.data.scan import scan as scan_images

    yield from scan_images(
        project.settings.data,
        project.folder / IMAGES_NAME,
        _rows_that_stay(project),
        project.images.group_pattern if project.images else None,
    )


def _rows_that_stay(project: Project) -> Sequence[ImageRow]:
    """Of the newest scan; and of runs, for images that were out of reach at that scan. The newest count."""
    before = project.images
    if before is None or before.split_by not in ("", project.settings.data.split_by):
        return ()
    folders = [*(project.run_folder(run.number) for run in project.runs), project.folder]
    rows: list[ImageRow] = []
    for folder in folders:
        with suppress(TableUnreadable):  # what is not known is dealt anew
            rows += read_table(folder / IMAGES_NAME)
    return rows


def train(project: Project, cache_gb: float | None = None) -> Generator[Event, None, None]:
    """Train a new run with the project's settings.

    Args:
        project: whose settings.
        cache_gb: what kept features of the project may take on the disk; 0 keeps none, None: see
            `limit_in_bytes`.

    Yields:
        RunStarted, Progress, Noted, BatchDone, BatchHalved, EpochDone; last TrainDone.

    Raises:
        TLStudioError: of any kind; the run's folder keeps the best weights so far.
    """
    _require_images(project)
    number = _new_run_number(project)
    # The run keeps its own table: whatever is regrouped or added later, what it
    # learned from can never turn up among the images that it is judged on.
    folder = project.run_folder(number)
    try:
        _copy_table(project, folder)
        yield from _fit(project, number, cache_gb, is_resumed=False)
    finally:
        if not (folder / INFO_NAME).exists():  # refused before it began
            shutil.rmtree(folder, ignore_errors=True)


def resume(project: Project, run: int | None = None, cache_gb: float | None = None) -> Iterator[Event]:
    """Continue a run from its last checkpoint, exactly; without a number the newest that was cut short.

    Args:
        project: whose run.
        run: its number.
        cache_gb: as for `train`.

    Raises:
        TrainError: if there is no such run; and all that `train` raises.
    """
    if run is None:
        cut_short = [known for known in project.runs if known.is_resumable]
        wanted = cut_short or [known for known in project.runs if known.state == "failed"]
    else:
        wanted = [known for known in project.runs if known.number == run]
    if not wanted:
        raise TrainError(
            "Nothing to continue",
            "No run was cut short, so there is none to continue. All runs are kept as they are."
            if run is None
            else f"There is no run {run} in this project. All runs are kept as they are.",
            "Start a new run.",
        )
    yield from _fit(project, wanted[-1].number, cache_gb, is_resumed=True)


def sweep(
    project: Project,
    depths: Depths = "auto",
    seeds: int = 3,
    epochs: int | None = None,
    cache_gb: float | None = None,
) -> Iterator[Event]:
    """Train a run for each freeze depth and seed, and compare the depths; the settings stay as they are.

    Runs of the same sweep that are done already are taken as they are, and one that was cut short goes on.
    A run that fails is reported, and the others go on.

    Args:
        project: whose settings all runs share, but for what follows.
        depths: see `FreezeDepth`; "auto": what is affordable, at least three.
        seeds: how many, from the project's seed on.
        epochs: of each run; None: the project's.
        cache_gb: of all runs together, as for `train`.

    Yields:
        SweepPlanned, then what `train` yields for each run, and RunFailed; last SweepDone.

    Raises:
        TLStudioError: if not one of the runs could be done, or the first one is refused before it begins.
    """
    _require_images(project)
    if depths == "auto" and needs_speed(project):
        with suppress(TLStudioError):  # then the cheaper depths are taken
            for event in measure_speed(None, [project.settings.model.backbone]):
                if isinstance(event, Progress | Noted):
                    yield event
    plan = plan_sweep(project, depths, seeds, epochs)

    def begin(chosen: Project, run: Run | None) -> Generator[Event, None, None]:
        return train(chosen, cache_gb) if run is None else _fit(chosen, run.number, cache_gb, is_resumed=True)

    yield from run_sweep(project, plan, begin)


def estimate(project: Project) -> Iterator[Event]:
    """Measure what training the project's backbone costs here, nothing else; last CostMeasured.

    It is remembered in the project's cache; see `estimate_of`.

    Raises:
        TLStudioError: if this computer can't train it, or no image can be read.
    """
    from tlstudio.train.cost_probe import measure_cost

    images = _require_images(project)
    yield from measure_cost(
        model=project.settings.model,
        train=project.settings.train,
        rows=read_table(project.folder / IMAGES_NAME),
        classes=images.classes,
        data_root=project.data_root,
        cache_folder=project.folder / "cache",
        data_fingerprint=images.fingerprint,
    )


def evaluate(project: Project, run: int | None = None) -> Iterator[Event]:
    """Judge the run's best weights on the test split; last EvaluateDone.

    Raises:
        TLStudioError: if there is no trained run or no test image.
    """
    from tlstudio.evaluate.assess import assess

    trained = _trained_run(project, run)
    yield from assess(
        run_folder=project.run_folder(trained.number),
        rows=read_table(project.run_folder(trained.number) / IMAGES_NAME),
        data_root=project.data_root,
        cache_folder=project.folder / "cache",
        times_seen=project.times_test_seen + 1,
        run=trained.number,
    )


def export(project: Project, to: Path, run: int | None = None) -> Iterator[Event]:
    """Write the run's network as ONNX, keep it only if it answers as the app does; last ExportDone.

    Raises:
        TLStudioError: if there is no trained run, the file can't be written, or its answers differ.
    """
    from tlstudio.export.to_onnx import export as export_onnx

    trained = _trained_run(project, run)
    yield from export_onnx(
        run_folder=project.run_folder(trained.number),
        rows=read_table(project.run_folder(trained.number) / IMAGES_NAME),
        data_root=project.data_root,
        cache_folder=project.folder / "cache",
        to=Path(to),
        settings=project.settings.export,
        run=trained.number,
    )


def predict(
    project: Project | None, model: Path, images: Sequence[Path], csv: Path | None = None
) -> Iterator[Event]:
    """Ask an exported model about images and folders of images, by onnxruntime alone; last PredictDone.

    The project takes no part; an exported file stands alone.
    """
    from tlstudio.export.batch import predict as predict_images

    del project
    yield from predict_images(Path(model), [Path(image) for image in images], Path(csv) if csv else None)


def download(project: Project | None, name: str, mirror: str = "", proxy: str = "") -> Iterator[Event]:
    """Fetch a backbone's published weights, or what is missing of them; last WeightsDownloaded.

    Only in a child process of its own: everywhere else Hugging Face is offline.

    Args:
        project: takes no part; weights are kept for all projects.
        name: of the backbone.
        mirror: address of a hub; empty for HF_ENDPOINT or Hugging Face itself.
        proxy: address with name and password; empty for HTTPS_PROXY or none.

    Raises:
        ModelError: if the weights can't be had, or what came is not them.
    """
    from tlstudio.model.backbones import find_backbone
    from tlstudio.model.download import download as download_weights

    del project
    yield from download_weights(find_backbone(name), mirror, proxy)


def pack(project: Project | None, names: Sequence[str], to: Path) -> Iterator[Event]:
    """Write the weights of these backbones into a folder for a machine without a network; last PackWritten.

    Raises:
        ModelError: if weights are not on this computer, or the folder can't be written.
    """
    from tlstudio.model.packs import pack as write_pack

    del project
    yield from write_pack(names, Path(to))


def import_pack(project: Project | None, folder: Path) -> Iterator[Event]:
    """Take in the weights that `pack` wrote, whole or not at all; last PackImported.

    Raises:
        ModelError: if the folder is no pack, one that can't be trusted, or there is no room.
    """
    from tlstudio.model.pack_import import import_pack as take_in

    del project
    yield from take_in(Path(folder))


def match_weights(project: Project | None, backbone: str, file: Path) -> Iterator[Event]:
    """Hold a weights file against a backbone, tensor by tensor, and change nothing; last WeightsMatched.

    Args:
        project: whose cache keeps a converted file, or None.
        backbone: its name.
        file: .safetensors, .pt, .pth or .bin.

    Raises:
        ModelError: if there is no such backbone, or the file can't be read.
    """
    from tlstudio.model.backbones import find_backbone
    from tlstudio.model.match_weights import match_weights as match

    cache_folder = project.folder / "cache" if project and not project.is_read_only else None
    yield from match(find_backbone(backbone), Path(file), cache_folder)


def measure_speed(project: Project | None, names: Sequence[str] = ()) -> Iterator[Event]:
    """Time the backbones on this computer, all of the table without names; last SpeedsMeasured.

    The project takes no part; speeds are remembered for all projects.

    Raises:
        TLStudioError: if a name is unknown, or not one could be timed.
    """
    from tlstudio.train.measure import measure_speed as measure

    del project
    yield from measure(names)


def recognise(
    project: Project | None, images: Sequence[Path], backbone: str = "", weights: str = ""
) -> Iterator[Event]:
    """Ask a backbone as it is, untrained, what it sees in images and folders of images; last RecogniseDone.

    Args:
        project: takes no part.
        images: files and folders.
        backbone: its name; empty for the most accurate whose weights and names are on this computer.
        weights: path of a local file with a classifier; empty for the backbone's own.

    Raises:
        TLStudioError: if there is nothing to look at, or the backbone knows no names.
    """
    from tlstudio.model.recognise import recognise as recognise_images

    del project
    yield from recognise_images([Path(image) for image in images], backbone, weights)


def inspect(project: Project | None, name: str) -> Iterator[Event]:
    """Find out whether a network of timm works here, and keep its row if it does; last NetworkInspected.

    The project takes no part; the network can be chosen in all projects from then on.

    Raises:
        ModelError: if timm has no pretrained network of that name, or its row can't be kept.
    """
    from tlstudio.export.inspect_network import inspect_network

    del project
    yield from inspect_network(name)


STEPS: dict[str, Step] = {
    "scan": scan,
    "train": train,
    "resume": resume,
    "sweep": sweep,
    "estimate": estimate,
    "evaluate": evaluate,
    "export": export,
    "predict": predict,
    "pack": pack,
    "import_pack": import_pack,
    "match_weights": match_weights,
    "inspect": inspect,
    "measure_speed": measure_speed,
    "recognise": recognise,
    "download": download,
}
"""Each takes the project (those from `predict` on do without) and its options as keywords."""

LIGHT_STEPS = frozenset({"scan", "predict", "download", "pack", "import_pack"})
"""Those that never load torch, and so need no prepared child process."""

CACHE_STEPS = frozenset({"train", "resume", "sweep"})
"""Those that keep features, and take how much room these may have."""

RUN_STEPS = frozenset({"resume", "evaluate", "export"})
"""Those that work on one run which is there already."""

NETWORK_STEPS = frozenset({"download"})
"""Those whose child process may reach Hugging Face; no other process ever does."""


def _fit(
    project: Project, number: int, cache_gb: float | None, *, is_resumed: bool
) -> Generator[Event, None, None]:
    from tlstudio.train.feature_room import limit_in_bytes
    from tlstudio.train.fit import fit
    from tlstudio.train.memory import telling_of_full_memory

    images = _require_images(project)
    known = project.run(number) if is_resumed else None
    rows = read_table(project.run_folder(number) / IMAGES_NAME)
    # A resumed run keeps the classes of its own table, whatever was read since.
    own = sorted({row.class_name for row in rows if not row.is_set_aside})
    classes = tuple(own) if known else tuple(images.classes)
    if known is None and fingerprint(rows) != images.fingerprint:
        raise TableUnreadable("it is of another reading than the project knows")
    with telling_of_full_memory():
        yield from fit(
            model=known.model if known else project.settings.model,
            train=known.train if known else project.settings.train,
            rows=rows,
            classes=classes,
            data_root=project.data_root,
            run_folder=project.run_folder(number),
            cache_folder=project.folder / "cache",
            data_fingerprint=known.data_fingerprint if known else images.fingerprint,
            run=number,
            resume=is_resumed,
            cache_bytes=limit_in_bytes(project.folder / "cache", cache_gb),
            first_start=known.started if known else None,
        )


def _new_run_number(project: Project) -> int:
    """The next free number, its folder made: no two runs can take the same."""
    first = max((run.number for run in project.runs), default=0) + 1
    for number in count(first):
        try:
            project.run_folder(number).mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise ProjectNotWritable(project.name, reason_of(error)) from error
        return number
    raise AssertionError("count() never ends")


def _copy_table(project: Project, run_folder: Path) -> None:
    try:
        atomic.write_bytes(run_folder / IMAGES_NAME, (project.folder / IMAGES_NAME).read_bytes())
    except FileNotFoundError as error:
        raise TableUnreadable("it is missing") from error
    except OSError as error:
        raise ProjectNotWritable(project.name, reason_of(error)) from error


def _require_images(project: Project) -> ImagesScanned:
    if project.images is None:
        raise ProjectError(
            "No images yet",
            "This project's images have not been read. Nothing was changed.",
            "Add image folders on the Data page first, or make the project with `tlstudio new`.",
        )
    return project.images


def _trained_run(project: Project, number: int | None) -> Run:
    run = project.run(number)
    if run is None or run.best is None:
        missing = "has no finished run" if number is None else f"has no run {number} with a finished epoch"
        raise ProjectError(
            "Nothing trained yet",
            f"“{project.name}” {missing}. Nothing was changed.",
            "Train a run first.",
        )
    return run
