"""Axes: where values lie on the paper, and the lines, ticks and words that say so."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dance_xai.report.drawing.colours import LIGHT
from dance_xai.report.drawing.marks import Mark, Stroke, Words

TEXT, SMALL, TITLE = 8.0, 7.0, 9.0
"""Sizes of letters in points."""

WIDTH = 504.0
"""Points: both columns of a page, 7 inches."""

HAIR = 0.5


@dataclass(frozen=True)
class Plot:
    """A rectangle of the paper and the values at its edges.

    Attributes:
        left: Edge in points; so are ``right``, ``top`` and ``bottom``.
        right: Edge.
        top: Edge.
        bottom: Edge.
        low: Values (x, y) at the left and the bottom.
        high: Values (x, y) at the right and the top.
        logarithmic: Whether x is.
    """

    left: float
    right: float
    top: float
    bottom: float
    low: tuple[float, float]
    high: tuple[float, float]
    logarithmic: bool = False

    def x(self, value: float) -> float:
        """Where a value lies across."""
        turn: Callable[[float], float] = math.log if self.logarithmic else float
        low, high = turn(self.low[0]), turn(self.high[0])
        return self.left + (turn(value) - low) / ((high - low) or 1.0) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Where a value lies upwards."""
        return self.bottom - (value - self.low[1]) / ((self.high[1] - self.low[1]) or 1.0) * (self.bottom - self.top)

    def rows(self, ticks: Sequence[float], text: Callable[[float], str], title: str) -> list[Mark]:
        """Thin lines across, the value of each on the left, and what they count."""
        marks: list[Mark] = []
        for tick in ticks:
            y = self.y(tick)
            marks.append(Stroke(((self.left, y), (self.right, y)), LIGHT.line, HAIR))
            marks.append(Words(self.left - 5, y + 0.35 * SMALL, text(tick), SMALL, LIGHT.muted, "end"))
        middle = (self.top + self.bottom) / 2
        return [*marks, Words(self.left - 32, middle, title, TEXT, LIGHT.ink, "middle", turned=True)]

    def columns(self, ticks: Sequence[float], title: str) -> list[Mark]:
        """The base line, a value at each tick where there is room, and what they count."""
        marks: list[Mark] = [Stroke(((self.left, self.bottom), (self.right, self.bottom)), LIGHT.ink, HAIR)]
        last = -math.inf
        for tick in ticks:
            x = self.x(tick)
            if x - last < 2.2 * SMALL:
                continue
            last = x
            marks.append(Stroke(((x, self.bottom), (x, self.bottom + 3)), LIGHT.ink, HAIR))
            marks.append(Words(x, self.bottom + 5 + SMALL, f"{tick:g}", SMALL, LIGHT.muted, "middle"))
        middle = (self.left + self.right) / 2
        return [*marks, Words(middle, self.bottom + 10 + SMALL + TEXT, title, TEXT, LIGHT.ink, "middle")]
