"""The verbs of the command line with their options, one function each."""

import io
import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tlstudio import RESEARCH_NOTICE, __version__
from tlstudio.cli import listing
from tlstudio.cli.arguments import problem_of
from tlstudio.cli.backbones import app as backbones_app
from tlstudio.cli.backbones import look_over_network
from tlstudio.cli.choices import (
    Json,
    a_number,
    about_missing_weights,
    chosen_model,
    early_stop,
    freeze_depth,
    freeze_depths,
    given,
    pattern,
    peak_learning_rate,
)
from tlstudio.cli.estimating import estimated
from tlstudio.cli.new import make_project
from tlstudio.cli.running import WRONG_USE, folder_of, run_step, verb, writable
from tlstudio.cli.words import command
from tlstudio.data.settings import DataSettings
from tlstudio.events import Noted
from tlstudio.export.formats import FORMATS, FormatName
from tlstudio.project.file import open_project
from tlstudio.run.doctor import look_over
from tlstudio.run.here import run_here
from tlstudio.train.settings import AugmentationChoice, Device

app = typer.Typer(
    name="tlstudio",
    help=f"Transfer learning on images, offline. {RESEARCH_NOTICE} Without a verb the window opens.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ProjectFolder = Annotated[Path, typer.Argument(metavar="PROJECT", help="The project's folder.")]
CacheSize = Annotated[
    float | None,
    typer.Option(
        "--cache-gb",
        metavar="X",
        min=0,
        max=1_000_000,
        callback=a_number,
        help="Gigabytes that kept features of this project may take; 0 keeps none. Default: 20, and at most "
        "a tenth of the free disk.",
    ),
]
RunNumber = Annotated[int | None, typer.Option("--run", min=1, help="A run's number; else the best.")]
RunCutShort = Annotated[
    int | None, typer.Option("--run", min=1, help="A run's number; else the newest that was cut short.")
]


def main(arguments: list[str] | None = None) -> int:
    """Run the verb that the arguments name.

    Returns:
        The exit status: 0 done, 1 an error that was told, 2 wrong use, 130 interrupted.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A file's name may hold what the terminal can't show, which must not end the verb.
            encoding = "utf-8" if "--json" in arguments else stream.encoding
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    problem = problem_of(arguments)
    if problem:
        print(problem, file=sys.stderr)
        return WRONG_USE
    try:
        app(arguments, prog_name="tlstudio")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


def _print_version(*, is_asked: bool) -> None:
    if is_asked:
        print(f"tlstudio {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show the version.",
            is_eager=True,
            callback=lambda value: _print_version(is_asked=value),
        ),
    ] = False,
) -> None:
    del version


@app.command()
def new(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A folder to create.")],
    images: Annotated[
        Path,
        typer.Argument(
            metavar="IMAGES", help="A folder of class folders, or of train/ val/ test/ over class folders."
        ),
    ],
    group_by: Annotated[
        str | None,
        typer.Option(
            metavar="REGEX",
            help="Finds in each path what belongs together (patient, slide); it stays in one split.",
        ),
    ] = None,
    independent: Annotated[
        bool, typer.Option("--independent", help="Every image is its own patient, slide or part.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make a project: read every image, group and split them."""
    if group_by is not None and independent:
        raise typer.BadParameter("--group-by and --independent exclude each other")
    settings = DataSettings(
        root=str(images.absolute()), group_pattern=pattern(group_by), is_independent=independent
    )
    with verb("new", as_json=as_json) as printer:
        for event in make_project(project, settings):
            printer.show(event)


@app.command()
def train(
    project: ProjectFolder,
    backbone: Annotated[
        str | None, typer.Option(metavar="NAME", help="See `tlstudio backbones`, or any of timm's.")
    ] = None,
    freeze: Annotated[
        str | None,
        typer.Option(
            metavar="N|head|none",
            help="Freeze the first N groups; head: all but the classifier; none: train everything. Default: "
            "as before; with another backbone or other weights as recommended for so many images.",
        ),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, max=1_000_000, help="At most so many.")] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Images in one step, at most.")
    ] = None,
    learning_rate: Annotated[
        str | None,
        typer.Option(metavar="X|auto", help="Of the head, at its peak; auto: what suits the freeze depth."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="Same seed, same run.")] = None,
    device: Annotated[Device | None, typer.Option(help="auto proves the fastest.")] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="pretrained|random|FILE",
            help="pretrained: the backbone's own, if they are on this computer; FILE: a local .safetensors "
            "or .pt file. Default: pretrained where they are here, else random.",
        ),
    ] = None,
    augmentation: Annotated[
        AugmentationChoice | None,
        typer.Option(help="Random changes while training; auto: none for up to 100 images, else light."),
    ] = None,
    mixup: Annotated[
        float | None,
        typer.Option(
            metavar="X",
            min=0,
            max=2,
            callback=a_number,
            help="Blend images and labels in pairs, the more evenly the larger X is; 0: off.",
        ),
    ] = None,
    patch_drop: Annotated[
        float | None,
        typer.Option(
            metavar="X",
            min=0,
            max=0.9,
            callback=a_number,
            help="Vision transformers only: hide this share of an image's patches in each step; 0: off.",
        ),
    ] = None,
    early_stop_after: Annotated[
        str | None,
        typer.Option("--early-stop", metavar="N|none", help="Stop after N epochs without a better one."),
    ] = None,
    cache_gb: CacheSize = None,
    as_json: Json = False,
) -> None:
    """Train a new run; its settings are kept in the project."""
    depth = None if freeze is None else freeze_depth(freeze)
    train_values = given(
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        device=device,
        augmentation=augmentation,
        mixup=mixup,
        patch_drop=patch_drop,
    )
    if learning_rate is not None:
        train_values["learning_rate"] = peak_learning_rate(learning_rate)
    if early_stop_after is not None:
        train_values["early_stop_epochs"] = early_stop(early_stop_after)
    with (
        verb("train", as_json=as_json, after_interrupt=_resume_hint(project)) as printer,
        writable(project) as opened,
    ):
        stored = opened.settings
        look_over_network(backbone or stored.model.backbone, printer)
        images = opened.images.split["train"] if opened.images else 0
        model = chosen_model(stored.model, images, backbone=backbone, freeze=depth, weights=weights)
        missing = about_missing_weights(stored.model, model) if weights is None else ""
        if missing:
            printer.show(Noted(missing))
        chosen = opened.with_settings(model=model, train=replace(stored.train, **train_values))
        # Saved with the run's start: what is refused before leaves the project as it was.
        run_step(chosen, "train", printer, cache_gb=cache_gb)


