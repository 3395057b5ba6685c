"""Details of a fault for a bug report, without the paths and names that tell who met it."""

import getpass
import re
import traceback
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


def details_of(error: BaseException) -> str:
    """The error's traceback, its paths cut down to what names the code."""
    return without_paths("".join(traceback.format_exception(error)))


def without_paths(text: str) -> str:
    """The text without the user's name; of a path only the program's own part or the suffix is left.

    A file's name is as telling as its folder's: people name images after patients.
    """
    text = _CODE.sub(r"\1…/\2\1", text)
    text = _PATH.sub(lambda found: f"…{found[2] or found[3] or ''}", text)
    for name in {_user_name(), Path.home().name}:
        if len(name) > 2 and name != "root":
            text = re.sub(rf"\b{re.escape(name)}\b", "someone", text)
    return text[-LIMIT_CHARACTERS:]


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        return ""
