"""Shares and counts, as every screen, sentence and card writes them."""

from decimal import ROUND_DOWN, Decimal


def percent(fraction: float, images: int = 100) -> str:
    """The fraction as "93.4%"; one decimal from 100 images up, and never 100% unless it is all of them."""
    if 0 < fraction < 0.01 and images >= 100:
        return "< 1%"
    text = bound(fraction, 1 if images >= 100 else 0)
    return f"{text.removesuffix('.0') if fraction in (0, 1) else text}%"


def bound(fraction: float, decimals: int = 0) -> str:
    """The fraction in percent without the sign, as an end of a likely range; 100 only if it is all."""
    text = f"{fraction * 100:.{decimals}f}"
    if fraction < 1 and float(text) == 100:
        step = Decimal(1).scaleb(-decimals)
        text = str((Decimal(repr(fraction)) * 100).quantize(step, ROUND_DOWN))
    return text


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun: "1 epoch", "1,204 epochs"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
