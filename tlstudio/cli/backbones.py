"""`tlstudio backbones` with its verbs: the networks that training starts from, and their weights."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from tlstudio.cli.choices import Json
from tlstudio.cli.printing import Printer
from tlstudio.cli.running import FAILED, run_apart, verb
from tlstudio.events import Event, Noted
from tlstudio.model.adopted import adopted_backbone
from tlstudio.model.backbones import BACKBONES, Backbone, find_backbone, network_to_inspect
from tlstudio.model.catalogue import TimmModel, search
from tlstudio.model.errors import NetworkNotInspected, NetworkNotUsable
from tlstudio.model.events import NetworkInspected
from tlstudio.model.recommend import recommend
from tlstudio.model.speeds import known_speed, known_speeds
from tlstudio.model.weight_store import WeightsState, weights_state
from tlstudio.run.events import BackboneListed, BackbonesListed, NetworkFound, NetworksFound
from tlstudio.run.here import run_here

app = typer.Typer(
    help="List the backbones, the networks that training starts from.", invoke_without_command=True
)

CONTINUES = "The same command continues there."

STATES = {
    "bundled": "bundled",
    "here": "on this computer",
    "pack": "in an imported pack",
    "download": "download",
    "none": "none",
}
"""What is said of a backbone's own weights, by `WeightsState.kind`."""


@app.callback()
def backbones(
    context: typer.Context,
    text: Annotated[
        str | None, typer.Option("--search", metavar="TEXT", help="Among all networks of timm, by any words.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the backbones, the networks that training starts from."""
    if context.invoked_subcommand is not None:
        if as_json:
            verb_name = context.invoked_subcommand
            raise typer.BadParameter(f"--json goes behind the verb: backbones {verb_name} … --json")
        if text is not None:
            raise typer.BadParameter("--search lists networks, and goes with no verb")
        return
    with verb("backbones", as_json=as_json) as printer:
        for event in listed() if text is None else searched(text):
            printer.show(event)


@app.command()
def download(
    name: Annotated[str, typer.Argument(metavar="NAME", help="See `tlstudio backbones`.")],
    mirror: Annotated[
        str, typer.Option(metavar="URL", help="A mirror of Hugging Face; default: HF_ENDPOINT or itself.")
    ] = "",
    proxy: Annotated[
        str, typer.Option(metavar="URL", help="http://name:password@host:port; default: HTTPS_PROXY or none.")
    ] = "",
    is_agreed: Annotated[bool, typer.Option("--yes", help="Do not ask about the licence.")] = False,
    as_json: Json = False,
) -> None:
    """Fetch a backbone's weights from Hugging Face, or what is missing of them."""
    if as_json and not is_agreed:
        raise typer.BadParameter("--json can't ask about the licence; agree to it by --yes")
    with verb("download", as_json=as_json, after_interrupt=lambda: CONTINUES) as printer:
        backbone = find_backbone(name)
        if not is_agreed and weights_state(backbone).kind == "download" and not _is_confirmed(backbone):
            printer.show(Noted("Nothing was downloaded. To agree without being asked: --yes"))
            raise typer.Exit(FAILED)
        run_apart("download", printer, name=name, mirror=mirror, proxy=proxy)


@app.command()
def pack(
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="See `tlstudio backbones`.")],
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="On a stick, for instance.")],
    as_json: Json = False,
) -> None:
    """Write weights into a folder for a machine without a network."""
    with verb("pack", as_json=as_json) as printer:
        for event in run_here("pack", None, names=names, to=to):
            printer.show(event)


@app.command("import")
def import_folder(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What `pack` wrote.")],
    as_json: Json = False,
) -> None:
    """Take in the weights of a pack, all or none."""
    with verb("import", as_json=as_json) as printer:
        for event in run_here("import_pack", None, folder=folder):
            printer.show(event)


@app.command()
def match(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".safetensors, .pt, .pth or .bin.")],
    backbone: Annotated[str, typer.Option("--backbone", metavar="NAME", help="See `tlstudio backbones`.")],
    as_json: Json = False,
) -> None:
    """Say which tensors of a weights file fit a backbone, or whose they are."""
    with verb("match", as_json=as_json) as printer:
        for event in run_here("match_weights", None, backbone=backbone, file=file):
            printer.show(event)


