"""The model card: one page of Markdown that says what an exported file is and how far to trust it."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import jinja2

from tlstudio import RESEARCH_NOTICE
from tlstudio.amounts import percent
from tlstudio.data.table import SPLITS, ImageRow, are_grouped, torn_groups
from tlstudio.evaluate.events import EvaluateDone
from tlstudio.export.metadata import ModelMetadata, steps
from tlstudio.export.parity import Parity
from tlstudio.export.settings import ExportSettings
from tlstudio.model.backbone import Backbone
from tlstudio.train.run_info import RunInfo
from tlstudio.train.settings import TrainSettings

TEMPLATE = "model_card.md.jinja"
CONFUSIONS_SHOWN = 5

SAID_IF_UNUSUAL = {
    "layer_decay": "Layer decay",
    "weight_decay": "Weight decay",
    "label_smoothing": "Label smoothing",
    "warmup_epochs": "Warm-up epochs",
    "mixup": "Mixup",
    "patch_drop": "Share of patches dropped",
    "is_class_weighted": "Rare classes count more in the loss",
    "is_averaged": "Weights averaged",
}
"""Fields of the training settings that have a row in the card where they differ from the default."""


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
    used = [row for row in facts.rows if not row.is_set_aside]
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
        has_copies=len({row.sha256 for row in used}) < len(used),
        set_aside=sum(row.is_set_aside for row in facts.rows),
        confusions=largest_confusions(facts.result) if facts.result else [],
        weights=info.weights_file or info.model.weights,
        frozen=len(info.frozen_groups),
        preprocessing=facts.metadata.preprocessing,
        steps=steps(facts.metadata.preprocessing),
        unusual=unusual_settings(info.train),
    )


def unusual_settings(train: TrainSettings) -> list[tuple[str, float]]:
    """What decides the result and was not left at its default: name in words and value."""
    usual = TrainSettings()
    return [
        (words, getattr(train, name))
        for name, words in SAID_IF_UNUSUAL.items()
        if getattr(train, name) != getattr(usual, name)
    ]


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
    """Groups in each split, or None if images were taken as independent."""
    if not are_grouped(rows):
        return None
    used = [row for row in rows if not row.is_set_aside]
    return {split: len({row.group for row in used if row.split == split}) for split in SPLITS}


def _cell(text: str) -> str:
    """A name from the user, so that it can neither break a table nor become HTML."""
    flat = " ".join(text.split())
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
