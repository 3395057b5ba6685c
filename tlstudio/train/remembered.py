"""What a probe found is remembered in the cache folder: the same run is decided the same way again."""

import json
from collections.abc import Mapping
from pathlib import Path

from tlstudio import atomic


def remembered(file: Path) -> dict[str, float]:
    """Key → what was found; nothing if the file is missing or damaged."""
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    is_fit = isinstance(known, dict) and all(isinstance(found, float | int) for found in known.values())
    return known if is_fit else {}


def remember(file: Path, known: Mapping[str, float]) -> bool:
    """Put these in place of what the file says; False if it can't be written."""
    try:
        atomic.write_text(file, json.dumps(known, indent=2))
    except OSError:
        return False
    return True
