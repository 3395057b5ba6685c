"""Options of the command line as settings of the project."""

import math
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tlstudio.model.backbones import find_backbone
from tlstudio.model.errors import WeightsNotHere
from tlstudio.model.recommend import recommended_freeze
from tlstudio.model.settings import PRETRAINED, RANDOM, FreezeDepth, ModelSettings
from tlstudio.model.weight_store import weights_file

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]


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


def freeze_depths(text: str) -> Literal["auto"] | list[FreezeDepth]:
    """The depths that `N,N,head` or `auto` names.

    Raises:
        typer.BadParameter: if it is something else.
    """
    return "auto" if text == "auto" else [freeze_depth(part.strip()) for part in text.split(",")]


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


def a_number(value: float | None) -> float | None:
    """The value unless it is none, which a range lets through.

    Raises:
        typer.BadParameter: for "nan".
    """
    if value is not None and math.isnan(value):
        raise typer.BadParameter("expected a number")
    return value


def peak_learning_rate(text: str) -> float | None:
    """The learning rate that `X` or `auto` names.

    Raises:
        typer.BadParameter: if it is something else, or not above 0.
    """
    if text == "auto":
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise typer.BadParameter(f"the learning rate is a number above 0, or auto; received {text!r}")
    return value


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


def chosen_model(
    stored: ModelSettings,
    train_images: int,
    *,
    backbone: str | None,
    freeze: FreezeDepth | None,
    weights: str | None,
) -> ModelSettings:
    """The stored settings with what was chosen now.

    Another network gets its own weights and the depth that is recommended for so many training images.
    Pretrained weights that were not asked for by name, and are not here, become random ones.

    Raises:
        ModelError: if there is no such backbone, it has no such depth, or its weights are not here.
    """
    name = backbone or stored.backbone
    row = find_backbone(name)
    if weights is None:
        source = stored.weights if name == stored.backbone else PRETRAINED
        if source == PRETRAINED and weights_file(row) is None:
            source = RANDOM
    else:
        source = _weights(weights)
        if source == PRETRAINED and weights_file(row) is None:
            raise WeightsNotHere(row.title, row.name, can_be_had=bool(row.weights.repo))
    if freeze is None:
        is_new = (name, source) != (stored.backbone, stored.weights)
        freeze = recommended_freeze(row, source, train_images) if is_new else stored.freeze
    row.depth(freeze)
    return ModelSettings(name, freeze, source)


def about_missing_weights(stored: ModelSettings, chosen: ModelSettings) -> str:
    """Why training starts from random weights although nobody asked for them; empty if it does not."""
    is_kept = chosen.backbone == stored.backbone and stored.weights == RANDOM
    if chosen.weights != RANDOM or is_kept:
        return ""
    row = find_backbone(chosen.backbone)
    how = (
        f" To have them: tlstudio backbones download {row.name}, then train with --weights pretrained."
        if row.weights.repo
        else ""
    )
    return f"The pretrained weights of {row.title} are not on this computer.{how}"


def given(**values: Any) -> dict[str, Any]:
    """Those of the options that were given on the command line."""
    return {name: value for name, value in values.items() if value is not None}


def _weights(text: str) -> str:
    return text if text in (RANDOM, PRETRAINED) else str(Path(text).absolute())
