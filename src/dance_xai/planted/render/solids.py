"""Every body and thing is made of solids: the hull of a few balls, seen as the hull of a few discs.

A ball is one ball, a limb two of different sizes, a chest four, a seat four small ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dance_xai.planted.camera import Cameras, see
from dance_xai.types import BoolArray, FloatArray

BALLS = 4
"""A solid has at most so many."""

_AROUND = 16
_ANGLES = 2 * np.pi * np.arange(_AROUND) / _AROUND
_DIRECTIONS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1).astype(np.float32)
_TONES = ((1.0, 0.0, 0.70), (0.84, 0.13, 1.0), (0.45, 0.38, 1.16))  # size, shift to the light, brightness
_LIGHT = np.array([-0.55, -0.83], dtype=np.float32)  # in the picture, from the upper left


@dataclass(frozen=True, eq=False)
class Solid:
    """One solid through T frames.

    Attributes:
        centres: (T, n, 3) metres, the middles of up to ``BALLS`` balls.
        radii: n metres.
        colour: RGB in 0..255.
        nearer: Metres by which it counts as nearer to the camera than it is, so that pads lie on limbs.
        tones: 1 is flat, 3 is round.
        shown: (T,) False where it is not there; None is always.
    """

    centres: FloatArray
    radii: Sequence[float]
    colour: Sequence[float] | FloatArray
    nearer: float = 0.0
    tones: int = 2
    shown: BoolArray | None = None


@dataclass(frozen=True, eq=False)
class Outlines:
    """S solids through T frames as a camera sees them, before the picture moves.

    Attributes:
        corners: (T, S, tones, V, 2) pixels.
        reach: (T, S, V) how far the outline reaches in each of V directions, pixels.
        near: (T, S) pixels per metre; the more, the nearer.
        colours: S lists of RGB, one per tone.
        shown: (T, S).
    """

    corners: FloatArray
    reach: FloatArray
    near: FloatArray
    colours: tuple[tuple[tuple[int, int, int], ...], ...]
    shown: BoolArray

    def cover(self, points: FloatArray) -> BoolArray:
        """(T, P, 2) pixels -> (T, P, S) whether a solid lies there, in front or behind."""
        along = points @ _DIRECTIONS.T  # (T, P, V)
        inside = (along[:, :, None] <= self.reach[:, None]).all(axis=-1)
        return np.asarray(inside & self.shown[:, None])


def outlines(solids: Sequence[Solid], camera: Cameras) -> Outlines:
    """See solids through the camera of their clip, all frames at once."""
    frames = len(solids[0].centres)
    index = np.array([np.minimum(np.arange(BALLS), len(solid.radii) - 1) for solid in solids])
    centres = np.stack([solid.centres[:, row] for solid, row in zip(solids, index, strict=True)], axis=1)
    radii = np.stack([np.array(solid.radii)[row] for solid, row in zip(solids, index, strict=True)])
    xy, scale = see(centres.reshape(frames, -1, 3), camera)
    xy, scale = xy.astype(np.float32).reshape(*centres.shape[:3], 2), scale.reshape(centres.shape[:3])
    pixels = (radii * scale).astype(np.float32)
    reaches = xy @ _DIRECTIONS.T + pixels[..., None]  # (T, S, n, V)
    best = reaches.argmax(axis=2)
    middle = np.take_along_axis(xy, best[..., None], axis=2)  # (T, S, V, 2)
    radius = np.take_along_axis(pixels, best, axis=2)[..., None]
    tones = [middle + radius * (size * _DIRECTIONS + shift * _LIGHT) for size, shift, _ in _TONES]
    nearer = np.array([solid.nearer for solid in solids])
    depth = camera.focal / scale.mean(axis=2) - nearer
    shown = [np.ones(frames, dtype=bool) if solid.shown is None else solid.shown for solid in solids]
    return Outlines(
        corners=np.stack(tones, axis=2),
        reach=reaches.max(axis=2),
        near=camera.focal / depth,
        colours=tuple(_shades(solid) for solid in solids),
        shown=np.stack(shown, axis=1),
    )


def _shades(solid: Solid) -> tuple[tuple[int, int, int], ...]:
    tones = ((1.0, 0.0, 1.0),) if solid.tones == 1 else _TONES[: solid.tones]
    shades = np.clip(np.outer([bright for _, _, bright in tones], solid.colour), 0, 255).round().astype(int)
    return tuple((int(red), int(green), int(blue)) for red, green, blue in shades)


def still(points: FloatArray | Sequence[Sequence[float]], frames: int) -> FloatArray:
    """(n, 3) points that do not move -> (T, n, 3)."""
    points = np.asarray(points, dtype=np.float64)
    return np.broadcast_to(points, (frames, *points.shape))
