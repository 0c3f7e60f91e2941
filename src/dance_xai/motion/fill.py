"""Short gaps of a joint are bridged in time; long ones stay missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.motion.stack import PoseStack
from dance_xai.types import IntArray


def fill_gaps(stack: PoseStack, *, max_gap: int = 8) -> PoseStack:
    """Interpolate each joint linearly between its sightings in the same clip, and hold it at the ends.

    Args:
        stack: F frames of N clips.
        max_gap: A joint is filled up to this many frames away from its nearest sighting.

    Returns:
        The stack with ``seen`` True also where a joint was filled.

    Source: ours. Frames are never removed, so time stays true.
    """
    before, after = _sightings(stack)  # (F, K) frame of the last and the next sighting, -1 where none
    frame = np.arange(len(stack.xy))[:, None]
    has_before, has_after = before >= 0, after >= 0
    left, right = np.where(has_before, before, after), np.where(has_after, after, before)
    reach = np.minimum(
        np.where(has_before, frame - before, max_gap + 1), np.where(has_after, after - frame, max_gap + 1)
    )
    known = reach <= max_gap
    rows, joints = np.nonzero(known & ~stack.seen)
    left, right = left[rows, joints], right[rows, joints]
    share = ((rows - left) / np.maximum(right - left, 1))[:, None].astype(np.float32)
    xy = np.where(stack.seen[..., None], stack.xy, np.float32(0))
    xy[rows, joints] = stack.xy[left, joints] * (1 - share) + stack.xy[right, joints] * share
    return replace(stack, xy=xy, seen=known)


def _sightings(stack: PoseStack) -> tuple[IntArray, IntArray]:
    frame = np.arange(len(stack.xy))[:, None]
    first = np.repeat(stack.offset[:-1], stack.lengths)[:, None]
    last = np.repeat(stack.offset[1:], stack.lengths)[:, None]
    before = np.maximum.accumulate(np.where(stack.seen, frame, -1), axis=0)
    after = np.minimum.accumulate(np.where(stack.seen, frame, len(frame))[::-1], axis=0)[::-1]
    return np.where(before >= first, before, -1), np.where(after < last, after, -1)
