"""What a terminal says about networks of timm beyond the table."""

from collections.abc import Sequence

from tlstudio.amounts import counted
from tlstudio.cli.words import BACKBONE_HEADER, table
from tlstudio.events import Event
from tlstudio.model.events import NetworkInspected
from tlstudio.run.events import NetworkFound, NetworksFound

SHOWN = 40
NETWORK_HEADER = ("Name", "Family", "Values", "Input", "Weights", "Licence")


def network_sentence(event: Event) -> str:
    """What the event says to a person; empty if it is not about such a network."""
    if not isinstance(event, NetworkInspected):
        return ""
    if not event.usable:
        return f"{event.name} can't be used here. {event.reason}"
    text = (
        f"{event.name} works here: {counted(event.parameters, 'value')} in "
        f"{counted(len(event.freeze_groups), 'group')} and the head, images of {event.input_px} px; "
        f"built, frozen, trained and exported in {event.seconds:.0f} s."
    )
    return f"{text} {event.reason}".strip()


def network_row(network: NetworkFound) -> tuple[str, ...]:
    """A network as a row of the table below `NETWORK_HEADER`."""
    values = f"{network.parameters / 1e6:.1f} M" if network.parameters else "–"
    weights = f"{network.megabytes:,.0f} MB" if network.megabytes else "–"
    return network.name, network.family, values, f"{network.input_px} px", weights, network.licence


def found(
    event: NetworksFound, backbones: Sequence[tuple[str, ...]], networks: Sequence[tuple[str, ...]]
) -> str:
    """The answer to a search: rows of the gallery, then other networks of timm."""
    parts = []
    if backbones:
        parts.append(table(BACKBONE_HEADER, backbones))
    if networks:
        parts.append("Other networks of timm, looked over before their first training:")
        parts.append(table(NETWORK_HEADER, networks[:SHOWN]))
    if event.networks > SHOWN:
        parts.append(f"… and {event.networks - SHOWN:,} more. Add a word to see fewer.")
    return "\n\n".join(parts) or "No network holds these words."
