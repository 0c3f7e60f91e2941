"""Which concepts speak for and against which class."""

from __future__ import annotations

import numpy as np

from dance_xai.report.data import ReportData
from dance_xai.report.drawing.colours import LIGHT
from dance_xai.report.drawing.lettering import fitted, width_of
from dance_xai.report.drawing.marks import Block, Drawing, Mark, Stroke, Words
from dance_xai.report.figures.plot import HAIR, SMALL
from dance_xai.report.words import label
from dance_xai.types import KINDS, IntArray

COLUMNS = 60
"""Most concepts in one figure; those with the largest weights are shown."""

MOST_LABEL = 100.0


def weights_figure(data: ReportData) -> Drawing | None:
    """Draw the head as squares, as large as the weight; filled for a concept that speaks for the class, hollow against.

    None for a model that uses no concept.
    """
    columns = _columns(data)
    if not len(columns):
        return None
    cell = max(7.5, min(15.0, 400.0 / len(columns)))
    rows = [fitted(label(name), SMALL, MOST_LABEL) for name in data.classes]
    heads = [fitted(data.bank.concepts[j].name, SMALL, MOST_LABEL) for j in columns]
    left = max(width_of(text, SMALL) for text in rows) + 10
    top = max(width_of(text, SMALL) for text in heads) + 24
    size = cell * len(columns), cell * len(rows)
    marks: list[Mark] = _grid(left, top, cell, len(columns), len(rows))
    for k, text in enumerate(rows):
        marks.append(Words(left - 5, top + (k + 0.5) * cell + 0.35 * SMALL, text, SMALL, LIGHT.ink, "end"))
    for place, (j, text) in enumerate(zip(columns.tolist(), heads, strict=True)):
        colour = LIGHT.of(data.bank.concepts[j].kind)
        x = left + (place + 0.5) * cell
        marks.append(Words(x + 0.35 * SMALL, top - 5, text, SMALL, colour, turned=True))
        marks += _squares(data, j, x, top, cell, colour)
    marks += _kinds(data, columns, left, cell)
    width, height = left + size[0] + 10, top + size[1] + 20
    marks += _legend(left, height - 8, data, len(columns))
    return Drawing(max(width, left + 330), height, tuple(marks), title=f"{data.title}: weights of concepts per class")


def _columns(data: ReportData) -> IntArray:
    """The concepts shown: kind by kind, in the order of the class that each serves most."""
    weight = np.where(data.used, data.weight, 0.0)
    largest = np.abs(weight).max(axis=0, initial=0.0)
    chosen = [j for j in np.argsort(-largest, kind="stable")[:COLUMNS].tolist() if largest[j] > 0]
    served = np.abs(weight).argmax(axis=0) if len(weight) else largest
    order = {kind: place for place, kind in enumerate(KINDS)}
    return np.array(
        sorted(chosen, key=lambda j: (order[data.bank.concepts[j].kind], served[j], -largest[j])), dtype=int
    )


def _squares(data: ReportData, j: int, x: float, top: float, cell: float, colour: str) -> list[Mark]:
    largest = float(np.abs(data.weight).max()) or 1.0
    marks: list[Mark] = []
    for k in np.flatnonzero(data.used[:, j]).tolist():
        value, y = float(data.weight[k, j]), top + (k + 0.5) * cell
        side = max(1.8, 0.94 * cell * (abs(value) / largest) ** 0.5)
        marks.append(Block(x - side / 2, y - side / 2, side, side, colour))
        inner = side - 2 * min(1.0, 0.25 * side)
        if value < 0:
            marks.append(Block(x - inner / 2, y - inner / 2, inner, inner, "#ffffff"))
    return marks


def _grid(left: float, top: float, cell: float, columns: int, rows: int) -> list[Mark]:
    lines: list[Mark] = []
    for k in range(rows + 1):
        lines.append(Stroke(((left, top + k * cell), (left + columns * cell, top + k * cell)), LIGHT.line, HAIR))
    for k in range(columns + 1):
        lines.append(Stroke(((left + k * cell, top), (left + k * cell, top + rows * cell)), LIGHT.line, HAIR))
    return lines


def _kinds(data: ReportData, columns: IntArray, left: float, cell: float) -> list[Mark]:
    """The name of each kind over its columns."""
    marks: list[Mark] = []
    kinds = [data.bank.concepts[j].kind for j in columns.tolist()]
    for kind in KINDS:
        places = [place for place, each in enumerate(kinds) if each == kind]
        if places:
            x0, x1 = left + places[0] * cell + 1, left + (places[-1] + 1) * cell - 1
            name = fitted(kind, SMALL, max(x1 - x0, 12.0))
            marks.append(Words((x0 + x1) / 2, 2 + SMALL, name, SMALL, LIGHT.of(kind), "middle", bold=True))
            marks.append(Stroke(((x0, 5 + SMALL), (x1, 5 + SMALL)), LIGHT.of(kind), 1.2))
    return marks


def _legend(left: float, y: float, data: ReportData, shown: int) -> list[Mark]:
    used = int(data.used.any(axis=0).sum())
    text = f"largest weight {np.abs(data.weight).max():.2f}; " + ("" if used == shown else f"{shown} of ")
    return [
        Block(left, y - 6, 6, 6, LIGHT.ink),
        Words(left + 9, y, "for the class", SMALL, LIGHT.ink),
        Block(left + 60, y - 6, 6, 6, LIGHT.ink),
        Block(left + 61, y - 5, 4, 4, "#ffffff"),
        Words(left + 69, y, "against it", SMALL, LIGHT.ink),
        Words(left + 112, y, f"{text}{used} concepts that count", SMALL, LIGHT.muted),
    ]
