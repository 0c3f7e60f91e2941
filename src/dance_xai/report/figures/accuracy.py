"""Accuracy against the number of weights per class, with controls."""

from __future__ import annotations

from dance_xai.report.data import ReportData
from dance_xai.report.drawing.lettering import width_of
from dance_xai.report.drawing.marks import Drawing
from dance_xai.report.figures.lines import line_marks, line_names, name_of
from dance_xai.report.figures.plot import SMALL, Plot
from dance_xai.report.measures import curves
from dance_xai.report.numbers import round_ticks
from dance_xai.types.numbers import percent

HEIGHT = 230.0


def accuracy_figure(data: ReportData) -> Drawing | None:
    """Draw test accuracy (linear) against non-zero weights per class (logarithmic); None without such figures."""
    series = [line for line in curves(data.metrics) if line.points]
    if not series:
        return None
    budgets = sorted({budget for line in series for budget in line.points})
    values = [value for line in series for value in line.points.values()]
    ticks = round_ticks(min(values), min(1.0, max(values)))
    names = max(width_of(name_of(line), SMALL) for line in series)
    right = 400.0 - names
    plot = Plot(44, right, 10, HEIGHT - 38, (budgets[0] * 0.9, ticks[0]), (budgets[-1] * 1.1, ticks[-1]), True)
    digits = 0 if ticks[1] - ticks[0] >= 0.01 else 1
    marks = [*plot.rows(ticks, lambda tick: percent(tick, digits) if tick < 1 else "100 %", "test accuracy")]
    marks += plot.columns(budgets, "non-zero weights per class (NEC)")
    for line in reversed(series):
        marks += line_marks(line, plot)
    marks += line_names(series, plot)
    title = f"{data.title}: accuracy against the number of non-zero weights per class"
    return Drawing(right + 34 + names, HEIGHT, tuple(marks), title=title)
