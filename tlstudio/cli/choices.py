"""Options of the command line as settings of the project."""

import re
from pathlib import Path
from typing import Any

import typer

from tlstudio.model.backbones import Backbone, find_backbone
from tlstudio.model.settings import FreezeDepth, ModelSettings


def freeze_depth(text: str) -> FreezeDepth:
    """The depth that `N`, `head` or `none` names.

    Raises:
        typer.BadParameter: if it is something else.
    """
    if text == "head":
        return "head"
    if text == "none":
        return 0
    if text.isdecimal():
        return int(text)
    raise typer.BadParameter(f"expected a number, head or none; received {text!r}")


def pattern(text: str | None) -> str | None:
    """The regular expression, once it is known to be one.

    Raises:
        typer.BadParameter: if it is none.
    """
    try:
        re.compile(text or "")
    except re.error as error:
        raise typer.BadParameter(f"not a regular expression: {error}") from error
    return text


def early_stop(text: str) -> int | None:
    """The number of epochs that `N` or `none` names.

    Raises:
        typer.BadParameter: if it is something else or below 1.
    """
    if text == "none":
        return None
    if text.isdecimal() and int(text) >= 1:
        return int(text)
    raise typer.BadParameter(f"expected a number from 1 on, or none; received {text!r}")


def default_freeze(backbone: Backbone, weights: str) -> FreezeDepth:
    """How far to freeze when the user did not say.

    Random weights know nothing worth keeping, so everything is trained. Pretrained ones keep all but
    the last group before the classifier: it adapts to the new images at the cost of a fraction of the
    training time, which is the usual start for some hundred images.
    """
    return 0 if weights == "random" else max(backbone.head_depth - 1, 0)


def chosen_model(
    stored: ModelSettings, *, backbone: str | None, freeze: FreezeDepth | None, weights: str | None
) -> ModelSettings:
    """The stored settings with what was chosen now; another network gets its own default depth.

    Raises:
        ModelError: if there is no such backbone, or it has no such depth.
    """
    name = backbone or stored.backbone
    row = find_backbone(name)
    source = stored.weights if weights is None else _weights(weights)
    if freeze is None:
        is_new = (name, source) != (stored.backbone, stored.weights)
        freeze = default_freeze(row, source) if is_new else stored.freeze
    row.depth(freeze)
    return ModelSettings(name, freeze, source)


def given(**values: Any) -> dict[str, Any]:
    """Those of the options that were given on the command line."""
    return {name: value for name, value in values.items() if value is not None}


def _weights(text: str) -> str:
    return text if text == "random" else str(Path(text).absolute())
