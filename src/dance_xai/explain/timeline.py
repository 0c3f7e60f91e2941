"""When in a clip each motion concept happens."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dance_xai.motion.matching import MotionCurves, similarity
from dance_xai.types import BoolArray, Concept, ConceptSpan, FloatArray, IntArray, MotionTimeline

REACH = 1.5
"""A concept happens in windows as near to its centre as this many mean distances of its own members in train clips.
Chosen with ``CORE`` on the train clips of the planted videos, where spans and truth overlap by 0.71, 0.71, 0.69 and
0.66 for 1.25, 1.5, 1.75 and 2 (`benchmarks/timeline.py`)."""

CORE = 0.5
"""Share of a window, around its middle, that counts as time of the motion. A window matches from the moment when about
half of it shows the motion, so that whole windows begin too early and end too late. Overlap on the same clips 0.69,
0.72, 0.71, 0.68 and 0.62 for 0.25, 0.4, 0.5, 0.75 and whole windows. Stretching to the ends of the clip where its first
or last window counts loses 0.03: people rest there."""


def motion_timelines(
    curves: MotionCurves,
    concepts: Mapping[int, tuple[int, Concept]],
    *,
    scale: float,
    points: int = 600,
) -> tuple[MotionTimeline, ...]:
    """Tell when motion concepts happen.

    A window counts where its distance to the centre is at most ``REACH`` times the mean distance of the concept's
    members in train clips; a span is the union of the middle parts (``CORE``) of windows that count.

    Args:
        curves: M windows of the clip against all centres.
        concepts: By column in the bank: column of the curves, and the concept. One without a spread (no members in
            train clips) is left out, as nothing says how near is near.
        scale: Unit of similarity.
        points: Most points of a curve; more are thinned to the most similar of each neighbourhood. Spans do not suffer.

    Returns:
        In the order of ``concepts``; none without a valid window.

    Source: ours.
    """
    if not len(curves.start):
        return ()
    core = _core(curves)
    return tuple(
        _timeline(column, concept, curves, source, core, scale, points)
        for column, (source, concept) in concepts.items()
        if concept.spread is not None
    )


def _timeline(
    column: int,
    concept: Concept,
    curves: MotionCurves,
    source: int,
    core: tuple[IntArray, IntArray],
    scale: float,
    points: int,
) -> MotionTimeline:
    distance, reach = curves.distance[:, source], REACH * (concept.spread or 0.0)
    values = similarity(distance, scale)
    shown = _thin(values, points)
    return MotionTimeline(
        concept=column,
        name=concept.name,
        centres=(curves.start[shown] + curves.stop[shown] - 1) / 2,
        similarity=values[shown],
        mirrored=curves.mirrored[shown, source],
        threshold=float(similarity(np.array(reach), scale)),
        spans=_spans(core, distance <= reach, values),
    )


def _core(curves: MotionCurves) -> tuple[IntArray, IntArray]:
    """First and last-plus-one frame of the middle part of each window, one frame at least."""
    width = curves.stop - curves.start
    cut = np.minimum(np.ceil(width * (1 - CORE) / 2).astype(np.int64), (width - 1) // 2)
    return curves.start + cut, curves.stop - cut


def _spans(core: tuple[IntArray, IntArray], happens: BoolArray, values: FloatArray) -> tuple[ConceptSpan, ...]:
    """Unions of the cores that touch, with the highest value inside."""
    start, stop, values = core[0][happens], core[1][happens], values[happens]
    if not len(start):
        return ()
    first = np.flatnonzero(np.concatenate([[True], start[1:] > stop[:-1]]))
    last = np.append(first[1:], len(start)) - 1
    peaks = np.maximum.reduceat(values, first)
    return tuple(
        ConceptSpan(int(start[a]), int(stop[b]), float(peak)) for a, b, peak in zip(first, last, peaks, strict=True)
    )


def _thin(values: FloatArray, points: int) -> IntArray:
    """Rows of at most so many values: the largest of each run of neighbours."""
    run = max(1, -(-len(values) // points))
    padded = np.full(-(-len(values) // run) * run, -np.inf)
    padded[: len(values)] = values
    best: IntArray = padded.reshape(-1, run).argmax(axis=1) + np.arange(0, len(padded), run)
    return best
