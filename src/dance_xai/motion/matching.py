"""How well a clip shows each motion concept, and when: distances of sliding windows to concept centres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.motion.encoder import MotionEncoder, pose_windows, window_span
from dance_xai.motion.keyframes import every_key_frame
from dance_xai.motion.stack import PoseStack
from dance_xai.types import BoolArray, FloatArray, IntArray, WindowMatch


@dataclass(frozen=True, eq=False)
class MotionMatches:
    """The best window of every clip for every motion concept.

    Attributes:
        distance: (N, C) of codes, NaN for a clip without a valid window.
        start: (N, C) first frame, -1 without a window.
        stop: (N, C) one past the last frame.
        mirrored: (N, C) True where the mirror image matches.
    """

    distance: FloatArray
    start: IntArray
    stop: IntArray
    mirrored: BoolArray


@dataclass(frozen=True, eq=False)
class MotionCurves:
    """How far every sliding window of one clip is from every motion concept.

    Attributes:
        start: (M,) first frame of each window, rising; frames without a valid window have none.
        stop: (M,) one past its last frame.
        distance: (M, C) of codes.
        mirrored: (M, C) True where the mirror image is nearer.
    """

    start: IntArray
    stop: IntArray
    distance: FloatArray
    mirrored: BoolArray


def distances(codes: FloatArray, centres: FloatArray) -> FloatArray:
    """Euclidean distances: (W, O, P) and (C, P) -> (W, O, C)."""
    squared = (codes**2).sum(axis=2)[..., None] + (centres**2).sum(axis=1) - 2 * codes @ centres.T
    result: FloatArray = np.sqrt(np.maximum(squared, 0))
    return result


def nearest(codes: FloatArray, centres: FloatArray) -> tuple[IntArray, FloatArray, BoolArray]:
    """Nearest centre of each window: its index, the distance, and whether the mirror image is nearer. Each (W,)."""
    every = distances(codes, centres)
    best = every.min(axis=1)
    label = best.argmin(axis=1)
    rows = np.arange(len(label))
    return label, best[rows, label], every[rows, :, label].argmin(axis=1) == 1


def match_motions(
    encoder: MotionEncoder, body: PoseStack, centres: FloatArray, *, stride: int = 1, block: int = 8192
) -> MotionMatches:
    """Slide a window over every clip and keep the best match to each centre.

    Args:
        encoder: Fitted on train clips.
        body: N clips from ``encoder.body``.
        centres: (C, P) concept centres.
        stride: Frames between two windows.
        block: Windows described at a time, which bounds the memory; those of a clip stay together.

    Source: ours.
    """
    shape = (len(body.clips), len(centres))
    matches = MotionMatches(
        np.full(shape, np.nan), np.full(shape, -1, np.int64), np.full(shape, -1, np.int64), np.zeros(shape, np.bool_)
    )
    clip, frame = every_key_frame(body, stride)
    begins = np.searchsorted(clip, np.arange(len(body.clips)))
    bounds = begins[np.unique(begins // block, return_index=True)[1][1:]]
    for rows in np.split(np.arange(len(clip)), bounds):
        _match_block(encoder, body, centres, (clip[rows], frame[rows]), matches)
    return matches


def _match_block(
    encoder: MotionEncoder,
    body: PoseStack,
    centres: FloatArray,
    key_frames: tuple[IntArray, IntArray],
    matches: MotionMatches,
) -> None:
    windows = pose_windows(body, key_frames, encoder.spec)
    best, turned = _compare(encoder, windows.poses, centres)
    columns = np.arange(len(centres))
    bounds = np.unique(windows.clip, return_index=True)[1]
    for rows in np.split(np.arange(len(windows)), bounds)[1:]:
        row, winner = windows.clip[rows[0]], rows[best[rows].argmin(axis=0)]
        matches.distance[row] = best[winner, columns]
        matches.start[row], matches.stop[row] = windows.start[winner], windows.stop[winner]
        matches.mirrored[row] = turned[winner, columns]


def motion_curves(
    encoder: MotionEncoder, body: PoseStack, centres: FloatArray, *, stride: int = 1, block: int = 2048
) -> MotionCurves:
    """Slide a window over one clip and keep all distances.

    Args:
        encoder: Fitted on train clips.
        body: A single clip from ``encoder.body``.
        centres: (C, P) concept centres.
        stride: Frames between the starts of two windows; the last window of the clip is always there.
        block: Windows described at a time, which bounds the memory.

    Source: ours.
    """
    span = window_span(body, encoder.spec)
    last = max(0, int(body.lengths[0] - 1 - span[0]))
    start = np.append(np.arange(0, last, stride), last)[: body.lengths[0]]
    parts = []
    for first in range(0, max(1, len(start)), block):
        some = start[first : first + block]
        windows = pose_windows(body, (np.zeros_like(some), some + span[0] / 2), encoder.spec)
        parts.append((windows.start, windows.stop, *_compare(encoder, windows.poses, centres)))
    return MotionCurves(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _compare(encoder: MotionEncoder, poses: FloatArray, centres: FloatArray) -> tuple[FloatArray, BoolArray]:
    """(W, L, K, 2) windows -> (W, C) distance to each centre, and whether the mirror image is nearer."""
    if not len(poses):
        return np.zeros((0, len(centres))), np.zeros((0, len(centres)), dtype=np.bool_)
    every = distances(encoder.codes(poses), centres)  # (W, O, C)
    return every.min(axis=1), every[:, -1] < every[:, 0]


def similarity(distance: FloatArray, scale: float) -> FloatArray:
    """Distances to similarities in 0..1: ``exp(-d^2 / (2 scale^2))``, NaN stays NaN."""
    result: FloatArray = np.exp(-0.5 * (distance / scale) ** 2)
    return result


def clip_matches(matches: MotionMatches, row: int, scale: float) -> dict[int, WindowMatch]:
    """The matches of one clip by concept column; empty for a clip without a valid window."""
    if np.isnan(matches.distance[row]).any():
        return {}
    values = similarity(matches.distance[row], scale)
    return {
        column: WindowMatch(
            int(matches.start[row, column]),
            int(matches.stop[row, column]),
            float(values[column]),
            bool(matches.mirrored[row, column]),
        )
        for column in range(matches.distance.shape[1])
    }
