"""One small step from each schema version to the next, so that every older project opens."""

from collections.abc import Callable
from typing import Any

SCHEMA_VERSION = 1
"""The version that this program writes."""

Stored = dict[str, Any]
"""The content of a project file as JSON gives it."""

MIGRATIONS: dict[int, Callable[[Stored], Stored]] = {}
"""Version n → the function that turns it into version n + 1. A released one is never changed."""


def migrate(stored: Stored, migrations: dict[int, Callable[[Stored], Stored]] | None = None) -> Stored:
    """The stored project in the newest known schema; a newer one is returned as it is.

    Raises:
        ValueError: if the version is missing or no migration leads on from it.
    """
    steps = MIGRATIONS if migrations is None else migrations
    newest = max(steps, default=SCHEMA_VERSION - 1) + 1
    version = stored.get("schema_version")
    if not isinstance(version, int) or version < 1:
        raise ValueError("it names no schema version")
    while version < newest:
        if version not in steps:
            raise ValueError(f"there is no way from schema version {version}")
        stored = {**steps[version](stored), "schema_version": version + 1}
        version += 1
    return stored
