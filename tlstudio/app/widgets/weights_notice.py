"""What the Model page says about the weights of the chosen network, and what it offers."""

from dataclasses import dataclass
from typing import Literal

from tlstudio.app.downloads import Download
from tlstudio.app.widgets.amounts import file_size
from tlstudio.app.widgets.message_bar import MessageTone
from tlstudio.app.widgets.network_words import NetworkFacts, done_of, plain_address
from tlstudio.model.backbone import Backbone
from tlstudio.model.settings import PRETRAINED, RANDOM

Offer = Literal["download", "cancel", "pretrained", "random", "file", "relearn"]


@dataclass(frozen=True)
class Notice:
    """One message.

    Attributes:
        actions: words of a button, and what it does.
        is_loading: whether it follows a download with a bar.
    """

    tone: MessageTone
    title: str
    text: str
    actions: tuple[tuple[str, Offer], ...] = ()
    is_loading: bool = False


USE_RANDOM: tuple[str, Offer] = ("Use random weights", "random")
USE_PRETRAINED: tuple[str, Offer] = ("Use pretrained weights", "pretrained")
USE_FILE: tuple[str, Offer] = ("Use a weights file…", "file")


def notice(backbone: Backbone, facts: NetworkFacts, *, is_frozen: bool, matched: str = "") -> Notice | None:
    """The message for what is chosen; None if all is as it should be.

    Args:
        backbone: the chosen one.
        facts: of it.
        is_frozen: whether any of its groups is.
        matched: what is known of the user's own file.
    """
    download = facts.download
    if download is not None and download.is_running:
        return Notice(
            "accent",
            f"Downloading the weights of {backbone.title}.",
            loading_words(download),
            (("Cancel", "cancel"),),
            is_loading=True,
        )
    if facts.start == RANDOM or (facts.start == PRETRAINED and facts.state.kind == "none"):
        return _of_random(backbone, facts, is_frozen=is_frozen)
    if facts.start != PRETRAINED:
        words = matched or "The recommended depth may suit them."
        back = USE_RANDOM if facts.state.kind == "none" else USE_PRETRAINED
        return Notice("ok", f"Starts from {facts.start}.", words, (back,))
    if facts.state.is_here:
        return None
    return _of_missing(backbone, facts, download)


def notice_of_unknown(name: str, stand_in: Backbone) -> Notice:
    """The message for a project whose network is not known on this computer."""
    return Notice(
        "warn",
        f"{name} is not known on this computer.",
        f"{stand_in.title} stands in for new runs; the project and its runs are as they were. "
        f"Search for {name} among all networks, or import a pack with it.",
    )


def loading_words(download: Download) -> str:
    """How far it is, and that nobody need wait for it."""
    far = f"{done_of(download)}. " if download.done_bytes else "Asking for it. "
    return f"{far}It goes on while you look at other pages; what has come is kept if it stops."


def _of_random(backbone: Backbone, facts: NetworkFacts, *, is_frozen: bool) -> Notice:
    can_be_pretrained = facts.state.kind != "none"
    other = USE_PRETRAINED if can_be_pretrained else USE_FILE
    if is_frozen:
        text = "It has seen nothing yet, so these blocks know nothing worth keeping."
        relearn: tuple[str, Offer] = ("Relearn everything", "relearn")
        return Notice("warn", "Frozen blocks keep random weights.", text, (relearn, other))
    text = "It has seen nothing yet and learns from your images alone, so nothing should be frozen."
    if not can_be_pretrained:
        text = f"No pretrained weights of {backbone.title} are to be had, so nothing should be frozen."
    return Notice("accent", "Starts from random weights.", text, (other,))


def _of_missing(backbone: Backbone, facts: NetworkFacts, stopped: Download | None) -> Notice:
    if stopped is not None and stopped.problem is not None:
        problem = stopped.problem
        text = " ".join(part for part in (problem.message, problem.what_to_try) if part)
        again = "Continue" if stopped.done_bytes else "Try again"
        return Notice("bad", f"{problem.title.rstrip('.')}.", text, ((again, "download"), USE_RANDOM))
    if stopped is not None and stopped.done_bytes:
        title = f"Download stopped at {done_of(stopped)}."
        return Notice("warn", title, "It continues from there.", (("Continue", "download"), USE_RANDOM))
    size = file_size(facts.state.size_bytes)
    title = f"The weights of {backbone.title} are not on this computer yet."
    return Notice("warn", title, _terms(backbone, size), ((f"Download {size}", "download"), USE_RANDOM))


def _terms(backbone: Backbone, size: str) -> str:
    published = backbone.weights
    licence = f"Licence {published.licence}" if published.licence else "Their licence is not known"
    if published.is_non_commercial:
        licence += ", which does not allow commercial use"
    return f"{size} once, from {plain_address(published.source or published.repo)}. {licence}."
