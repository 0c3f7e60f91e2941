"""Motion concepts as film strips: the poses of each prototype, from the first to the last."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.report.data import ReportData
from dance_xai.report.drawing.bodies import body_marks
from dance_xai.report.drawing.colours import LIGHT, mixed
from dance_xai.report.drawing.lettering import fitted, wrapped
from dance_xai.report.drawing.marks import Drawing, Mark, Stroke, Words
from dance_xai.report.figures.plot import SMALL, TEXT, WIDTH
from dance_xai.report.poses import views
from dance_xai.report.words import label, looks_like
from dance_xai.types import Prototype, Skeleton
from dance_xai.types.numbers import decimal

PAPER = replace(LIGHT, left=mixed(LIGHT.left, "#ffffff", 0.4))
"""On paper left is lighter than right, so that they differ without colour."""

POSES = 8
ROWS = 10
"""Strips in one figure."""

HIGH, NAMES = 62.0, 148.0
"""Height of a strip and width of the words beside it, points."""


def prototype_figures(data: ReportData) -> list[Drawing]:
    """Draw the prototypes of the motion concepts that count, largest weight first, some per figure.

    Empty for a model without them.
    """
    skeleton = data.bank.skeleton
    weight = np.where(data.used, np.abs(data.weight), 0.0).max(axis=0, initial=0.0)
    order = [j for j in np.argsort(-weight, kind="stable").tolist() if weight[j] > 0]
    shown = [(j, each) for j in order if (each := data.bank.concepts[j].prototype) is not None]
    if skeleton is None:
        return []
    scenes = views({str(j): (each.poses, each.seen) for j, each in shown})
    return [_page(data, shown[at : at + ROWS], scenes, skeleton) for at in range(0, len(shown), ROWS)]


def _page(
    data: ReportData, shown: list[tuple[int, Prototype]], scenes: dict[str, dict[str, float]], skeleton: Skeleton
) -> Drawing:
    marks: list[Mark] = []
    for row, (j, prototype) in enumerate(shown):
        y = row * HIGH
        marks += _words(data, j, prototype, y + 12, skeleton)
        marks += _strip(prototype, scenes[str(j)], y, skeleton)
        if row:
            marks.append(Stroke(((4, y), (WIDTH - 4, y)), LIGHT.line, 0.5))
    return Drawing(WIDTH, HIGH * len(shown) + 4, tuple(marks), title=f"{data.title}: prototypes of motion concepts")


def _words(data: ReportData, j: int, prototype: Prototype, y: float, skeleton: Skeleton) -> list[Mark]:
    """Name, the class it speaks for most, and what the body does."""
    k = int(np.abs(data.weight[:, j]).argmax())
    value = decimal(float(data.weight[k, j]), 2, sign=True)
    text = looks_like((prototype.poses, prototype.seen), skeleton, prototype.stop - prototype.start, data.fps)
    room = NAMES - 10
    marks: list[Mark] = [
        Words(4, y, fitted(data.bank.concepts[j].name, TEXT, room), TEXT, LIGHT.motion, bold=True),
        Words(4, y + 9.5, fitted(f"{label(data.classes[k])} {value}", SMALL, room), SMALL, LIGHT.ink),
    ]
    for row, line in enumerate(wrapped(text, SMALL, room, 4)):
        marks.append(Words(4, y + 18.5 + 8.2 * row, line, SMALL, LIGHT.muted))
    return marks


def _strip(prototype: Prototype, view: dict[str, float], y: float, skeleton: Skeleton) -> list[Mark]:
    rows = np.unique(np.rint(np.linspace(0, len(prototype.poses) - 1, POSES)).astype(int)).tolist()
    step = (WIDTH - NAMES - 4) / POSES
    scale = (HIGH - 8) / 2 / view["half"]
    marks: list[Mark] = []
    floor = y + HIGH / 2 + (view["floor"] - view["y"]) * scale
    marks.append(Stroke(((NAMES, floor), (NAMES + step * len(rows), floor)), LIGHT.line, 0.7))
    for place, row in enumerate(rows):
        middle = np.array([NAMES + (place + 0.5) * step, y + HIGH / 2])
        xy = (prototype.poses[row] - (view["x"], view["y"])) * scale + middle
        marks += body_marks(xy, prototype.seen[row], skeleton, PAPER, view["size"] * scale * 1.5)
    return marks
