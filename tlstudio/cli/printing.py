"""Where events go in a terminal: lines of JSON for scripts, or sentences with progress bars beside them."""

import sys
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from tlstudio.cli.backbone_words import backbone_sentence
from tlstudio.cli.estimating import estimate_sentence
from tlstudio.cli.network_words import found, network_row, network_sentence
from tlstudio.cli.sweep_words import sweep_sentence
from tlstudio.cli.weight_words import weights_sentence
from tlstudio.cli.words import (
    BACKBONE_HEADER,
    RUN_HEADER,
    backbone_row,
    run_row,
    sentence,
    table,
)
from tlstudio.data.events import ImageSetAside, ImagesScanned
from tlstudio.events import Event, Failed, Noted, Progress, Stopped, to_json
from tlstudio.model.events import DownloadProgressed
from tlstudio.run.events import (
    BackboneListed,
    BackbonesListed,
    NetworkFound,
    NetworksFound,
    RunListed,
    RunsListed,
)
from tlstudio.train.events import BatchDone

SET_ASIDE_SHOWN = 10


class Printer(Protocol):
    """Whoever shows events as they come."""

    def show(self, event: Event) -> None:
        """Show one event."""

    def close(self) -> None:
        """Leave the terminal tidy."""


class JsonPrinter:
    """One JSON object a line on standard output, sent at once."""

    def show(self, event: Event) -> None:
        """Print the event's line."""
        # In one piece with its end, so that Ctrl-C never leaves half a line behind.
        sys.stdout.write(to_json(event) + "\n")
        sys.stdout.flush()

    def close(self) -> None:
        """There is nothing to tidy."""


class TextPrinter:
    """Results as sentences on standard output; what passes by as bars on standard error."""

    def __init__(self) -> None:
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}
        self._set_aside = 0
        self._rows: list[tuple[str, ...]] = []
        self._networks: list[tuple[str, ...]] = []

    def show(self, event: Event) -> None:
        """Print the event's sentence, or move its bar."""
        match event:
            case Progress():
                self._move(event.what, event.done, event.total)
            case BatchDone():
                self._move(f"Epoch {event.epoch}", round(1000 * event.fraction), 1000)
            case DownloadProgressed():
                share = event.done_bytes / event.total_bytes if event.total_bytes else 0
                self._move(f"Downloading {event.name}", round(1000 * share), 1000)
            case ImageSetAside():
                self._set_aside += 1
                if self._set_aside <= SET_ASIDE_SHOWN:
                    self._say(f"Set aside: {event.path}. {event.reason}.", is_result=False)
            case ImagesScanned():  # the project's own sentence follows
                self._finish_set_aside()
            case RunListed():
                self._rows.append(run_row(event))
            case BackboneListed():
                self._rows.append(backbone_row(event))
            case NetworkFound():
                self._networks.append(network_row(event))
            case RunsListed() | BackbonesListed() | NetworksFound():
                self._say(self._table(event), is_result=True)
            case _:
                sayings = (
                    sentence,
                    backbone_sentence,
                    weights_sentence,
                    network_sentence,
                    sweep_sentence,
                    estimate_sentence,
                )
                text = next((said for say in sayings if (said := say(event))), "")
                self._say(text, is_result=not isinstance(event, Failed | Noted | Stopped))

    def close(self) -> None:
        """Take the bars away."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
            self._tasks = {}

    def _say(self, text: str, *, is_result: bool) -> None:
        self.close()
        if text and is_result:
            print(text, flush=True)
        elif text:
            print(text, file=sys.stderr, flush=True)

    def _table(self, event: RunsListed | BackbonesListed | NetworksFound) -> str:
        if isinstance(event, NetworksFound):
            return found(event, self._rows, self._networks)
        if not self._rows:
            return "No run yet." if isinstance(event, RunsListed) else "No backbone."
        return table(RUN_HEADER if isinstance(event, RunsListed) else BACKBONE_HEADER, self._rows)

    def _finish_set_aside(self) -> None:
        if self._set_aside > SET_ASIDE_SHOWN:
            self._say(f"… and {self._set_aside - SET_ASIDE_SHOWN} more.", is_result=False)

    def _move(self, what: str, done: int, total: int) -> None:
        if not self._errors.is_terminal:
            return
        if self._bars is None:
            self._bars = Bars(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn() if total != 1000 else TextColumn("{task.percentage:.0f}%"),
                TimeRemainingColumn(),
                console=self._errors,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._bars.start()
        if what not in self._tasks:
            for task in self._tasks.values():
                self._bars.remove_task(task)
            self._tasks = {what: self._bars.add_task(what, total=total or None)}
        self._bars.update(self._tasks[what], completed=done, total=total or None)
