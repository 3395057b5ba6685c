"""How often a run is saved while it goes on: often, but never so that saving is what takes the time."""

LEAST_SECONDS, MOST_SECONDS = 2.0, 60.0
"""Between two saves. What a crash costs is repeated to the same numbers."""

FIRST_SECONDS = 0.5
"""Before the first save: a run that is over by then is written once."""

REST = 10
"""Times as long as a save took, nothing more is saved."""


def seconds_until_next(seconds_of_save: float) -> float:
    """How long to wait after a save that took so long."""
    return min(MOST_SECONDS, max(LEAST_SECONDS, REST * seconds_of_save))
