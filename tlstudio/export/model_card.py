"""The model card: one page of Markdown that says what an exported file is and how far to trust it."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import jinja2

from tlstudio import RESEARCH_NOTICE
from tlstudio.amounts import percent
from tlstudio.data.table import SPLITS, ImageRow, torn_groups
from tlstudio.evaluate.events import EvaluateDone
from tlstudio.export.metadata import ModelMetadata, steps
from tlstudio.export.parity import Parity
from tlstudio.export.settings import ExportSettings
from tlstudio.model.backbone import Backbone
from tlstudio.train.run_info import RunInfo

TEMPLATE = "model_card.md.jinja"
CONFUSIONS_SHOWN = 5


@dataclass(frozen=True)
class Confusion:
    """Images of one class that were taken for another."""

    label: str
    predicted: str
    images: int
    of: int  # that really are of the class


@dataclass(frozen=True)
class CardFacts:
    """What a card tells of.

    Attributes:
        file: the model's name, without its folder.
        sha256: of the model, in hexadecimal.
        rows: of the run's own table of images.
        compared_split: whose images the parity was measured on, in words.
    """

    file: str
    sha256: str
    metadata: ModelMetadata
    backbone: Backbone
    info: RunInfo
    rows: Sequence[ImageRow]
    result: EvaluateDone | None
    parity: Parity
    compared_split: str
    settings: ExportSettings


def model_card(facts: CardFacts) -> str:
    """The card as Markdown; it names no path and no user."""
    # Markdown, not HTML; names from the user go through `cell`.
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701
    )
    environment.filters |= {"percent": percent, "cell": _cell}
    template = (files("tlstudio.resources") / TEMPLATE).read_text(encoding="utf-8")
    info = facts.info
    return environment.from_string(template).render(
        vars(facts),
        name=facts.file.removesuffix(".onnx"),
        notice=RESEARCH_NOTICE,
        classes=facts.metadata.classes,
        not_to_be_used_for=facts.settings.not_to_be_used_for.strip(),
        contact=facts.settings.contact.strip(),
        counts=_counts(facts.rows, facts.metadata.classes),
        groups=_groups(facts.rows),
        torn_groups=len(torn_groups(facts.rows)),
        set_aside=sum(row.is_set_aside for row in facts.rows),
        confusions=largest_confusions(facts.result) if facts.result else [],
        weights=info.weights_file or info.model.weights,
        frozen=len(info.frozen_groups),
        preprocessing=facts.metadata.preprocessing,
        steps=steps(facts.metadata.preprocessing),
    )


def largest_confusions(result: EvaluateDone) -> list[Confusion]:
    """The mistakes with the most images, at most CONFUSIONS_SHOWN."""
    names = [row.name for row in result.classes]
    mistakes = [
        Confusion(names[label], names[predicted], images, sum(row))
        for label, row in enumerate(result.confusion)
        for predicted, images in enumerate(row)
        if label != predicted and images
    ]
    return sorted(mistakes, key=lambda mistake: -mistake.images)[:CONFUSIONS_SHOWN]


def _counts(rows: Sequence[ImageRow], classes: Sequence[str]) -> list[dict[str, str | int]]:
    return [
        {"name": name}
        | {split: sum(row.class_name == name and row.split == split for row in rows) for split in SPLITS}
        for name in classes
    ]


def _groups(rows: Sequence[ImageRow]) -> dict[str, int] | None:
    """Groups in each split, or None if every image is its own."""
    used = [row for row in rows if not row.is_set_aside]
    if all(row.group == row.path for row in used):
        return None
    return {split: len({row.group for row in used if row.split == split}) for split in SPLITS}


def _cell(text: str) -> str:
    """A name from the user, so that it can neither break a table nor become HTML."""
    flat = " ".join(text.split())
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
