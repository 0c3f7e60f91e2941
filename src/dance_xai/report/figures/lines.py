"""Lines of accuracy that are told apart without colour, with their names at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dance_xai.report.drawing.colours import LIGHT, mixed
from dance_xai.report.drawing.lettering import width_of
from dance_xai.report.drawing.marks import Area, Block, Disc, Drawing, Mark, Stroke, Words
from dance_xai.report.figures.plot import SMALL, Plot
from dance_xai.report.svg import Series
from dance_xai.types.numbers import percent

STYLES: dict[str, tuple[str, float, tuple[float, float] | None, str]] = {
    "all": (LIGHT.ink, 1.8, None, "disc"),
    "motion": (LIGHT.motion, 1.2, None, "square"),
    "object": (LIGHT.object, 1.2, (6, 2), "triangle"),
    "scene": (LIGHT.scene, 1.2, (2, 2), "diamond"),
    "context": (mixed(LIGHT.object, LIGHT.scene, 0.5), 1.0, (8, 2), "triangle"),
    "grounded": (LIGHT.left, 1.2, (4, 2), "disc"),
    "random": (LIGHT.muted, 1.0, (1.5, 2), "square"),
    "contribution": (LIGHT.ink, 1.8, None, "diamond"),
    "uncertainty": (LIGHT.ink, 1.2, (7, 2), "disc"),
    "features": (LIGHT.muted, 1.0, (4, 3), "diamond"),
}
"""Colour, width, dashes and sign of a line: no two lines differ by their colour alone."""


HEIGHT = 230.0


@dataclass(frozen=True)
class Across:
    """What lines of accuracy are drawn against.

    Attributes:
        ticks: Values with a tick.
        reach: Values at the left and the right edge.
        title: What they count.
        logarithmic: Whether their logarithms are drawn.
    """

    ticks: Sequence[float]
    reach: tuple[float, float]
    title: str
    logarithmic: bool = False


def accuracy_lines(series: Sequence[Series], ticks: Sequence[float], across: Across, title: str) -> Drawing:
    """Draw lines of test accuracy with their names at their ends.

    Args:
        series: At least one line, the most important first.
        ticks: Accuracies with a line across, rising, the first and the last at the edges.
        across: What they are drawn against.
        title: Of the drawing.
    """
    names = max(width_of(name_of(line), SMALL) for line in series)
    (left, right), edge = across.reach, 400.0 - names
    plot = Plot(44, edge, 10, HEIGHT - 38, (left, ticks[0]), (right, ticks[-1]), across.logarithmic)
    digits = 0 if ticks[1] - ticks[0] >= 0.01 else 1
    marks = [*plot.rows(ticks, lambda tick: percent(tick, digits) if tick < 1 else "100 %", "test accuracy")]
    marks += plot.columns(across.ticks, across.title)
    for line in reversed(series):
        marks += line_marks(line, plot)
    marks += line_names(series, plot)
    return Drawing(edge + 34 + names, HEIGHT, tuple(marks), title=title)


def name_of(line: Series) -> str:
    """The name of a line; a control says so."""
    return f"{line.label} (control)" if line.control else line.label


def line_marks(line: Series, plot: Plot) -> list[Mark]:
    """A line with a sign at each point."""
    colour, width, dash, sign = STYLES.get(line.key, (LIGHT.muted, 1.0, (3.0, 2.0), "disc"))
    points = tuple((plot.x(budget), plot.y(value)) for budget, value in sorted(line.points.items()))
    marks: list[Mark] = [Stroke(points, colour, width, dash)] if len(points) > 1 else []
    return marks + [_sign(sign, x, y, 1.5 + width / 2, colour) for x, y in points]


def _sign(kind: str, x: float, y: float, size: float, colour: str) -> Mark:
    if kind == "disc":
        return Disc(x, y, size, colour)
    if kind == "square":
        return Block(x - size, y - size, 2 * size, 2 * size, colour)
    if kind == "triangle":
        return Area(((x, y - 1.3 * size), (x + 1.2 * size, y + size), (x - 1.2 * size, y + size)), colour)
    far = 1.4 * size
    return Area(((x, y - far), (x + far, y), (x, y + far), (x - far, y)), colour)


def line_names(series: Sequence[Series], plot: Plot) -> list[Mark]:
    """Names at the ends of the lines, pushed apart until they do not overlap."""
    ends = sorted(series, key=lambda line: plot.y(line.points[max(line.points)]))
    at: list[float] = []
    for line in ends:
        y = plot.y(line.points[max(line.points)])
        at.append(max(y, at[-1] + 1.15 * SMALL if at else plot.top + 2))
    over = max(0.0, at[-1] - plot.bottom)
    marks: list[Mark] = []
    for y, line in zip(at, ends, strict=True):
        budget = max(line.points)
        colour, _, _, sign = STYLES.get(line.key, (LIGHT.muted, 1.0, None, "disc"))
        start, end = (plot.x(budget) + 4, plot.y(line.points[budget])), (plot.right + 10, y - over)
        marks.append(Stroke((start, end), colour, 0.4))
        marks.append(_sign(sign, plot.right + 15, y - over, 2, colour))
        marks.append(Words(plot.right + 21, y - over + 0.35 * SMALL, name_of(line), SMALL, LIGHT.ink))
    return marks