@app.command()
def measure(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="See `tlstudio backbones`; default: all.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Time backbones on this computer, two seconds each, and remember how fast they are."""
    with verb("measure", as_json=as_json) as printer:
        for event in run_here("measure_speed", None, names=names or []):
            printer.show(event)


@app.command()
def inspect(
    name: Annotated[str, typer.Argument(metavar="NAME", help="See `tlstudio backbones --search`.")],
    as_json: Json = False,
) -> None:
    """Find out whether a network of timm can be trained and exported here."""
    with verb("inspect", as_json=as_json) as printer:
        network_to_inspect(name)  # a misspelt name need not wait for another process
        run_apart("inspect", printer, name=name)


def look_over_network(name: str, printer: Printer) -> None:
    """Inspect the network if timm has it and nobody did before.

    Raises:
        NetworkNotUsable: if it does not work here.
    """
    try:
        find_backbone(name)
    except NetworkNotInspected:
        last = run_apart("inspect", printer, name=name)[-1]
        if isinstance(last, NetworkInspected) and not last.usable:
            raise NetworkNotUsable(name, last.reason) from None


def listed() -> Iterator[Event]:
    """One BackboneListed for each row; last BackbonesListed."""
    yield from _rows(BACKBONES.values())
    yield BackbonesListed(len(BACKBONES))


def _is_confirmed(backbone: Backbone) -> bool:
    """Whether the user wants the weights, now that their licence is known."""
    weights = backbone.weights
    terms = f"{weights.licence}, not for commercial use" if weights.is_non_commercial else weights.licence
    print(f"{backbone.title}, pretrained on {weights.trained_on}, about {weights.size_bytes / 1e6:.1f} MB")
    print(f"  Licence  {terms}\n  Source   {weights.source}")
    try:
        return typer.confirm("Download it under this licence?")
    except typer.Abort:  # Ctrl-C, or nobody there to answer
        print()
        return False


def searched(text: str) -> Iterator[Event]:
    """One BackboneListed or NetworkFound for each that holds every word; last NetworksFound."""
    words = text.lower().split()
    rows = [row for row in BACKBONES.values() if all(word in _words_of(row) for word in words)]
    yield from _rows(rows)
    shown = {row.weights.repo for row in BACKBONES.values()}
    networks = [model for model in search(text) if not model.repo or model.repo not in shown]
    yield from (_found(model) for model in networks)
    yield NetworksFound(len(rows), len(networks))


def _words_of(backbone: Backbone) -> str:
    weights = backbone.weights
    parts = (backbone.name, backbone.title, backbone.family, backbone.good_for, weights.trained_on)
    return " ".join((*parts, weights.licence)).lower()


def _found(model: TimmModel) -> NetworkFound:
    weights = model.weights
    return NetworkFound(
        name=model.name,
        family=model.family,
        parameters=model.parameters,
        input_px=model.input_px,
        classes=model.classes,
        licence=model.licence,
        is_commercial=not weights.is_non_commercial,
        source=weights.source,
        megabytes=weights.size_bytes / 1e6 if weights.repo else 0.0,
        is_known=adopted_backbone(model.name) is not None,
    )


def _rows(backbones: Iterable[Backbone]) -> Iterator[BackboneListed]:
    states = {name: weights_state(backbone) for name, backbone in BACKBONES.items()}
    recommended = recommend(None, 0, states, known_speeds())
    for backbone in backbones:
        reason = recommended.reason if backbone.name == recommended.name else ""
        yield _row(backbone, states[backbone.name], reason)


def _row(backbone: Backbone, state: WeightsState, reason: str) -> BackboneListed:
    speed = known_speed(backbone.name)
    return BackboneListed(
        name=backbone.name,
        title=backbone.title,
        family=backbone.family,
        good_for=backbone.good_for,
        freeze_groups=[group.name for group in backbone.groups],
        parameters=backbone.parameters,
        input_px=backbone.preprocessing.input_px,
        imagenet_accuracy=backbone.imagenet_accuracy,
        licence=backbone.licence,
        source=backbone.source,
        state=STATES[state.kind],
        megabytes=state.size_bytes / 1e6,
        trained_on=backbone.weights.trained_on,
        images_per_second=speed.images_per_second if speed else None,
        is_recommended=bool(reason),
        reason=reason,
    )
