"""What to tell about a project that did not open as usual: beside its owner, newer, or recovered."""

from tlstudio.app.session import Session

READ_ONLY = {
    "elsewhere": (
        "This project is open in another window.",
        "Look at it here, or close the other one to make changes.",
    ),
    "newer": (
        "A newer version of TL Studio made this project.",
        "Look at it here; nothing is changed. Update TL Studio to go on with it.",
    ),
    "folder": (
        "This project's folder can't be written to.",
        "Look at it here, or copy the folder to a place of your own to go on with it.",
    ),
}
"""Session.read_only_reason → title and text."""

RECOVERED = {
    "previous": (
        "The project file was damaged.",
        "It was opened as it was saved before. Your images and runs are safe.",
    ),
    "runs": (
        "The project file was lost.",
        "It was put together again from its runs. Your images are safe; say on Data where they lie.",
    ),
}
"""Project.recovered_from → title and text."""


def notice(session: Session) -> tuple[str, str, bool] | None:
    """Title, text and whether opening again may help; None if the project opened as usual."""
    project = session.project
    if project is None:
        return None
    if reason := session.read_only_reason:
        return (*READ_ONLY[reason], reason != "newer")
    if project.recovered_from:
        return (*RECOVERED[project.recovered_from], False)
    return None
