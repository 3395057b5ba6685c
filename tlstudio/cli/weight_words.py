"""Events about backbones and their weights as sentences for people."""

from tlstudio.cli.words import command, duration
from tlstudio.events import Event
from tlstudio.model.events import WeightsDownloaded


def weights_sentence(event: Event) -> str:
    """What the event says to a person; empty if it is about something else."""
    match event:
        case WeightsDownloaded():
            return (
                f"The weights of {event.name} are on this computer, whole by their checksum "
                f"({event.megabytes:.1f} MB, {duration(event.seconds)}).\n"
                f"Train with them: {command()} train PROJECT --backbone {event.name}"
            )
    return ""
