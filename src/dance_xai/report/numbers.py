"""Numbers as text. What is shown is the value rounded, and sums that are shown add up."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

from dance_xai.types.numbers import THIN, decimal

Key = TypeVar("Key")

MOST_DIGITS = 9
LEAST_RANGE = 0.05


def digits_for(values: Sequence[float], *, significant: int = 3) -> int:
    """Decimals that show the largest value with so many significant digits; between 2 and 9."""
    largest = max((abs(value) for value in values), default=0.0)
    if largest == 0:
        return 2
    return min(MOST_DIGITS, max(2, significant - 1 - math.floor(math.log10(largest))))


def whole_percents(shares: Mapping[Key, float]) -> dict[Key, int]:
    """Whole percents that sum to 100 when the shares sum to 1; each within 1 of its share.

    Source: largest remainders (Hamilton's method).
    """
    target = round(sum(shares.values()) * 100)
    floors = {key: math.floor(share * 100 + 1e-9) for key, share in shares.items()}
    missing = target - sum(floors.values())
    by_remainder = sorted(shares, key=lambda key: floors[key] - shares[key] * 100)
    return {key: floors[key] + (key in by_remainder[:missing]) for key in shares}


def span(start: int, stop: int, fps: float | None) -> str:
    """Where in a clip: seconds when fps is known, else frames; ``stop`` is one past the last frame."""
    frames = f"frames {start}–{stop - 1}"
    return frames if fps is None else f"{start / fps:.2f}–{stop / fps:.2f}{THIN}s ({frames})"


def cell(value: str | float | int | None) -> str:
    """One cell of a table: fractions with three decimals, a dash for None."""
    if value is None:
        return "–"
    return decimal(value, 3) if isinstance(value, float) else str(value)


def round_ticks(low: float, high: float, count: int = 6) -> list[float]:
    """Round values that enclose a range in about so many steps."""
    raw = max(high - low, 1e-9) / max(1, count - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(each * step, 10) for each in range(first, max(last, first + 1) + 1)]


def share_ticks(values: Sequence[float]) -> list[float]:
    """Round shares in 0..1 that enclose some, at least two, and no finer than their digits are worth."""
    low = max(0.0, min(*values, max(values) - LEAST_RANGE))
    return [tick for tick in round_ticks(low, max(*values, low + LEAST_RANGE)) if 0 <= tick <= 1]
