"""Accuracy against the number of corrected concepts, as a page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dance_xai.diagnose import Diagnosis, InterventionCurve
from dance_xai.report.svg import Series, correction_chart

POLICIES = {
    "contribution": "largest contribution first",
    "uncertainty": "least certain first",
    "random": "at random",
    "motion": "motion only",
    "object": "object only",
    "scene": "scene only",
}
WORDS = (
    "So many concepts of each test clip are set to what was measured of them apart from the model. The lines differ in "
    "which come first: those that move the decision most, those the model is least certain of, any, or those of one "
    "kind. Where a line rises, concepts were read wrongly; where it falls, the model reads more in them than was "
    "measured of them; where none moves, the weights or the choice of concepts are to blame."
)


@dataclass(frozen=True)
class Interventions:
    """What correcting concepts brings.

    Attributes:
        corrected: How many of each clip, rising from 0.
        series: A line per order of correction.
        words: What they are.
        wide: The chart as SVG, with names at the lines.
        narrow: The same for small screens, without names.
    """

    corrected: tuple[int, ...]
    series: tuple[Series, ...]
    words: str
    wide: str
    narrow: str


def interventions(diagnosis: Diagnosis) -> Interventions | None:
    """The corrections of a diagnosis as shown; None where none were made."""
    curves = diagnosis.interventions
    if not curves:
        return None
    lines = correction_series(curves)
    wide = correction_chart(lines, width=720, height=360, labels=True)
    narrow = correction_chart(lines, width=360, height=300, labels=False)
    return Interventions(curves[0].corrected, tuple(lines), WORDS, wide, narrow)


def correction_series(curves: Sequence[InterventionCurve]) -> list[Series]:
    """Intervention curves as lines of a chart, ours first."""
    found = {one.policy: dict(zip(one.corrected, one.accuracy, strict=True)) for one in curves}
    return [
        Series(key, name, {float(count): value for count, value in found[key].items()}, key == "random")
        for key, name in POLICIES.items()
        if key in found
    ]
