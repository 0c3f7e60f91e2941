"""The sum behind the prediction for one clip."""

from __future__ import annotations

from dance_xai.report.drawing.colours import LIGHT
from dance_xai.report.drawing.lettering import fitted, width_of
from dance_xai.report.drawing.marks import Block, Drawing, Mark, Stroke, Words
from dance_xai.report.figures.plot import SMALL, TEXT, TITLE
from dance_xai.report.waterfall import Step, waterfall
from dance_xai.report.words import label
from dance_xai.types import Explanation, counted
from dance_xai.types.numbers import percent

WIDTH, ROW, TOP = 340.0, 15.0, 42.0
NAMES, VALUES = 130.0, 44.0


def sum_figure(explanation: Explanation, *, top: int = 10) -> Drawing:
    """Draw from the bias through the contributions to the score, in steps that add up as shown.

    Args:
        explanation: Of the clip.
        top: Contributions with a row of their own.
    """
    said = explanation.prediction
    falls = waterfall(said.bias, said.contributions, said.logit, top=top)
    names = min(NAMES, 10 + max(width_of(_name(step), SMALL) for step in falls.steps))
    left, right = names + 6, WIDTH - VALUES
    height = TOP + ROW * len(falls.steps) + 8
    zero = left + falls.zero / 100 * (right - left)
    truth = "" if explanation.true_label is None else f", labelled {label(explanation.true_label)}"
    heading = f"{label(said.label)}, {percent(said.probability)}"
    marks: list[Mark] = [
        Words(4, 13, fitted(heading, TITLE, WIDTH - 8, bold=True), TITLE, LIGHT.ink, bold=True),
        Words(4, 26, fitted(f"clip {explanation.clip}{truth}", SMALL, WIDTH - 8), SMALL, LIGHT.muted),
        Stroke(((zero, TOP - 4), (zero, height - 6)), LIGHT.line, 0.7),
    ]
    for row, step in enumerate(falls.steps):
        marks += _step(step, TOP + row * ROW, names, left, right)
    return Drawing(WIDTH, height, tuple(marks), title=f"why {heading}: clip {explanation.clip}")


def _name(step: Step) -> str:
    if step.term is not None:
        return step.term.name if step.term.kind in step.term.name else f"{step.term.name} ({step.term.kind})"
    return {"bias": "bias", "others": counted(step.count, "other"), "rounding": "rounding", "total": "score"}[step.role]


def _step(step: Step, y: float, names: float, left: float, right: float) -> list[Mark]:
    total, base = step.role == "total", y + 0.68 * ROW
    colour = LIGHT.of(step.term.kind) if step.term is not None else LIGHT.ink if total else LIGHT.muted
    x, width = left + step.left / 100 * (right - left), step.width / 100 * (right - left)
    bar, edge = ROW - 5, 1.1
    marks: list[Mark] = [
        Words(names, base, fitted(_name(step), SMALL, names - 6), SMALL, LIGHT.ink, "end", bold=total),
        Block(x, y + 2.5, max(0.8, width), bar, colour),
        Words(right + VALUES - 4, base, step.text, TEXT, LIGHT.ink, "end", bold=total),
    ]
    if step.value < 0 and not total and width > 3 * edge:
        marks.append(Block(x + edge, y + 2.5 + edge, width - 2 * edge, bar - 2 * edge, "#ffffff"))
    return marks
