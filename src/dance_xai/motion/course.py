"""How one measure of a movement goes through time: how far, how often it turns, how fast it repeats."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from dance_xai.types import FloatArray

Pattern = Literal["still", "up", "down", "up and down", "down and up", "repeated"]

TURN = 0.45
"""Share of the whole extent that a measure must go back to have turned; less is a wobble on the way."""

LEAST_TURN = 0.05
"""Statures a measure must go back at least; less is jitter of the pose."""

REPEATED = 3
"""Stretches up or down from which on a movement repeats; two are there and back."""

EQUAL = 0.8
"""Of three stretches, the first and the last are this much alike where a movement repeats; else the smaller one is the
way into the movement or out of it and is left out."""

TIMED = 4
"""Stretches from which on a rate can be told: three turning points between them, one whole cycle."""


@dataclass(frozen=True)
class Course:
    """One measure through a window.

    Attributes:
        extent: Largest minus smallest value.
        turns: Rows of the extremes in time, smallest and largest in turn; empty when it never goes far enough.
        pattern: Where it goes: for two stretches there and back, for more ``repeated``.
        high: Row of its largest value.
        low: Row of its smallest value.
    """

    extent: float
    turns: tuple[int, ...]
    pattern: Pattern
    high: int
    low: int

    @property
    def stretches(self) -> int:
        """Times it goes up or down."""
        return max(len(self.turns) - 1, 0)

    def per_second(self, rows: int, seconds: float | None) -> float | None:
        """Cycles per second between the turning points inside the window, None when it cannot be told.

        Args:
            rows: L, poses in the window.
            seconds: From the first to the last pose.
        """
        if seconds is None or self.stretches < TIMED:
            return None
        inner = self.turns[1:-1]
        return (len(inner) - 1) / 2 / ((inner[-1] - inner[0]) / (rows - 1) * seconds)


def course_of(values: FloatArray, least: float) -> Course:
    """Follow a measure from extreme to extreme.

    Args:
        values: (L,) smooth, L at least 1.
        least: Extent below which the measure counts as still.

    Source: ours; turning points with hysteresis, the same forwards and backwards.
    """
    extent = float(np.ptp(values))
    turns = _turns(values, max(TURN * extent, LEAST_TURN)) if extent >= least else ()
    turns = _without_way_in(values, turns)
    return Course(extent, turns, _pattern(values, turns), int(values.argmax()), int(values.argmin()))


def _turns(values: FloatArray, back: float) -> tuple[int, ...]:
    """Rows of the extremes between which the values go at least ``back``."""
    turns: list[int] = []
    low = high = 0  # rows of the extremes since the last turn
    heading = 0  # +1 on the way up, -1 on the way down, 0 before the first turn
    for row, value in enumerate(values):
        low, high = (row if value < values[low] else low), (row if value > values[high] else high)
        if heading <= 0 and value - values[low] >= back:
            turns, heading, high = [*turns, low], 1, row
        elif heading >= 0 and values[high] - value >= back:
            turns, heading, low = [*turns, high], -1, row
    return (*turns, high if heading > 0 else low) if heading else ()


def _without_way_in(values: FloatArray, turns: tuple[int, ...]) -> tuple[int, ...]:
    if len(turns) - 1 != REPEATED:
        return turns
    first, last = abs(values[turns[1]] - values[turns[0]]), abs(values[turns[3]] - values[turns[2]])
    if min(first, last) >= EQUAL * max(first, last):
        return turns
    return turns[1:] if first < last else turns[:-1]


def _pattern(values: FloatArray, turns: tuple[int, ...]) -> Pattern:
    ups = [bool(values[b] > values[a]) for a, b in pairwise(turns)]
    if len(ups) >= REPEATED:
        return "repeated"
    names: dict[tuple[bool, ...], Pattern] = {
        (True,): "up",
        (False,): "down",
        (True, False): "up and down",
        (False, True): "down and up",
    }
    return names.get(tuple(ups), "still")
