"""What a terminal says about backbones as they are: how fast, and what they see."""

from tlstudio import RESEARCH_NOTICE
from tlstudio.amounts import counted
from tlstudio.cli.words import duration, rate
from tlstudio.events import Event
from tlstudio.model.events import (
    NotRecognised,
    Recognised,
    RecogniseDone,
    SpeedMeasured,
    SpeedNotMeasured,
    SpeedsMeasured,
)


def backbone_sentence(event: Event) -> str:
    """What the event says to a person; empty if it is about something else."""
    match event:
        case SpeedMeasured():
            answered, learned = rate(event.images_per_second), rate(event.training_images_per_second)
            return f"{event.name}: answers {answered} images a second, learns from {learned} a second"
        case SpeedNotMeasured():
            return f"{event.name}: not measured. {event.reason}"
        case SpeedsMeasured():
            left_out = f", {len(event.left_out):,} not" if event.left_out else ""
            measured = f"{counted(event.backbones, 'backbone')} measured{left_out}"
            return (
                f"{measured}, in {duration(event.seconds)}, on {event.device}. "
                "Learning is with nothing frozen; the more is frozen, the nearer it comes to answering."
            )
        case Recognised():
            named = zip(event.names, event.probabilities, strict=True)
            return f"{event.image}: " + ", ".join(f"{_name(name)} {_share(share)}" for name, share in named)
        case NotRecognised():
            return f"{event.image}: not read. {event.reason}."
        case RecogniseDone():
            unreadable = f", {event.unreadable} not read" if event.unreadable else ""
            asked = f"{counted(event.images, 'image')}{unreadable}, {duration(event.seconds)}"
            by = f"{event.backbone} as it was pretrained; your own classes it learns in training"
            return f"{asked}, by {by}.\n{RESEARCH_NOTICE}"
    return ""


def _name(description: str) -> str:
    """The first of a class's names: "tench" of "tench, Tinca tinca"."""
    return description.partition(",")[0]


def _share(probability: float) -> str:
    percent = f"{100 * probability:.0f}%"
    return {"0%": "under 1%", "100%": "over 99%"}.get(percent, percent)