@app.command()
def sweep(
    project: ProjectFolder,
    depths: Annotated[
        str,
        typer.Option(
            metavar="N,N,head|auto",
            help="Freeze depths to train at; auto: a few that this computer can afford.",
        ),
    ] = "auto",
    seeds: Annotated[
        int, typer.Option(min=1, max=100, help="Runs at each depth, from the project's seed on.")
    ] = 3,
    epochs: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="Of each run; default: the project's.")
    ] = None,
    cache_gb: CacheSize = None,
    as_json: Json = False,
) -> None:
    """Train at several freeze depths and compare them; the same command goes on where it was."""
    chosen = freeze_depths(depths)
    with (
        verb("sweep", as_json=as_json, after_interrupt=lambda: "The same command goes on there.") as printer,
        writable(project) as opened,
    ):
        run_step(opened, "sweep", printer, depths=chosen, seeds=seeds, epochs=epochs, cache_gb=cache_gb)


@app.command()
def estimate(project: ProjectFolder, cache_gb: CacheSize = None, as_json: Json = False) -> None:
    """Tell the time, memory and disk that a run needs at every freeze depth here, by a short measurement."""
    with verb("estimate", as_json=as_json) as printer:
        for event in estimated(open_project(folder_of(project), read_only=True), cache_gb):
            printer.show(event)


