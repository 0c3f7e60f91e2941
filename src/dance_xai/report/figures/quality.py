"""How well each concept is recognised on test clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dance_xai.report.data import ReportData
from dance_xai.report.drawing.colours import LIGHT
from dance_xai.report.drawing.marks import Disc, Drawing, Mark, Stroke, Words
from dance_xai.report.figures.plot import SMALL, TITLE, WIDTH, Plot
from dance_xai.types import KINDS, Kind, counted

HEIGHT, GAP = 190.0, 46.0
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
MEASURES = {"average_precision": "average precision", "correlation": "correlation with the target"}


def quality_figure(data: ReportData) -> Drawing | None:
    """Draw a panel per kind: a measure per concept, best first, with that of a random order; None without figures.

    Average precision where the target is yes or no, else the correlation with the target.
    """
    panels = [(kind, *found) for kind in KINDS if (found := _measured(data, kind)) is not None]
    if not panels:
        return None
    counts = [max(8.0, float(len(values))) ** 0.5 for _, _, values in panels]
    room = WIDTH - GAP * len(panels) - 8
    marks: list[Mark] = []
    left = GAP
    for (kind, measure, values), count in zip(panels, counts, strict=True):
        width = room * count / sum(counts)
        marks += _panel(kind, measure, values, left, left + width)
        left += width + GAP
    marks += _legend()
    return Drawing(WIDTH, HEIGHT, tuple(marks), title=f"{data.title}: how well concepts are recognised")


def _measured(data: ReportData, kind: Kind) -> tuple[str, list[tuple[float, float | None]]] | None:
    """The measure, and per concept its value and that of chance, best first."""
    details: Sequence[Mapping[str, Any]] = [
        each for each in data.metrics.get("concept_details") or () if each["kind"] == kind
    ]
    for measure in MEASURES:
        values = [
            (float(each[measure]), each.get("prevalence") if measure == "average_precision" else 0.0)
            for each in details
            if each.get(measure) is not None
        ]
        if values:
            return measure, sorted(values, key=lambda pair: -pair[0])
    return None


def _panel(kind: Kind, measure: str, values: list[tuple[float, float | None]], left: float, right: float) -> list[Mark]:
    low = min(0.0, *(value for value, _ in values), 0.0)
    plot = Plot(left, right, 24, HEIGHT - 34, (0.0, min(low, 0.0)), (float(len(values) + 1), 1.0))
    ticks = [tick for tick in (-0.5, -0.25, *TICKS) if tick >= plot.low[1]]
    marks = plot.rows(ticks, lambda tick: f"{tick:g}".replace("-", "\N{MINUS SIGN}"), MEASURES[measure])
    zero = plot.y(0.0)
    marks.append(Stroke(((left, zero), (right, zero)), LIGHT.ink, 0.5))
    step = (right - left) / (len(values) + 1)
    for place, (value, chance) in enumerate(values, start=1):
        x, colour = plot.x(place), LIGHT.of(kind)
        marks.append(Stroke(((x, zero), (x, plot.y(value))), colour, min(1.0, 0.3 * step)))
        marks.append(Disc(x, plot.y(value), min(2.2, 0.38 * step), colour))
        if chance is not None and measure == "average_precision":
            reach = min(3.0, 0.45 * step)
            marks.append(Stroke(((x - reach, plot.y(chance)), (x + reach, plot.y(chance))), LIGHT.ink, 0.8))
    mean = sum(value for value, _ in values) / len(values)
    marks.append(Words(left, 12, kind, TITLE, LIGHT.of(kind), bold=True))
    text = f"mean {mean:.2f}".replace("-", "\N{MINUS SIGN}")
    marks.append(Words(right, 12, text, SMALL, LIGHT.muted, "end"))
    count = counted(len(values), "concept") + (", best first" if len(values) > 1 else "")
    return [*marks, Words((left + right) / 2, HEIGHT - 22, count, SMALL, LIGHT.ink, "middle")]


def _legend() -> list[Mark]:
    y = HEIGHT - 6
    return [
        Stroke(((GAP, y - 2.5), (GAP + 6, y - 2.5)), LIGHT.ink, 0.8),
        Words(GAP + 10, y, "average precision of a random order", SMALL, LIGHT.muted),
    ]
