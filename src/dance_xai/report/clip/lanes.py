"""The time line: when in the clip each motion happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dance_xai.explain.timeline import CORE
from dance_xai.report.numbers import span
from dance_xai.types import Contribution, Explanation, FloatArray, MotionTimeline

HIGH, WIDE = 100.0, 1000.0
HEADROOM = 1.06
POINTS = 600
"""Most points of a curve."""


@dataclass(frozen=True)
class Moment:
    """A stretch of the time line that can be pressed.

    Attributes:
        start: First frame.
        stop: One past the last.
        left: Percent of the clip.
        width: Percent of the clip.
        where: Seconds or frames, in words.
        similarity: Highest inside, in 0..1.
        centre: Frame at the middle of the window that is most similar.
        length: Frames of that window.
    """

    start: int
    stop: int
    left: float
    width: float
    where: str
    similarity: float
    centre: float
    length: int


@dataclass(frozen=True)
class Lane:
    """One motion on the time line.

    Attributes:
        term: Its contribution.
        moments: Where it happens, or where it is nearest to happening.
        happens: False when it never comes near enough; ``moments`` then has the nearest window.
        area: SVG path under the curve of similarity, ``WIDE`` x ``HIGH``; empty without a curve.
        threshold: Height of the similarity from which it counts, in percent from the top; None without a curve.
    """

    term: Contribution
    moments: tuple[Moment, ...]
    happens: bool
    area: str
    threshold: float | None


def lanes(explanation: Explanation, motions: Sequence[Contribution], frames: int) -> list[Lane]:
    """The lanes of motions that have a window in a clip of so many frames (0: none), all at one scale."""
    curves = {each.concept: each for each in explanation.timelines}
    shown = [term for term in motions if term.match is not None and frames]
    highest = max((_top(curves[term.concept]) for term in shown if term.concept in curves), default=1.0)
    return [_lane(term, curves.get(term.concept), frames, explanation.fps, highest * HEADROOM) for term in shown]


def _top(curve: MotionTimeline) -> float:
    return max(float(curve.similarity.max(initial=0.0)), curve.threshold)


def _lane(term: Contribution, curve: MotionTimeline | None, frames: int, fps: float | None, top: float) -> Lane:
    match = term.match
    assert match is not None
    length = match.stop - match.start
    spans = [(each.start, each.stop, each.similarity) for each in curve.spans] if curve else []
    nearest = [(match.start, match.stop, match.similarity)]
    moments = tuple(
        Moment(
            start,
            stop,
            left=round(100 * start / frames, 3),
            width=round(100 * (stop - start) / frames, 3),
            where=span(start, stop, fps),
            similarity=similarity,
            centre=_peak(curve, start, stop),
            length=length,
        )
        for start, stop, similarity in spans or nearest
    )
    if curve is None:
        return Lane(term, moments, False, "", None)
    area = _area(*_covered(curve, length, frames), frames, top)
    return Lane(term, moments, bool(spans), area, round(HIGH * (1 - curve.threshold / top), 2))


def _peak(curve: MotionTimeline | None, start: int, stop: int) -> float:
    """The middle of the most similar window that is centred in a stretch; of the stretch where there is none."""
    middle = (start + stop - 1) / 2
    if curve is None:
        return middle
    inside = np.flatnonzero((curve.centres >= start) & (curve.centres < stop))
    return float(curve.centres[inside[curve.similarity[inside].argmax()]]) if len(inside) else middle


def _covered(curve: MotionTimeline, length: int, frames: int) -> tuple[FloatArray, FloatArray]:
    """At most ``POINTS`` frames, and the highest similarity of a window whose middle part covers each; -1 without one.

    A motion happens in the middle part of windows that are similar enough, so that the curve is above the threshold
    exactly where it happens.
    """
    reach = (length - 1) / 2 - min(np.ceil(length * (1 - CORE) / 2), (length - 1) // 2)
    step = float(np.median(np.diff(curve.centres))) if len(curve.centres) > 1 else 0.0
    frame = np.linspace(0, frames - 1, min(frames, POINTS))
    near = np.abs(frame[:, None] - curve.centres) <= max(reach, step / 2)
    return frame, np.where(near, curve.similarity, -1.0).max(axis=1, initial=-1.0)


def _area(frame: FloatArray, similarity: FloatArray, frames: int, top: float) -> str:
    """One closed shape per run of frames that windows cover."""
    breaks = np.flatnonzero(np.diff(similarity >= 0)) + 1
    runs = zip(np.split(frame, breaks), np.split(similarity, breaks), strict=True)
    return " ".join(_shape(run, 1 - values / top, frames) for run, values in runs if values[0] >= 0)


def _shape(frame: FloatArray, depth: FloatArray, frames: int) -> str:
    x, y = np.round((frame + 0.5) / frames * WIDE, 1), np.round(HIGH * depth, 1)
    left, right = round(frame[0] / frames * WIDE, 1), round((frame[-1] + 1) / frames * WIDE, 1)
    points = " ".join(f"L{a:g},{b:g}" for a, b in zip(x, y, strict=True))
    return f"M{left:g},{HIGH:g} L{left:g},{y[0]:g} {points} L{right:g},{y[-1]:g} L{right:g},{HIGH:g} Z"
