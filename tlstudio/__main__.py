"""No arguments or a project: the window; a verb: the command line."""

from tlstudio import environment

environment.prepare()

import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

VERBS = (
    "new", "estimate", "train", "sweep", "resume", "evaluate", "export", "predict", "recognise", "runs",
    "backbones", "doctor", "demo",
)  # fmt: skip

COMPUTING_VERBS = ("estimate", "train", "sweep", "resume", "evaluate", "demo")

INTERRUPTED = 130


def start() -> None:
    """What the command does: `main`, in a process that is set up for it."""
    if sys.argv[1:2] and sys.argv[1] in COMPUTING_VERBS:
        environment.begin_anew_to_compute()
    main()


def main() -> None:
    """Start TL Studio as its arguments ask, and end with its exit status."""
    arguments = sys.argv[1:]
    if not arguments:
        sys.exit(_open_window(None))
    if len(arguments) == 1 and arguments[0] not in VERBS and _is_project_path(arguments[0]):
        path = Path(arguments[0])
        sys.exit(_open_window(path if path.is_dir() else path.parent))
    try:
        from tlstudio.cli import main as run_verb  # noqa: PLC0415

        status = run_verb(arguments)
    except KeyboardInterrupt:  # before the verb has begun
        status = INTERRUPTED
    sys.exit(status)


def _is_project_path(argument: str) -> bool:
    # By os.path, which takes a name that is too long, or can't be looked up, for one that isn't there.
    return os.path.isdir(argument) or (argument.endswith(".tlstudio") and os.path.isfile(argument))


def _open_window(project: Path | None) -> int | str:
    """The window's exit status, or why it can't open."""
    from tlstudio.run import qt_libraries  # noqa: PLC0415

    if not qt_libraries.has_screen():
        return "The window can't open: there is no screen here. The verbs work without one: tlstudio --help"
    try:
        from tlstudio.app.main import main as open_window  # noqa: PLC0415
    except ImportError as error:
        advice = qt_libraries.advice(str(error))
        if not advice:
            raise
        return advice
    advice = qt_libraries.advice(qt_libraries.missing_for_screen())
    return advice or open_window(project)


if __name__ == "__main__":
    start()
