"""Runs that differ by their seed alone, taken together; functions of facts, without Qt."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from tlstudio.app.model_choice import title_of
from tlstudio.evaluate.compare import Contender
from tlstudio.project.depth_results import answers_of, comparable
from tlstudio.project.likely import likely_range
from tlstudio.project.project import Project, Run
from tlstudio.train.validation_file import VALIDATION_NAME


@dataclass(frozen=True)
class RunKind:
    """Runs of one backbone from one start at one depth with one choice of settings.

    Attributes:
        runs: one of each seed, the best first.
    """

    runs: tuple[Run, ...]

    @property
    def first(self) -> Run:
        """The best of them."""
        return self.runs[0]

    @property
    def backbone(self) -> str:
        """Its name."""
        return self.first.model.backbone

    @property
    def start(self) -> tuple[str, str]:
        """Backbone and weights that they began with."""
        return self.backbone, self.first.started.weights_sha256 or self.first.started.weights

    @property
    def depth(self) -> int:
        """Frozen groups."""
        return self.first.started.frozen_groups

    @property
    def images(self) -> int:
        """For validation."""
        return self.first.started.validation_images

    @property
    def accuracy(self) -> float:
        """On the validation images; the mean where there are several seeds."""
        return round(fmean(accuracy_of(run) for run in self.runs), 9)  # so that equals are

    @property
    def likely(self) -> tuple[float, float]:
        """Where the true share plausibly lies, for so many images; the mean where there are several seeds."""
        ranges = [likely_range(run.best, self.images) for run in self.runs if run.best is not None]
        if not ranges:
            return 0.0, 1.0
        return fmean(low for low, _ in ranges), fmean(high for _, high in ranges)

    def contender(self, project: Project, *, says_backbone: bool) -> Contender:
        """As it takes part in a comparison."""
        answers = {run.train.seed: answers_of(project, run) for run in reversed(self.runs)}
        if len(self.runs) == 1:
            return Contender(f"Run {self.first.number}", f"Run {self.first.number}", answers)
        words = f"{title_of(self.backbone)} at depth {self.depth}"
        if says_backbone:
            return Contender(words, words, answers)
        return Contender(f"Freeze depth {self.depth}", f"depth {self.depth}", answers)


def kinds_of(runs: Iterable[Run]) -> list[RunKind]:
    """The runs sorted into kinds, the most accurate kind first; among equals the one that freezes most.

    Of runs that were repeated from the same seed only the newest counts, as for the pin on the freeze slider:
    their mean would tell nothing new, and the best of them would be a lucky one.
    """
    alike: dict[object, dict[int, Run]] = defaultdict(dict)
    for run in sorted(runs, key=lambda run: run.number):
        start = run.started.weights_sha256 or run.started.weights
        settings = replace(comparable(run), seed=0)
        alike[run.model.backbone, start, run.started.frozen_groups, settings][run.train.seed] = run
    kinds = [RunKind(tuple(sorted(some.values(), key=_rank, reverse=True))) for some in alike.values()]
    return sorted(kinds, key=lambda kind: (kind.accuracy, kind.depth, kind.first.number), reverse=True)


def contenders(project: Project, kinds: Sequence[RunKind]) -> list[Contender]:
    """The kinds as they take part in a comparison; the best one last, which it is among equals."""
    says_backbone = len({kind.start for kind in kinds}) > 1
    return [kind.contender(project, says_backbone=says_backbone) for kind in reversed(kinds)]


def has_answers(project: Project, kind: RunKind) -> bool:
    """Whether its answers about each validation image may be known; runs of older versions kept none."""
    return (project.run_folder(kind.first.number) / VALIDATION_NAME).exists()


def accuracy_of(run: Run) -> float:
    """Of its best epoch; 0 before the first."""
    return run.best.validation_accuracy if run.best else 0.0


def _rank(run: Run) -> tuple[float, int]:
    return accuracy_of(run), run.number
