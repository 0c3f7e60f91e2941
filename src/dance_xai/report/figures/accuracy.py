"""Accuracy against the number of weights per class, with controls."""

from __future__ import annotations

from dance_xai.report.data import ReportData
from dance_xai.report.drawing.marks import Drawing
from dance_xai.report.figures.lines import Across, accuracy_lines
from dance_xai.report.measures import curves
from dance_xai.report.numbers import round_ticks


def accuracy_figure(data: ReportData) -> Drawing | None:
    """Draw test accuracy (linear) against non-zero weights per class (logarithmic); None without such figures."""
    series = [line for line in curves(data.metrics) if line.points]
    if not series:
        return None
    budgets = sorted({budget for line in series for budget in line.points})
    values = [value for line in series for value in line.points.values()]
    ticks = round_ticks(min(values), min(1.0, max(values)))
    across = Across(budgets, (budgets[0] * 0.9, budgets[-1] * 1.1), "non-zero weights per class (NEC)", True)
    title = f"{data.title}: accuracy against the number of non-zero weights per class"
    return accuracy_lines(series, ticks, across, title)
