"""Pose windows around key frames, with the reasons for those left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.motion.stack import PoseStack
from dance_xai.types import BoolArray, Drop, FloatArray, IntArray, PoseWindows, Skeleton

HIPS = ("left_hip", "right_hip")


def cut_windows(
    body: PoseStack,
    clip: IntArray,
    frame: IntArray,
    *,
    rows: int = 12,
    span: FloatArray,
) -> PoseWindows:
    """Cut a window centred on each key frame, shifted inwards at the ends of the clip, duplicates once.

    A clip shorter than the window holds its last pose.

    Args:
        body: Poses in body units, every joint filled or inferred.
        clip: (W,) clip row of each key frame.
        frame: (W,) key frame within the clip.
        rows: L, poses per window, spread evenly and interpolated between frames.
        span: (N,) frames from the first to the last row, per clip.

    Source: paper, section 3.2 (windows around key frames); the resampling in time is ours.
    """
    last = (body.lengths[clip] - 1).astype(np.float64)
    start = np.clip(np.round(frame - span[clip] / 2), 0, np.maximum(np.floor(last - span[clip]), 0)).astype(np.int64)
    clip, start = np.unique(np.stack([clip, start]), axis=1)
    last = (body.lengths[clip] - 1).astype(np.float64)
    time = np.minimum(start[:, None] + span[clip][:, None] * np.linspace(0, 1, rows), last[:, None])  # (W, L) frames
    stop = np.minimum(np.floor(start + span[clip]), last).astype(np.int64) + 1
    low = np.floor(time).astype(np.int64)
    share = (time - low).astype(np.float32)[..., None, None]
    low_index = body.offset[clip][:, None] + low
    high_index = body.offset[clip][:, None] + np.minimum(low + 1, last[:, None].astype(np.int64))
    poses = body.xy[low_index]  # (W, L, K, 2)
    if share.any():
        poses = poses * (1 - share) + body.xy[high_index] * share
    seen = body.seen[low_index] & (body.seen[high_index] | (share[..., 0] == 0))
    return PoseWindows(body.skeleton, clip, start, stop, poses - anchor_of(poses, body.skeleton), seen)


def window_at(body: PoseStack, start: int, rows: int, span: FloatArray) -> tuple[FloatArray, BoolArray]:
    """(L, K, 2) poses and (L, K) seen of the window of a single clip that starts at a frame."""
    windows = cut_windows(body, np.zeros(1, np.int64), np.array([start + span[0] / 2]), rows=rows, span=span)
    return windows.poses[0], windows.seen[0]


def anchor_of(poses: FloatArray, skeleton: Skeleton) -> FloatArray:
    """(W, 1, 1, 2) mean hip position over each window; rises and falls within the window stay visible.

    A skeleton without hips is anchored at the mean of all joints.
    """
    hips = skeleton.index(*HIPS)
    anchor: FloatArray = (poses[:, :, hips] if len(hips) else poses).mean(axis=(1, 2), keepdims=True)
    return anchor


def filter_windows(windows: PoseWindows, ids: tuple[str, ...], *, min_seen: float, max_step: float) -> PoseWindows:
    """Leave out windows that show too little of the body or in which the pose jumps.

    Args:
        windows: W windows.
        ids: Clip ids by row, for the reasons.
        min_seen: Least share of joints seen, 0..1.
        max_step: Largest mean displacement of the seen joints between two rows, body units. A jump is a switch to
            another person or a broken track, not a motion.

    Source: ours; the paper filters by mean confidence and by cosine similarity of consecutive raw poses.
    """
    seen = windows.seen.mean(axis=(1, 2))
    step = largest_step(windows.poses, windows.seen)
    hidden, jumps = seen < min_seen, step > max_step
    reasons = [(hidden, "too few joints seen", seen), (jumps & ~hidden, "pose jumps", step)]
    drops = tuple(
        Drop("windows", f"{ids[windows.clip[row]]}:{windows.start[row]}", reason, round(float(value[row]), 3))
        for mask, reason, value in reasons
        for row in np.flatnonzero(mask)
    )
    return replace(take(windows, ~hidden & ~jumps), drops=(*windows.drops, *drops))


def largest_step(poses: FloatArray, seen: BoolArray) -> FloatArray:
    """(W,) largest mean displacement of the joints seen in two consecutive rows, body units."""
    both = seen[:, 1:] & seen[:, :-1]
    step = np.linalg.norm(np.diff(poses, axis=1), axis=3)
    mean = (step * both).sum(axis=2) / np.maximum(both.sum(axis=2), 1)
    largest: FloatArray = mean.max(axis=1, initial=0.0)
    return largest


def take(windows: PoseWindows, rows: IntArray | BoolArray | slice) -> PoseWindows:
    """The chosen windows, drops kept."""
    return replace(
        windows,
        clip=windows.clip[rows],
        start=windows.start[rows],
        stop=windows.stop[rows],
        poses=windows.poses[rows],
        seen=windows.seen[rows],
    )
