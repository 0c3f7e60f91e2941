"""Accuracy against the number of corrected concepts."""

from __future__ import annotations

from collections.abc import Sequence

from dance_xai.diagnose import InterventionCurve
from dance_xai.report.drawing.marks import Drawing
from dance_xai.report.figures.lines import Across, accuracy_lines
from dance_xai.report.interventions import correction_series
from dance_xai.report.numbers import share_ticks


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
    across = Across(counts, (counts[0], counts[-1] + 0.2), "corrected concepts per clip")
    return accuracy_lines(series, ticks, across, f"{title}: accuracy after correcting concepts")
