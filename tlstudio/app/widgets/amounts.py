"""Numbers and times as the screens write them."""

import math

RUN_AWAY = 1_000.0
"""From here on a loss says only that training has failed."""

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def in_millions(number: int) -> str:
    """How many values, short: "25.6 million", "8,120"."""
    if number < 100_000:
        return f"{number:,}"
    return f"{_short(number)} million"


def share_in_millions(part: int, whole: int) -> str:
    """A part of a whole in the whole's unit: "15 of 23.5 million"; small parts keep their own digits."""
    if part == whole:
        return f"all {in_millions(whole)}"
    if part < 100_000 <= whole:
        return f"{part:,} of {in_millions(whole)}"
    if whole < 100_000:
        return f"{part:,} of {whole:,}"
    return f"{_short(part)} of {in_millions(whole)}"


def _short(number: int) -> str:
    millions = number / 1e6
    return f"{millions:.1f}".removesuffix(".0") if millions < 100 else f"{millions:,.0f}"


def loss_words(loss: float, digits: int = 2) -> str:
    """A loss with so many decimals; one that has run away by its power of ten: 3×10²⁹."""
    if loss < RUN_AWAY:
        return f"{loss:.{digits}f}"
    factor, _, power = f"{loss:.0e}".partition("e")
    return f"{factor}×10{str(int(power)).translate(SUPERSCRIPT)}"


def megabytes(parameters: int) -> str:
    """The size of a file of that many 32-bit values: "98 MB"."""
    return file_size(parameters * 4)


def file_size(size_bytes: int) -> str:
    """The size of a file: "98 MB", "4.2 MB", "1.3 GB"."""
    size = size_bytes / 1e6
    if size >= 1_000:
        return f"{size / 1e3:.1f} GB"
    return f"{size:,.0f} MB" if size >= 10 else f"{size:.1f} MB"


def duration(seconds: float) -> str:
    """About how long, rounded as it deserves: "less than a minute", "about 6 min", "about 1 h 40 min"."""
    if seconds < 60:
        return "less than a minute"
    minutes = math.floor(seconds / 60 + 0.5)
    if minutes < 90:
        return f"about {minutes} min"
    hours, rest = divmod(round(minutes / 10) * 10, 60)
    return f"about {hours} h {rest} min" if rest else f"about {hours} h"


def brief_duration(seconds: float) -> str:
    """How long, for narrow places: "38 s", "14 min", "1 h 40 min"."""
    if seconds < 59.5:
        return f"{max(1, round(seconds))} s" if seconds > 0 else "–"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return duration(seconds).removeprefix("about ")


def brief_count(number: int) -> str:
    """How many, for narrow places: "940", "12 k", "1.2 M"."""
    if number < 1_000:
        return str(number)
    if number < 999_500:
        return f"{number / 1e3:.0f} k"
    return f"{number / 1e6:.1f} M" if number < 9_950_000 else f"{number / 1e6:,.0f} M"


def round_number(number: float) -> str:
    """The number to two digits, as rules of thumb deserve: "34,000"."""
    if number < 10:
        return f"{number:.0f}" if number >= 1 else "less than 1"
    unit = 10 ** (math.floor(math.log10(number)) - 1)
    return f"{round(number / unit) * unit:,}"
