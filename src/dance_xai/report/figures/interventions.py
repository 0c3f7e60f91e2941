"""Accuracy against the number of corrected concepts."""

from __future__ import annotations

from collections.abc import Sequence

from dance_xai.diagnose import InterventionCurve
from dance_xai.report.drawing.lettering import width_of
from dance_xai.report.drawing.marks import Drawing
from dance_xai.report.figures.lines import line_marks, line_names, name_of
from dance_xai.report.figures.plot import SMALL, Plot
from dance_xai.report.interventions import correction_series
from dance_xai.report.numbers import share_ticks
from dance_xai.types.numbers import percent

HEIGHT = 230.0


def intervention_figure(title: str, curves: Sequence[InterventionCurve] | None) -> Drawing | None:
    """Draw test accuracy against the number of corrected concepts per clip, a line per policy; None without curves.

    Args:
        title: For example the name of the data set.
        curves: ``Diagnosis.interventions``.
    """
    series = correction_series(curves or ())
    if not series:
        return None
    counts = sorted(series[0].points)
    ticks = share_ticks([value for line in series for value in line.points.values()])
    names = max(width_of(name_of(line), SMALL) for line in series)
    right = 400.0 - names
    plot = Plot(44, right, 10, HEIGHT - 38, (counts[0], ticks[0]), (counts[-1] + 0.2, ticks[-1]))
    digits = 0 if ticks[1] - ticks[0] >= 0.01 else 1
    marks = [*plot.rows(ticks, lambda tick: percent(tick, digits) if tick < 1 else "100 %", "test accuracy")]
    marks += plot.columns(counts, "corrected concepts per clip")
    for line in reversed(series):
        marks += line_marks(line, plot)
    marks += line_names(series, plot)
    return Drawing(right + 34 + names, HEIGHT, tuple(marks), title=f"{title}: accuracy after correcting concepts")