@app.command()
def resume(
    project: ProjectFolder, run: RunCutShort = None, cache_gb: CacheSize = None, as_json: Json = False
) -> None:
    """Continue a run that was cut short, exactly."""
    with (
        verb("resume", as_json=as_json, after_interrupt=_resume_hint(project)) as printer,
        writable(project) as opened,
    ):
        run_step(opened, "resume", printer, run=run, cache_gb=cache_gb)


@app.command()
def evaluate(project: ProjectFolder, run: RunNumber = None, as_json: Json = False) -> None:
    """Judge a run on the test images, which it never saw."""
    with verb("evaluate", as_json=as_json) as printer, writable(project) as opened:
        run_step(opened, "evaluate", printer, run=run)


@app.command()
def export(
    project: ProjectFolder,
    to: Annotated[Path, typer.Option("--to", metavar="FILE.onnx", help="The file to write.")],
    run: RunNumber = None,
    form: Annotated[
        FormatName | None,
        typer.Option(
            "--format",
            help="onnx: the file takes images as they are; onnx-network: prepared as the model card says. "
            "Default: as last time, else onnx.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Save a run as ONNX, checked against the app itself."""
    with verb("export", as_json=as_json) as printer, writable(project) as opened:
        chosen = opened
        if form is not None:
            is_inside = FORMATS[form].settings.is_preprocessing_inside
            settings = replace(chosen.settings.export, is_preprocessing_inside=is_inside)
            chosen = chosen.with_settings(export=settings)
        run_step(chosen, "export", printer, to=to, run=run)


@app.command()
def predict(
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx")],
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE_OR_FOLDER")],
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the answers as a table.")] = None,
    as_json: Json = False,
) -> None:
    """Ask an exported model about images, by onnxruntime alone."""
    with verb("predict", as_json=as_json) as printer:
        for event in run_here("predict", None, model=model, images=images, csv=csv):
            printer.show(event)


@app.command()
def recognise(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE_OR_FOLDER")],
    backbone: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="See `tlstudio backbones`; default: the most accurate here."),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A local file with a classifier of ImageNet; needs --backbone."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Let a backbone as it is name what it sees, before any training."""
    if weights is not None and backbone is None:
        raise typer.BadParameter("--weights needs --backbone, the network that the file was made for")
    chosen = {"backbone": backbone or "", "weights": str(weights or "")}
    with verb("recognise", as_json=as_json) as printer:
        for event in run_here("recognise", None, images=images, **chosen):
            printer.show(event)


@app.command()
def runs(project: ProjectFolder, as_json: Json = False) -> None:
    """List a project's runs; works beside another window."""
    with verb("runs", as_json=as_json) as printer:
        for event in listing.runs(open_project(folder_of(project), read_only=True)):
            printer.show(event)


app.add_typer(backbones_app, name="backbones")


@app.command()
def doctor(as_json: Json = False) -> None:
    """Look over what this computer has for TL Studio."""
    with verb("doctor", as_json=as_json) as printer:
        for event in look_over():
            printer.show(event)


@app.command()
def demo(
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to put it; default: ./demo or the next free.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Go through every step with images drawn on the spot."""
    with verb("demo", as_json=as_json) as printer:
        from tlstudio.cli.demo import show  # noqa: PLC0415 - it draws by numpy and Pillow

        show(folder, printer)


def _resume_hint(project: Path) -> Callable[[], str]:
    def hint() -> str:
        runs = open_project(folder_of(project), read_only=True).runs
        can_go_on = any(run.is_resumable for run in runs)
        return f"Go on with: {command()} resume {shlex.quote(str(project))}" if can_go_on else ""

    return hint
