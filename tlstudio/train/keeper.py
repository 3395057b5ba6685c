"""What is kept of a run while it goes on: epochs that take less than a moment are written a few at a time."""

import time
from collections.abc import Sequence
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


@dataclass
class Keeper:
    """Writes finished epochs into a run's folder, the last of them at the latest when it is closed.

    Attributes:
        folder: of the run.
        info: what run.json says, but for where the run stands.
        place: where it stands.
    """

    folder: Path
    info: RunInfo
    place: Place
    _epochs: list[EpochDone] = field(default_factory=list)
    _state: dict[str, Tensor] = field(default_factory=dict)
    _best: tuple[int, dict[str, Tensor], Sequence[ValidationAnswer]] | None = None
    _next_save: float = field(default_factory=lambda: time.monotonic() + FIRST_SECONDS)

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
        self.place = place
        self._epochs.append(done)
        self._state = state_of(trainee.network, trainee.optimizer, trainee.averaged)
        if done.is_best:
            self._best = done.epoch, weights_in(self._state), answers
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
            if self._epochs:
                append_metrics(self.folder, self._epochs)
                self._epochs = []
            if self._best is not None:
                epoch, weights, answers = self._best
                write_validation(self.folder, answers)
                write_tensors(self.folder / BEST_NAME, weights, {"epoch": epoch})
                self._best = None
            self.say(state)
            if self._state:
                save_checkpoint(self.folder, self.place, self._state)
                self._state = {}
        now = time.monotonic()
        self._next_save = now + seconds_until_next(now - began)

    def say(self, state: State) -> None:
        """Write where the run stands into run.json.

        Raises:
            OSError: if it can't be written.
        """
        info = replace(
            self.info,
            state=state,
            best_epoch=self.place.best_epoch,
            epochs_done=self.place.epoch,
            seconds=self.place.seconds,
        )
        write_info(self.folder, info)
