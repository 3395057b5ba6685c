"""Events about backbones and their weights as sentences for people."""

from tlstudio.cli.words import command, duration, near
from tlstudio.events import Event
from tlstudio.model.events import PackImported, PackWritten, WeightsDownloaded, WeightsMatched

SHOWN = 5


def weights_sentence(event: Event) -> str:
    """What the event says to a person; empty if it is about something else."""
    match event:
        case WeightsDownloaded():
            return (
                f"The weights of {event.name} are on this computer, whole by their checksum "
                f"({event.megabytes:.1f} MB, {duration(event.seconds)}).\n"
                f"Train with them: {command()} train PROJECT --backbone {event.name}"
            )
        case PackWritten():
            packed = f"{', '.join(event.backbones)} ({event.megabytes:.1f} MB)"
            return (
                f"Packed into {near(event.folder)}: {packed}.\n"
                "On the other machine: tlstudio backbones import FOLDER, or drop the folder on the window."
            )
        case PackImported():
            return _imported(event)
        case WeightsMatched():
            return _matched(event)
    return ""


def _imported(event: PackImported) -> str:
    known = f"{', '.join(event.already_here)} {_was(event.already_here)} here already."
    if not event.backbones:
        return known if event.already_here else "The pack holds nothing for this version of TL Studio."
    came = f"{', '.join(event.backbones)} {_was(event.backbones)} imported, whole by checksum "
    came += f"({event.megabytes:.1f} MB)."
    return f"{came} {known}" if event.already_here else came


def _was(names: list[str]) -> str:
    return "was" if len(names) == 1 else "were"


def _matched(event: WeightsMatched) -> str:
    if event.fits:
        head = f"{event.file} fits {event.backbone}: {event.matched} of {event.expected} tensors."
        return f"{head} Its classifier is left out, as a new one is trained." if event.left_out else head
    lines = [f"{event.file} does not fit {event.backbone}. {event.reason}"]
    lines += _some("Of another shape", event.different)
    shaped = {sentence.partition(" ")[0] for sentence in event.different}
    lines += _some("Not in the file", [name for name in event.missing if name not in shaped])
    lines += _some("Only in the file", event.unexpected)
    return "\n".join(lines)


def _some(head: str, items: list[str]) -> list[str]:
    """The first few with how many there are, or nothing."""
    if not items:
        return []
    more = [f"  … and {len(items) - SHOWN} more"] if len(items) > SHOWN else []
    return [f"{head} ({len(items)}):", *(f"  {item}" for item in items[:SHOWN]), *more]
