"""What is kept of a run while it goes on: epochs that take less than a moment are written a few at a time."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from torch import Tensor

from tlstudio.train.checkpoint import Place, save_checkpoint, state_of, weights_in
from tlstudio.train.errors import saving
from tlstudio.train.events import EpochDone
from tlstudio.train.run_folder import BEST_NAME
from tlstudio.train.run_info import RunInfo, State, append_metrics, write_info
from tlstudio.train.save_interval import FIRST_SECONDS, seconds_until_next
from tlstudio.train.step import Trainee
from tlstudio.train.tensor_file import write_tensors
from tlstudio.train.validation_file import ValidationAnswer, write_validation


@dataclass(frozen=True)
class Taken:
    """What was taken over and is not written yet; it changes as a whole, wherever an error comes.

    Attributes:
        place: where the run stands after the epochs.
        epochs: what they reported.
        state: what the checkpoint will hold; empty if the one on the disk is of this place.
        best: the best epoch among them, its weights and its answers.
    """

    place: Place
    epochs: tuple[EpochDone, ...] = ()
    state: Mapping[str, Tensor] = field(default_factory=dict)
    best: tuple[int, Mapping[str, Tensor], Sequence[ValidationAnswer]] | None = None


class Keeper:
    """Writes finished epochs into a run's folder, the last of them at the latest when it is closed."""

    def __init__(self, folder: Path, info: RunInfo, place: Place) -> None:
        """Write nothing yet.

        Args:
            folder: of the run.
            info: what run.json says, but for where the run stands.
            place: where it stands.
        """
        self._folder = folder
        self._info = info
        self._taken = Taken(place)
        self._next_save = time.monotonic() + FIRST_SECONDS

    def keep(
        self, place: Place, done: EpochDone, trainee: Trainee, answers: Sequence[ValidationAnswer]
    ) -> None:
        """Take over a finished epoch.

        Args:
            place: where the run stands after it.
            done: what it reported.
            trainee: whose network it left.
            answers: about the validation images, if it is the best epoch so far.

        Raises:
            TLStudioError: if it can't be written.
        """
        state = state_of(trainee.network, trainee.optimizer, trainee.averaged, trainee.head)
        best = (done.epoch, weights_in(state), answers) if done.is_best else self._taken.best
        self._taken = Taken(place, (*self._taken.epochs, done), state, best)
        if done.epoch == done.epochs or time.monotonic() >= self._next_save:
            self.save("running")

    def save(self, state: State) -> None:
        """Write what was taken over. The checkpoint comes last: whatever breaks before, resuming repeats it.

        So run.json never lags behind the checkpoint, and tells of no epoch whose metrics are not there.

        Raises:
            TLStudioError: if it can't be written.
        """
        began = time.monotonic()
        with saving("the checkpoint"):
            if self._taken.epochs:
                append_metrics(self._folder, self._taken.epochs)
                self._taken = replace(self._taken, epochs=())
            if self._taken.best is not None:
                epoch, weights, answers = self._taken.best
                write_validation(self._folder, answers)
                write_tensors(self._folder / BEST_NAME, weights, {"epoch": epoch})
                self._taken = replace(self._taken, best=None)
            self.say(state)
            if self._taken.state:
                save_checkpoint(self._folder, self._taken.place, self._taken.state)
                self._taken = replace(self._taken, state={})
        now = time.monotonic()
        self._next_save = now + seconds_until_next(now - began)

    def say(self, state: State) -> None:
        """Write where the run stands into run.json.

        Raises:
            OSError: if it can't be written.
        """
        info = replace(
            self._info,
            state=state,
            best_epoch=self._taken.place.best_epoch,
            epochs_done=self._taken.place.epoch,
            seconds=self._taken.place.seconds,
        )
        write_info(self._folder, info)
