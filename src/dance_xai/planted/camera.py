"""A pinhole camera per clip: joints in metres in, pixels out (y down)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.types import FloatArray, IntArray

_FRAMES = np.array([[270, 480], [360, 480], [360, 640], [480, 640]])
_SHAKE = 0.006  # of the frame height
_AIM = 0.9  # metres above the floor


@dataclass(frozen=True, eq=False)
class Cameras:
    """One camera per clip.

    Attributes:
        azimuth: (N,) degrees; 0 sees the person from the front, 90 from the person's left.
        elevation: (N,) degrees above the horizon.
        distance: (N,) metres from the person.
        focal: (N,) pixels.
        centre: (N, 2) pixels where the middle of the person's standing place is seen.
        height_width: (N, 2) frame size in pixels.
        shake: (N, 2) phases of a slow hand-held drift, radians.
    """

    azimuth: FloatArray
    elevation: FloatArray
    distance: FloatArray
    focal: FloatArray
    centre: FloatArray
    height_width: IntArray
    shake: FloatArray


def draw_cameras(
    count: int, rng: np.random.Generator, *, azimuth: tuple[float, float], elevation: tuple[float, float]
) -> Cameras:
    """Cameras that see the whole person at 45 to 62 % of the frame height, not always in the middle."""
    height_width = _FRAMES[rng.integers(0, len(_FRAMES), count)]
    distance = rng.uniform(4.5, 8, count)
    share = rng.uniform([0.42, 0.5], [0.58, 0.58], (count, 2))
    return Cameras(
        azimuth=rng.uniform(*azimuth, count),
        elevation=rng.uniform(*elevation, count),
        distance=distance,
        focal=rng.uniform(0.45, 0.62, count) * height_width[:, 0] * distance / 1.75,
        centre=share * height_width[:, ::-1],
        height_width=height_width,
        shake=rng.uniform(0, 2 * np.pi, (count, 2)),
    )


def project(joints: FloatArray, clip: IntArray, seconds: FloatArray, cameras: Cameras) -> FloatArray:
    """See joints through the camera of their clip.

    Args:
        joints: (F, K, 3) metres, x to the person's left, y up, z forward.
        clip: (F,) clip of each frame.
        seconds: (F,) time of each frame, for the drift of the hand-held camera.
        cameras: N cameras.

    Returns:
        (F, K, 2) pixels, x to the right, y down.
    """
    turn, tilt = np.deg2rad(cameras.azimuth)[clip, None], np.deg2rad(cameras.elevation)[clip, None]
    x, y, z = np.moveaxis(joints - np.array([0.0, _AIM, 0.0]), -1, 0)
    right, toward = x * np.cos(turn) - z * np.sin(turn), x * np.sin(turn) + z * np.cos(turn)
    up, depth = y * np.cos(tilt) - toward * np.sin(tilt), y * np.sin(tilt) + toward * np.cos(tilt)
    scale = cameras.focal[clip, None] / (cameras.distance[clip, None] - depth)
    drift = np.sin(1.3 * seconds[:, None] + cameras.shake[clip]) * _SHAKE * cameras.height_width[clip, :1]
    seen = np.stack([right * scale, -up * scale], axis=-1)
    return np.asarray(seen + (cameras.centre[clip] + drift)[:, None])
