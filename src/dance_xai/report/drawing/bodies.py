"""A body as marks: trunk, bones with their side, head. What was not seen is not drawn."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from dance_xai.report.drawing.colours import Colours
from dance_xai.report.drawing.marks import Area, Disc, Mark, Point, Stroke
from dance_xai.report.poses import pack_skeleton
from dance_xai.types import BoolArray, FloatArray, Skeleton

LIMB, HEAD = 0.045, 0.075
"""Width of a limb and radius of the head as shares of the size of the body."""


def body_marks(
    xy: FloatArray, seen: BoolArray, skeleton: Skeleton, colours: Colours, size: float, *, outline: str | None = None
) -> tuple[Mark, ...]:
    """Draw one pose.

    Args:
        xy: (K, 2) in units of the drawing.
        seen: (K,) joints to draw; a bone needs both of its ends.
        skeleton: The K joints.
        colours: Of left, right and middle.
        size: Of the body in units of the drawing, which sets the width of the limbs.
        outline: Colour of an edge around bones and joints, to be seen on any picture; the head is then a ring, so that
            the face stays visible. None for a body on a plain ground.
    """
    parts = _parts(skeleton)
    seen = seen & np.isfinite(xy).all(axis=1)
    points = [(float(x), float(y)) for x, y in np.where(seen[:, None], xy, 0.0)]
    width = max(LIMB * size, 1e-6)
    drawn = [k for k in np.flatnonzero(seen).tolist() if k not in parts["face"]]
    lines = [
        Stroke((points[a], points[b]), getattr(colours, side), width)
        for a, b, side in parts["bones"]
        if a in drawn and b in drawn
    ]
    joints = [
        Disc(points[k][0], points[k][1], width / 2, getattr(colours, parts["sides"][k]))
        for k in drawn
        if k != parts["head"]
    ]
    head = [points[parts["head"]]] if parts["head"] in drawn else []
    if outline is None:
        heads = [Disc(x, y, HEAD * size, colours.middle) for x, y in head]
        return (*_trunk(parts["trunk"], points, drawn, colours), *lines, *joints, *heads)
    lines += [Stroke(_ring(point, HEAD * size), colours.middle, 0.6 * width) for point in head]
    edge = 2 * max(0.3 * width, 1.0)
    edges = [replace(line, colour=outline, width=line.width + edge) for line in lines]
    return (*edges, *lines, *joints)


def _trunk(trunk: list[int], points: list[Point], drawn: list[int], colours: Colours) -> list[Area]:
    whole = trunk and all(k in drawn for k in trunk)
    return [Area(tuple(points[k] for k in trunk), colours.ink, 0.16)] if whole else []


def _ring(point: Point, radius: float) -> tuple[Point, ...]:
    turns = np.linspace(0, 2 * np.pi, 25)
    return tuple((point[0] + radius * float(np.cos(t)), point[1] + radius * float(np.sin(t))) for t in turns)


@cache
def _parts(skeleton: Skeleton) -> dict[str, Any]:
    """As on the page; bones in the order in which they are drawn."""
    parts = pack_skeleton(skeleton)
    order = ("left", "middle", "right")
    return parts | {"bones": sorted(parts["bones"], key=lambda bone: order.index(bone[2]))}
