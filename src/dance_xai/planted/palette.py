"""The colours of the planted world: pads of a training suit in strong colours, everything else in quiet ones.

What is drawn and what the stand-ins look for is written here once.
"""

from __future__ import annotations

import numpy as np

from dance_xai.types import FloatArray

PADS: tuple[str, ...] = (
    "head",
    "left_shoulder",
    "right_knee",
    "left_wrist",
    "right_hip",
    "left_ankle",
    "right_elbow",
    "left_knee",
    "right_shoulder",
    "left_hip",
    "right_wrist",
    "left_elbow",
    "right_ankle",
)
"""Pads of the suit around the circle of hues; neighbours in hue are far apart on the body."""

CHROMA = 100.0
"""Distance of a pad's colour from grey in the (Cb, Cr) plane; 255 is the full range of one axis."""

QUIET = 44.0
"""No other colour of the world is farther from grey than this."""

HUES: FloatArray = 2 * np.pi * (np.arange(len(PADS)) + 0.25) / len(PADS)
"""Angles of the pads in the (Cb, Cr) plane, radians."""

_RGB = np.array([[0.0, 1.402], [-0.344136, -0.714136], [1.772, 0.0]])  # columns Cb, Cr (JFIF)


def pad_colours() -> FloatArray:
    """(13, 3) RGB in 0..255 of the pads, in the middle of the range of brightness that their hue allows."""
    offset = CHROMA * np.stack([np.cos(HUES), np.sin(HUES)], axis=1) @ _RGB.T
    return np.asarray(offset + (255 - offset.min(axis=1) - offset.max(axis=1))[:, None] / 2)


def chroma(rgb: FloatArray) -> FloatArray:
    """(..., 3) RGB in 0..255 -> (..., 2) Cb and Cr, 0 for grey. Source: JFIF (ITU-T T.871)."""
    return np.asarray(rgb @ np.array([[-0.168736, 0.5], [-0.331264, -0.418688], [0.5, -0.081312]]))


SKIN = ((238, 205, 180), (222, 178, 148), (192, 146, 116), (150, 108, 84), (106, 76, 60), (82, 58, 48))
HAIR = ((34, 28, 26), (66, 48, 38), (104, 78, 56), (160, 134, 100), (96, 92, 90))
TOPS = ((232, 232, 228), (46, 50, 58), (118, 124, 132), (84, 98, 116), (176, 180, 184), (112, 92, 92), (92, 108, 100))
BOTTOMS = ((38, 40, 46), (72, 78, 90), (58, 64, 84), (122, 118, 112), (98, 94, 84), (205, 205, 200))
SHOES = ((240, 240, 240), (40, 40, 44), (150, 150, 155))

OBJECTS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "Ball": ((222, 214, 200), (92, 80, 72)),
    "Chair": ((100, 176, 136), (80, 142, 110)),
    "Dumbbell": ((30, 101, 105), (128, 130, 136)),
    "Frisbee": ((226, 196, 186), (206, 172, 162)),
    "Jump rope": ((223, 139, 188), (70, 60, 66)),
    "Punching bag": ((128, 52, 60), (66, 34, 36)),
    "Backpack": ((96, 76, 134), (66, 54, 92)),
    "Water bottle": ((112, 128, 206), (236, 240, 242)),
}
"""Two colours of each object, the larger part first."""


def quieted(rgb: FloatArray) -> FloatArray:
    """(..., 3) RGB -> the same brightness, with the colour taken back where it is stronger than ``QUIET``."""
    rgb = np.asarray(rgb, dtype=np.float64)
    grey = (rgb @ np.array([0.299, 0.587, 0.114]))[..., None]
    strength = np.linalg.norm(chroma(rgb), axis=-1, keepdims=True)
    return np.asarray(grey + (rgb - grey) * np.minimum(1, QUIET / np.maximum(strength, 1e-9)))
