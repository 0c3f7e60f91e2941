"""What an imperfect pose estimator would see of the acting: joints hidden or missed, frames without anybody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dance_xai.planted.body import COCO_17
from dance_xai.planted.camera import Cameras
from dance_xai.planted.stage import Script, Stage
from dance_xai.types import BoolArray, FloatArray, IntArray, PoseTrack

_HIDDEN = (
    ("left_elbow", "left_wrist"),
    ("right_wrist",),
    ("left_ankle",),
    ("right_knee", "right_ankle"),
    ("left_eye", "left_ear"),
)


def confidence_of(lengths: IntArray, first: IntArray, rng: np.random.Generator, stage: Stage) -> FloatArray:
    """(F, 17) in 0..1, exactly 0 where a joint is hidden or missed or nobody is there."""
    confidence = np.clip(rng.normal(0.88, 0.06, (int(lengths.sum()), len(COCO_17.joints))), 0.5, 1)
    confidence[rng.random(confidence.shape) < stage.missed] = 0
    for clip in np.flatnonzero(rng.random(len(lengths)) < stage.occluded):
        limb = COCO_17.index(*_HIDDEN[rng.integers(len(_HIDDEN))])
        confidence[_run(lengths[clip], first[clip], rng, 0.2, 0.6)[:, None], limb] = 0
    for clip in np.flatnonzero(rng.random(len(lengths)) < stage.absent):
        confidence[_run(lengths[clip], first[clip], rng, 0.03, 0.09)] = 0
    return confidence


def _run(length: int, first: int, rng: np.random.Generator, low: float, high: float) -> IntArray:
    count = max(1, round(rng.uniform(low, high) * length))
    return first + int(rng.integers(0, length - count + 1)) + np.arange(count)


def cut_tracks(
    clips: Sequence[str], xy: FloatArray, confidence: FloatArray, script: Script, cameras: Cameras
) -> tuple[PoseTrack, ...]:
    """(F, 17, 2) pixels and (F, 17) confidence of all frames -> one track per clip, 0 where unseen."""
    seen: BoolArray = confidence > 0
    xy = np.where(seen[..., None], xy, 0).astype(np.float32)
    confidence = confidence.astype(np.float32)
    edges = np.cumsum(script.lengths)[:-1]
    parts = zip(clips, np.split(xy, edges), np.split(confidence, edges), strict=True)
    return tuple(
        PoseTrack(
            clip=clip,
            skeleton=COCO_17,
            xy=points,
            confidence=sure,
            present=np.asarray((sure > 0).any(axis=1)),
            fps=float(script.fps[row]),
            height_width=(int(cameras.height_width[row, 0]), int(cameras.height_width[row, 1])),
        )
        for row, (clip, points, sure) in enumerate(parts)
    )
