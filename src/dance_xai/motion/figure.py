"""A body seen through a window, for words: joints by name, y up, smoothed; heights beside the body; posture."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

import numpy as np

from dance_xai.types import BoolArray, FloatArray, Skeleton

Figure: TypeAlias = Mapping[str, FloatArray]
"""Joints by name, (L, 2) each, statures, x to the right, y up; joints that are not seen enough are not in it."""

SEEN = 0.6
"""Share of the rows in which a joint must be seen to be spoken of."""

SMOOTH_ROWS = 0.7
SMOOTH_SHARE = 1 / 60
"""Standard deviation of the smoothing in time: rows, or share of a long window. It evens out 2 cm of jitter."""

CENTRED = 0.005
CENTRED_SHARE = 0.8
"""Poses whose middle stays this near to one place in this share of rows were centred one by one: where the body went is
not known."""

FRONTAL = 0.12
"""Width of the shoulders in the picture from which a person is seen from the front or the back; an adult's are 0.24."""

UPRIGHT = 0.14
"""Height of the shoulders above the hips from which heights are told by the body; half the length of a trunk."""

LYING = 0.3
"""Largest height between the shoulders and the higher foot of a person who lies; standing it is 0.8."""

LYING_LENGTH = 0.4
"""Least distance from the shoulders to the feet, sideways, of a person who lies; crouching it is less."""

NEAR_SHOULDER = 0.07
NEAR_HEAD = 0.05
NEAR_HIP = 0.12
NEAR_KNEE = 0.08
NEAR_FOOT = 0.3
"""How far a hand or foot may be from the height of a joint and still be there: about a hand's breadth; more at the
hips, where hands hang. A hand is at the feet in the lowest 0.3 of the way from there to the hips."""

FLOOR = 0.2
"""Height of the hips above the lower foot of a person on the floor; a deep squat comes as low, but not for long."""

HEAD_GAP = 0.12
"""Height of the face above the shoulders where no head is seen."""

HAND_LEVELS = (
    "the feet",
    "knee height",
    "hip height",
    "chest height",
    "shoulder height",
    "head height",
    "above the head",
)
"""Where a hand can be beside the body, from below."""

ANKLES = ("left_ankle", "right_ankle")

MIDDLES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "head": (("head",), ("nose",), ("left_ear", "right_ear")),
    "shoulders": (
        ("left_shoulder", "right_shoulder"),
        ("neck",),
        ("shoulder_center",),
        ("left_shoulder",),
        ("right_shoulder",),
    ),
    "hips": (("left_hip", "right_hip"), ("mid_hip",), ("hip_center",), ("left_hip",), ("right_hip",)),
    "feet": (ANKLES,),
}
"""Points made of joints: the first choice that is seen."""


def figure_of(poses: FloatArray, seen: BoolArray, skeleton: Skeleton) -> Figure:
    """Joints that are seen enough, and the points made of them.

    Args:
        poses: (L, K, 2) statures, y down; where a joint is not seen they mean nothing.
        seen: (L, K).
        skeleton: Names of the K joints.

    Returns:
        The joints, ``MIDDLES``, and ``place``: the path of the whole body, where the poses keep it.

    Source: ours.
    """
    known = seen & np.isfinite(poses).all(axis=2)
    smooth = _smoothing(len(poses))
    figure = {
        name: smooth @ _bridged(poses[:, joint] * (1, -1), known[:, joint])
        for joint, name in enumerate(skeleton.joints)
        if known[:, joint].mean() >= SEEN
    }
    for name, choices in MIDDLES.items():
        found = next((choice for choice in choices if all(part in figure for part in choice)), None)
        if found:
            figure[name] = np.mean([figure[part] for part in found], axis=0)
    if "hips" in figure and _keeps_place(poses, known):
        figure["place"] = figure["hips"]
    return figure


def _bridged(path: FloatArray, known: BoolArray) -> FloatArray:
    """(L, 2) with straight lines over rows that are not known, held at the ends."""
    rows = np.arange(len(path))
    return np.stack([np.interp(rows, rows[known], path[known, axis]) for axis in (0, 1)], axis=1)


