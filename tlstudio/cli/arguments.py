"""Arguments that no verb could make sense of, told before one begins."""

from collections.abc import Sequence
from itertools import pairwise

MAY_BE_EMPTY = frozenset({"--search", "--group-by", "--mirror", "--proxy"})
LONGEST_NAME_BYTES = 255
"""Of a file or folder, on every usual file system."""


def problem_of(arguments: Sequence[str]) -> str:
    """A sentence about an argument that is empty or too long for a file's name; empty if all are well."""
    for before, argument in pairwise(("", *arguments)):
        option, has_value, value = before, "=", argument
        if argument.startswith("--"):
            option, has_value, value = argument.partition("=")
        if option in MAY_BE_EMPTY:
            continue
        if has_value and not value:
            place = f"What follows {option}" if option.startswith("--") else "An argument"
            return f"{place} is empty; perhaps a variable of the shell has no value."
        longest = max(value.replace("\\", "/").split("/"), key=len)
        if len(longest.encode("utf-8", "surrogateescape")) > LONGEST_NAME_BYTES:
            return f"“{longest[:40]}…” is longer than the name of a file or folder can be."
    return ""
