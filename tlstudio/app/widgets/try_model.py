"""Which file the Try it dock asks: the run's saved one, or one prepared in the project's cache."""

import tempfile
from contextlib import suppress
from pathlib import Path

from tlstudio.app.widgets.export_words import saved_file
from tlstudio.project.project import Project, Run


def triable(project: Project | None) -> Run | None:
    """The run to try: the chosen one, else the best; also while it still trains."""
    run = project.run() if project else None
    return run if run is not None and run.best is not None else None


def model_file(run: Run, folder: Path) -> Path | None:
    """The file that answers as the run does now; None if it has to be prepared in `folder`.

    While a run trains, its best epoch moves on faster than files are made: the newest one answers then.
    """
    saved = saved_file(run) if run.state != "running" else None
    if saved is not None:
        return saved
    prepared = prepared_file(run, folder)
    if prepared.is_file():
        return prepared
    earlier = sorted(folder.glob(f"run{run.number:04d}-epoch*.onnx")) if run.state == "running" else []
    return earlier[-1] if earlier else None


def epoch_of(run: Run, model: Path) -> int:
    """The epoch whose weights a file of `model_file` answers with."""
    _, _, number = model.stem.partition(f"run{run.number:04d}-epoch")
    return int(number) if number.isdecimal() else run.best_epoch


def prepared_file(run: Run, folder: Path) -> Path:
    """Where the run's prepared file lies; a better epoch gets another name."""
    return folder / f"run{run.number:04d}-epoch{run.best_epoch:03d}.onnx"


def forget_older(run: Run, folder: Path) -> None:
    """Remove what was prepared for earlier epochs of the run."""
    kept = prepared_file(run, folder).stem
    for path in folder.glob(f"run{run.number:04d}-epoch*"):
        if not path.name.startswith(kept):
            with suppress(OSError):  # on Windows a file in use stays until the next time
                path.unlink()


def prepared_folder(project: Project) -> Path:
    """Where prepared files and pasted images go: the cache, or a temporary folder if that is closed."""
    if not project.is_read_only:
        folder = project.folder / "cache" / "try"
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
    return Path(tempfile.mkdtemp(prefix="tlstudio-try-"))
