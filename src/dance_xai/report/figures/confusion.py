"""Which classes are taken for which."""

from __future__ import annotations

from typing import Any

from dance_xai.report.data import ReportData
from dance_xai.report.drawing.colours import LIGHT, mixed
from dance_xai.report.drawing.lettering import fitted, width_of
from dance_xai.report.drawing.marks import Block, Drawing, Mark, Stroke, Words
from dance_xai.report.figures.plot import HAIR, SMALL, TEXT
from dance_xai.report.mistakes import confusion
from dance_xai.report.words import label

MOST_LABEL = 110.0


def confusion_figure(data: ReportData) -> Drawing | None:
    """Draw the confusion matrix of test clips, darker for a larger share of a row; None without predictions."""
    table = confusion(data)
    if table is None:
        return None
    cell = max(11.0, min(22.0, 340.0 / len(table["rows"])))
    labels = [fitted(label(name), SMALL, MOST_LABEL) for name in table["labels"]]
    longest = max(width_of(text, SMALL) for text in labels)
    left, top = longest + 26, longest + 22
    marks: list[Mark] = []
    for k, text in enumerate(labels):
        middle = (k + 0.5) * cell + 0.35 * SMALL
        marks.append(Words(left - 5, top + middle, text, SMALL, LIGHT.ink, "end"))
        marks.append(Words(left + middle, top - 5, text, SMALL, LIGHT.ink, turned=True))
        marks += _row(table["rows"][k], left, top + k * cell, cell)
    side = cell * len(labels)
    marks += _grid(left, top, side, len(labels))
    marks.append(Words(left + side / 2, 10, "predicted", TEXT, LIGHT.ink, "middle"))
    marks.append(Words(10, top + side / 2, "true", TEXT, LIGHT.ink, "middle", turned=True))
    height = top + side + 8
    if table["partial"]:
        note = f"the {len(labels)} of {len(data.classes)} classes with most mistakes"
        marks.append(Words(left, height + SMALL, note, SMALL, LIGHT.muted))
        height += 14
    return Drawing(left + side + 8, height, tuple(marks), title=f"{data.title}: confusion of test clips")


def _row(row: dict[str, Any], left: float, y: float, cell: float) -> list[Mark]:
    marks: list[Mark] = []
    for column, each in enumerate(row["cells"]):
        if not each["count"]:
            continue
        share = each["count"] / max(1, row["total"])
        colour = mixed("#ffffff", LIGHT.left if each["kind"] == "hit" else LIGHT.bad, 0.15 + 0.85 * share)
        x = left + column * cell
        marks.append(Block(x, y, cell, cell, colour))
        ink = "#ffffff" if share > 0.45 else LIGHT.ink
        size = min(SMALL, 0.5 * cell)
        marks.append(Words(x + cell / 2, y + cell / 2 + 0.35 * size, str(each["count"]), size, ink, "middle"))
    return marks


def _grid(left: float, top: float, side: float, count: int) -> list[Mark]:
    lines: list[Mark] = []
    for k in range(count + 1):
        at = k * side / max(1, count)
        lines.append(Stroke(((left + at, top), (left + at, top + side)), LIGHT.line, HAIR))
        lines.append(Stroke(((left, top + at), (left + side, top + at)), LIGHT.line, HAIR))
    return lines
