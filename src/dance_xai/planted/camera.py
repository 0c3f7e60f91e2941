"""A pinhole camera per clip: joints in metres in, pixels out (y down)."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from dance_xai.types import FloatArray, IntArray

FRAMES: tuple[tuple[int, int], ...] = ((270, 480), (360, 480), (360, 640), (480, 640))
"""Usual frame sizes, height and width."""

_SHAKE = 0.006  # of the frame height
AIM = 0.9
"""Metres above the floor of the point in the middle."""


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

    def rows(self, index: IntArray) -> Cameras:
        """The same cameras, picked and repeated by ``index``."""
        return Cameras(**{item.name: getattr(self, item.name)[index] for item in fields(self)})


def draw_cameras(
    count: int,
    rng: np.random.Generator,
    *,
    azimuth: tuple[float, float],
    elevation: tuple[float, float],
    frames: tuple[tuple[int, int], ...] = FRAMES,
) -> Cameras:
    """Cameras that see the whole person at 45 to 62 % of the frame height, not always in the middle."""
    height_width = np.array(frames)[rng.integers(0, len(frames), count)]
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
    seen = cameras.rows(clip)
    return see(joints, seen)[0] + drift(seconds, seen)[:, None]


def see(points: FloatArray, cameras: Cameras) -> tuple[FloatArray, FloatArray]:
    """Points as a camera that is held still sees them.

    Args:
        points: (F, K, 3) metres.
        cameras: F cameras, or one for all.

    Returns:
        (F, K, 2) pixels and (F, K) pixels per metre there: the more, the nearer.
    """
    turn, tilt = np.deg2rad(cameras.azimuth)[:, None], np.deg2rad(cameras.elevation)[:, None]
    x, y, z = np.moveaxis(points - np.array([0.0, AIM, 0.0]), -1, 0)
    right, toward = x * np.cos(turn) - z * np.sin(turn), x * np.sin(turn) + z * np.cos(turn)
    up, depth = y * np.cos(tilt) - toward * np.sin(tilt), y * np.sin(tilt) + toward * np.cos(tilt)
    scale = cameras.focal[:, None] / (cameras.distance[:, None] - depth)
    return np.stack([right * scale, -up * scale], axis=-1) + cameras.centre[:, None], scale


def drift(seconds: FloatArray, cameras: Cameras) -> FloatArray:
    """(F,) times and F cameras, or one -> (F, 2) pixels by which the picture of a hand-held camera is off."""
    return np.asarray(np.sin(1.3 * seconds[:, None] + cameras.shake) * _SHAKE * cameras.height_width[:, :1])
