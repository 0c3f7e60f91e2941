"""A video backbone without weights: colours, edges and movement in fixed numbers."""

from __future__ import annotations

import numpy as np

from dance_xai.planted.palette import PADS
from dance_xai.planted.standins.looking import colour_index, pad_table, small_picture
from dance_xai.types import FloatArray, Sampling, UInt8Array

VERSION = 1
"""Raise when the same frames give another result."""

_GRID = (4, 5)
_PARTS = 3  # thirds of the clip, in order
DIMENSION = 5 * _GRID[0] * _GRID[1] + (2 * (5 + _PARTS - 1) + 1) * len(PADS)
_FAR = 40.0  # small pixels, about half a person
_GREY = 64.0  # brightness levels


class PlantedBackbone:
    """Sixteen frames of a clip -> 295 numbers.

    The layout of colours and edges of the place; and for every strong hue where it is in relation to the others, how
    far and how fast it moves, and how its place changes from third to third of the clip. Safe to call from several
    threads.

    Source: ours; ordered thirds after temporal pyramids.
    """

    name = "planted"
    identity = f"planted_backbone:{VERSION}"
    sampling = Sampling(frames=16)

    def prepare(self, frame: UInt8Array) -> UInt8Array:
        """(H, W, 3) uint8 RGB -> (96, 128, 3) uint8."""
        return small_picture(frame)

    def encode(self, clips: np.ndarray) -> FloatArray:
        """(B, T, 96, 128, 3) uint8 -> (B, 295) float32."""
        rows = [np.concatenate([_layout(clip), _movement(*_places(clip))]) for clip in clips]
        return np.array(rows, dtype=np.float32).reshape(-1, DIMENSION)


def _layout(clip: UInt8Array) -> FloatArray:
    """Mean colour and edges across and down in the fields of a grid, from the picture without what moves."""
    still = np.median(clip, axis=0) / _GREY
    across, down = (np.abs(np.diff(still.mean(axis=2), axis=axis, append=0)) * 4 for axis in (1, 0))
    values = np.concatenate([still - 2, across[..., None], down[..., None]], axis=-1)
    rows = np.array_split(values, _GRID[0], axis=0)
    return np.concatenate([field.mean(axis=(0, 1)) for row in rows for field in np.array_split(row, _GRID[1], axis=1)])


def _movement(place: FloatArray, seen: FloatArray) -> FloatArray:
    """Per hue and axis mean, spread, extremes and speed of its places, and changes between thirds; how often seen."""
    thirds = [_mean(*pair) for pair in zip(np.array_split(place, _PARTS), np.array_split(seen, _PARTS), strict=True)]
    mean = _mean(place, seen)
    there = seen[..., None] > 0
    spread = np.sqrt(_mean((place - mean) ** 2, seen))
    low, high = (part(np.where(there, place, mean), axis=0) for part in (np.min, np.max))
    speed = _mean(np.abs(np.diff(place, axis=0)), seen[1:] * seen[:-1])
    return np.concatenate(
        [np.ravel([mean, spread, low, high, speed]), np.ravel(np.diff(thirds, axis=0)), seen.mean(axis=0)]
    )


def _places(clip: UInt8Array) -> tuple[FloatArray, FloatArray]:
    """(T, 13, 2) middle of each hue from the middle of all, 1 is half a person; and (T, 13) whether it is seen."""
    pad_of, strength_of = pad_table()
    colour = colour_index(clip)
    strength = strength_of[colour]
    frame, row, column = np.nonzero(strength)
    weight, slot = strength[frame, row, column], frame * len(PADS) + pad_of[colour[frame, row, column]]
    size = len(clip) * len(PADS)
    total = np.bincount(slot, weight, size)
    sums = np.stack([np.bincount(slot, weight * axis, size) for axis in (column, row)], axis=1)
    place = (sums / np.maximum(total, 1e-6)[:, None]).reshape(len(clip), len(PADS), 2)
    seen = (total > 0.5).reshape(len(clip), len(PADS)).astype(np.float64)
    middle = (place * seen[..., None]).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)[:, None]
    return (place - middle[:, None]) * seen[..., None] / _FAR, seen


def _mean(values: FloatArray, seen: FloatArray) -> FloatArray:
    """(T, 13, 2) -> (13, 2), over the frames where the hue is seen; 0 where it never is."""
    return np.asarray((values * seen[..., None]).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)[:, None])
