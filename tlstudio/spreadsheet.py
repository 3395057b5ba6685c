"""Words for tables that people open in a spreadsheet program."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so may be computed in place of shown (OWASP, "CSV Injection")."""


def plain_cell(words: str) -> str:
    """The words, as a cell that is shown as it is: a name from a folder must not be taken for a formula."""
    return f"'{words}" if words.startswith(FORMULA_STARTS) else words
