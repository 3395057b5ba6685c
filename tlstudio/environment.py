"""What every process settles before its first other import: no network, no telemetry, no known-bad pair."""

import os
import sys
from importlib import metadata

QUIET = {
    # onnxruntime reads this once, at import; switching telemetry off afterwards still writes its files.
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    # That way of downloading takes neither our proxy nor the part of a file that came before.
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    # pyqtgraph and PySide6 must agree on one binding, whatever else is installed.
    "PYQTGRAPH_QT_LIB": "PySide6",
    "QT_API": "pyside6",
}
"""Environment variables that keep every library of this process off the network."""

TUNABLES, HUGE_PAGES = "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"


def prepare(*, download: bool = False) -> None:
    """Silence the libraries of this process and refuse pairs of versions that crash.

    Args:
        download: the user asked for a download, so Hugging Face may be reached by this process.

    Raises:
        SystemExit: with one sentence, if Python and PySide6 are a pair that is known to crash.
    """
    os.environ.update(QUIET)
    if download:
        os.environ["HF_HUB_OFFLINE"] = "0"
    reason = crashing_pair(sys.version_info[:2], _installed("PySide6-Essentials"))
    if reason:
        raise SystemExit(reason)


def of_computing_child() -> dict[str, str]:
    """This process's environment variables, for one that is to compute.

    On Linux large tensors lie in pages of 2 MB: fetching them in pages of 4 kB, and finding them again, takes
    up to a fifth of a pass through a network. The C library reads this before a program begins.
    """
    chosen = os.environ.get(TUNABLES, "")
    if HUGE_PAGES.partition("=")[0] in chosen:
        return dict(os.environ)
    return {**os.environ, TUNABLES: ":".join(filter(None, [chosen, HUGE_PAGES]))}


def begin_anew_to_compute() -> None:
    """Begin this program again, in its own place, if it computes faster then; see `of_computing_child`."""
    is_set = HUGE_PAGES.partition("=")[0] in os.environ.get(TUNABLES, "")
    if sys.platform.startswith("linux") and not is_set and not getattr(sys, "frozen", False):
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], of_computing_child())  # noqa: S606


def crashing_pair(python: tuple[int, int], pyside6: str | None) -> str | None:
    """Why this Python and PySide6 must not run together, or None if they may.

    PySide6 6.12.0 drops a reference to None and True on every call under Python 3.11, where these
    objects are counted; the window dies within minutes. From Python 3.12 on they are immortal.
    """
    if python < (3, 12) and pyside6 is not None and pyside6.split(".")[:2] == ["6", "12"]:
        return (
            f"TL Studio can't start: PySide6 {pyside6} crashes on Python {python[0]}.{python[1]}. "
            "Your projects are safe. Install PySide6-Essentials 6.11, or use Python 3.12 or newer."
        )
    return None


def _installed(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
