"""The runs of a depth sweep, one after another, and what they come to."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace

from tlstudio.errors import ProjectError, TLStudioError, TrainError
from tlstudio.evaluate.errors import NotComparable
from tlstudio.evaluate.events import SweepPlanned
from tlstudio.events import Event
from tlstudio.project.project import Project, Run
from tlstudio.project.sweep_plan import SweepPlan, known_run, swept
from tlstudio.train.events import RunFailed
from tlstudio.work_clock import CLOCK

Begin = Callable[[Project, Run | None], Generator[Event, None, None]]
"""Trains a new run with the project's settings, or goes on with that one."""


def run_sweep(project: Project, plan: SweepPlan, begin: Begin) -> Generator[Event, None, None]:
    """Train what the project does not have yet of the plan; see `steps.sweep`.

    Args:
        project: as it stands.
        plan: made for it.
        begin: see `Begin`.
    """
    began, failures = CLOCK.seconds(), list[RunFailed]()
    known = [known_run(project, plan, *each) for each in plan.order]
    done = sum(run is not None and run.state == "done" for run in known)
    yield SweepPlanned(list(plan.depths), list(plan.seeds), plan.epochs, len(plan.order), done)
    for (depth, seed), run in zip(plan.order, known, strict=True):
        if run is not None and run.state == "done":
            continue
        number = 0 if run is None else run.number
        try:
            with closing(begin(plan.chosen(project, depth, seed), run)) as events:
                for event in events:
                    project, number = project.after(event), getattr(event, "run", number)
                    yield event
        except TLStudioError as error:
            # What is refused before anything began would be refused every time.
            if isinstance(error, ProjectError) or not (number or failures or done):
                raise
            failed = RunFailed(error.title, error.message, error.what_to_try, run=number)
        else:
            done += 1
            continue
        # Outside the except block: the exception would keep the failed run's tensors.
        project = project.after(failed)
        failures.append(failed)
        yield failed
    result = swept(project, plan)
    if result is None and failures:
        raise TrainError(failures[-1].title, failures[-1].message, failures[-1].what_to_try)
    if result is None:
        raise NotComparable
    yield replace(result, seconds=CLOCK.seconds() - began, failed=len(failures))
