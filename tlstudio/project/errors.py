"""What can be wrong with a saved project, each in a person's words."""

from pathlib import Path

from tlstudio.errors import ProjectError


class ProjectNotFound(ProjectError):
    """There is no project in the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            "No project was found",
            f"The folder “{folder.name}” holds no project.tlstudio and no runs.",
            "Choose a folder that TL Studio made, or make a new project from image folders.",
        )


class ProjectFolderTaken(ProjectError):
    """A new project may not be put among other files."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            "The folder is in use",
            f"“{folder.name}” is a file. It was not changed."
            if folder.is_file()
            else f"“{folder.name}” already exists and is not empty. Nothing in it was changed.",
            "Choose a new name for the project.",
        )


NOT_SAVED = "The project can't be saved"


class ProjectNotWritable(ProjectError):
    """The project can't be saved where it lies."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            NOT_SAVED,
            f"“{name}” could not be written: {reason}. What was saved before is unchanged.",
            "Free some space or choose a folder that you may write to, then try again.",
        )


class ProjectUnreadable(ProjectError):
    """The project file is damaged and nothing could be rebuilt from the runs."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            "The project can't be read",
            f"The project file of “{name}” is damaged ({reason}). It and its runs were left as they are.",
            "Open a copy of the folder from a backup, or make the project again from the same images.",
        )


class ProjectTooNew(ProjectError):
    """The project file is of a newer version, in a form that this one can't read."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "The project is of a newer version",
            f"“{name}” was saved by a newer TL Studio, in a form that this one can't read. "
            "It and its runs were left as they are.",
            "Open it with the newer version.",
        )


class ProjectReadOnly(ProjectError):
    """The project is open elsewhere or was written by a newer version."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            "The project is read-only",
            f"“{name}” {reason}. Nothing was changed.",
            "Close the other window, update TL Studio or copy the folder, then open it again.",
        )


class RunNotThere(ProjectError):
    """The project has no run of that number."""

    def __init__(self, number: int) -> None:
        super().__init__(
            "There is no such run",
            f"This project has no run {number}. Nothing was changed.",
            "Choose one of the runs in the list.",
        )


class RunIsRunning(ProjectError):
    """A run that is being trained can't be deleted."""

    def __init__(self, number: int) -> None:
        super().__init__(
            "The run is being trained",
            f"Run {number} is being trained now, so it can't be deleted. Nothing was changed.",
            "Stop it on the Train page first.",
        )


class MeasurementNotKept(ProjectError):
    """What runs will need was measured, but the project's cache can't be written to."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "The measurement can't be kept",
            f"The cache folder of “{name}” can't be written to, so nothing can be told from what was "
            "measured. Nothing was changed.",
            "Free some space, or copy the project to a folder that you may write to.",
        )


class RunIsInUse(ProjectError):
    """A run that a step works on can't be deleted."""

    def __init__(self, number: int) -> None:
        super().__init__(
            "The run is in use",
            f"Run {number} is being worked on now, so it can't be deleted. Nothing was changed.",
            "Wait until that has ended, or stop it.",
        )


class RunNotPutBack(ProjectError):
    """A deleted run can't be taken out of the bin."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(
            "The run can't be put back",
            f"Run {number} could not be taken out of the bin: {reason}. Nothing was changed.",
            "Close other programs that may use the project's folder, then try again.",
        )


class RunNotDeleted(ProjectError):
    """A file of the run is held by another program."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(
            "The run can't be deleted",
            f"The files of run {number} could not be removed: {reason}. The run is kept as it was.",
            "Close other programs that may use its folder, then try again.",
        )
