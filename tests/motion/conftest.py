"""A small body that moves in a known way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dance_xai.types import PoseTrack, Skeleton

PARTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
JOINTS = ("head", *(f"{side}_{part}" for part in PARTS for side in ("left", "right")))
STANDING = np.array(
    [
        *([0, -0.93], [0.1, -0.82], [-0.1, -0.82], [0.13, -0.64], [-0.13, -0.64], [0.14, -0.49], [-0.14, -0.49]),
        *([0.08, -0.53], [-0.08, -0.53], [0.08, -0.285], [-0.08, -0.285], [0.08, -0.04], [-0.08, -0.04]),
    ]
)


@pytest.fixture(scope="session")
def body_13() -> Skeleton:
    pairs = tuple(
        (f"left_{joint}", f"right_{joint}") for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    )
    return Skeleton("body_13", JOINTS, (("left_hip", "left_knee"),), pairs)


@pytest.fixture(scope="session")
def make_track(body_13: Skeleton) -> Callable[..., PoseTrack]:
    """A person of ``pixels`` stature who lifts one arm ``side`` (or squats) for ``frames`` frames."""

    def make(
        clip: str,
        *,
        motion: str = "right",
        frames: int = 40,
        pixels: float = 200.0,
        phase: float = 0.0,
        noise: float = 0.0,
    ) -> PoseTrack:
        wave = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frames) / 30 + phase)  # (T,) 0..1
        xy = np.repeat(STANDING[None], frames, axis=0)
        if motion == "squat":
            xy[:, [0, 1, 2, 3, 4, 5, 6, 7, 8], 1] += 0.25 * wave[:, None]
        else:
            sign, elbow, wrist = (1, 3, 5) if motion == "left" else (-1, 4, 6)
            xy[:, elbow] += np.stack([sign * 0.15 * wave, -0.2 * wave], axis=1)
            xy[:, wrist] += np.stack([sign * 0.3 * wave, -0.6 * wave], axis=1)
        xy = xy + noise * np.random.default_rng(len(clip)).standard_normal(xy.shape)
        seen = np.ones(xy.shape[:2], dtype=np.float32)
        return PoseTrack(clip, body_13, (xy * pixels + [320, 240]).astype(np.float32), seen, seen[:, 0] > 0, 30.0)

    return make
