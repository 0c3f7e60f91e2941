"""What the stand-ins share: small pictures, which colours are pads of the suit, and where the person is."""

from __future__ import annotations

from functools import cache

import numpy as np

from dance_xai.planted.palette import CHROMA, HUES, chroma
from dance_xai.types import FloatArray, IntArray, UInt8Array

STRONG = 54.0
"""Colours nearer to grey than this are not of the suit."""

SMALL = (96, 128)
"""Height and width of the pictures that networks see."""

LEVELS = 32
"""Brightness levels per channel that a table of colours tells apart."""

_REACH = 2.2  # of the vertical spread of the suit's pixels
_NOBODY = 3.0  # small pixels of the suit in a frame without anybody, at most


def small_picture(frame: UInt8Array) -> UInt8Array:
    """(H, W, 3) uint8 RGB -> (96, 128, 3), every pixel the mean of what it covers."""
    from PIL import Image

    return np.asarray(Image.fromarray(frame).resize(SMALL[::-1], Image.Resampling.BOX))


def colour_index(pixels: UInt8Array) -> IntArray:
    """(..., 3) uint8 RGB -> (...) row in a table over coarse colours."""
    red, green, blue = np.moveaxis(pixels.astype(np.int32) * LEVELS // 256, -1, 0)
    return np.asarray((red * LEVELS + green) * LEVELS + blue)


@cache
def coarse_colours() -> FloatArray:
    """(LEVELS ** 3, 3) RGB in the middle of every coarse colour."""
    level = (np.arange(LEVELS) + 0.5) * 256 / LEVELS
    return np.stack(np.meshgrid(level, level, level, indexing="ij"), axis=-1).reshape(-1, 3)


@cache
def pad_table() -> tuple[IntArray, FloatArray]:
    """For every coarse colour, which pad of ``PADS`` it belongs to, and how strongly in 0..1, 0 for none."""
    plane = chroma(coarse_colours())
    away = np.abs((np.arctan2(plane[:, 1], plane[:, 0])[:, None] - HUES + np.pi) % (2 * np.pi) - np.pi)
    strength = np.clip((np.linalg.norm(plane, axis=1) - STRONG) / (0.8 * CHROMA - STRONG), 0, 1)
    return away.argmin(axis=1), strength.astype(np.float32)


def near_person(colour: IntArray) -> FloatArray:
    """Where the person is, from the colours of the suit.

    Args:
        colour: (T, h, w) as from ``colour_index``.

    Returns:
        (T, h, w) float32, 1 at the person and less farther away; all 0 in a frame without anybody.
    """
    suit = pad_table()[1][colour]
    total = suit.sum(axis=(1, 2))
    share = np.maximum(total, 1e-6)[:, None]
    rows, columns = np.arange(colour.shape[1]), np.arange(colour.shape[2])
    across, down = suit.sum(axis=1) / share, suit.sum(axis=2) / share  # (T, w), (T, h)
    x, y = (across @ columns)[:, None], (down @ rows)[:, None]
    spread = np.sqrt(np.maximum(down @ rows**2 - y[:, 0] ** 2, 0))
    reach = _REACH * np.maximum(spread, 4.0)[:, None]
    weight = np.exp(-(((rows - y) / reach) ** 2) / 2)[:, :, None] * np.exp(-(((columns - x) / reach) ** 2) / 2)[:, None]
    return np.asarray(weight * (total > _NOBODY)[:, None, None], dtype=np.float32)
