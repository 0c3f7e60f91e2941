"""Whether motions are found at the time when they truly happen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dance_xai.errors import ShapeError
from dance_xai.types import BoolArray

Time = tuple[int, int]
"""First frame, and one past the last."""


@dataclass(frozen=True)
class TimingScore:
    """Spans found against true spans.

    Attributes:
        clips: Clips scored.
        pairs: Pairs of a clip and a motion that truly happens in it.
        mean_iou: Mean over the pairs of shared frames over all frames of either, 0..1; a motion that was not found in
            a clip counts as 0.
        per_motion: The same by motion, in alphabetical order.
    """

    clips: int
    pairs: int
    mean_iou: float
    per_motion: dict[str, float]


def score_timing(
    found: Sequence[Mapping[str, Iterable[Time]]], true: Sequence[Mapping[str, Iterable[Time]]]
) -> TimingScore:
    """Score the time at which motions are found.

    Args:
        found: Per clip, the spans found by motion; they may overlap. Motions that do not happen are not scored.
        true: Per clip, the true spans by motion.

    Raises:
        ShapeError: Not as many clips, or no true motion at all.

    Source: temporal intersection over union as in ActivityNet (Heilbron et al. 2015), over the union of a motion's
    spans.
    """
    if len(found) != len(true):
        raise ShapeError(f"found: expected spans of {len(true)} clips, got {len(found)}; pass the same clips")
    scored = [
        (motion, overlap(one.get(motion, ()), spans))
        for one, truth in zip(found, true, strict=True)
        for motion, spans in truth.items()
    ]
    if not scored:
        raise ShapeError("true: expected a motion that happens in some clip, got none; check the truth")
    names = sorted({motion for motion, _ in scored})
    return TimingScore(
        clips=len(true),
        pairs=len(scored),
        mean_iou=float(np.mean([value for _, value in scored])),
        per_motion={name: float(np.mean([value for motion, value in scored if motion == name])) for name in names},
    )


def overlap(one: Iterable[Time], two: Iterable[Time]) -> float:
    """Frames in both unions of spans over frames in either, 0..1; 1 where both are empty."""
    pairs = list(one), list(two)
    frames = max((stop for spans in pairs for _, stop in spans), default=0)
    a, b = (_frames(spans, frames) for spans in pairs)
    either = int((a | b).sum())
    return float((a & b).sum() / either) if either else 1.0


def _frames(spans: Sequence[Time], frames: int) -> BoolArray:
    inside = np.zeros(frames, dtype=np.bool_)
    for start, stop in spans:
        inside[start:stop] = True
    return inside
