"""The words around the table of runs; functions of facts, without Qt."""

from tlstudio.amounts import counted
from tlstudio.app.widgets.amounts import file_size
from tlstudio.app.widgets.run_ticks import MOST
from tlstudio.project.project import Project, Run
from tlstudio.project.run_bin import DAYS

READ_ONLY = "This project can only be looked at here."


def purpose_words(project: Project) -> str:
    """How many runs there are, what their accuracies rest on, and whether they can be compared."""
    runs = counted(len(project.runs), "run")
    images = counted(project.images.images, "image") if project.images else "images"
    others = sum(project.is_stale(run) for run in project.runs)
    if not others:
        judged = f"{project.runs[-1].started.validation_images:,}"
        return f"{runs} on the same {images}, {judged} for validation. Tick up to {MOST} to see their curves."
    if others == len(project.runs):
        return f"{runs}, all on images as they were before. Train a new one to compare it with others."
    are = "is" if others == 1 else "are"
    return f"{runs}; {others} of them {are} on other images, and can't be compared with the rest."


def why_not_to_start(project: Project | None, *, is_busy: bool) -> str:
    """Why no training can start; empty if one can."""
    if project is None or project.images is None:
        return "Add images on the Data page first."
    if project.is_read_only:
        return READ_ONLY
    return "Something is running already. Wait for it, or stop it." if is_busy else ""


def why_not_to_evaluate(project: Project, run: Run, *, is_taken: bool) -> str:
    """Why the run can't be taken to Evaluate; empty if it can."""
    if run.best is None:
        yet = "" if run.state in ("failed", "stopped") else " yet"
        return f"Run {run.number} has no finished epoch{yet}."
    if project.is_read_only and not is_taken:
        return "This project can only be looked at here, so another run can't be chosen."
    return ""


def why_not_to_delete(project: Project, run: Run, *, is_in_use: bool) -> str:
    """Why the run can't be deleted; empty if it can."""
    if project.is_read_only:
        return READ_ONLY
    if run.state == "running":
        return "It is being trained. Stop it first."
    return "It is being worked on. Wait for that, or stop it." if is_in_use else ""


def deleted_words(run: Run) -> str:
    """What becomes of a run in the bin."""
    kept = " The file that was saved from it stays." if run.exported is not None else ""
    return f"Its weights, curves and answers are kept there for {DAYS} days.{kept}"


def bin_words(runs: int, size_bytes: int) -> tuple[str, str]:
    """What is in the bin: one sentence, and what becomes of it."""
    title = f"{counted(runs, 'run')} in the bin, {file_size(size_bytes)}."
    return title, f"Deleted runs are kept for {DAYS} days."


def emptying_words(runs: int) -> str:
    """What is lost with the bin."""
    are = "is" if runs == 1 else "are"
    return f"{counted(runs, 'run')} with all files {are} deleted from the disk, which can't be undone."


def failure_words(run: Run) -> tuple[str, str]:
    """What has happened to a failed run: one sentence, and what is safe."""
    title, _, text = run.failure.partition(". ")
    kept = " Its best epoch is kept." if run.best is not None else ""
    return f"Run {run.number}: {title.rstrip('.') or 'training stopped'}.", f"{text}{kept}".strip()