@cache
def _smoothing(rows: int) -> FloatArray:
    """(L, L) Gaussian means over neighbouring rows, cut off at four deviations; the ends are held."""
    deviation = max(SMOOTH_ROWS, SMOOTH_SHARE * rows)
    reach = int(4 * deviation + 0.5)
    offsets = np.arange(-reach, reach + 1)
    weight = np.exp(-0.5 * (offsets / deviation) ** 2)
    matrix = np.zeros((rows, rows))
    row = np.arange(rows)[:, None]
    np.add.at(matrix, (row, np.clip(row + offsets, 0, rows - 1)), weight / weight.sum())
    return matrix


def _keeps_place(poses: FloatArray, known: BoolArray) -> bool:
    """False for poses that were each moved to the middle of their joints."""
    weight = known[..., None]
    middle = np.where(weight, poses, 0).sum(axis=1) / np.maximum(weight.sum(axis=1), 1)
    away = np.abs(middle - np.median(middle, axis=0)).max(axis=1)
    return bool((away < CENTRED).mean() < CENTRED_SHARE)


def is_frontal(figure: Figure) -> bool:
    """Whether the person is seen from the front or the back for most of the window."""
    if "left_shoulder" not in figure or "right_shoulder" not in figure:
        return False
    width = np.abs(figure["left_shoulder"] - figure["right_shoulder"])[:, 0]
    return bool(np.median(width) >= FRONTAL)


def is_upright(figure: Figure) -> bool:
    """Whether the shoulders stay well above the hips."""
    return {"shoulders", "hips"} <= set(figure) and bool((figure["shoulders"] - figure["hips"])[:, 1].min() >= UPRIGHT)


def is_lying(figure: Figure) -> bool:
    """Whether shoulders and feet stay at about one height, far apart, for half of the window."""
    feet = [figure[name] for name in ANKLES if name in figure]
    if not feet or "shoulders" not in figure:
        return False
    aside, above = np.abs(figure["shoulders"] - np.mean(feet, axis=0)).T
    return bool(((above < LYING) & (aside > LYING_LENGTH)).mean() >= 0.5)


def is_on_the_floor(figure: Figure) -> bool:
    """Whether the hips are hardly above the feet for half of the window, as of who lies, sits or leans on the hands."""
    feet = [figure[name][:, 1] for name in ANKLES if name in figure]
    return (
        bool(feet) and "hips" in figure and bool(((figure["hips"][:, 1] - np.min(feet, axis=0)) < FLOOR).mean() >= 0.5)
    )


def hand_level(figure: Figure, side: str, row: int) -> str | None:
    """Where a hand is beside its own body, such as ``shoulder height``; None where the body does not tell."""
    at = {name: float(path[row, 1]) for name, path in figure.items()}
    hand = at[f"{side}_wrist"]
    feet = min(at[name] for name in ANKLES) if "feet" in at else -np.inf
    if "hips" in at and hand - feet < NEAR_FOOT * (at["hips"] - feet):
        return "the feet"
    if "shoulders" not in at or "hips" not in at or at["shoulders"] - at["hips"] < UPRIGHT:
        return None
    head = max(at.get("head", -np.inf) - at["shoulders"], HEAD_GAP) + at["shoulders"]
    bands = (
        (head + NEAR_HEAD, "above the head"),
        (at["shoulders"] + NEAR_SHOULDER, "head height"),
        (at["shoulders"] - NEAR_SHOULDER, "shoulder height"),
        (at["hips"] + NEAR_HIP, "chest height"),
        (at["hips"] - NEAR_HIP, "hip height"),
    )
    return next((name for edge, name in bands if hand > edge), "knee height")


def foot_level(figure: Figure, side: str, row: int) -> str | None:
    """``knee height``, ``hip height`` or ``above the hips`` where a foot is lifted beside the other leg, else None."""
    other = "right" if side == "left" else "left"
    if f"{other}_knee" not in figure or "hips" not in figure:
        return None
    foot = float(figure[f"{side}_ankle"][row, 1])
    knee, hip = float(figure[f"{other}_knee"][row, 1]), float(figure["hips"][row, 1])
    if foot > hip + NEAR_HIP:
        return "above the hips"
    if foot > hip - NEAR_HIP:
        return "hip height"
    return "knee height" if foot > knee - NEAR_KNEE else None
