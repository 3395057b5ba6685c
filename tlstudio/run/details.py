"""Details of a fault for a bug report, without the paths and names that tell who met it."""

import getpass
import re
import traceback
from functools import cache
from pathlib import Path

LIMIT_CHARACTERS = 8_000
"""Enough for the longest traceback; the end of it tells most."""

_CODE = re.compile(
    r'(["\'])(?:[A-Za-z]:)?[\\/][^"\'\n]*?[\\/]((?:tlstudio|site-packages|lib|Lib)[\\/][^"\'\n]*)\1'
)
_PATH = re.compile(
    r"""(?:(["'])(?:[A-Za-z]:)?[\\/][^"'\n]*?(\.\w+)?\1)"""  # quoted, with spaces
    r"""|(?:(?<![\w./\\…])(?:[A-Za-z]:[\\/]|/|\\\\)(?:[^\s\\/"':;,]+[\\/])+[^\s\\/"':;,]*?(\.\w+)?(?=[\s"':;,)]|$))"""
)


_NO_WORD = re.compile(r"\S{1000,}")
"""Data rather than words, and no name of a file; the patterns below would search it for seconds."""

_PATHS_END = ("safetensors", "pt", "pth", "onnx", "csv", "json", "zip")
_NAMES_END = ("pt", "pth", "onnx")
"""Besides images: what ends a path that may hold spaces, and what a user's own file may be called."""


def details_of(error: BaseException) -> str:
    """The error's traceback, its paths cut down to what names the code."""
    return without_paths("".join(traceback.format_exception(error)))


def without_paths(text: str) -> str:
    """The text without the user's name; of a path only the program's own part or the suffix is left.

    A file's name is as telling as its folder's: people name images after patients.
    """
    text = _NO_WORD.sub("…", text)
    text = _CODE.sub(r"\1…/\2\1", text)
    relative, name_alone = _of_files()
    text = relative.sub(r"…\1", text)
    text = _PATH.sub(lambda found: f"…{found[2] or found[3] or ''}", text)
    text = name_alone.sub(lambda found: f"…{found[2] or found[3]}", text)
    for name in {_user_name(), Path.home().name}:
        if len(name) > 2 and name != "root":
            text = re.sub(rf"\b{re.escape(name)}\b", "someone", text)
    return text[-LIMIT_CHARACTERS:]


@cache
def _of_files() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Paths that begin anywhere and hold spaces, and names alone, in quotes or without."""
    from tlstudio.data.images import SUFFIXES  # noqa: PLC0415 - the terminal starts without it

    images = "|".join(sorted(suffix[1:] for suffix in SUFFIXES))
    folders = r"""(?<!…)(?<!\w)(?:[A-Za-z]:)?[^\s"':;,()…]*[\\/]"""
    relative = rf"""{folders}[^"':;,()\n]*?(\.(?:{"|".join(_PATHS_END)}|{images}))\b"""
    ending = rf"(\.(?:{'|'.join(_NAMES_END)}|{images}))"
    name_alone = rf"""(["'])[^"'\n…]+{ending}\1|[^\s"'…]+{ending}\b"""
    return re.compile(relative, re.IGNORECASE), re.compile(name_alone, re.IGNORECASE)


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        return ""
