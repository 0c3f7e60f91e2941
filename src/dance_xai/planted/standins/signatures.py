"""What places and things look like, as a trained dual encoder would know it: a small dictionary, read off pictures."""

from __future__ import annotations

from functools import cache

import numpy as np

from dance_xai.planted.palette import OBJECTS, chroma
from dance_xai.planted.standins.looking import coarse_colours, colour_index, near_person
from dance_xai.types import FloatArray, UInt8Array

SCENE_LOOKS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "Beach": (
        (191, 11, -12, 167, 2, -8, 196, -21, 13, 8, 19, 14),
        (11.4, 1.9, 2.5, 9.8, 4.2, 3.4, 1.6, 1.5, 1.5, 3.6, 3.6, 2.6),
    ),
    "Forest": (
        (101, -13, -3, 102, -12, 2, 98, -14, 7, 35, 39, 19),
        (3.9, 1.5, 1.5, 5.4, 1.5, 1.5, 1.5, 1.5, 1.5, 6.0, 7.5, 3.0),
    ),
    "Gym": (
        (184, 1, -1, 165, 0, -1, 121, 4, -3, 12, 23, 11),
        (5.6, 1.5, 1.5, 10.4, 2.1, 2.6, 8.4, 1.5, 1.5, 4.2, 7.0, 2.3),
    ),
    "Living room": (
        (182, -2, 1, 167, -4, 2, 130, -13, 15, 10, 24, 16),
        (4.3, 4.3, 4.6, 11.6, 3.1, 2.9, 11.3, 3.7, 5.6, 4.6, 5.1, 3.1),
    ),
    "Park": (
        (145, -6, -16, 137, -17, -6, 139, -28, -10, 14, 25, 13),
        (19.3, 12.0, 2.2, 10.4, 5.0, 2.5, 1.5, 1.5, 1.5, 5.1, 5.8, 2.2),
    ),
    "Street": (
        (146, -3, 4, 131, -1, 2, 123, 0, 0, 24, 24, 11),
        (10.2, 2.2, 2.6, 7.3, 1.6, 2.2, 2.3, 1.5, 1.5, 6.2, 4.6, 1.7),
    ),
}
"""Mean and spread of the twelve numbers of ``scene_numbers`` over pictures of each scene, drawn with other seeds."""

THING_LEVELS: dict[str, tuple[float, float, float]] = {
    "Ball": (6.2, 0.8, 0.12),
    "Chair": (2.3, 0.4, 0.9),
    "Dumbbell": (3.0, 0.4, 0.9),
    "Frisbee": (5.9, 0.8, 0.12),
    "Jump rope": (1.8, 0.35, 0.9),
    "Punching bag": (3.9, 0.4, 0.9),
    "Backpack": (2.6, 0.4, 0.9),
    "Water bottle": (1.5, 0.35, 0.8),
}
"""Per object the amount of its colour at which it is as likely there as not, how sharply, and its greatest strength.

A ball and a frisbee are small and as pale as much else, so even their presence says little.
"""

_CHROMA_NEAR, _LUMA_NEAR = 7.0, 32.0
_DOUBT = 3.0  # what no training set knows of the world, in the units of the numbers


def scene_numbers(pictures: UInt8Array) -> FloatArray:
    """What a place looks like once the person is taken out.

    Args:
        pictures: (T, h, w, 3) small pictures of one clip.

    Returns:
        (12,) brightness, Cb and Cr of the upper, middle and lower third, and the unevenness of each third.
    """
    still = np.median(pictures, axis=0)
    luma = still @ np.array([0.299, 0.587, 0.114])
    values = np.concatenate([luma[..., None], chroma(still)], axis=-1)
    thirds = np.array_split(values, 3)
    rough = [np.abs(np.diff(third[..., 0], axis=1)).mean() * 4 for third in thirds]
    return np.concatenate([*(third.mean(axis=(0, 1)) for third in thirds), rough])


def thing_amounts(pictures: UInt8Array) -> FloatArray:
    """How much of each object's colour is seen around the person, logarithmic.

    Args:
        pictures: (T, h, w, 3) small pictures of one clip.

    Returns:
        (8,) in the order of ``palette.OBJECTS``.
    """
    colour = colour_index(pictures)
    match = _thing_table()[colour] * near_person(colour)[..., None]
    return np.asarray(np.log1p(match.sum(axis=(1, 2)).mean(axis=0)))


@cache
def _thing_table() -> FloatArray:
    """(coarse colours, 8) how well each coarse colour fits the main colour of each object, 0..1."""
    seen, wanted = coarse_colours(), np.array([colours[0] for colours in OBJECTS.values()], dtype=float)
    hue = np.linalg.norm(chroma(seen)[:, None] - chroma(wanted), axis=-1) / _CHROMA_NEAR
    grey = np.array([0.299, 0.587, 0.114])
    light = (seen @ grey)[:, None] - wanted @ grey
    fit = np.exp(-(hue**2 + (light / _LUMA_NEAR) ** 2) / 2)
    return np.where(fit < 0.05, 0, fit).astype(np.float32)


def scene_strengths(pictures: UInt8Array) -> dict[str, float]:
    """Per scene how much a clip looks like it, 0..1, from small pictures (T, h, w, 3)."""
    seen = scene_numbers(pictures)
    means, spreads = (np.array([look[part] for look in SCENE_LOOKS.values()]) for part in (0, 1))
    away = (((seen - means) / (2 * spreads + _DOUBT)) ** 2).sum(axis=1)
    share = np.exp(-(away - away.min()) / 2)
    return dict(zip(SCENE_LOOKS, (share / share.sum()).tolist(), strict=True))


def thing_strengths(pictures: UInt8Array) -> dict[str, float]:
    """Per object how much a clip looks like it shows it, 0..1, from small pictures (T, h, w, 3)."""
    middle, width, most = np.array([THING_LEVELS[name] for name in OBJECTS]).T
    strength = most / (1 + np.exp(-(thing_amounts(pictures) - middle) / width))
    return dict(zip(OBJECTS, strength.tolist(), strict=True))
