"""`tlstudio backbones` with its verbs: the networks that training starts from, and their weights."""

from collections.abc import Iterator

import typer

from tlstudio.cli.choices import Json
from tlstudio.cli.running import verb
from tlstudio.events import Event
from tlstudio.model.backbones import BACKBONES, Backbone
from tlstudio.model.settings import ModelSettings
from tlstudio.model.weight_store import WeightsState, weights_state
from tlstudio.run.events import BackboneListed, BackbonesListed

app = typer.Typer(
    help="List the backbones, the networks that training starts from.", invoke_without_command=True
)

STATES = {
    "bundled": "bundled",
    "here": "on this computer",
    "pack": "in an imported pack",
    "download": "download",
    "none": "none",
}
"""What is said of a backbone's own weights, by `WeightsState.kind`."""


@app.callback()
def backbones(context: typer.Context, as_json: Json = False) -> None:
    """List the backbones, the networks that training starts from."""
    if context.invoked_subcommand is not None:
        return
    with verb("backbones", as_json=as_json) as printer:
        for event in listed():
            printer.show(event)


def listed() -> Iterator[Event]:
    """One BackboneListed for each row; last BackbonesListed."""
    for backbone in BACKBONES.values():
        yield _row(backbone, weights_state(backbone))
    yield BackbonesListed(len(BACKBONES))


def _row(backbone: Backbone, state: WeightsState) -> BackboneListed:
    is_recommended = backbone.name == ModelSettings().backbone
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
        images_per_second=None,
        is_recommended=is_recommended,
        reason="It is a part of the program." if is_recommended else "",
    )
