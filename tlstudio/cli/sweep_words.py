"""What a terminal says about a depth sweep."""

from tlstudio.amounts import counted, percent
from tlstudio.cli.words import duration, table
from tlstudio.evaluate.events import DepthResult, SweepDone, SweepPlanned
from tlstudio.events import Event

HEADER = ("Freeze depth", "Validation", "Likely range", "Seeds from … to", "Time", "Runs", "")


def sweep_sentence(event: Event) -> str:
    """What the event says to a person; empty if it is not about a sweep."""
    match event:
        case SweepPlanned():
            return _planned(event)
        case SweepDone():
            return _done(event)
    return ""


def _planned(event: SweepPlanned) -> str:
    depths = ", ".join(map(str, event.depths))
    noun = "Freeze depth" if len(event.depths) == 1 else "Freeze depths"
    left = event.runs_planned - event.runs_already_done
    known = f", {event.runs_already_done:,} of them done already" if event.runs_already_done else ""
    return (
        f"{noun} {depths} with {counted(len(event.seeds), 'seed')} each: "
        f"{counted(event.runs_planned, 'run')} of {counted(event.epochs, 'epoch')}{known}, {left:,} to train."
    )


def _done(event: SweepDone) -> str:
    failed = f" {counted(event.failed, 'run')} failed." if event.failed else ""
    between = (
        f" A run between {event.next_between[0]} and {event.next_between[1]} may tell more."
        if event.next_between
        else ""
    )
    rows = [_row(result, event) for result in event.depths]
    return (
        f"\n{table(HEADER, rows)}\n\n{event.sentence}{between}\n"
        f"The sweep took {duration(event.seconds)}.{failed}"
    )


def _row(result: DepthResult, event: SweepDone) -> tuple[str, ...]:
    mark = "may be as good" if result.can_be_chance else ""
    if result.depth == event.recommended_depth:
        mark = "recommended"
    if result.depth == event.best_depth:
        mark = "best, recommended" if mark == "recommended" else "best"
    return (
        str(result.depth), percent(result.validation_accuracy),
        f"{percent(result.accuracy_low)} … {percent(result.accuracy_high)}",
        f"{percent(result.lowest)} … {percent(result.highest)}",
        duration(result.seconds), ", ".join(map(str, result.runs)), mark,
    )  # fmt: skip
