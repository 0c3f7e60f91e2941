"""A pose as 29 numbers that mean something: where hips and feet are, how the trunk turns, where the arms point.

Feet are placed and knees follow, so a planted foot stays planted. Arms are directions in the frame
of the chest. Left and right are written alike, ``(out, up, forward)``, so a pose mirrors by swapping.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dance_xai.types import FloatArray

SLOTS: dict[str, slice] = {
    "hips": slice(0, 3),  # (left, up, forward) away from standing, leg lengths
    "pelvis": slice(3, 6),  # (tilt forward, turn left, drop right side), degrees
    "spine": slice(6, 9),  # (bend forward, twist left, lean right), degrees, on top of the pelvis
    "head": slice(9, 11),  # (nod, look left), degrees, on top of the chest
    "left_foot": slice(11, 14),  # (out, up, forward) away from under the hip, leg lengths
    "right_foot": slice(14, 17),
    "left_upper": slice(17, 20),  # direction of the upper arm (out, up, forward)
    "left_fore": slice(20, 23),  # direction of the forearm
    "right_upper": slice(23, 26),
    "right_fore": slice(26, 29),
}
SIZE = 29
FOREARMS = np.r_[SLOTS["left_fore"], SLOTS["right_fore"]]
_BOTH = {"feet": "foot", "upper": "upper", "fore": "fore"}
_FLIPPED = np.array([0, 4, 5, 7, 8, 10])


def _standing() -> FloatArray:
    values = np.zeros(SIZE)
    _put(values, "hips", (0.0, -0.008, 0.0))
    _put(values, "feet", (0.05, 0.0, 0.0))
    _put(values, "upper", (0.16, -1.0, 0.0))
    _put(values, "fore", (0.06, -1.0, 0.22))
    return values


def _put(values: FloatArray, name: str, numbers: Sequence[float]) -> None:
    names = [f"{side}_{_BOTH[name]}" for side in ("left", "right")] if name in _BOTH else [name]
    for slot in names:
        values[SLOTS[slot]] = numbers


STANDING: FloatArray = _standing()
GUARD: dict[str, tuple[float, ...]] = {"upper": (0.22, -0.9, 0.3), "fore": (-0.25, 0.75, 0.65)}


def pose(base: FloatArray = STANDING, /, **changes: Sequence[float]) -> FloatArray:
    """A pose that differs from ``base`` in the named slots.

    Args:
        base: (29,) the pose to start from.
        **changes: Slots of ``SLOTS``, or ``feet``, ``upper``, ``fore`` for both sides, with their numbers.

    Returns:
        (29,) a new pose.
    """
    values = base.copy()
    for name, numbers in changes.items():
        _put(values, name, numbers)
    return values


def mirrored(values: FloatArray) -> FloatArray:
    """The same pose done with the other side of the body. ``values``: (..., 29)."""
    flipped = values.copy()
    flipped[..., _FLIPPED] *= -1
    for part in ("foot", "upper", "fore"):
        left, right = SLOTS[f"left_{part}"], SLOTS[f"right_{part}"]
        flipped[..., left], flipped[..., right] = values[..., right], values[..., left]
    return flipped
