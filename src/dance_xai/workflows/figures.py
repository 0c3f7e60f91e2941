"""The figures of a RUN for a paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dance_xai.artifacts import write_file
from dance_xai.errors import DataError, SolverError
from dance_xai.report.drawing.marks import Drawing
from dance_xai.report.figures import (
    accuracy_figure,
    confusion_figure,
    figure_files,
    intervention_figure,
    prototype_figures,
    quality_figure,
    sum_figure,
    weights_figure,
)
from dance_xai.workflows.diagnosing import correction_curves
from dance_xai.workflows.explaining import explain_of
from dance_xai.workflows.reporting import report_of
from dance_xai.workflows.runs import RunView
from dance_xai.workflows.subjects import find_subject

LACKING = {
    "accuracy": "no accuracy per number of weights in the metrics",
    "confusion": "no test clips with a label",
    "weights": "no concept has a weight",
    "concept-quality": "no measures of single concepts in the metrics",
    "corrections": "no targets of concepts to correct them from, or no test clips",
    "prototypes": "no motion concept with a prototype has a weight",
}


@dataclass(frozen=True)
class Figures:
    """What was written.

    Attributes:
        paths: The files.
        left_out: Reason by name of a figure that there is nothing to draw of.
    """

    paths: tuple[Path, ...]
    left_out: dict[str, str]


def write_figures(
    view: RunView, folder: Path, formats: Sequence[str], clips: Sequence[str] = (), *, threads: int = 1
) -> Figures:
    """Draw all figures of a RUN; files of these names are replaced, others in the folder stay.

    Args:
        view: The RUN.
        folder: Where the files go; made if needed.
        formats: Of ``svg`` and ``png``.
        clips: Ids or video files whose sums are drawn too.
        threads: Frames of a new video looked at side by side.

    Raises:
        DanceError: A clip cannot be explained, or a file cannot be written.
    """
    data, lacking = report_of(view), dict(LACKING)
    try:
        curves = correction_curves(view)
    except (DataError, SolverError) as error:  # such a RUN cannot be held out in part
        curves, lacking["corrections"] = None, str(error)
    found: dict[str, Drawing | None] = {
        "accuracy": accuracy_figure(data),
        "confusion": confusion_figure(data),
        "weights": weights_figure(data),
        "concept-quality": quality_figure(data),
        "corrections": intervention_figure(data.title, curves),
    }
    for number, page in enumerate(prototype_figures(data) or [None], start=1):
        found["prototypes" if page is None else f"prototypes-{number}"] = page
    for clip in clips:
        explanation = explain_of(view, find_subject(view, clip, threads=threads))
        found[f"sum-{_file_name(explanation.clip)}"] = sum_figure(explanation)
    paths = []
    for name, drawing in found.items():
        for ending, content in (figure_files(drawing, tuple(formats)) if drawing is not None else {}).items():
            paths.append(folder / f"{name}.{ending}")
            write_file(paths[-1], content)
    return Figures(tuple(paths), {name: lacking[name] for name, drawing in found.items() if drawing is None})


def _file_name(clip: str) -> str:
    """A clip id in letters that every file system takes."""
    return re.sub(r"[^\w.-]+", "_", clip)[:100]
