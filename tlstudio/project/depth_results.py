"""What the runs of a project say about its freeze depth."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isclose
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.errors import ModelError
from tlstudio.evaluate.events import DepthResult, SweepDone
from tlstudio.model.backbones import find_backbone
from tlstudio.model.settings import PRETRAINED, RANDOM, ModelSettings
from tlstudio.model.weight_store import remembered_sha256, weights_file, weights_sha256
from tlstudio.project.project import Project, Run
from tlstudio.train.settings import TrainSettings
from tlstudio.train.validation_file import ValidationAnswer, read_validation

# The window knows of sweeps long before it compares, and numpy would take a tenth of a second of its start.
if TYPE_CHECKING:
    from tlstudio.evaluate.compare import Comparison, Contender

LEAST_DEPTHS = 3
"""With fewer, nothing is known about what lies between."""


def is_measured(project: Project, run: Run) -> bool:
    """Whether the run is done, and its answers about each validation image are kept."""
    return run.state == "done" and bool(answers_of(project, run))


def answers_of(project: Project, run: Run) -> tuple[ValidationAnswer, ...]:
    """What the run's best weights said about each validation image; nothing if it isn't known for sure.

    Runs of older versions kept no answers, and a crash may have left those of the epoch before.
    """
    answers = read_validation(project.run_folder(run.number))
    if not answers or run.best is None:
        return ()
    right = sum(row.is_right for row in answers) / len(answers)
    return answers if isclose(right, run.best.validation_accuracy, abs_tol=1e-9) else ()


def measured(project: Project) -> SweepDone | None:
    """What is known about the freeze depth of the chosen backbone on the present images, by its runs.

    That takes at least three depths which were trained from the same seeds with the same settings, by a
    sweep or one by one.
    """
    model = project.settings.model
    try:
        sha256 = sha256_of_weights(model)
    except ModelError:  # a backbone of another version
        return None
    alike: dict[TrainSettings, dict[tuple[int, int], Run]] = defaultdict(dict)
    for run in project.runs:
        if not project.is_stale(run) and is_same_model(run, model, sha256) and is_measured(project, run):
            key = replace(comparable(run), seed=0)
            alike[key][run.started.frozen_groups, run.train.seed] = run
    complete = [runs for runs in map(_complete, alike.values()) if len(_depths(runs)) >= LEAST_DEPTHS]
    best = max(complete, key=lambda runs: (len(runs), max(run.number for run in runs.values())), default=None)
    return None if best is None else depth_results(project, best)


def _complete(runs: Mapping[tuple[int, int], Run]) -> dict[tuple[int, int], Run]:
    """The runs of those depths that have as many seeds as any."""
    seeds = {depth: {seed for each, seed in runs if each == depth} for depth in _depths(runs)}
    most = max(seeds.values(), key=len)
    return {key: run for key, run in runs.items() if seeds[key[0]] == most}


def _depths(runs: Mapping[tuple[int, int], Run]) -> list[int]:
    return sorted({depth for depth, _ in runs})


def depth_results(project: Project, runs: Mapping[tuple[int, int], Run]) -> SweepDone | None:
    """What these runs come to, by depth and seed; None without any, or if their images differ."""
    depths = _depths(runs)
    head = find_backbone(project.settings.model.backbone).head_depth
    of_depth = {depth: [run for (each, _), run in runs.items() if each == depth] for depth in depths}
    from tlstudio.evaluate.compare import compare  # noqa: PLC0415

    comparison = compare([_contender(project, depth, head, of_depth[depth]) for depth in depths])
    if comparison is None:
        return None
    results = [
        DepthResult(
            depth=depth,
            validation_accuracy=standing.accuracy,
            accuracy_low=standing.low,
            accuracy_high=standing.high,
            lowest=standing.lowest,
            highest=standing.highest,
            seconds=sum(run.seconds for run in of_depth[depth]),
            runs=[run.number for run in of_depth[depth]],
            can_be_chance=standing.can_be_chance,
        )
        for depth, standing in zip(depths, comparison.standings, strict=True)
    ]
    best, recommended = depths[comparison.best], _recommended(depths, comparison)
    advice = (
        f" Freeze depth {recommended} is recommended: it freezes more, so it trains faster and memorises "
        "less, and it is within one standard error of the best."
        if recommended != best
        else ""
    )
    return SweepDone(
        depths=results,
        best_depth=best,
        recommended_depth=recommended,
        next_between=_next_between(results, comparison.best),
        sentence=f"{comparison.title} {comparison.text}{advice}".strip(),
        seconds=sum(result.seconds for result in results),
        failed=0,
    )


def _contender(project: Project, depth: int, head: int, runs: Sequence[Run]) -> "Contender":
    from tlstudio.evaluate.compare import Contender  # noqa: PLC0415

    words = f"depth {depth}{' (head only)' if depth == head else ''}"
    return Contender(f"Freeze {words}", words, {run.train.seed: answers_of(project, run) for run in runs})


def _recommended(depths: Sequence[int], comparison: "Comparison") -> int:
    """The deepest that is within one standard error of the best, as it trains fastest and adjusts least.

    Source: the one standard error rule of Breiman et al. 1984, "Classification and Regression Trees".
    """
    near = [
        depth
        for depth, standing in zip(depths, comparison.standings, strict=True)
        if standing.behind is not None and standing.behind.difference <= standing.behind.standard_error
    ]
    return max([*near, depths[comparison.best]])


def _next_between(results: Sequence[DepthResult], best: int) -> list[int]:
    """The best depth and the better one of its neighbours that are not right beside it."""
    around = [results[place] for place in (best - 1, best + 1) if 0 <= place < len(results)]
    wide = [result for result in around if abs(result.depth - results[best].depth) > 1]
    if not wide:
        return []
    other = max(wide, key=lambda result: result.validation_accuracy)
    return sorted([other.depth, results[best].depth])


def is_same_model(run: Run, model: ModelSettings, sha256: str) -> bool:
    """Whether the run began with that backbone and those weights, frozen however far.

    Args:
        run: of a project.
        model: the settings.
        sha256: of their weights.
    """
    known = run.started.weights_sha256
    return (
        run.model.backbone == model.backbone
        # A project that was rebuilt from its runs knows the weights file by its name alone.
        and Path(run.model.weights).name == Path(model.weights).name
        and (not known or not sha256 or known == sha256)
    )


def comparable(run: Run) -> TrainSettings:
    """What it was trained with, without what may differ between runs that are compared."""
    return replace(run.train, augmentation=run.augmentation, device="auto")


def sha256_of_weights(model: ModelSettings) -> str:
    """Of the file that the settings name; empty if they are random or it can't be read.

    Raises:
        UnknownBackbone: if this version does not know the backbone.
    """
    backbone = find_backbone(model.backbone)
    if model.weights == RANDOM:
        return ""
    if model.weights == PRETRAINED:
        return weights_sha256(backbone) if weights_file(backbone) is not None else ""
    try:
        return remembered_sha256(Path(model.weights))
    except OSError:
        return ""
