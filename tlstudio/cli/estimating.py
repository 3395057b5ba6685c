"""What a project's runs will need at every freeze depth, as events."""

from collections.abc import Iterator

from tlstudio.amounts import counted
from tlstudio.events import Event
from tlstudio.project.errors import MeasurementNotKept
from tlstudio.project.estimate import Estimate, estimate_of
from tlstudio.project.project import Project
from tlstudio.run.events import DepthEstimated, EstimateDone
from tlstudio.run.here import run_here


def estimated(project: Project, cache_gb: float | None) -> Iterator[Event]:
    """One DepthEstimated for each position of the slider; last EstimateDone. Measured if it is not known.

    Raises:
        TLStudioError: if it can't be measured, or what was measured can't be kept in the project.
    """
    estimate = estimate_of(project, cache_gb)
    if estimate is None:
        yield from run_here("estimate", project)
        estimate = estimate_of(project, cache_gb)
    if estimate is None:
        raise MeasurementNotKept(project.name)
    depths = _depths(estimate)
    yield from depths
    epochs = project.settings.train.epochs
    yield EstimateDone(project.settings.model.backbone, estimate.cost.device, epochs, len(depths))


def _depths(estimate: Estimate) -> list[DepthEstimated]:
    return [
        DepthEstimated(
            freeze_depth=depth,
            seconds=found.seconds,
            memory_bytes=found.memory_bytes,
            disk_bytes=found.disk_bytes,
            kept_bytes=found.kept_bytes,
            is_kept=found.is_kept,
            views=found.views,
        )
        for depth in range(len(estimate.cost.network.trainable))
        for found in [estimate.at(depth)]
    ]


def estimate_sentence(event: Event) -> str:
    """What such an event says to a person; empty for others."""
    match event:
        case DepthEstimated():
            seconds = f"{event.seconds:,.0f} s" if event.seconds < 90 else f"{event.seconds / 60:,.0f} min"
            return (
                f"Freeze depth {event.freeze_depth}: about {seconds}, {event.memory_bytes / 1e6:,.0f} MB of "
                f"memory, {event.disk_bytes / 1e6:,.0f} MB on disk"
            )
        case EstimateDone() if event.depths:
            return f"For {counted(event.epochs, 'epoch')} on {event.device}; a run may stop earlier."
    return ""
