"""Under the clip: when each motion concept happens, how alike the clip is to it, and where the film is."""

from __future__ import annotations

import math

import numpy as np

from dance_xai.report.drawing.colours import Colours, mixed
from dance_xai.report.drawing.lettering import fitted
from dance_xai.report.drawing.marks import Block, Disc, Mark, Stroke, Words
from dance_xai.report.film.layout import AXIS, Place, lane_height
from dance_xai.report.film.show import Show
from dance_xai.types import Contribution, MotionTimeline

NAMES = 6.5
"""Width of the names, in units."""


class Lanes:
    """The lanes of a show.

    Args:
        show: What is shown.
        place: Where.
        unit: Pixels.
        colours: Of the film.
    """

    def __init__(self, show: Show, place: Place, unit: float, colours: Colours) -> None:
        self._show, self._place, self._unit, self._colours = show, place, unit, colours
        self._left = place.x + (NAMES + 1.0) * unit
        self._width = place.x + place.width - unit - self._left
        self._frames = float(max(1, show.pose_of.max(initial=0.0) + 1))
        self._high = lane_height(len(show.spans)) * unit
        self._lines = {line.concept: line for line in show.explanation.timelines}

    def x(self, frame: float) -> float:
        """Where a frame of the poses begins; clips of any length fill the width."""
        return self._left + self._width * min(1.0, frame / self._frames)

    def still(self) -> list[Mark]:
        """Everything but the mark of the present moment."""
        terms = [term for term in self._show.terms if term.kind == "motion" and term.concept in self._show.spans]
        marks: list[Mark] = []
        for row, term in enumerate(terms):
            marks += self._lane(row, term)
        return [*marks, *self._axis()]

    def now(self, frame: float) -> list[Mark]:
        """The mark of the present moment."""
        x, top, unit = self.x(frame + 0.5), self._place.y + 0.5 * self._unit, self._unit
        bottom = self._axis_y()
        return [
            Stroke(((x, top), (x, bottom)), self._colours.ink, max(1.5, 0.1 * unit)),
            Disc(x, bottom, 0.3 * unit, self._colours.ink),
        ]

    def _axis_y(self) -> float:
        return self._place.y + self._place.height - (AXIS - 1.2) * self._unit

    def _lane(self, row: int, term: Contribution) -> list[Mark]:
        unit, colours = self._unit, self._colours
        top = self._place.y + 0.8 * unit + row * self._high
        high = 0.76 * self._high
        colour = colours.motion
        marks: list[Mark] = [
            Words(
                self._place.x + unit,
                top + 0.72 * high,
                fitted(term.name, 0.85 * unit, NAMES * unit - 0.4 * unit),
                0.85 * unit,
                colours.muted,
            ),
            Block(self._left, top, self._width, high, colours.sunk, radius=0.2 * unit),
        ]
        for span in self._show.spans[term.concept]:
            left, right = self.x(span.start), self.x(span.stop)
            marks.append(Block(left, top, right - left, high, mixed(colours.sunk, colour, 0.55), radius=0.2 * unit))
        line = self._lines.get(term.concept)
        return marks + (self._curve(line, top, high) if line is not None and len(line.centres) > 1 else [])

    def _curve(self, line: MotionTimeline, top: float, high: float) -> list[Mark]:
        """Similarity, from its lowest value to the highest of the clip or the threshold."""
        low = float(min(line.similarity.min(), line.threshold))
        span = float(max(line.similarity.max(), line.threshold)) - low or 1.0
        heights = 0.08 + 0.84 * (line.similarity - low) / span
        points = tuple(
            (self.x(float(c) + 0.5), top + high * (1 - float(h))) for c, h in zip(line.centres, heights, strict=True)
        )
        return [Stroke(points, mixed(self._colours.motion, self._colours.ink, 0.4), max(1.0, 0.1 * self._unit))]

    def _axis(self) -> list[Mark]:
        unit, colours, y = self._unit, self._colours, self._axis_y()
        marks: list[Mark] = [
            Stroke(((self._left, y), (self._left + self._width, y)), colours.line, max(1.0, 0.08 * unit))
        ]
        for second in self._ticks():
            x = self._left + self._width * second * self._show.fps / max(1, self._show.frames)
            marks.append(Stroke(((x, y), (x, y + 0.3 * unit)), colours.muted, max(1.0, 0.06 * unit)))
            marks.append(Words(x, y + 1.35 * unit, f"{second:g} s", 0.75 * unit, colours.muted, "middle"))
        return marks

    def _ticks(self) -> list[float]:
        """Round seconds, at most one per seven units."""
        seconds = self._show.frames / self._show.fps
        most = max(2.0, self._width / (7 * self._unit))
        raw = seconds / most
        power = 10.0 ** math.floor(math.log10(raw))
        step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
        return [round(float(tick), 6) for tick in np.arange(0.0, seconds * 0.97, step)]
