"""Who is who over time: detections of consecutive frames joined by overlap and pose, one to one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from dance_xai.types import BoolArray, FloatArray, IntArray

LEAST_SIMILARITY = 0.1
"""Below this, half the sum of overlap and pose similarity, two detections are not the same person."""

TOLERANCE = 0.1
"""Distance of a joint from its prediction at which its similarity is exp(-1/2), as a share of the box's diagonal."""

MOST_TOLERANCE = 3.0
"""The tolerance grows with the square root of the gap, at most to this many times."""

MEMORY = 0.6
"""Share of the old velocity that stays when a new one is measured."""

DAMPING = 0.9
"""Share of the velocity that is left after each frame without a detection: people who left are looked for nearby."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """P detections as they are compared.

    Attributes:
        frame: (P,) not falling.
        xy: (P, K, 2) pixels.
        known: (P, K) True for joints that count.
        box: (P, 4) left, top, right, bottom of those joints.
    """

    frame: IntArray
    xy: FloatArray
    known: BoolArray
    box: FloatArray

    @cached_property
    def sides(self) -> FloatArray:
        """(P, 2) width and height of the boxes, pixels, at least 1."""
        return np.maximum(self.box[:, 2:] - self.box[:, :2], 1.0)

    @cached_property
    def diagonal(self) -> FloatArray:
        """(P,) pixels."""
        return np.asarray(np.hypot(self.sides[:, 0], self.sides[:, 1]))

    @cached_property
    def area(self) -> FloatArray:
        """(P,) square pixels."""
        return np.asarray(self.sides[:, 0] * self.sides[:, 1])


@dataclass(frozen=True, eq=False)
class _Live:
    """A tracks that may go on: where they were last seen and how they moved."""

    number: IntArray  # (A,)
    last: IntArray  # (A,) frame of the last detection
    seen: IntArray  # (A,) detections so far
    xy: FloatArray  # (A, K, 2) last known place of each joint
    known: BoolArray  # (A, K)
    box: FloatArray  # (A, 4)
    diagonal: FloatArray  # (A,) of the box
    area: FloatArray  # (A,) of the box
    velocity: FloatArray  # (A, 2) pixels per frame

    def keep(self, rows: BoolArray) -> _Live:
        return self if rows.all() else _Live(**{item.name: getattr(self, item.name)[rows] for item in fields(self)})

    def and_also(self, other: _Live) -> _Live:
        pairs = {item.name: (getattr(self, item.name), getattr(other, item.name)) for item in fields(self)}
        return _Live(**{name: np.concatenate(pair) for name, pair in pairs.items()})


def link(shapes: Shapes, max_gap: int) -> IntArray:
    """Give every detection the number of its track.

    In every frame the tracks are moved on with their velocity and joined one to one with the detections so that the
    sum of similarities is largest. What is left starts a track. A track is looked for over as many frames as it has
    been seen in, at most ``max_gap``, so that scattered false detections do not join.

    Args:
        shapes: P detections.
        max_gap: Frames without a detection after which a track ends.

    Returns:
        (P,) track numbers from 0, in order of first appearance.

    Source: ours; velocity and one-to-one assignment as in SORT (Bewley et al. 2016), pose similarity as the object
    keypoint similarity of COCO.
    """
    numbers = np.full(len(shapes.frame), -1)
    times, starts = np.unique(shapes.frame, return_index=True)
    stops = np.searchsorted(shapes.frame, times, side="right")
    live, born = _start(shapes, slice(0, 0), 0), 0
    for time, start, stop in zip(times.tolist(), starts.tolist(), stops.tolist(), strict=True):
        rows = slice(start, stop)
        live = live.keep(time - live.last <= 1 + np.minimum(live.seen, max_gap))
        tracks, found = _assign(live, shapes, rows, time)
        numbers[start + found] = live.number[tracks]
        _move(live, tracks, shapes, start + found, time)
        fresh = np.flatnonzero(numbers[rows] < 0) + start
        numbers[fresh] = born + np.arange(len(fresh))
        if len(fresh):
            live = live.and_also(_start(shapes, fresh, born))
            born += len(fresh)
    return numbers


def _start(shapes: Shapes, rows: IntArray | slice, born: int) -> _Live:
    last = shapes.frame[rows]
    count = len(last)
    return _Live(
        number=born + np.arange(count),
        last=last.copy(),
        seen=np.ones(count, np.int64),
        xy=shapes.xy[rows].copy(),
        known=shapes.known[rows].copy(),
        box=shapes.box[rows].copy(),
        diagonal=shapes.diagonal[rows].copy(),
        area=shapes.area[rows].copy(),
        velocity=np.zeros((count, 2)),
    )


def _assign(live: _Live, shapes: Shapes, rows: slice, time: int) -> tuple[IntArray, IntArray]:
    """Pairs of a live track and a detection of this frame, by position in each."""
    if not len(live.number):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    gap = (time - live.last).astype(np.float64)
    step = live.velocity * ((1 - DAMPING**gap) / (1 - DAMPING))[:, None]  # (A, 2)
    similarity = (_overlap(live, step, shapes, rows) + _likeness(live, step, gap, shapes, rows)) / 2
    tracks, found = _best_pairs(similarity)
    good = similarity[tracks, found] >= LEAST_SIMILARITY
    return tracks[good], found[good]


def _best_pairs(similarity: FloatArray) -> tuple[IntArray, IntArray]:
    """(A, B) -> the pairs of a row and a column with the largest sum; one row or column needs no solver."""
    if min(similarity.shape) == 1:
        best = np.array([similarity.argmax()])
        return best // similarity.shape[1], best % similarity.shape[1]
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(similarity, maximize=True)
    return np.asarray(rows), np.asarray(columns)


def _overlap(live: _Live, step: FloatArray, shapes: Shapes, rows: slice) -> FloatArray:
    """(A, B) intersection over union of the boxes."""
    box = shapes.box[rows]
    low = np.maximum((live.box[:, :2] + step)[:, None], box[:, :2])
    sides = np.minimum((live.box[:, 2:] + step)[:, None], box[:, 2:]) - low
    shared = np.maximum(sides[..., 0], 0) * np.maximum(sides[..., 1], 0)
    overlap: FloatArray = shared / (live.area[:, None] + shapes.area[rows] - shared)
    return overlap


def _likeness(live: _Live, step: FloatArray, gap: FloatArray, shapes: Shapes, rows: slice) -> FloatArray:
    """(A, B) mean over the joints known in both of exp(-distance^2 / (2 (tolerance * diagonal)^2))."""
    away = (live.xy + step[:, None])[:, None] - shapes.xy[rows]  # (A, B, K, 2)
    squared = np.einsum("abkd,abkd->abk", away, away)
    tolerance = TOLERANCE * np.minimum(np.sqrt(gap), MOST_TOLERANCE)
    scale = -0.5 / (tolerance**2 * live.diagonal)[:, None] / shapes.diagonal[rows]  # (A, B)
    both = live.known[:, None] & shapes.known[rows]
    near = np.einsum("abk,abk->ab", np.exp(squared * scale[..., None]), both)
    likeness: FloatArray = near / np.maximum(np.count_nonzero(both, axis=2), 1)
    return likeness


def _move(live: _Live, tracks: IntArray, shapes: Shapes, rows: IntArray, time: int) -> None:
    """Bring joined tracks to where they were found; joints that are not shown move along with the others."""
    known, xy, before = shapes.known[rows], shapes.xy[rows], live.xy[tracks]
    both = known & live.known[tracks]
    shift = np.einsum("akd,ak->ad", xy - before, both) / np.maximum(np.count_nonzero(both, axis=1), 1)[:, None]
    measured = shift / (time - live.last[tracks])[:, None]
    memory = MEMORY * (live.seen[tracks] > 1)[:, None]
    live.velocity[tracks] = memory * live.velocity[tracks] + (1 - memory) * measured
    live.xy[tracks] = np.where(known[..., None], xy, before + shift[:, None])
    live.known[tracks] |= known
    for name in ("box", "diagonal", "area"):
        getattr(live, name)[tracks] = getattr(shapes, name)[rows]
    live.last[tracks] = time
    live.seen[tracks] += 1
