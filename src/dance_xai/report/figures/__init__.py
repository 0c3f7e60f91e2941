"""Figures for papers: drawings in points (1/72 inch), readable in print, without colour, and by the colour-blind."""

from dance_xai.report.figures.accuracy import accuracy_figure
from dance_xai.report.figures.confusion import confusion_figure
from dance_xai.report.figures.files import FORMATS, figure_files
from dance_xai.report.figures.interventions import intervention_figure
from dance_xai.report.figures.prototypes import prototype_figures
from dance_xai.report.figures.quality import quality_figure
from dance_xai.report.figures.sums import sum_figure
from dance_xai.report.figures.weights import weights_figure

__all__ = [
    "FORMATS",
    "accuracy_figure",
    "confusion_figure",
    "figure_files",
    "intervention_figure",
    "prototype_figures",
    "quality_figure",
    "sum_figure",
    "weights_figure",
]
