"""Numbers as text: what is shown is the value rounded."""

from __future__ import annotations

import math
from decimal import Decimal

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"


def units(value: float, digits: int) -> int:
    """Round to the nearest unit of the last digit: 1.236 with two digits -> 124."""
    return int(Decimal(f"{value:.{digits}f}").scaleb(digits))


def decimal(value: float, digits: int, *, sign: bool = False) -> str:
    """Text with a true minus sign and no negative zero; ``sign`` puts + before positive numbers."""
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return (MINUS if value < 0 else "+" if sign else "") + text


def percent(share: float | None, digits: int = 1) -> str:
    """Share in 0..1 as text such as ``98.3 %``; never 100 % or 0 % where it is not; a dash where unknown."""
    if share is None or not math.isfinite(share):
        return "–"
    step = 10.0**-digits
    value = units(share * 100, digits) * step
    if share < 1 and value >= 100:
        return f">{THIN}{100 - step:.{digits}f}{THIN}%"
    if share > 0 and value <= 0:
        return f"<{THIN}{step:.{digits}f}{THIN}%"
    return f"{share * 100:.{digits}f}{THIN}%"
