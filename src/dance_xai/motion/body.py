"""From pixels to body units: the person's stature is 1 in every clip, whatever the zoom; aspect is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.motion.stack import PoseStack
from dance_xai.types import FloatArray, IntArray

PROPORTIONS: dict[tuple[str, str], float] = {
    ("shoulder", "elbow"): 0.186,
    ("elbow", "wrist"): 0.146,
    ("hip", "knee"): 0.245,
    ("knee", "ankle"): 0.246,
    ("shoulder", "hip"): 0.288,
}
"""Bone length over stature (Drillis and Contini, 1966)."""


def stature(stack: PoseStack, *, quantile: float = 0.9) -> FloatArray:
    """Estimate each person's stature in pixels from the bones.

    A bone looks shorter when it points at the camera, so each bone counts with a high quantile over time, and the
    clip with the median of the longer half of its bones.

    Returns:
        (N,) pixels, NaN for a clip in which no bone is seen.

    Source: ours.
    """
    clip = stack.clip_of_frame
    estimates = np.full((len(stack.clips), 2 * len(PROPORTIONS)), np.nan)
    for column, (a, b, proportion) in enumerate(_bones(stack)):
        rows = np.flatnonzero(stack.seen[:, a] & stack.seen[:, b])
        length = np.linalg.norm(stack.xy[rows, a] - stack.xy[rows, b], axis=1)
        estimates[:, column] = _quantile_per_clip(length, clip[rows], len(stack.clips), quantile) / proportion
    return _upper_half_median(estimates)


def to_body_units(stack: PoseStack) -> PoseStack:
    """Centre each frame on its seen joints and divide by the clip's stature.

    Frames of a clip whose stature is unknown lose all joints (``seen`` False).

    Source: ours.
    """
    size = np.repeat(stature(stack), stack.lengths)
    seen = stack.seen & np.isfinite(size)[:, None]
    weight = seen[..., None].astype(np.float32)
    centre = (stack.xy * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1)  # (F, 2) pixels
    units = (stack.xy - centre[:, None]) / np.nan_to_num(size, nan=1.0)[:, None, None]
    return replace(stack, xy=np.where(seen[..., None], np.clip(units, -2, 2), 0).astype(np.float32), seen=seen)


def to_unit_box(stack: PoseStack) -> PoseStack:
    """Centre each frame on its seen joints and stretch x and y separately to 0..1 (paper-compatible).

    This loses aspect and scale: a lying person becomes a standing one.

    Source: the official recipe, step 2.
    """
    seen = stack.seen[..., None]
    low = np.where(seen, stack.xy, np.inf).min(axis=1, keepdims=True)
    high = np.where(seen, stack.xy, -np.inf).max(axis=1, keepdims=True)
    extent = np.where(high > low, high - low, 1)
    box = (stack.xy - np.where(np.isfinite(low), low, 0)) / extent
    return replace(stack, xy=np.where(seen, box, 0).astype(np.float32))


def _bones(stack: PoseStack) -> list[tuple[int, int, float]]:
    joints = stack.skeleton.joints
    named = [
        (f"{side}_{a}", f"{side}_{b}", proportion)
        for (a, b), proportion in PROPORTIONS.items()
        for side in ("left", "right")
    ]
    return [(joints.index(a), joints.index(b), proportion) for a, b, proportion in named if a in joints and b in joints]


def _quantile_per_clip(values: FloatArray, clip: IntArray, clips: int, quantile: float) -> FloatArray:
    order = np.lexsort((values, clip))
    count = np.bincount(clip, minlength=clips)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    result = np.full(clips, np.nan)
    some = count > 0
    result[some] = values[order][first[some] + (quantile * (count[some] - 1)).astype(int)]
    return result


def _upper_half_median(estimates: FloatArray) -> FloatArray:
    ordered = np.sort(estimates, axis=1)  # NaN last
    count = np.isfinite(ordered).sum(axis=1)
    middle = np.maximum(((count - 1) * 0.75).round().astype(int), 0)
    result: FloatArray = np.where(count > 0, ordered[np.arange(len(ordered)), middle], np.nan)
    return np.where(result > 0, result, np.nan)
