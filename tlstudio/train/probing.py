"""How the probes before a run are made, for those that make them and those that tell how long they take."""

PROBED_IMAGES = 4
"""On a processor; so few show what many would."""

WORTHWHILE_GAIN = 1.3
"""Half precision is chosen on a processor where it is so many times faster; below it a busy machine could
turn the choice around from one run to the next."""

CLEAR = 1.5
"""So far from that either way, one look is enough."""

LEAST_TURNS, MOST_TURNS = 2, 4
SECONDS_OF_PROBE = 1.0
"""What choosing the precision takes: so many turns, one of them to warm up, and no new one after so many
seconds."""

LOOKED_AT_IMAGES = 64
"""Whose batches tell what features the head is given; more of them change nothing (measured)."""
