"""What cards and lists say of a backbone: its state, speed, size, and what its weights are."""

import math
from dataclasses import dataclass

from tlstudio.app.downloads import Download
from tlstudio.app.widgets.amounts import file_size
from tlstudio.app.widgets.chip import Tone
from tlstudio.model.backbone import Backbone
from tlstudio.model.settings import PRETRAINED, RANDOM
from tlstudio.model.weight_store import WeightsState

SPEED_WORDS = ((0.75, "Fastest"), (0.4, "Fast"), (0.15, "Medium"), (0.0, "Slower"))
"""From this share of the fastest measured one on, a network is called so."""

SLOWEST_SHOWN = 0.02
"""Of the fastest; the meter is logarithmic, and empty there."""

NOT_MEASURED = "not measured yet"
OWN_WEIGHTS = "Made by us on synthetic images; no photograph was used."


@dataclass(frozen=True)
class NetworkFacts:
    """What is so now of one backbone on this computer.

    Attributes:
        state: of its weights.
        start: what the project starts from with it: "pretrained", "random" or a file's name.
        speed: images a second that it answers, None before it was measured.
        fastest: of all that were measured.
        is_measuring: whether that goes on now.
        suggestion: why it is suggested; empty if it is not.
        download: of its weights, if one runs, was stopped or failed.
    """

    state: WeightsState
    start: str = PRETRAINED
    speed: float | None = None
    fastest: float | None = None
    is_measuring: bool = False
    suggestion: str = ""
    download: Download | None = None

    @property
    def is_pretrained(self) -> bool:
        """Whether training would start from weights that know something."""
        return self.start not in (RANDOM, PRETRAINED) or (
            self.start == PRETRAINED and self.state.kind != "none"
        )


@dataclass(frozen=True)
class ChipWords:
    """A chip: the same in several lengths, the longest first; none at all leaves its icon."""

    texts: tuple[str, ...]
    tone: Tone
    icon: str


SUGGESTED = ChipWords(("Suggested", ""), "accent", "star")


def state_chip(facts: NetworkFacts) -> ChipWords:
    """What its weights are, or how they can be had."""
    if facts.start == RANDOM or (facts.start == PRETRAINED and facts.state.kind == "none"):
        return ChipWords(("Starts from random weights", "Random weights"), "neutral", "shuffle")
    if facts.start != PRETRAINED:
        return ChipWords((f"Starts from {facts.start}",), "neutral", "file")
    if facts.state.is_here:
        return ChipWords(("Works offline", "Offline"), "ok", "check-circle")
    size = file_size(facts.state.size_bytes)
    stopped = facts.download
    if stopped is not None and not stopped.is_running and stopped.done_bytes and stopped.total_bytes:
        at = f"{done_of(stopped)} here"
        return ChipWords((f"Stopped, {at}", at), "warn", "warning")
    if stopped is not None and stopped.problem is not None:
        return ChipWords(("Download failed", "Failed"), "bad", "x-circle")
    return ChipWords((f"Download once, {size}", f"Download {size}", size), "neutral", "download-simple")


def state_words(state: WeightsState) -> str:
    """The same in a column of a list."""
    if state.kind == "download":
        return "Download"
    return {
        "bundled": "Bundled",
        "here": "On this computer",
        "pack": "Imported pack",
        "none": "Random only",
    }[state.kind]


def done_of(download: Download) -> str:
    """How much of a download has come: "41 of 109 MB"."""
    if not download.total_bytes:
        return file_size(download.done_bytes)
    total = file_size(download.total_bytes)
    done = file_size(download.done_bytes)
    number, unit = done.rsplit(" ", 1)
    return f"{number} of {total}" if total.endswith(unit) else f"{done} of {total}"


def size_bytes(backbone: Backbone) -> int:
    """Of the network as a file with its usual precision; a bundled one is packed to half of it."""
    published = backbone.weights.size_bytes if not backbone.weights.bundled else 0
    return published or backbone.parameters * 4


def speed_words(facts: NetworkFacts) -> tuple[float | None, str]:
    """How much of the meter is filled, None for no meter, and the word; without others it is the number."""
    if facts.speed is None or facts.speed <= 0 or not facts.fastest:
        return None, "measuring…" if facts.is_measuring else NOT_MEASURED
    ratio = min(1.0, facts.speed / facts.fastest)
    filled = max(0.04, 1 - math.log(ratio) / math.log(SLOWEST_SHOWN))
    return filled, next(word for least, word in SPEED_WORDS if ratio >= least)


def speed_number(speed: float | None) -> str:
    """The measured speed itself."""
    if speed is None:
        return NOT_MEASURED
    return f"{speed_digits(speed)} images a second"


def speed_digits(speed: float) -> str:
    """Images a second, with as many digits as can be trusted."""
    return f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}"


def accuracy_reason(backbone: Backbone) -> str:
    """Why there is no accuracy on everyday photos; empty if there is one."""
    if backbone.imagenet_accuracy is not None:
        return ""
    return "made without photos" if backbone.weights.bundled else "not published"


def about_weights(backbone: Backbone) -> str:
    """One line on what its own weights are."""
    published = backbone.weights
    if published.bundled:
        return OWN_WEIGHTS
    parts = [f"Pretrained on {published.trained_on}"] if published.trained_on else []
    parts += [f"licence {published.licence}" if published.licence else "licence unknown"]
    parts += [plain_address(published.source)] if published.source else []
    return ", ".join(parts) + "."


def plain_address(source: str) -> str:
    """An address without what every address begins with."""
    return source.removeprefix("https://").removeprefix("http://").removeprefix("www.")
