"""Accuracy against the length of explanations, or against something else that is counted, as an inline SVG chart."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dance_xai.report.numbers import share_ticks
from dance_xai.types.numbers import percent

TICKS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)
BOTTOM, CEILING = 0.3, 0.999
LEGIBLE = 17.0
LABEL_WIDTH = 158
TOP, ZONED = 24, 38


@dataclass(frozen=True)
class Series:
    """One line of the chart.

    Attributes:
        key: Name of the set in the metrics; the CSS class ``set-{key}`` colours it when it is one of ours.
        label: What the reader sees.
        points: Budget, or what else is counted -> accuracy in 0..1, ascending.
        control: True for a control (dashed).
    """

    key: str
    label: str
    points: Mapping[float, float]
    control: bool = False


@dataclass(frozen=True)
class Plane:
    """The plotting area in SVG units, and where budgets and accuracies lie in it.

    Attributes:
        left, right, top, bottom: Edges.
        budgets: All budgets, ascending.
        ticks: Accuracies on the axis, ascending.
        title: What the budgets are.
        noun: The same in a word.
        across: What of a budget grows evenly to the right.
        up: What of an accuracy grows evenly upwards.
    """

    left: float
    right: float
    top: float
    bottom: float
    budgets: Sequence[float]
    ticks: Sequence[float]
    title: str
    noun: str
    across: Callable[[float], float]
    up: Callable[[float], float]

    def x(self, budget: float) -> float:
        low, high = self.across(self.budgets[0]), self.across(self.budgets[-1])
        share = (self.across(budget) - low) / (high - low) if high > low else 0.5
        return round(self.left + 10 + share * (self.right - self.left - 20), 2)

    def y(self, accuracy: float) -> float:
        low, high = self.up(self.ticks[0]), self.up(self.ticks[-1])
        return round(self.bottom - (self.up(accuracy) - low) / (high - low) * (self.bottom - self.top), 2)


def accuracy_chart(series: Sequence[Series], *, width: int, height: int, labels: bool) -> str:
    """Draw the lines; x is logarithmic, y is stretched towards 100 % (equal steps divide the error by equal factors).

    Args:
        series: Lines, in the order of the table beside the chart.
        width: Of the view box.
        height: Of the view box.
        labels: Write the name at the end of each line.

    Returns:
        SVG text; everything that came from outside is escaped.
    """
    series = [line for line in series if line.points]
    if not series:
        return ""
    budgets = sorted({budget for line in series for budget in line.points})
    values = [value for line in series for value in line.points.values()]
    right = width - (LABEL_WIDTH if labels else 14)
    ticks, title = _ticks(min(values), max(values)), "non-zero weights per class (NEC)"
    plane = Plane(46, right, ZONED, height - 46, budgets, ticks, title, "NEC", math.log, _stretch)
    return _chart([_zone(plane), *_drawn(series, plane, labels)], width, height)


def correction_chart(series: Sequence[Series], *, width: int, height: int, labels: bool) -> str:
    """Draw accuracy against the number of corrected concepts per clip; both axes are even.

    Args:
        series: Lines, in the order of the table beside the chart; each has the same numbers.
        width: Of the view box.
        height: Of the view box.
        labels: Write the name at the end of each line.

    Returns:
        SVG text; everything that came from outside is escaped.
    """
    values = [value for line in series for value in line.points.values()]
    if not values:
        return ""
    counts = sorted(series[0].points)
    right = width - (LABEL_WIDTH if labels else 14)
    ticks = share_ticks(values)
    plane = Plane(46, right, TOP, height - 46, counts, ticks, "corrected concepts per clip", "corrected", float, float)
    return _chart(_drawn(series, plane, labels), width, height)


def _drawn(series: Sequence[Series], plane: Plane, labels: bool) -> list[str]:
    lines = [_line(line, plane) for line in series]
    return [*_grid(plane), *lines, *(_labels(series, plane) if labels else ())]


def _chart(parts: Sequence[str], width: int, height: int) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    )


def _stretch(accuracy: float) -> float:
    return -math.log10(1 - min(accuracy, CEILING))


def _ticks(low: float, high: float) -> list[float]:
    """Ticks from just below the lowest value (not below `BOTTOM` unless needed) to just above the highest."""
    first = max((tick for tick in TICKS if tick <= low), default=0.0)
    last = min((tick for tick in TICKS if tick > high), default=CEILING)
    return [tick for tick in TICKS if first <= tick <= last]


def _zone(plane: Plane) -> str:
    """Shade the budgets of at most 5 weights per class."""
    short = [budget for budget in plane.budgets if budget <= 5]
    if not short or len(short) == len(plane.budgets):
        return ""
    edge = plane.x(short[-1]) + 8
    return (
        f'<rect class="zone" x="{plane.left}" y="{plane.top}" width="{edge - plane.left:.2f}" '
        f'height="{plane.bottom - plane.top}"/>'
        f'<text class="zone-label" x="{plane.left + 10}" y="{plane.top - 6}">short explanations</text>'
    )


def _grid(plane: Plane) -> list[str]:
    parts = []
    for tick in plane.ticks:
        y, text = plane.y(tick), f"{tick * 100:g}\N{NARROW NO-BREAK SPACE}%"
        parts.append(f'<line class="grid" x1="{plane.left}" x2="{plane.right}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text class="tick" x="{plane.left - 8}" y="{y + 4}" text-anchor="end">{text}</text>')
    last = -math.inf
    for budget in plane.budgets:
        x = plane.x(budget)
        if x - last >= LEGIBLE + 3:
            last = x
            parts.append(f'<text class="tick" x="{x}" y="{plane.bottom + 20}" text-anchor="middle">{budget:g}</text>')
    parts.append('<text class="axis" x="0" y="12">test accuracy</text>')
    middle = (plane.left + plane.right) / 2
    parts.append(f'<text class="axis" x="{middle}" y="{plane.bottom + 40}" text-anchor="middle">{plane.title}</text>')
    return parts


def _line(line: Series, plane: Plane) -> str:
    places = [(plane.x(budget), plane.y(value), budget, value) for budget, value in sorted(line.points.items())]
    path = " ".join(f"{x},{y}" for x, y, _, _ in places)
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="3.2">'
        f"<title>{escape(line.label)}, {plane.noun} {b:g}: {percent(v, 2)}</title></circle>"
        for x, y, b, v in places
    )
    return f'<g class="{_css(line)}"><polyline points="{path}"/>{dots}</g>'


def _labels(series: Sequence[Series], plane: Plane) -> list[str]:
    """Names at the line ends, pushed apart until they do not overlap."""
    ends = sorted(((max(line.points), line) for line in series), key=lambda end: plane.y(end[1].points[end[0]]))
    at: list[float] = []
    for budget, line in ends:
        at.append(max(plane.y(line.points[budget]), at[-1] + LEGIBLE if at else plane.top + 4))
    overflow = max(0.0, at[-1] - plane.bottom)
    parts = []
    for label_y, (budget, line) in zip(at, ends, strict=True):
        y, x = label_y - overflow, plane.x(budget)
        parts.append(
            f'<g class="{_css(line)}">'
            f'<path class="leader" d="M{x + 5},{plane.y(line.points[budget])} L{plane.right + 8},{y:.2f}"/>'
            f'<text class="end" x="{plane.right + 12}" y="{y + 4:.2f}">{escape(line.label)}</text></g>'
        )
    return parts


def _css(line: Series) -> str:
    return f"set set-{escape(line.key, quote=True)}" + (" control" if line.control else "")
